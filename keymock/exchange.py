"""The nouns of HTTP, without any server: a request as it came, and a reply as it shall go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, overload
from urllib.parse import quote, unquote_plus, unquote_to_bytes, urlsplit

import msgspec

Headers = list[tuple[bytes, bytes]]
T = TypeVar("T")

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY")
"""The usual verbs, for hints; any other token in capitals is a method too, but for TRACE and CONNECT."""

MAX_JSON_DEPTH = 128


class Malformed(ValueError):
    """The request cannot be read. `code` and `status` are those of the answer it gets."""

    def __init__(self, detail: str, *, code: str = "invalid-request", status: int = 400) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.status = status


class lazy(Generic[T]):  # noqa: N801  (reads as a decorator)
    """An attribute computed at first use. `functools.cached_property` takes a lock on 3.11; requests need none."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self.make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object, owner: type) -> T | lazy[T]:
        if instance is None:
            return self
        value = self.make(instance)
        instance.__dict__[self.name] = value
        return value


INFLUENCES = frozenset({b"origin", b"prefer", b"range", b"x-keymock-faults", b"x-keymock-preset"})
"""Headers that change an answer by themselves, whatever a mock asks for."""


class Memory(Protocol):
    """What conditions may ask of the session that a request belongs to; `state.Session` is one."""

    name: str

    def scenario(self, space: str, name: str) -> str: ...
    def call(self, mock: str) -> int: ...


