"""Who may talk to the control plane: one check for every route, before anything else looks at the request.

A page in a browser can send requests to any loopback port. It cannot know the token, its requests say where they
come from, and a name of its own that it lets resolve to 127.0.0.1 shows in Host. Each of these alone would do; the
field's history (`Control plane` in the security notes) is of tools that had none.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from keymock.exchange import Headers, Reply, problem_reply

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

_ONCE = (b"host", b"origin", b"authorization", b"sec-fetch-site", b"content-type", b"content-length")
"""Headers that stand once or not at all: of two, the guard and a handler could each believe another one."""


class Guard:
    """Lets through what carries the token, names one of our hosts, and comes from nowhere or from ourselves.

    `hosts` are names without a port, which stand for the control plane's own `port`; one with a port
    (`localhost:8443`, as seen from outside of a container) is taken as it is. `person` says whose token a text is,
    None for nobody's: besides the token of this run, callers' own are let through (`keymock up --tokens`).
    """

    def __init__(
        self, token: str, hosts: frozenset[str], port: int, person: Callable[[str], str | None] = lambda _: None
    ) -> None:
        if not token:
            raise ValueError("a control plane without a token would be open to every web page")
        self._token = token.encode()
        self._person = person
        self._hosts = frozenset(_with_port(host.lower(), port).encode() for host in hosts)
        self._origins = frozenset(b"http://" + host for host in self._hosts)

    def refusal(self, method: str, headers: Headers) -> Reply | None:
        """Why this request goes no further, or None. Header names are lower-case, as ASGI has them."""
        for name in _ONCE:
            if sum(key == name for key, _ in headers) > 1:
                return _refuse(403, "forbidden", f"the header {name.decode()} stands twice")
        given = dict(headers)
        if given.get(b"host", b"").lower() not in self._hosts:
            return _refuse(403, "forbidden", "this Host is not one of the control plane")
        if b"origin" in given and given[b"origin"].lower() not in self._origins:
            return _refuse(403, "forbidden", "requests of other origins are not answered")
        if given.get(b"sec-fetch-site", b"none") not in (b"none", b"same-origin"):
            return _refuse(403, "forbidden", "requests of other sites are not answered")
        if not self._is_own(given.get(b"authorization", b"")) and self.caller(headers) is None:
            reply = _refuse(401, "unauthorized", "send `Authorization: Bearer TOKEN`; the ready file has the token")
            reply.headers.append((b"www-authenticate", b"Bearer"))
            return reply
        if not _is_json(method, given):
            return _refuse(415, "unsupported-media-type", "send JSON, with `Content-Type: application/json`")
        return None

    def caller(self, headers: Headers) -> str | None:
        """The person whose own token a request carries; None if it is that of this run, or nobody's."""
        authorization = dict(headers).get(b"authorization", b"")
        scheme, _, token = authorization.partition(b" ")
        if scheme.lower() != b"bearer" or self._is_own(authorization):
            return None
        return self._person(token.strip().decode("latin-1"))

    def _is_own(self, authorization: bytes) -> bool:
        scheme, _, token = authorization.partition(b" ")
        return hmac.compare_digest(token.strip(), self._token) and scheme.lower() == b"bearer"


def _is_json(method: str, given: dict[bytes, bytes]) -> bool:
    """Forms and plain text are what a page may send across origins without asking. Nothing at all is fine."""
    media = given.get(b"content-type", b"").partition(b";")[0].strip().lower()
    has_body = b"transfer-encoding" in given or given.get(b"content-length", b"0") != b"0"
    if media == b"application/json":
        return True
    return not has_body and (not media or method not in ("POST", "PUT", "PATCH", "DELETE"))


def _with_port(host: str, port: int) -> str:
    return host if ":" in host.rpartition("]")[2] else f"{host}:{port}"


def _refuse(status: int, code: str, detail: str) -> Reply:
    titles = {401: "Token needed", 403: "Refused", 415: "Not JSON"}
    return problem_reply(status, code, titles[status], detail)
