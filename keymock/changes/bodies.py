"""Two bodies → what callers see differently: JSON by path and type, text by line, anything else by size."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from keymock.changes.change import Detail, Severity
from keymock.changes.json_paths import Difference, differences
from keymock.changes.words import code, counted, cut, of_type, shown, size, type_of
from keymock.events import Script
from keymock.exchange import NOT_JSON, BodyFile, read_json
from keymock.index import Answer
from keymock.template import has_template

MOST_TEXT = 64 * 1024
"""Characters of a text whose lines are still held against each other."""


class Body(NamedTuple):
    """The body of an answer: as JSON (or NOT_JSON), as text (or None), as so many bytes, or as events."""

    json: Any
    text: str | None
    length: int
    live: bool = False
    events: Script | None = None
    content: bytes | BodyFile = b""

    @property
    def empty(self) -> bool:
        return self.events is None and not self.live and self.length == 0


def body_of(answer: Answer) -> Body:
    """What an answer sends, before its templates are filled in."""
    texts = answer.play.texts
    if answer.play.events is not None:
        return Body(NOT_JSON, None, 0, events=answer.play.events)
    if answer.file is not None:
        return Body(NOT_JSON, None, answer.file.size, content=answer.file)
    if texts is not None and texts.json:
        return Body(msgspec.msgpack.decode(texts.json), None, 0, live=True)
    if texts is not None and (texts.json_text or texts.body):
        source = texts.json_text or texts.body
        found = read_json(source.encode()) if texts.json_text else NOT_JSON
        return Body(found, source, len(source), live=True)
    return _ready(answer)


def _ready(answer: Answer) -> Body:
    kind = next((value for name, value in answer.headers if name == b"content-type"), b"")
    found = read_json(answer.body) if b"json" in kind and answer.body else NOT_JSON
    try:
        text = answer.body.decode()
    except UnicodeDecodeError:
        text = None
    return Body(found, text, len(answer.body), content=answer.body)


def compare(before: Body, after: Body) -> Iterator[Detail]:
    """What is different, in the order of the body."""
    if before == after or (before.content == after.content and before.length and not (before.live or after.live)):
        return  # where the same bytes have another content type, the header says it
    if (before.events is None) != (after.events is None):
        word = "is a stream of events now" if after.events is not None else "is no stream of events any more"
        yield Detail("body", "breaking", f"the body {word}")
    elif before.events is not None:
        yield Detail("events", "change", "the events it sends are others, or come at other times")
    elif before.empty or after.empty:
        yield _begun_or_ended(before, after)
    elif before.json is not NOT_JSON and after.json is not NOT_JSON:
        yield from map(of_json, differences(before.json, after.json))
    elif before.json is not NOT_JSON or after.json is not NOT_JSON:
        was, now = ("JSON", "text") if before.json is not NOT_JSON else ("text", "JSON")
        yield Detail("body", "breaking", f"the body is {now} now, was {was}")
    elif before.text is not None and after.text is not None:
        yield _of_text(before.text, after.text)
    else:
        data = {"before": before.length, "after": after.length}
        lengths = size(after.length) if before.length == after.length else _lengths(before, after)
        yield Detail("body", "change", f"the body is another file ({lengths})", data)


def _lengths(before: Body, after: Body) -> str:
    return f"{size(before.length)} → {size(after.length)}"


def _begun_or_ended(before: Body, after: Body) -> Detail:
    if after.empty:
        return Detail("body", "breaking", "the body is empty now", {"before": before.length, "after": 0})
    return Detail("body", "addition", "there is a body now, where there was none", {"before": 0, "after": after.length})


GRAVITY: dict[str, Severity] = {
    "gone": "breaking",
    "type": "breaking",
    "new": "addition",
    "value": "change",
    "shorter": "change",
    "longer": "change",
    "order": "change",
}


def of_json(difference: Difference, what: str = "") -> Detail:
    """One difference of JSON in words. `what` says of what, where that is not the body."""
    kind, path, before, after = difference
    prefix = f"{what}: " if what else ""
    data: dict[str, Any] = {"path": path}
    if kind in ("gone", "type", "value"):
        data["before"] = {"type": type_of(before), "value": before}
    if kind in ("new", "type", "value"):
        data["after"] = {"type": type_of(after), "value": after}
    if kind == "gone":
        says = f"{code(path)} is gone (was {of_type(before)})"
    elif kind == "new":
        says = f"{code(path)} is new ({of_type(after)}, {shown(after)})"
    elif kind == "type":
        says = f"{code(path)} is {of_type(after)} now, was {of_type(before)} ({shown(before)} → {shown(after)})"
    elif kind == "value":
        says = f"{code(path)} is {shown(after)}, was {shown(before)}"
    elif kind == "order":
        says = f"{code(path)} has its items in another order"
    else:
        data |= {"before": before, "after": after}
        says = f"{code(path)} has {counted(after, 'item')}, had {before}"
    return Detail("body", GRAVITY[kind], prefix + says, data)


def _of_text(before: str, after: str) -> Detail:
    """Texts by their lines; the first that differs is shown."""
    if len(before) + len(after) > MOST_TEXT:
        says = f"the body is another text ({size(len(before))} → {size(len(after))})"
        return Detail("body", "change", says)
    old, new = before.splitlines(), after.splitlines()
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changed = [block for block in blocks if block[0] != "equal"]
    template = " (a template)" if has_template(before) or has_template(after) else ""
    if not changed:
        return Detail("body", "change", "the body's line ends are others")
    _, i1, i2, j1, j2 = changed[0]
    was, now = cut(" ".join(old[i1:i2])), cut(" ".join(new[j1:j2]))
    if len(old) <= 1 and len(new) <= 1:
        return Detail(
            "body", "change", f"the body{template} is {code(now)}, was {code(was)}", {"before": before, "after": after}
        )
    number = sum(max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in changed)
    first = (
        f"line {j1 + 1} is {code(now)}, was {code(was)}"
        if was and now
        else f"{code(now or was)} is {'new' if now else 'gone'}"
    )
    return Detail("body", "change", f"the body{template} differs in {counted(number, 'line')}: {first}")
