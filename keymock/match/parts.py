"""`parts`: the parts of a multipart body, by name. All keys of a part hold for one and the same part."""

# ruff: noqa: SIM110  (flat loops: a generator costs more than the comparison in it)

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import UNSET

from keymock.exchange import NOT_JSON, Request, read_json
from keymock.match import shape, values
from keymock.match.condition import Condition, Fault
from keymock.match.dates import uses_now
from keymock.match.digest import sha256
from keymock.match.member import Matcher, Test, Wrong, cut, show, within
from keymock.match.place import Holds, Place, ReadFile, fault, now_of, once
from keymock.match.spelling import Conditions, Part

MAX_PARTS = 1_000
MAX_HEAD = 16 * 1024

_BOUNDARY = re.compile(r""";\s*boundary=(?:"([^"\\]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE)
_PARAMETER = re.compile(r""";\s*([a-z]+\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))""", re.IGNORECASE)
_SUBSET = shape.Rules()


class Came(msgspec.Struct, frozen=True):
    """One part as it came. Header names are lower-case; `filename` is None where none was given."""

    name: str
    filename: str | None
    headers: dict[str, list[str]]
    content: bytes

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower-case; `text/plain` if none was sent, as RFC 7578 has it."""
        return self.headers.get("content-type", ["text/plain"])[0].partition(";")[0].strip().lower()


def read_parts(request: Request) -> list[Came] | str:
    """The parts of a multipart body, or the reason why it has none."""
    return once(request, "parts", _read_parts)


def _read_parts(request: Request) -> list[Came] | str:
    if not request.content_type.startswith("multipart/"):
        return f"no multipart body: its content type is {show(request.content_type)}"
    given = _BOUNDARY.search(request.header("content-type"))
    if given is None:
        return "a multipart body without a boundary"
    delimiter = b"\r\n--" + (given[1] or given[2]).encode("latin-1", "replace")
    body = b"\r\n" + (request.body or b"")
    if body.count(delimiter) > MAX_PARTS:
        return f"a multipart body of more than {MAX_PARTS} parts"
    _preamble, *pieces = body.split(delimiter)
    if not pieces or not pieces[-1].startswith(b"--"):
        return "a multipart body that is cut off"
    found = [_read_part(piece) for piece in pieces[:-1]]
    whole = [part for part in found if part is not None]
    return whole if len(whole) == len(found) else "a multipart body with a broken part"


def _read_part(piece: bytes) -> Came | None:
    """One part, from the end of its boundary line to the next boundary."""
    padding, line_end, rest = piece.partition(b"\r\n")
    head, blank, content = (b"\r\n" + rest).partition(b"\r\n\r\n")
    if padding.strip(b" \t") or not line_end or not blank or len(head) > MAX_HEAD:
        return None
    headers: dict[str, list[str]] = {}
    for line in head.decode("utf-8", "replace").split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            return None
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    parameters = _parameters(headers.get("content-disposition", [""])[0])
    if "name" not in parameters:
        return None
    return Came(parameters["name"], parameters.get("filename"), headers, content)


def _parameters(disposition: str) -> dict[str, str]:
    """`name` and `filename` of a Content-Disposition. Browsers write a quote as `%22`, others as `\\"`."""
    found: dict[str, str] = {}
    for key, quoted, token in _PARAMETER.findall(disposition):
        value = (re.sub(r'\\(["\\])', r"\1", quoted) or token).replace("%22", '"')
        name = key.lower()
        if name.endswith("*"):
            found[name[:-1]] = unquote(value.split("'", 2)[-1], errors="replace")
        else:
            found.setdefault(name, value)
    return found


