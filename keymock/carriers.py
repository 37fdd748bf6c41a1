"""How a request says which session it belongs to. Whatever carried the name is taken off before anything is matched."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from keymock.exchange import Headers, Malformed, Request

HEADER = b"x-keymock-session"
COOKIE = "keymock_session"
BAGGAGE = "keymock-session"
CARRIERS = frozenset({HEADER, b"cookie", b"baggage"})
PREFIX = b"/__session/"
DEFAULT = "default"
"""What the session without a name is called where a name is needed."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def take(request: Request, session_from: Sequence[str] = ()) -> str:
    """The name of the session, empty for the default one; removes every carrier of keymock's own from the request.

    In this order: header, cookie, W3C baggage, base URL (`/__session/NAME/…`), then what the workspace names in
    `session_from` (`header:X-Test-Id`; that header stays, for it is the application's). Raises Malformed for a name
    that is none.
    """
    if not (
        session_from or request.raw_path.startswith(PREFIX) or any(name in CARRIERS for name, _ in request.headers)
    ):
        return ""
    found = [_from_header(request), _from_cookie(request), _from_baggage(request), _from_path(request)]
    found += [request.header(source.removeprefix("header:").lower()) for source in session_from]
    name = next(filter(None, found), "")
    if name and not _NAME.fullmatch(name):
        raise Malformed("a session's name has 1 to 64 letters, digits, `_` and `-`", code="bad-session")
    return "" if name == DEFAULT else name


def headers(session_from: Sequence[str]) -> frozenset[bytes]:
    """The headers of the application's own that name a session, in lower case."""
    return frozenset(source.removeprefix("header:").lower().encode("latin-1") for source in session_from)


def _from_header(request: Request) -> str:
    name = request.header(HEADER.decode())
    if name:
        _replace(request, HEADER, lambda _value: "")
    return name


def _from_cookie(request: Request) -> str:
    values = request.cookies.get(COOKIE)
    if values is None:
        return ""
    _replace(request, b"cookie", lambda value: without(value, ";", COOKIE, "; "))
    return values[0]


def _from_baggage(request: Request) -> str:
    """`baggage: a=1, keymock-session=NAME;property` (https://www.w3.org/TR/baggage/)."""
    for line in request.header_map.get("baggage", ()):
        for member in line.split(","):
            name, equals, value = member.partition("=")
            if equals and name.strip() == BAGGAGE:
                _replace(request, b"baggage", lambda text: without(text, ",", BAGGAGE, ", "))
                return value.partition(";")[0].strip()
    return ""


def _from_path(request: Request) -> str:
    if not request.raw_path.startswith(PREFIX):
        return ""
    name, slash, rest = request.raw_path[len(PREFIX) :].partition(b"/")
    request.raw_path = b"/" + rest if slash else b"/"
    request.__dict__.pop("segments", None)
    return name.decode("latin-1") or "?"  # an empty name is none, and must not pass for the default session


def without(value: str, separator: str, name: str, glue: str) -> str:
    """A list of `name=value` parts without those of one name."""
    parts = [part.strip() for part in value.split(separator)]
    return glue.join(part for part in parts if part.partition("=")[0].strip() != name)


def _replace(request: Request, header: bytes, change: Callable[[str], str]) -> None:
    """Changes every value of a header; those that become empty go. What was read from the headers is read anew."""
    changed: Headers = []
    for name, value in request.headers:
        if name != header:
            changed.append((name, value))
            continue
        left = change(value.decode("latin-1"))
        if left:
            changed.append((name, left.encode("latin-1")))
    request.headers = changed
    for read in ("header_map", "cookies"):
        request.__dict__.pop(read, None)
