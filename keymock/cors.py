"""Cross-origin calls: which pages may call a mock, and what the browser is told."""

from __future__ import annotations

from urllib.parse import urlsplit

from keymock.exchange import Headers, Reply, Request
from keymock.index import Cors

ANYONE = "*"


def allows(policy: Cors, origin: str) -> bool:
    """Whether a page of this origin may call. Loopback origins: `localhost`, `127.0.0.1`, `*.localhost`, any port."""
    if policy.origins is None:
        return is_loopback(origin)
    return ANYONE in policy.origins or origin in policy.origins


def is_loopback(origin: str) -> bool:
    """Whether an origin is a page served by this machine to itself."""
    try:
        parts = urlsplit(origin)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.path or parts.query:
        return False
    return host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost")


def headers(policy: Cors, origin: str) -> Headers:
    """What a reply to a page of this origin carries besides; nothing if the policy does not allow it."""
    if not allows(policy, origin):
        return []
    wildcard = policy.origins is not None and ANYONE in policy.origins and not policy.credentials
    found: Headers = [(b"access-control-allow-origin", b"*" if wildcard else origin.encode())]
    if not wildcard:
        found.append((b"vary", b"origin"))
    if policy.credentials or policy.origins is None:
        found.append((b"access-control-allow-credentials", b"true"))
    return [*found, (b"access-control-expose-headers", b"*" if wildcard else _EXPOSED)]


_EXPOSED = (
    b"etag, link, location, retry-after, x-keymock-mock, x-keymock-generation, x-keymock-error, x-keymock-source, "
    b"x-total-count"
)


def is_preflight(request: Request) -> bool:
    """Whether a browser asks if it may ask."""
    return request.method == "OPTIONS" and bool(
        request.header("origin") and request.header("access-control-request-method")
    )


def preflight(request: Request, policy: Cors, methods: list[str]) -> Reply:
    """The answer to a preflight: 204, with permission if the policy gives it."""
    origin = request.header("origin")
    found = headers(policy, origin)
    if found:
        asked = request.header("access-control-request-method")
        allowed = ", ".join(methods) if asked in methods else asked
        found += [
            (b"access-control-allow-methods", allowed.encode()),
            (b"access-control-max-age", b"600"),
        ]
        wanted = request.header("access-control-request-headers")
        if wanted:
            found.append((b"access-control-allow-headers", wanted.encode()))
        if request.header("access-control-request-private-network") == "true":
            found.append((b"access-control-allow-private-network", b"true"))
    return Reply(204, found)
