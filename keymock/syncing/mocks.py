"""One mock brought up to its document: the texts of its files as they should be, and what was done about each part."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from keymock.contract import Spot
from keymock.contract.answering import usual
from keymock.contract.paths import as_mock
from keymock.contract.types import bare, kind_of
from keymock.document import KeyPath
from keymock.document.edit import edit
from keymock.exchange import NOT_JSON, read_json
from keymock.problems import printable
from keymock.syncing.answers import Said, Side, settle
from keymock.syncing.members import GONE, Clash, Path, merge, same

LONGEST = 60
"""Characters of a value that a sentence shows."""

Kind = Literal["taken", "kept", "conflict"]


class Note(NamedTuple):
    """What became of one part of a mock: taken from the document, kept as it was, or kept against the document.

    `where` is `status`, `header ETag`, `body $.name` and the like; `file` and `keys` are the place in the mock, or a
    body file with the way to the member; `spot` is the place in the document.
    """

    kind: Kind
    where: str
    says: str
    file: str
    keys: KeyPath
    spot: Spot | None = None


class Mocked(NamedTuple):
    """A mock as its files have it. `bodies` are the answers (`("responses", 0)`) whose body is a file: its content."""

    id: str
    file: str
    text: str
    tables: Mapping[str, Any]
    bodies: Mapping[KeyPath, tuple[str, bytes]]


class Brought(NamedTuple):
    """The files that have another content now, and the notes."""

    files: Mapping[str, bytes]
    notes: tuple[Note, ...]

    @property
    def conflicts(self) -> tuple[Note, ...]:
        """What the document does not allow, and nobody but its author can settle."""
        return tuple(note for note in self.notes if note.kind == "conflict")


def brought(mock: Mocked, old: Side, new: Side) -> Brought:
    """A mock of an operation, brought from one version of its document to the other."""
    bringing = _Bringing(mock, old, new)
    bringing.run()
    text = edit(mock.text, bringing.changes) if bringing.changes else mock.text
    files = dict(bringing.files)
    if text != mock.text:
        files[mock.file] = text.encode()
    return Brought(files, tuple(bringing.notes))


class _Bringing:
    def __init__(self, mock: Mocked, old: Side, new: Side) -> None:
        self.mock = mock
        self.old = old
        self.new = new
        self.changes: dict[KeyPath, Any] = {}
        self.files: dict[str, bytes] = {}
        self.notes: list[Note] = []

    def run(self) -> None:
        self._request()
        for place, response in _responses(self.mock.tables):
            self._response(place, response)

    def _say(self, kind: Kind, where: str, says: str, keys: KeyPath, spot: Spot | None = None, file: str = "") -> None:
        self.notes.append(Note(kind, where, says, file or self.mock.file, keys, spot or self.new.operation.spot))

    # ---- what it asks for ----------------------------------------------------------------------------------------

    def _request(self) -> None:
        was, now = self.old.operation, self.new.operation
        request = self.mock.tables.get("request", {})
        named = self.mock.tables.get("operation")
        if isinstance(named, str):
            inner = named.rpartition("#")[2]
            if inner == was.id != now.id or inner == was.key != now.key:
                self._set(("operation",), "operation", named, named[: len(named) - len(inner)] +
                          (now.id if inner == was.id else now.key))  # fmt: skip
        else:
            self._route(request)
        self._asked(request)

    def _route(self, request: Mapping[str, Any]) -> None:
        """Method and path, where the operation has others now."""
        was, now = self.old.operation, self.new.operation
        if was.method != now.method:
            if request.get("method", "GET") == was.method:
                self._set(("request", "method"), "method", was.method, now.method)
            else:
                says = f"the operation is {now.method} now, no longer {was.method}"
                self._say("conflict", "method", says, ("request", "method"))
        before, after = as_mock(was.path), as_mock(now.path)
        if _shape(before) == _shape(after):
            return
        path = request.get("path")
        if isinstance(path, str) and _shape(path).endswith(_shape(before)):
            base = path[: len(path) - len(_tail(path, before))]
            self._set(("request", "path"), "path", path, base + _spelled(after, like=_tail(path, before)))
        else:
            says = f"the operation is at {now.path} now, no longer at {was.path}"
            self._say("conflict", "path", says, ("request", "path"))

    def _set(self, keys: KeyPath, where: str, was: Any, now: Any) -> None:
        self.changes[keys] = now
        self._say("taken", where, f"{_shown(was)} → {_shown(now)}", keys)

    def _asked(self, request: Mapping[str, Any]) -> None:
        """Parameters that a mock asks for, and that are gone."""
        had = {each.name for each in self.old.operation.parameters if each.place == "query"}
        has = {each.name for each in self.new.operation.parameters if each.place == "query"}
        query = request.get("query")
        for name in query if isinstance(query, Mapping) else ():
            if name in had and name not in has:
                says = "the mock asks for it, and the operation no longer takes it"
                self._say("conflict", f"query {name}", says, ("request", "query", name))

    # ---- what it answers -----------------------------------------------------------------------------------------

    def _response(self, place: KeyPath, response: Mapping[str, Any]) -> None:
        status = response.get("status", 200)
        if not isinstance(status, int):
            return
        if "status" not in response and response.get("from") == "contract":
            status = usual(self.old.operation)[0]
        if self.old.operation.response(status) is None:
            return  # nobody ever declared it: for `contract check` to tell
        now = self._status(place, response, status)
        if now is None:
            return
        if response.get("from") == "contract":
            self._overlaid(place, response, status, now)
            return
        if "events" in response or "folder" in response:
            return
        kind, value = self._body(place, response)
        before, after = self.old.said(status, kind, value), self.new.said(now, kind, value)
        if before is None or after is None:
            return
        self._headers(place, response, before, after)
        self._content(place, response, kind, value, before, after)

    def _status(self, place: KeyPath, response: Mapping[str, Any], status: int) -> int | None:
        """The status that the document has now for one that it had; None if there is none."""
        if self.new.operation.response(status) is not None:
            return status
        was, now = usual(self.old.operation)[0], usual(self.new.operation)[0]
        keys = (*place, "status")
        if status == was:
            if "status" in response or response.get("from") != "contract":
                self._set(keys, "status", status, now)
            return now
        known = ", ".join(each.status for each in self.new.operation.responses) or "none"
        spot = self.new.operation.spot.child("responses")
        self._say("conflict", "status", f"stays {status}, and the document no longer has it: {known} is", keys, spot)
        return None

    def _headers(self, place: KeyPath, response: Mapping[str, Any], before: Said, after: Said) -> None:
        given = response.get("headers", {})
        own = {name.lower(): name for name in given} if isinstance(given, Mapping) else {}
        whole = before.headers.keys() <= own.keys()
        for name in dict.fromkeys([*before.headers, *after.headers]):
            was, now = before.headers.get(name), after.headers.get(name)
            keys = (*place, "headers", own.get(name, name))
            mine = given.get(own[name]) if name in own else None
            if was is None and mine is None and whole:
                self.changes[keys] = now
                self._say("taken", f"header {name}", f"is new: {_shown(now)}", keys)
            elif now is None and mine == was:
                self.changes[keys] = None
                self._say("taken", f"header {name}", "is gone", keys)
            elif now is None and mine is not None:
                self._say("kept", f"header {name}", f"stays {_shown(mine)}; the document no longer has it", keys)

    def _body(self, place: KeyPath, response: Mapping[str, Any]) -> tuple[str, Any]:
        """The content type of the mock's body, as far as it is said, and the body as JSON."""
        headers = response.get("headers", {})
        said = [value for name, value in headers.items() if name.lower() == "content-type"] if headers else []
        kind = str(response.get("content_type") or (said[0] if said else ""))
        if "json" in response:
            return kind or "application/json", response["json"]
        _, data = self.mock.bodies.get(place, ("", b""))
        text = response.get("json_text", response.get("body"))
        data = text.encode() if isinstance(text, str) else data
        value = read_json(data) if data else NOT_JSON
        return kind or ("application/json" if value is not NOT_JSON else ""), value

    def _content(
        self, place: KeyPath, response: Mapping[str, Any], kind: str, value: Any, before: Said, after: Said
    ) -> None:
        """The body, member by member if it is JSON on all sides; else as a whole."""
        if kind and bare(before.kind) != bare(after.kind) and bare(kind) == bare(before.kind):
            both = kind_of(before.kind) == kind_of(after.kind) == "json"
            if both and ("json" in response or "json_text" in response or "content_type" in response):
                self._set((*place, "content_type"), "content type", before.kind, after.kind)
            else:
                says = f"stays {bare(kind)}; the document has {bare(after.kind) or 'no body'} now"
                self._say("conflict", "content type", says, place, after.schema)
                return
        if NOT_JSON in (value, before.value, after.value):
            self._as_one(place, response, before, after)
            return
        theirs = settle(self.new, before, after)
        merged = merge(before.value, value, theirs, lambda at: self.new.needs(after.schema, at))
        file, keys = self._where(place, response)
        for each in merged.taken:
            self._say("taken", f"body {shown_path(each.where)}", _taken(each.was, each.now), (*keys, *each.where),
                       after.schema, file)  # fmt: skip
        self._clashes(merged.value, merged.clashes, after, file, keys)
        if not same(merged.value, value):
            self._write(place, response, merged.value)

    def _as_one(self, place: KeyPath, response: Mapping[str, Any], before: Said, after: Said) -> None:
        """A body that is no JSON: the document's new one if it was the document's, else as it is."""
        file, own = self.mock.bodies.get(place, ("", b""))
        text = response.get("body")
        mine = text.encode() if isinstance(text, str) else own
        if before.body == after.body or not mine:
            return
        if mine.strip() != before.body.strip():
            self._say("kept", "body", "stays as it is; the document has another one now", place, after.schema)
            return
        if isinstance(text, str):
            self.changes[(*place, "body")] = after.body.decode("utf-8", "replace")
        else:
            self.files[file] = after.body
        self._say("taken", "body", "is as the document has it now", place, after.schema, file)

    def _clashes(self, value: Any, clashes: tuple[Clash, ...], after: Said, file: str, keys: KeyPath) -> None:
        wrong = self.new.wrong(after.schema, value) if clashes else []
        for clash in clashes:
            where, mine = f"body {shown_path(clash.where)}", _shown(clash.ours)
            stays = f"stays {mine}" if clash.ours is not GONE else "stays away"
            message = next((said for at, said in wrong if at[: len(clash.where)] == clash.where), "")
            if clash.ours is GONE and not message:
                needed = self.new.needs(after.schema, clash.where)
                message = "it is required" if needed else ""
            kind: Kind = "kept"
            if clash.theirs is GONE and not self.new.declares(after.schema, clash.where):
                kind, says = "conflict", f"{stays}, and the document no longer has it"
            elif message and not _is_template(clash.ours):
                kind, says = "conflict", f"{stays}, and the document does not allow it: {message}"
            else:
                said = "no longer shows it" if clash.theirs is GONE else f"says {_shown(clash.theirs)} now"
                says = f"{stays}; the document {said}"
            self._say(kind, where, says, (*keys, *clash.where), after.schema, file)

    def _where(self, place: KeyPath, response: Mapping[str, Any]) -> tuple[str, KeyPath]:
        """The file that a body stands in, and the way to it there."""
        if place in self.mock.bodies:
            return self.mock.bodies[place][0], ()
        key = next((key for key in ("json", "json_text", "body") if key in response), "")
        return self.mock.file, (*place, key) if key else place

    def _write(self, place: KeyPath, response: Mapping[str, Any], value: Any) -> None:
        if place in self.mock.bodies:
            file, data = self.mock.bodies[place]
            self.files[file] = as_before(value, data.decode("utf-8", "replace")).encode()
        elif "json" in response and not _has_null(value):
            self.changes[(*place, "json")] = value
        elif "json" in response:
            self.changes[(*place, "json")] = None
            self.changes[(*place, "json_text")] = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        else:
            key = "json_text" if "json_text" in response else "body"
            self.changes[(*place, key)] = as_before(value, response[key])

    # ---- answers that start from the document's ------------------------------------------------------------------

    def _overlaid(self, place: KeyPath, response: Mapping[str, Any], status: int, now: int) -> None:
        """`set` and `remove` of places that the document no longer has. The rest follows the document by itself."""
        before, after = self.old.said(status, "application/json", NOT_JSON), self.new.said(now, "", NOT_JSON)
        if before is None or after is None or after.value is NOT_JSON:
            return
        laid = response.get("set", {})
        places = [(path, (*place, "set", path)) for path in laid] if isinstance(laid, Mapping) else []
        places += [(path, (*place, "remove", number)) for number, path in enumerate(response.get("remove", ()))]
        for path, keys in places:
            where = _simple(path)
            if where is None or not self.old.declares(before.schema, where):
                continue
            if not self.new.declares(after.schema, where):
                says = f"stays in `{keys[len(place)]}`, and the document no longer has it"
                self._say("conflict", f"body {path}", says, keys, after.schema)


