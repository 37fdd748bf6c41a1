"""A mock's document → a Route, with every fault of it named. All faults at once; a Route only if there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec
from msgspec import UNSET

from keymock import match, media
from keymock.exchange import NOT_JSON, BodyFile, read_json
from keymock.index.route import ANY, Answer, Cors, Route
from keymock.layout import Item
from keymock.pattern import Pattern, PatternError, from_regex
from keymock.pattern import parse as parse_path
from keymock.problems import Severity
from keymock.spec import Mock, PathRegex, Response, Variant

KeyPath = tuple[str | int, ...]

INLINE_BODY = 256 * 1024
"""Bodies up to this size are held in memory; larger ones are sent from disk."""

FRAMING = frozenset({
    "connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers that say how a message is framed: the server's own business, and a way to break it."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Context(msgspec.Struct, frozen=True, array_like=True):
    """What a mock starts from where it lies: the defaults of its folders, project and workspace, nearest laid on."""

    base_path: str = ""
    headers: Mapping[str, str | list[str]] = {}
    delay: float = 0.0
    cors: Cors = Cors()


class Bodies(Protocol):
    """The files that a mock may send: its siblings, and whatever `body_file` names beneath its space."""

    def sibling(self, variant: str) -> list[str]:
        """The files that are the body of this mock (or of this variant of it) by their name."""

    def load(self, file: str) -> bytes | BodyFile:
        """The content, or a reference if it is large. Raises BodyFault with a sentence."""

    def beside(self, name: str) -> str:
        """The file that `body_file = name` means: relative to the mock's own folder. Raises BodyFault."""


class BodyFault(Exception):
    """A body that cannot be had: missing, outside, a link, not a file, too large."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Report(Protocol):
    """Takes a fault: at a key or in its value, counted in characters from 0."""

    def __call__(
        self,
        where: KeyPath,
        code: str,
        message: str,
        hint: str = "",
        severity: Severity = "error",
        *,
        part: Literal["key", "value"] = "key",
        character: int = 0,
    ) -> None: ...


def compile_mock(mock: Mock, item: Item, context: Context, bodies: Bodies, report: Report) -> tuple[Route, ...]:
    """The routes of a mock: one, or none after at least one report of an error.

    `mock` has its overlay laid on; `report` knows which file each key came from.
    """
    note = _Noting(report)
    patterns = _patterns(mock, context.base_path, note)
    methods = _methods(mock, note)
    conditions = _conditions(mock.request, ("request",), note)
    answers = _answers(mock, context, bodies, note)
    if note.errors:
        return ()
    route = Route(
        id=item.id,
        file=item.file,
        line=0,
        name=mock.name,
        space=item.space,
        scope=item.scope,
        methods=methods,
        patterns=patterns,
        priority=mock.priority,
        conditions=conditions,
        count=match.count(conditions),
        answers=answers,
        cors=context.cors,
        enabled=mock.enabled,
        tags=tuple(mock.tags),
    )
    return (route,)


class _Noting:
    """Passes faults on, and counts the errors among them."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.errors = 0

    def __call__(
        self,
        where: KeyPath,
        code: str,
        message: str,
        hint: str = "",
        severity: Severity = "error",
        *,
        part: Literal["key", "value"] = "key",
        character: int = 0,
    ) -> None:
        self.errors += severity == "error"
        self.report(where, code, message, hint, severity, part=part, character=character)


def _patterns(mock: Mock, base_path: str, note: Report) -> tuple[Pattern, ...]:
    path = mock.request.path
    if path is UNSET:
        note(("request",), "no-path", "the mock has no path", 'add `path = "/…"` under [request]')
        return ()
    if isinstance(path, PathRegex):
        try:
            return (from_regex(path.regex, base_path=base_path),)
        except PatternError as fault:
            note(("request", "path", "regex"), "bad-path", str(fault), fault.hint, part="value", character=fault.offset)
            return ()
    found: list[Pattern] = []
    spellings = path if isinstance(path, list) else [path]
    if not spellings:
        note(("request", "path"), "no-path", "`path` is an empty list")
    for number, text in enumerate(spellings):
        where: KeyPath = ("request", "path", number) if isinstance(path, list) else ("request", "path")
        try:
            found += parse_path(text, base_path=base_path)
        except PatternError as fault:
            note(where, "bad-path", str(fault), fault.hint, part="value", character=fault.offset)
    return tuple(found)


