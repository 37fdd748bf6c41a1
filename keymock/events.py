"""Server-sent events: `[response.events]` of a file, the text of a `.events` file, and bytes on the wire.

As elsewhere, a file says one thing (`Events`) and it is compiled to another (`Script`), plain data for the index.
The format is that of the HTML standard, §9.2. Chance comes in as `draw`, a function that gives numbers from 0 to 1.
"""

# Without `from __future__ import annotations`: see `spec`.

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import count, repeat
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from keymock.faults import NO_WAIT, Delay, Draw, Wait, seconds, wait
from keymock.problems import did_you_mean
from keymock.template import JsonTemplate, Names, TemplateError, Values, compile_json
from keymock.units import Duration, duration

TYPE = "text/event-stream"

MOST_EVENTS = 10_000
"""Events of one list or file."""

STILL_HERE = 15.0
"""Seconds between the comments that keep a silent stream open, as the standard advises."""

MORE = frozenset({"n"})
"""What templates of an event may read beside the usual: its number in this answer, from 1."""

_ANYTHING = Names(env=None, more=MORE)

Id = Annotated[str, Meta(pattern=r"^[^\r\n\x00]*$(?!\n)", description="One line of text.")]
Line = Annotated[str, Meta(pattern=r"^[^\r\n]*$(?!\n)", description="One line of text.")]


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One event. `data` is sent as it is if it is text, else as compact JSON; `delay` is what passes before it."""

    data: Any = UNSET
    event: Line | UnsetType = UNSET
    id: Id | UnsetType = UNSET
    retry: Annotated[Duration, Meta(description="How long a client waits to come back.")] | UnsetType = UNSET
    comment: str | UnsetType = UNSET
    delay: Delay | UnsetType = UNSET


class Events(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename={"events": "list"}
):
    """`[response.events]`: a body that comes as events, `every` so often, from a list or a file beside the mock."""

    every: Annotated[Delay, Meta(description="What passes between two events.")] | UnsetType = UNSET
    events: list[Event] = []
    file: Annotated[str, Meta(description="A file of events, as they go over the wire.")] | UnsetType = UNSET
    at_end: Annotated[
        Literal["close", "stay", "cycle"], Meta(description="Close, stay open in silence, or begin anew.")
    ] = "close"

    def __post_init__(self) -> None:
        if (self.file is UNSET) == (not self.events):
            raise ValueError("events come from a `list` or from a `file`: one of the two")


class BadEvents(ValueError):
    """A file of events that cannot be read: `line` is counted from 1."""

    def __init__(self, message: str, line: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.hint = hint


# ---- the text of a file ----------------------------------------------------------------------------------------

FIELDS = ("data", "event", "id", "retry")

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_PAUSE = re.compile(r"\s*wait\s+(\S+)\s*")


class _Lines:
    """The lines of one event, as they are gathered."""

    def __init__(self) -> None:
        self.data: list[str] = []
        self.comments: list[str] = []
        self.more: dict[str, Any] = {}

    def take(self, line: str, number: int) -> None:
        """One line that is not blank. Raises BadEvents."""
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not name:
            pause = _PAUSE.fullmatch(value)
            if pause is None:
                self.comments.append(value)
            else:
                self.more["delay"] = _pause(pause[1], number)
        elif name == "data":
            self.data.append(value)
        elif name == "retry":
            if not (value.isascii() and value.isdigit()):
                raise BadEvents("`retry` is a number of milliseconds", number, "write it like `retry: 3000`")
            self.more["retry"] = Duration(int(value) / 1000)
        elif name in FIELDS:
            self.more[name] = value
        else:
            hint = (
                did_you_mean(name, FIELDS) or "a line is data:, event:, id:, retry: or a comment, which starts with :"
            )
            raise BadEvents(f"`{name[:40]}` is no field of an event", number, hint)

    def event(self) -> Event:
        return Event(
            data="\n".join(self.data) if self.data else UNSET,
            comment="\n".join(self.comments) if self.comments else UNSET,
            **self.more,
        )


def parse(text: str) -> tuple[Event, ...]:
    """The events of a file: blocks of lines, parted by blank ones. `: wait 50ms` is the delay of the event it is in.

    Other comments are sent too. Raises BadEvents.
    """
    found: list[Event] = []
    lines: _Lines | None = None
    for number, line in enumerate(_LINE_BREAK.split(text.removeprefix("\ufeff")), 1):
        if line:
            lines = lines or _Lines()
            lines.take(line, number)
        elif lines is not None:
            if lines.more.keys() == {"delay"} and not lines.data and not lines.comments:
                continue  # nothing but a wait so far: it is for the event that follows
            found.append(lines.event())
            lines = None
    if lines is not None:
        found.append(lines.event())
    return tuple(found)


def _pause(text: str, number: int) -> str:
    try:
        duration(text)
    except ValueError as fault:
        raise BadEvents(str(fault), number) from None
    return text


# ---- ready to be sent ------------------------------------------------------------------------------------------


class Part(msgspec.Struct, frozen=True, array_like=True):
    """One event: what passes before it, and its bytes; or its fields as msgpack, if there are templates in them."""

    wait: Wait = NO_WAIT
    ready: bytes = b""
    fields: bytes = b""


class Script(msgspec.Struct, frozen=True, array_like=True):
    """All events of an answer, in their order, and what comes after the last.

    `between` is what passes before the first event when it comes anew.
    """

    parts: tuple[Part, ...]
    at_end: Literal["close", "stay", "cycle"] = "close"
    between: Wait = NO_WAIT


def fields(event: Event) -> dict[str, Any]:
    """What of an event goes over the wire, as a tree for `compile_json`: its texts may be templates."""
    given = {name: getattr(event, name) for name in ("comment", "event", "id", "data")}
    if event.retry is not UNSET:
        given["retry"] = round(event.retry * 1000)
    return {name: value for name, value in given.items() if value is not UNSET}


Pause = Callable[[Delay, tuple[str | int, ...]], Wait]
"""Compiles a delay, which stands at a key of the table."""


def _plain(delay: Delay, _: tuple[str | int, ...]) -> Wait:
    return wait(delay)


def script(events: Events, listed: Sequence[Event], *, templates: bool, pause: Pause = _plain) -> Script:
    """The events of `listed`, compiled; `templates` says whether `{{ … }}` in them is filled in.

    Raises TemplateError for a template that cannot be read, and ValueError with a sentence for no events, too many,
    or such as follow each other without an end and without a pause.
    """
    if not listed:
        raise ValueError("there are no events")
    if len(listed) > MOST_EVENTS:
        raise ValueError(f"there are {len(listed)} events; {MOST_EVENTS} are the most")
    every = pause(events.every, ("every",)) if events.every is not UNSET else NO_WAIT
    waits = [
        pause(event.delay, ("list", number, "delay")) if event.delay is not UNSET else every
        for number, event in enumerate(listed)
    ]
    if events.at_end == "cycle" and all(one == NO_WAIT for one in waits):
        raise ValueError("events without an end need a pause: say `every`, or a `delay`")
    between = waits[0]
    if listed[0].delay is UNSET:
        waits[0] = NO_WAIT
    parts = (_part(event, before, templates) for event, before in zip(listed, waits, strict=True))
    return Script(tuple(parts), events.at_end, between)


def _part(event: Event, before: Wait, templates: bool) -> Part:
    given = fields(event)
    if templates and compile_json(given, _ANYTHING).templates:
        return Part(before, fields=msgspec.msgpack.encode(given))
    return Part(before, encode(given))


# ---- bytes -----------------------------------------------------------------------------------------------------


def encode(given: dict[str, Any]) -> bytes:
    """The bytes of an event whose fields are filled in. Raises TemplateError for one that would be several."""
    lines = [f": {line}" for line in _lines(given.get("comment", UNSET))]
    lines += [f"{name}: {_one_line(name, given[name])}" for name in ("event", "id", "retry") if name in given]
    lines += [f"data: {line}" for line in _lines(given.get("data", UNSET))]
    return ("\n".join(lines) + "\n\n").encode("utf-8", "replace") if lines else b""


def _lines(value: Any) -> list[str]:
    return [] if value is UNSET else _LINE_BREAK.split(_text(value))


def _one_line(name: str, value: Any) -> str:
    text = _text(value)
    if _LINE_BREAK.search(text) or "\0" in text:
        raise TemplateError(f"the `{name}` of an event is one line, and this has several")
    return text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


# ---- in their time ---------------------------------------------------------------------------------------------

Timed = tuple[float, bytes]
"""Seconds to wait, and what is sent then."""

Fill = Callable[[int], Values]
"""What the templates of an event may read, by its number."""


def first_turn(script: Script, fill: Fill, draw: Draw) -> tuple[Timed, ...]:
    """All events once, filled in. Raises TemplateError."""
    return tuple((seconds(part.wait, draw), _filled(part, number, fill)) for number, part in enumerate(script.parts, 1))


def onwards(script: Script, fill: Fill, draw: Draw) -> Iterator[Timed]:
    """What follows the first turn: nothing, a comment now and then, or all events again and again.

    A template that fails then ends the stream, and a comment says why.
    """
    if script.at_end == "stay":
        yield from repeat((STILL_HERE, b":\n\n"))
    if script.at_end != "cycle":
        return
    numbers = count(len(script.parts) + 1)
    waits = (script.between, *(part.wait for part in script.parts[1:]))
    try:
        while True:
            for before, part in zip(waits, script.parts, strict=True):
                yield seconds(before, draw), _filled(part, next(numbers), fill)
    except TemplateError as fault:
        yield 0.0, encode({"comment": f"the stream ends here: {fault.message}"})


def reads(script: Script) -> frozenset[str]:
    """The names that the templates mention, as `Template.reads`."""
    return frozenset().union(*(_compiled(part.fields).reads for part in script.parts if part.fields))


@lru_cache(maxsize=4096)
def _compiled(source: bytes) -> JsonTemplate:
    return compile_json(msgspec.msgpack.decode(source), _ANYTHING)


def _filled(part: Part, number: int, fill: Fill) -> bytes:
    return encode(_compiled(part.fields).render(fill(number))) if part.fields else part.ready