# ---- the parts of a mock -------------------------------------------------------------------------------------------


def _responses(tables: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Every answer with its place; a variant with the status, headers and type that it has from `[response]`."""
    base = tables.get("response", {})
    variants = tables.get("responses", [])
    if not variants:
        yield ("response",), base
    inherited = {key: value for key, value in base.items() if key in ("status", "content_type")}
    for number, variant in enumerate(variants):
        yield ("responses", number), {**inherited, **variant}


_PARAMETER = re.compile(r"\{[^{}/]+\}|(?<![^/]):[A-Za-z_]\w*(?:<[^/]*>)?")


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path)


def _tail(path: str, end: str) -> str:
    """As many segments from the end of a path as another one has."""
    parts = path.split("/")
    return "/".join(["", *parts[len(parts) - end.count("/") :]])


def _spelled(path: str, *, like: str) -> str:
    """A path with its parameters as another one has them, whose names templates may know; else written its way."""
    own = _PARAMETER.findall(like)
    if len(own) == len(_PARAMETER.findall(path)):
        given = iter(own)
        return _PARAMETER.sub(lambda _: next(given), path)
    if "{" in like or ":" not in like:
        return path
    return re.sub(r"(?<=/)\{(\w+)\}(?=/|$)", r":\1", path)


def _simple(path: str) -> Path | None:
    """A JSONPath that names one place by its keys, as those keys; None for any other."""
    if not re.fullmatch(r"\$(\.[A-Za-z_][\w-]*|\[\d+\])+", path):
        return None
    steps = re.findall(r"\.([A-Za-z_][\w-]*)|\[(\d+)\]", path)
    return tuple(name or int(number) for name, number in steps)


def _is_template(value: Any) -> bool:
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def _has_null(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(_has_null(each) for each in (value.values() if isinstance(value, dict) else value))
    return value is None


# ---- words ---------------------------------------------------------------------------------------------------------


def shown_path(where: Path) -> str:
    """`$.items[0].name`."""
    steps = (
        f"[{step}]" if isinstance(step, int) else f".{step}" if re.fullmatch(r"[A-Za-z_]\w*", step) else f"[{step!r}]"
        for step in where
    )
    return "$" + "".join(steps)


def _shown(value: Any) -> str:
    text = printable(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _taken(was: Any, now: Any) -> str:
    if was is GONE:
        return f"is new: {_shown(now)}"
    return "is gone" if now is GONE else f"{_shown(was)} → {_shown(now)}"


def as_before(value: Any, text: str) -> str:
    """JSON laid out as a text had it: on one line, or indented as deeply; with its line end."""
    found = re.search(r"\n([ \t]+)\S", text)
    indent = (found[1] if "\t" in found[1] else len(found[1])) if found else (0 if "\n" in text.strip() else None)
    tight = indent is None and not re.search(r'":\s|,\s"', text)
    written = json.dumps(value, indent=indent, ensure_ascii=False, separators=(",", ":") if tight else None)
    return written + text[len(text.rstrip()) :]
