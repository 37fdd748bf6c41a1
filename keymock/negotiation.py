"""One answer in the form that the caller asked for: compressed, a range of it, or of several the type it accepts.

Pure functions from a request and a reply to a reply. What a mock says of itself stands: its own Content-Encoding, a
strong ETag or `no-transform` keep its bytes as they are. Validators (ETag, Last-Modified) are never made up.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from keymock.exchange import BodyFile, Headers, Reply, Request, problem_reply

WORTH_IT = 1024
"""Bytes of the smallest body that is compressed: below it, the gain is less than a packet."""

LEVEL = 6

_TEXTUAL = re.compile(
    rb"text/(?!event-stream)|application/(json|javascript|xml|graphql|yaml|toml|x-ndjson|x-www-form-urlencoded|wasm)\b"
    rb"|[a-z0-9.-]+/[a-z0-9.-]+\+(json|xml|yaml)\b|image/(svg\+xml|bmp)"
)


# ---- compression -----------------------------------------------------------------------------------------------


def compressed(request: Request, reply: Reply) -> Reply:
    """The reply by gzip or deflate, if the caller accepts it and the body is text worth it; else the reply itself.

    A reply that would be compressed for another caller says so by `vary`, and is no longer `reusable`.
    """
    if not _compressible(reply):
        return reply
    headers = varied(reply.headers, b"accept-encoding")
    coding = preferred_coding(request.header_map.get("accept-encoding", ()))
    if not coding:
        return msgspec.structs.replace(reply, headers=headers, reusable=False, by_accept=False)
    headers.append((b"content-encoding", coding.encode()))
    body = _CODINGS[coding](reply.body)
    return msgspec.structs.replace(reply, headers=headers, body=body, reusable=False, by_accept=False)


def _compressible(reply: Reply) -> bool:
    if len(reply.body) < WORTH_IT or reply.stream or reply.status in (204, 206, 304):
        return False
    return _is_text(reply.headers) and not any(
        name == b"content-encoding"
        or (name == b"etag" and not value.startswith(b"W/"))
        or (name == b"cache-control" and b"no-transform" in value.lower())
        for name, value in reply.headers
    )


def _is_text(headers: Headers) -> bool:
    return any(name == b"content-type" and _TEXTUAL.match(value.lower()) for name, value in headers)


def is_textual(content_type: str) -> bool:
    """Whether a type is worth compressing."""
    return _TEXTUAL.match(content_type.lower().encode()) is not None


def preferred_coding(lines: Sequence[str]) -> str:
    """`gzip` or `deflate` by the values of Accept-Encoding; empty for the body as it is.

    The greater weight wins, gzip where both are equal, and the plain body where it weighs more.
    """
    weights = {weighed.name: weighed.weight for weighed in _weighed(lines)}
    others = weights.get("*", 0.0)
    plain = weights.get("identity", 0.0)
    best = max(_CODINGS, key=lambda coding: weights.get(coding, others))
    weight = weights.get(best, others)
    return best if weight > 0 and weight >= plain else ""


@lru_cache(maxsize=128)
def _gzip(body: bytes) -> bytes:
    """Kept, for the same mock is asked for again and again; of the time nothing is told, so that bytes repeat."""
    return gzip.compress(body, LEVEL, mtime=0)


@lru_cache(maxsize=32)
def _deflate(body: bytes) -> bytes:
    """What HTTP calls deflate is zlib's format (RFC 9110, 8.4.1.2)."""
    return zlib.compress(body, LEVEL)


_CODINGS: dict[str, Callable[[bytes], bytes]] = {"gzip": _gzip, "deflate": _deflate}


def varied(headers: Headers, name: bytes) -> Headers:
    """The headers with `name` in Vary, once; `*` says it already."""
    told = [part.strip().lower() for key, value in headers if key == b"vary" for part in value.split(b",")]
    return list(headers) if name in told or b"*" in told else [*headers, (b"vary", name)]


# ---- ranges ----------------------------------------------------------------------------------------------------


class FilePart(BodyFile, frozen=True):
    """A stretch of a body on disk: `size` bytes from `start`."""

    start: int = 0


class _Stretch(NamedTuple):
    start: int
    size: int


_RANGE = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)", re.ASCII | re.IGNORECASE)
_DIGITS = 18  # of a number in a range; more than a file can have bytes