def _methods(mock: Mock, note: Report) -> tuple[str, ...]:
    given = mock.request.method
    methods = given if isinstance(given, list) else [given]
    if not methods:
        note(("request", "method"), "bad-method", "`method` is an empty list", 'leave it out for GET, or use "*"')
    for number, method in enumerate(methods):
        if method in ("TRACE", "CONNECT"):
            where: KeyPath = ("request", "method", number) if isinstance(given, list) else ("request", "method")
            note(where, "bad-method", f"{method} is never answered by a mock", "the server refuses it")
    return (ANY,) if ANY in methods else tuple(dict.fromkeys(methods))


def _conditions(tables: match.Conditions, where: KeyPath, note: Report) -> tuple[match.Condition, ...]:
    if not any(getattr(tables, name) for name in match.Conditions.__struct_fields__):
        return ()  # most mocks ask for a path and nothing else
    conditions, faults = match.read(tables)
    for fault in faults:
        note((*where, *fault.path), fault.code, fault.message, fault.hint, fault.severity)
    return conditions


def _answers(mock: Mock, context: Context, bodies: Bodies, note: Report) -> tuple[Answer, ...]:
    base = mock.response if mock.response is not UNSET else Response()
    if not mock.responses:
        return (_Answering(("response",), base, None, context, bodies, note).answer(),)
    seen: dict[str, int] = {}
    answers: list[Answer] = []
    for number, variant in enumerate(mock.responses):
        if variant.name and variant.name in seen:
            note(("responses", number, "name"), "two-variants", f"two responses are called `{variant.name}`")
        seen.setdefault(variant.name, number)
        answers.append(_Answering(("responses", number), variant, base, context, bodies, note).answer())
    return tuple(answers)