class Request:
    """One request, read as far as somebody asks.

    `raw_path` and `query_string` are the bytes of the request line, `headers` have lower-case names in the order
    they came, `host` is the Host header's name without the port, lower-case. `body` is None until it has been
    read, and stays so for routes that do not want it.
    """

    def __init__(
        self,
        method: str,
        raw_path: bytes,
        query_string: bytes = b"",
        headers: Headers | None = None,
        body: bytes | None = b"",
        *,
        scheme: str = "http",
        host: str = "localhost",
        port: int | None = None,
        client: str = "127.0.0.1",
    ) -> None:
        self.method = method
        self.raw_path = raw_path
        self.query_string = query_string
        self.headers = headers if headers is not None else []
        self.body = body
        self.scheme = scheme
        self.host = host
        self.port = port
        self.client = client

    # What whoever answers learns of a request. Here, for most requests have little of it.
    now = 0.0
    """The moment that the request belongs to, in epoch seconds."""
    session: Memory | None = None
    """What went before, for conditions on scenarios and call numbers."""
    project = ""
    """The project whose own port the request came to."""
    upgrade = False
    """Whether the client asks for a WebSocket."""
    mount = ""
    """The part of the path that led to the project, already taken off `segments`."""
    params: Mapping[str, str] = MappingProxyType({})
    """Path parameters of the mock that is being tried, or that answers."""

    @classmethod
    def of(
        cls,
        method: str = "GET",
        url: str = "/",
        headers: Mapping[str, str | list[str]] | None = None,
        body: str | bytes = b"",
    ) -> Request:
        """A request as people write one: a path or a whole URL, headers by name, a body as text.

        It asks for a WebSocket if the URL begins with ws:// or wss://, or the headers say so.
        """
        parts = urlsplit(url)
        pairs = [
            (name.lower().encode("latin-1", "replace"), value.encode())
            for name, given in (headers or {}).items()
            for value in ([given] if isinstance(given, str) else given)
        ]
        data = body.encode() if isinstance(body, str) else body
        named = next((value.decode("latin-1") for name, value in pairs if name == b"host"), parts.netloc or "localhost")
        host, port = split_host(named)
        path = quote(parts.path or "/", safe=_PATH_SAFE)
        query = quote(parts.query, safe=_QUERY_SAFE)
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme or "http")
        made = cls(method, path.encode(), query.encode(), pairs, data, scheme=scheme, host=host, port=port)
        made.upgrade = method == "GET" and (
            scheme != (parts.scheme or "http") or made.header("upgrade").strip().lower() == "websocket"
        )
        return made

    @lazy
    def segments(self) -> tuple[str, ...]:
        """The path split at `/`, each part decoded; `/` is `("",)`, `/a/` is `("a", "")`. Raises Malformed."""
        return split_path(self.raw_path)

    @lazy
    def path(self) -> str:
        """The decoded path without its mount. A `%2F` inside a segment shows as `/` here, never in matching."""
        return "/" + "/".join(self.segments)

    @lazy
    def query(self) -> dict[str, list[str]]:
        """Every parameter with its values in order."""
        return parse_query(self.query_string)

    @lazy
    def header_map(self) -> dict[str, list[str]]:
        """Header values by lower-case name, in order."""
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name.decode("latin-1"), []).append(_text(value))
        return found

    @lazy
    def cookies(self) -> dict[str, list[str]]:
        """Cookie values by name (case-sensitive)."""
        found: dict[str, list[str]] = {}
        for line in self.header_map.get("cookie", ()):
            for part in line.split(";"):
                name, equals, value = part.strip().partition("=")
                if equals and name:
                    found.setdefault(name, []).append(value.strip('"'))
        return found

    @lazy
    def influenced(self) -> bool:
        """Whether a header asks for more than the conditions of mocks look at: another origin, answer, range, fault."""
        return any(name in INFLUENCES for name, _ in self.headers)

    @lazy
    def content_type(self) -> str:
        """The media type without parameters, lower-case; empty if none was sent."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @lazy
    def text(self) -> str:
        """The body as text: UTF-8, with what is not UTF-8 replaced."""
        return (self.body or b"").decode("utf-8", "replace")

    @lazy
    def form(self) -> dict[str, list[str]]:
        """Fields of a urlencoded body; empty if the content type says otherwise."""
        if self.content_type != "application/x-www-form-urlencoded":
            return {}
        return parse_query(self.body or b"")

    @lazy
    def json(self) -> object:
        """The body as JSON whatever its content type says, or `NOT_JSON`."""
        return read_json(self.body or b"")

    def header(self, name: str) -> str:
        """The first value of a header (lower-case name), or the empty string."""
        wanted = name.encode("latin-1")
        for key, value in self.headers:
            if key == wanted:
                return _text(value)
        return ""


_PATH_SAFE = "/%:@!$&'()*+,;=-._~"
_QUERY_SAFE = _PATH_SAFE + "?"


def split_host(value: str) -> tuple[str, int | None]:
    """`api.localhost:8787` → `("api.localhost", 8787)`; `[::1]:80` → `("::1", 80)`. Lower-case, no final dot.

    Raises Malformed for what is no host.
    """
    name, port = value, ""
    if value.startswith("["):
        name, bracket, rest = value[1:].partition("]")
        port = rest.removeprefix(":")
        if not bracket or (rest and not rest.startswith(":")):
            raise Malformed("the Host header is not a host")
    elif ":" in value:
        name, _, port = value.rpartition(":")
    name = name.lower().removesuffix(".")
    if not name or not _HOST.fullmatch(name) or (port and not (port.isascii() and port.isdigit() and len(port) <= 5)):
        raise Malformed("the Host header is not a host")
    return name, int(port) if port else None


_HOST = re.compile(r"[a-z0-9._:-]{1,253}", re.ASCII)


class _NotJson:
    """What `Request.json` is when the body is not JSON: equal to nothing, found by nobody."""

    def __repr__(self) -> str:
        return "NOT_JSON"

    def __bool__(self) -> bool:
        return False


NOT_JSON = _NotJson()


def read_json(body: bytes) -> object:
    """Decoded JSON, or NOT_JSON for what is none, or is nested deeper than MAX_JSON_DEPTH."""
    if not body or _too_deep(body):
        return NOT_JSON
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return NOT_JSON


def _too_deep(body: bytes) -> bool:
    """Whether brackets could nest deeper than the limit. Counts openers first: nearly every body ends there."""
    if body.count(b"[") + body.count(b"{") <= MAX_JSON_DEPTH:
        return False
    depth = 0
    in_string = escaped = False
    for byte in body:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            if depth > MAX_JSON_DEPTH:
                return True
        elif byte in b"]}":
            depth -= 1
    return False


def split_path(raw: bytes) -> tuple[str, ...]:
    """Path bytes → decoded segments. Split first, decode after, so that `%2F` stays inside its segment.

    Raises Malformed for a broken escape, for bytes that are not UTF-8, for NUL, and for `.` and `..`.
    """
    if not raw.startswith(b"/"):
        raise Malformed("the path does not start with `/`")
    try:
        if b"%" not in raw:
            segments = tuple(raw[1:].decode("utf-8").split("/"))
        else:
            segments = tuple(_decode_segment(part) for part in raw[1:].split(b"/"))
    except UnicodeDecodeError:
        raise Malformed("the path is not UTF-8") from None
    if "." in segments or ".." in segments:
        raise Malformed("the path contains a `.` or `..` segment")
    if b"%00" in raw or b"\0" in raw:
        raise Malformed("the path contains a NUL character")
    return segments


_HEX = frozenset(b"0123456789abcdefABCDEF")


def _decode_segment(part: bytes) -> str:
    pieces = part.split(b"%")
    for piece in pieces[1:]:
        if len(piece) < 2 or piece[0] not in _HEX or piece[1] not in _HEX:
            raise Malformed("the path contains a broken percent escape")
    return unquote_to_bytes(part).decode("utf-8")


def parse_query(raw: bytes) -> dict[str, list[str]]:
    """`a=1&b&a=2` → `{"a": ["1", "2"], "b": [""]}`. `+` is a space; broken escapes stay as they are."""
    found: dict[str, list[str]] = {}
    if not raw:
        return found
    text = raw.decode("utf-8", "replace")
    plain = "%" not in text and "+" not in text
    for pair in text.split("&"):
        if not pair:
            continue
        name, _, value = pair.partition("=")
        if not plain:
            name, value = unquote_plus(name), unquote_plus(value)
        found.setdefault(name, []).append(value)
    return found


def _text(value: bytes) -> str:
    """A header value: UTF-8 as browsers and most servers write it, else Latin-1 as the standard's past had it."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


