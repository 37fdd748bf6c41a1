"""`Prefer: code=404`, `Prefer: example=NAME`: a caller asks for one answer of the mock (RFC 7240's header)."""

from __future__ import annotations

from typing import NamedTuple

from keymock.exchange import Headers, Malformed, Request
from keymock.index import Answer, Route


class Wish(NamedTuple):
    """What a caller asked for: a status, a name, or both (then the name decides)."""

    code: int | None
    example: str
    dynamic: bool = False
    """Whether a contract makes its answer up anew, for this call."""


def wishes(request: Request) -> Wish | None:
    """The preference of a request, None if it has none that keymock knows. Raises Malformed for a code that is none."""
    code, example, dynamic = None, "", False
    for line in request.header_map.get("prefer", ()):
        for part in line.replace(";", ",").split(","):
            key, _, value = part.strip().partition("=")
            value = value.strip().strip('"')
            if key.strip().lower() == "code":
                code = _status(value)
            elif key.strip().lower() == "example":
                example = value
            elif key.strip().lower() == "dynamic":
                dynamic = value.lower() != "false"
    return Wish(code, example, dynamic) if code is not None or example or dynamic else None


def _status(text: str) -> int:
    if not (len(text) == 3 and text.isascii() and text.isdigit() and 200 <= int(text) <= 599):
        raise Malformed(f"`Prefer: code={text[:20]}` is not a status from 200 to 599")
    return int(text)


def preferred(route: Route, usual: Answer, wish: Wish) -> tuple[Answer, bytes]:
    """The answer that was asked for, whatever its conditions, and the text for `Preference-Applied`.

    A code that the mock does not have is sent with no body and `x-keymock-error: no-variant`; a name that it does
    not have leaves the usual answer.
    """
    if wish.example:
        for answer in route.answers:
            if answer.name == wish.example:
                return answer, b"example=" + wish.example.encode()
    if wish.code is None:
        return usual, b""
    for answer in route.answers:
        if answer.status == wish.code:
            return answer, b"code=%d" % wish.code
    missing: Headers = [(b"x-keymock-error", b"no-variant")]
    return Answer("", wish.code, tuple(missing)), b""
