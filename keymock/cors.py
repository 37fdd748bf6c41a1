"""Cross-origin calls: which pages may call a mock, and what the browser is told."""

from __future__ import annotations

from urllib.parse import urlsplit

from keymock.exchange import Headers, Reply, Request
from keymock.index import Cors
from keymock.negotiation import varied

ANYONE = "*"
_REUSED_BY = frozenset({b"cache-control", b"etag", b"expires", b"last-modified"})
"""Headers by which a cache keeps an answer for another time."""


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


def tells_origins_apart(policy: Cors) -> bool:
    """Whether what a reply carries is not the same for every origin."""
    return policy.origins is None or (bool(policy.origins) and not _is_for_all(policy))


def _is_for_all(policy: Cors) -> bool:
    return policy.origins is not None and ANYONE in policy.origins and not policy.credentials


def told(policy: Cors, origin: str, made: Headers) -> Headers:
    """The headers of a reply with those that a page of this origin needs besides.

    A cache that keeps the reply must know that another origin gets other headers: one that is not allowed is told so,
    and so is a request that names none (a tab, an image), if the workspace names origins or a cache would keep it.
    """
    if origin and allows(policy, origin):
        return [*(varied(made, b"origin") if tells_origins_apart(policy) else made), *_permission(policy, origin)]
    if not tells_origins_apart(policy):
        return made
    kept = origin or policy.origins is not None or any(name in _REUSED_BY for name, _ in made)
    return varied(made, b"origin") if kept else made


def _permission(policy: Cors, origin: str) -> Headers:
    wildcard = _is_for_all(policy)
    found: Headers = [(b"access-control-allow-origin", b"*" if wildcard else origin.encode())]
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
    found = told(policy, origin, [])
    if allows(policy, origin):
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