class _Answering:
    """The making of one answer: a variant over the base response over the defaults."""

    def __init__(
        self,
        where: KeyPath,
        response: Response,
        base: Response | None,
        context: Context,
        bodies: Bodies,
        note: Report,
    ) -> None:
        self.where = where
        self.response = response
        self.base = base
        self.context = context
        self.bodies = bodies
        self.note = note

    def answer(self) -> Answer:
        response = self.response
        variant = response if isinstance(response, Variant) else None
        conditions: tuple[match.Condition, ...] = ()
        if variant is not None and variant.when is not UNSET:
            conditions = _conditions(variant.when, (*self.where, "when"), self.note)
        body, content_type = self._body(variant.name if variant else "")
        headers = self._headers(content_type)
        status = response.status if response.status is not UNSET else self.base and self.base.status
        delay = response.delay if response.delay is not UNSET else self.base and self.base.delay
        return Answer(
            name=variant.name if variant else "",
            status=status if isinstance(status, int) else 200,
            headers=headers,
            body=body if isinstance(body, bytes) else b"",
            file=body if isinstance(body, BodyFile) else None,
            conditions=conditions,
            delay=float(delay) if isinstance(delay, float) else self.context.delay,
        )

    def _body(self, variant: str) -> tuple[bytes | BodyFile, str]:
        """The body and the content type that goes with its kind."""
        own = self._written(self.response, self.where)
        if own is None and variant:
            own = self._sibling(variant)
        if own is None and self.base is not None:
            own = self._written(self.base, ("response",))
        if own is None:
            own = self._sibling("")
        return own if own is not None else (b"", "")

    def _written(self, response: Response, where: KeyPath) -> tuple[bytes | BodyFile, str] | None:
        """The body that a table itself gives; None if it has no body key."""
        given = [key for key in Response.BODY_KEYS if getattr(response, key) is not UNSET]
        if not given:
            return None
        if len(given) > 1:
            self.note((*where, given[1]), "two-bodies", f"both `{given[0]}` and `{given[1]}` say what the body is")
            return b"", ""
        key = given[0]
        if key == "body_file":
            return self._from_file(str(response.body_file), (*where, key))
        if key == "body":
            return str(response.body).encode(), media.TEXT
        if key == "json_text":
            text = str(response.json_text).strip().encode()
            if read_json(text) is NOT_JSON:
                self.note((*where, key), "bad-json", f"`json_text` is not JSON: {_json_fault(text)}")
            return text, media.JSON
        return msgspec.json.encode(response.json), media.JSON

    def _from_file(self, name: str, where: KeyPath) -> tuple[bytes | BodyFile, str]:
        try:
            file = self.bodies.beside(name)
            return self.bodies.load(file), media.media_type(file)
        except BodyFault as fault:
            self.note(where, fault.code, fault.message, fault.hint, part="value")
            return b"", ""

    def _sibling(self, variant: str) -> tuple[bytes | BodyFile, str] | None:
        found = self.bodies.sibling(variant)
        if not found:
            return None
        if len(found) > 1:
            names = " and ".join(file.rpartition("/")[2] for file in found[:2])
            self.note(self.where, "two-bodies", f"{names} are both the body of this answer", "keep one of them")
            return b"", ""
        try:
            return self.bodies.load(found[0]), media.media_type(found[0])
        except BodyFault as fault:
            self.note(self.where, fault.code, fault.message, fault.hint)
            return b"", ""

    def _headers(self, content_type: str) -> tuple[tuple[bytes, bytes], ...]:
        """Defaults, then the base response, then this one; an empty value takes a header away."""
        merged: dict[str, tuple[str, str | list[str]]] = {}
        layers: list[tuple[KeyPath, Mapping[str, str | list[str]]]] = [((), self.context.headers)]
        if self.base is not None:
            layers.append((("response", "headers"), self.base.headers))
        layers.append(((*self.where, "headers"), self.response.headers))
        for where, headers in layers:
            seen: dict[str, str] = {}
            for name, value in headers.items():
                lower = name.lower()
                if lower in seen:
                    self.note((*where, name), "header-twice", f"`{name}` and `{seen[lower]}` are the same header")
                seen[lower] = name
                if where:
                    self._check_header((*where, name), lower, value)
                merged[lower] = (name, value)
        explicit = self.response.content_type
        if explicit is UNSET and self.base is not None:
            explicit = self.base.content_type
        if isinstance(explicit, str):
            self._check_header((*self.where, "content_type"), "content-type", explicit)
            merged["content-type"] = ("content-type", explicit)
        elif content_type:
            merged.setdefault("content-type", ("content-type", content_type))
        return tuple(
            (lower.encode("latin-1", "replace"), one.encode())
            for lower, (_, value) in merged.items()
            for one in (value if isinstance(value, list) else [value])
            if one
        )

    def _check_header(self, where: KeyPath, name: str, value: str | list[str]) -> None:
        if not _TOKEN.fullmatch(name):
            self.note(where, "bad-header", f"`{name}` is not a header name", "letters, digits and - only")
        elif name in FRAMING:
            self.note(where, "framing-header", f"`{name}` frames the message and is set by the server", "leave it out")
        elif name.startswith("x-keymock-"):
            self.note(where, "own-header", f"`{name}` is keymock's own", "choose a name without x-keymock-")
        for one in value if isinstance(value, list) else [value]:
            bad = next((char for char in one if (ord(char) < 0x20 and char != "\t") or ord(char) == 0x7F), None)
            if bad is not None:
                self.note(where, "bad-header", f"the value of `{name}` contains the control character {bad!r}")


def _json_fault(text: bytes) -> str:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as fault:
        return str(fault).removeprefix("JSON is malformed: ")
    return "it is nested too deeply" if text else "it is empty"