def _read(conditions: Conditions, _read_file: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.body is UNSET:
        return
    for name, part in conditions.body.parts.items():
        try:
            yield Condition("body.parts", name, _clean(part))
        except Wrong as wrong:
            yield fault(wrong, ("body", "parts", name))


def _clean(part: Part) -> Matcher:
    matcher: Matcher = {"present": part.present}
    for key in ("filename", "content_type", "text"):
        value = getattr(part, key)
        if value is not UNSET:
            with within(key):
                matcher[key] = values.clean(value)
    headers: Matcher = {}
    for name, value in part.headers.items():
        with within("headers", name):
            if name.lower() in headers:
                raise Wrong(f"`{name}` stands here twice: the name of a header may be written in any case")
            headers[name.lower()] = values.clean(value)
    if headers:
        matcher["headers"] = headers
    if part.json is not UNSET:
        with within("json"):
            matcher["json"] = shape.clean(part.json)
    if part.sha256 is not UNSET:
        matcher["sha256"] = part.sha256.lower()
    if not part.present and len(matcher) > 1:
        raise Wrong("a part that is not there can have nothing else", "leave out the other keys", ("present",))
    return matcher


def _values(part: Came, key: str) -> tuple[Any, ...]:
    if key == "filename":
        return () if part.filename is None else (part.filename,)
    if key == "content_type":
        return (part.content_type,)
    if key == "sha256":
        return (sha256(part.content),)
    if key == "json":
        value = read_json(part.content)
        return () if value is NOT_JSON else (value,)
    return (part.content.decode("utf-8", "replace"),)


def _tests(matcher: Matcher) -> tuple[tuple[str, Test], ...]:
    return tuple(
        (key, shape.compile(given, _SUBSET) if key == "json" else values.compile(_as_matcher(given)))
        for key, given in matcher.items()
        if key not in ("present", "headers")
    )


def _as_matcher(given: Any) -> Matcher:
    return {"equals": given} if isinstance(given, str) else dict(given)


def _compile(condition: Condition) -> Holds:
    name, matcher = condition.name, condition.matcher
    tests = _tests(matcher)
    headers = tuple((key, values.compile(given)) for key, given in matcher.get("headers", {}).items())
    with_now = uses_now(matcher)

    def fits(part: Came, now: float) -> bool:
        for key, test in tests:
            if not test(_values(part, key), now):
                return False
        for key, test in headers:
            if not test(part.headers.get(key, ()), now):
                return False
        return True

    def holds(request: Request) -> bool:
        parts = read_parts(request)
        if isinstance(parts, str):
            return False
        now = now_of(request) if with_now else 0.0
        for part in parts:
            if part.name == name and fits(part, now):
                return bool(matcher["present"])
        return not matcher["present"]

    return holds


def _why(matcher: Matcher, part: Came, now: float) -> str:
    """The first key of a part that does not fit, in words; empty if all do."""
    for key, given in matcher.items():
        if key == "headers":
            for name, header in given.items():
                if not values.holds(header, part.headers.get(name, ()), now):
                    return f"{name} is {show(part.headers.get(name, []))}"
        elif key == "json":
            found = _values(part, key)
            if not found:
                return "its content is not JSON"
            differs = shape.difference(given, _SUBSET, found, now)
            if differs is not None:
                return f"{differs.path} is {differs.actual}"
        elif key != "present" and not values.holds(_as_matcher(given), _values(part, key), now):
            return f"{key} is {show(_values(part, key)[0]) if _values(part, key) else 'absent'}"
    return ""


def _observe(condition: Condition, request: Request) -> tuple[bool, str]:
    parts = read_parts(request)
    if isinstance(parts, str):
        return False, parts
    named = [part for part in parts if part.name == condition.name]
    if not named:
        return not condition.matcher["present"], "absent"
    reasons = [_why(condition.matcher, part, now_of(request)) for part in named]
    fits = not all(reasons)
    return fits is condition.matcher["present"], "present" if fits else reasons[0]


def _expected(condition: Condition) -> str:
    said = [] if condition.matcher["present"] else ["absent"]
    for key, given in condition.matcher.items():
        if key == "headers":
            said.extend(f"{name} {values.words(header)}" for name, header in given.items())
        elif key == "json":
            said.append(f"json {shape.words(given)}")
        elif key != "present":
            said.append(f"{key} {values.words(_as_matcher(given))}")
    return cut(", ".join(said) or "present")


PARTS = Place(
    where="body.parts",
    cost=52,
    read=_read,
    compile=_compile,
    observe=_observe,
    expected=_expected,
    body=True,
)