class BodyFile(msgspec.Struct, frozen=True):
    """A body too large to hold in memory: sent from disk if it still is what was loaded."""

    path: str
    size: int
    mtime_ns: int


class Frame(NamedTuple):
    """A part of a WebSocket: what is sent `after` so many seconds; or the code and reason that it closes with."""

    after: float
    data: str | bytes | None = None
    close: int = 0
    reason: str = ""


class Talk(Protocol):
    """One WebSocket, as what goes in and what comes out; `websocket.Talk` is one. `now` is in epoch seconds."""

    ticks: list[int]
    """A number for each timer."""

    @property
    def protocol(self) -> str: ...
    def opened(self, now: float) -> list[Frame]: ...
    def heard(self, message: str | bytes, now: float) -> list[Frame]: ...
    def pause(self, timer: int) -> float | None: ...
    def ticked(self, timer: int, now: float) -> list[Frame]: ...


class Call(NamedTuple):
    """A request that goes out after the answer was given. Times are in seconds; `number` counts a mock's, from 1.

    `fault` says why there is none, after all: a template of it failed.
    """

    mock: str
    number: int
    wait: float
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    timeout: float = 10.0
    tries: int = 1
    backoff: float = 1.0
    verify: bool = True
    fault: str = ""
    declared: bool = False
    """Whether a contract declares it, so that nobody here decided that it be sent."""