def ranged(request: Request, reply: Reply) -> Reply:
    """The part that a GET asks for by Range: 206, or 416 if there is no such part. For bodies from files.

    One range is served; several, another unit, what cannot be read, and If-Range of another version get the whole,
    as RFC 9110 allows. Every whole answer tells `accept-ranges`.
    """
    if reply.status != 200 or reply.stream:
        return reply
    headers = [*reply.headers, (b"accept-ranges", b"bytes")]
    size = reply.file.size if reply.file is not None else len(reply.body)
    asked = request.header("range") if request.method == "GET" and _same_version(request, reply) else ""
    stretch = _stretch(asked, size) if asked else None
    if stretch is None:
        return msgspec.structs.replace(reply, headers=headers)
    if not stretch.size:
        told = (b"content-range", b"bytes */%d" % size)
        return msgspec.structs.replace(reply, status=416, headers=[told], body=b"", file=None)
    start, length = stretch
    headers.append((b"content-range", b"bytes %d-%d/%d" % (start, start + length - 1, size)))
    file = reply.file
    part = FilePart(file.path, length, file.mtime_ns, start) if file is not None else None
    return msgspec.structs.replace(
        reply, status=206, headers=headers, body=reply.body[start : start + length], file=part, reusable=False
    )


def _stretch(asked: str, size: int) -> _Stretch | None:
    """What a Range means for so many bytes; empty if it lies beyond them, None if it is none that is served."""
    found = _RANGE.fullmatch(asked.strip())
    if found is None or max(map(len, found.groups())) > _DIGITS or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = min(int(found[2]), size)
        return _Stretch(size - length, length)
    start, last = int(found[1]), int(found[2]) if found[2] else size - 1
    if found[2] and last < start:
        return None
    return _Stretch(start, max(0, min(last, size - 1) - start + 1))


def _same_version(request: Request, reply: Reply) -> bool:
    """Whether If-Range, if there is one, names the version that the mock says it has; a weak tag never does."""
    version = request.header("if-range").encode()
    if not version:
        return True
    told = [value for name, value in reply.headers if name in (b"etag", b"last-modified")]
    return version in told and not version.startswith(b"W/")


# ---- types -----------------------------------------------------------------------------------------------------


def accepted(request: Request, types: Sequence[str]) -> int | None:
    """Which of several content types the caller wants most by Accept; None if it takes none of them.

    The weight of a type is that of the most exact range that covers it; of equal ones the first is taken.
    """
    lines = request.header_map.get("accept")
    if not lines or not types:
        return 0 if types else None
    ranges = [(*weighed.name.partition("/")[::2], weighed) for weighed in _weighed(lines)]
    weights = [_weight_of(kind, ranges) for kind in types]
    best = max(weights)
    return weights.index(best) if best > 0 else None


def _weight_of(content_type: str, ranges: Sequence[tuple[str, str, _Weighed]]) -> float:
    whole, *parameters = (part.strip().lower() for part in content_type.split(";"))
    kind, _, sub = whole.partition("/")
    exact, weight = 0, 0.0
    for wanted_kind, wanted_sub, weighed in ranges:
        if wanted_kind not in (kind, "*") or wanted_sub not in (sub, "*"):
            continue
        if not all(parameter in parameters for parameter in weighed.parameters):
            continue
        how = 1 + (wanted_kind != "*") + (wanted_sub != "*") + len(weighed.parameters)
        if how > exact:
            exact, weight = how, weighed.weight
    return weight


def not_acceptable(types: Sequence[str], **more: object) -> Reply:
    """The 406 for a caller that takes none of the types. `more` goes into the problem's body."""
    detail = f"It can be had as {', '.join(dict.fromkeys(types))}."
    return problem_reply(406, "not-acceptable", "The mock has no answer of an accepted type", detail, **more)


# ---- weights ---------------------------------------------------------------------------------------------------


class _Weighed(NamedTuple):
    """One member of an Accept header: a coding or media range, its parameters, how much it is wanted (0 to 1)."""

    name: str
    parameters: tuple[str, ...]
    weight: float


def _weighed(lines: Sequence[str]) -> list[_Weighed]:
    found = []
    for member in ",".join(lines).split(","):
        name, *parameters = (part.strip().lower() for part in member.split(";"))
        weights = [part[2:] for part in parameters if part.startswith("q=")]
        others = tuple(part for part in parameters if part and not part.startswith("q="))
        if name:
            found.append(_Weighed(name, others, _weight(weights[0]) if weights else 1.0))
    return found


_WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?", re.ASCII)


def _weight(text: str) -> float:
    """A weight as RFC 9110 writes it; what is none does not count against anything."""
    return float(text) if _WEIGHT.fullmatch(text) else 1.0