class Onward(msgspec.Struct, frozen=True):
    """Where a request goes that the real API answers. `place` is the file and line that names it.

    `url` is the address that `path` (with the query) is put behind, `timeout` how many seconds it may be silent.
    `seen_at` is the address that the client takes it for, so that redirects come back here.
    """

    project: str
    url: str
    place: str
    path: bytes
    timeout: float = 30.0
    seen_at: str = ""


class Laying(msgspec.Struct, frozen=True):
    """What is laid over the real API's answer before it is passed back; all of it filled in.

    `status` 0 leaves its own; of `gone` and of the reply's headers none of its own are left; `laid` and `remove` are
    places of its JSON. The body comes in parts as `pace` and `first_byte` (of `faults`) say. `where` names the mock.
    """

    status: int = 0
    gone: frozenset[bytes] = frozenset()
    laid: Mapping[str, Any] = {}
    remove: tuple[str, ...] = ()
    pace: Any = None
    first_byte: float = 0.0
    where: str = ""

    @property
    def reshapes(self) -> bool:
        """Whether its JSON is changed."""
        return bool(self.laid or self.remove)

    @property
    def whole(self) -> bool:
        """Whether the body must be there as a whole before any of it is sent."""
        return self.reshapes or self.pace is not None or bool(self.first_byte)


class Reply(msgspec.Struct):
    """What to send, decided; `serve` performs it. Times are in seconds.

    `mock` is the id of the mock that answered, empty for keymock's own answers; those have `error`, the code that
    goes into `x-keymock-error`. `reusable` says that the same request line will get the same reply for as long as
    the index does not change, whatever its headers are.
    """

    status: int
    headers: Headers
    body: bytes = b""
    file: BodyFile | None = None
    mock: str = ""
    response: str = ""
    error: str = ""
    delay: float = 0.0
    stream: tuple[tuple[float, bytes], ...] = ()
    """The body in parts, each with the seconds to wait before it; then `body` is empty."""
    onwards: Iterable[tuple[float, bytes]] = ()
    """What follows `stream`: as long as the client stays, it may never end."""
    talk: Talk | None = None
    """What follows the answer 101 to a client that asked for a WebSocket."""
    fault: str = ""
    """How the connection is to break, a kind of `faults.KINDS`."""
    onward: Onward | None = None
    """The real API that shall answer in place of this reply; of this reply only the headers are added to its own, late
    and broken as this reply says."""
    laying: Laying | None = None
    """What is laid over the real API's answer, of a mock that starts from it."""
    source: str = ""
    """`real` for what the real API answered."""
    rendered: bool = False
    """Whether its status or a header was made from a template, and so was not checked when its file was loaded."""
    reusable: bool = False
    by_accept: bool = False
    """Whether it is reusable for requests with the same `Accept`, and for no others."""
    violations: tuple[str, ...] = ()
    """What a contract says against the request or the answer, for the journal."""
    operation: str = ""
    """The operation of a contract that the request was for, for the journal."""
    onlooker: object = None
    """Who holds the real API's answer against a contract: a `contracted.Onlooker`."""
    calls: tuple[Call, ...] = ()
    """What goes out after it."""
    story: object = None
    """How it came to be, for the journal: a `journal.Story`."""

    @property
    def fetches(self) -> bool:
        """Whether the real API's answer is needed as a whole, because it is changed or is to break."""
        return bool(self.fault) or (self.laying is not None and self.laying.whole)


def problem_reply(status: int, code: str, title: str, detail: str = "", **more: object) -> Reply:
    """One of keymock's own answers, as RFC 9457 problem details."""
    content: dict[str, object] = {
        "type": f"about:blank#{code}",
        "title": title,
        "status": status,
        "code": code,
    }
    if detail:
        content["detail"] = detail
    content.update(more)
    body = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
    headers = [(b"content-type", b"application/problem+json"), (b"x-keymock-error", code.encode())]
    return Reply(status, headers, body, error=code)
