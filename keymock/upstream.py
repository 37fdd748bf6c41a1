"""The real API behind a project: which requests go there, what is taken off them and off its answers on the way.

Nothing is sent here; `serve.passing` does that, and `outbound` says whether it may.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

import msgspec

from keymock import spec
from keymock.exchange import Headers, Onward, Request
from keymock.outbound import USUAL_PORTS
from keymock.problems import did_you_mean
from keymock.spec import Mode

OWN = b"x-keymock-"
"""What headers of keymock's own begin with: they go neither out nor in."""

HOP_BY_HOP = frozenset({
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
    b"trailer", b"transfer-encoding", b"upgrade",
})  # fmt: skip
"""Headers that belong to one connection (RFC 9110, 7.6.1), besides those that `Connection` names."""

TIMEOUT = 30.0
"""Seconds that a real API may be silent."""

NOT_SENT = HOP_BY_HOP | {b"host", b"content-length", b"expect"}
"""Headers that the client which sends the request on makes itself."""


class Upstream(msgspec.Struct, frozen=True):
    """A project's real API in the environment that is on. `place` is the line that names its address."""

    project: str
    url: str
    environment: str
    mode: Mode = "mock"
    place: str = ""
    timeout: float = TIMEOUT


class Fault(NamedTuple):
    """What is wrong with an `[upstream]` table, at which key, and what to do."""

    where: tuple[str, ...]
    code: str
    message: str
    hint: str = ""


def chosen(given: spec.Upstream, environment: str = "") -> str:
    """The environment whose address counts: the one asked for, if it has one; else the default; else the only one."""
    for name in (environment, given.default):
        if name in given.urls:
            return name
    return next(iter(given.urls)) if len(given.urls) == 1 else ""


def faults(given: spec.Upstream) -> Iterator[Fault]:
    """What is wrong with a project's `[upstream]`."""
    for name, url in given.urls.items():
        reason = _reason(url)
        if reason:
            yield Fault(("upstream", "urls", name), "bad-upstream", f"`{url}` {reason}", "https://api.example.com")
    if given.default and given.default not in given.urls:
        hint = did_you_mean(given.default, given.urls) or f"there are: {', '.join(given.urls) or 'none'}"
        message = f"`urls` has no address for the environment `{given.default}`"
        yield Fault(("upstream", "default"), "bad-upstream", message, hint)
    elif given.mode != "mock" and not chosen(given):
        message = f'`mode = "{given.mode}"` needs an address to go to'
        yield Fault(("upstream", "mode"), "bad-upstream", message, "say which by `default`, and where by `urls`")


def _reason(url: str) -> str:
    """Why an address cannot be an upstream's; empty if it can."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises for one that is none)
    except ValueError:
        return "is no address"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "is no address: it begins with http:// or https:// and a host"
    if parts.username is not None:
        return "has a name or a password in it, which would be committed"
    if parts.query or parts.fragment:
        return "ends in a query, which no path can be put behind"
    return "" if re.fullmatch(r"[!-~]+", url) else "has characters that no address has"


def onward(upstream: Upstream, request: Request, depth: int) -> Onward:
    """The plan to send a request on, without the first `depth` segments of its path, which are the project's mount."""
    parts = request.raw_path.split(b"/")
    path = b"/" + b"/".join(parts[1 + depth :])
    mount = b"/".join(parts[: 1 + depth]).decode("latin-1")
    here = f"{request.scheme}://{request.header('host') or request.host}{mount}"
    query = b"?" + request.query_string if request.query_string else b""
    return Onward(upstream.project, upstream.url, upstream.place, path + query, upstream.timeout, here)


def outgoing(headers: Headers) -> Headers:
    """A request's headers as the real API gets them: without what is keymock's own, or this connection's."""
    dropped = _dropped(headers, NOT_SENT)
    return [(name, value) for name, value in headers if name not in dropped and not name.startswith(OWN)]


def incoming(headers: Sequence[tuple[bytes, bytes]], plan: Onward) -> Headers:
    """The headers of the real API's answer as the client gets them: redirects lead back here, cookies hold here."""
    lower = [(name.lower(), value) for name, value in headers]
    dropped = _dropped(lower, HOP_BY_HOP)
    found: Headers = []
    for name, value in lower:
        if name in dropped or name.startswith(OWN):
            continue
        if name in (b"location", b"content-location"):
            found.append((name, _back_here(value, plan)))
        else:
            found.append((name, _ours(value, plan) if name == b"set-cookie" else value))
    return found


def _dropped(headers: Iterable[tuple[bytes, bytes]], always: frozenset[bytes]) -> set[bytes]:
    named = (word.strip().lower() for name, value in headers if name == b"connection" for word in value.split(b","))
    # Some name what they must not: without these no answer would be whole.
    return {*always, *(word for word in named if word not in (b"content-length", b"content-type", b"set-cookie"))}


def _back_here(value: bytes, plan: Onward) -> bytes:
    """Where a redirect leads: back here, if it stays with the real API; as it is, if it leads elsewhere.

    A path of the real API that lies above the address behind this project cannot be reached here.
    """
    base = urlsplit(plan.url)
    try:
        target = urlsplit(value.decode("latin-1"))
        same = not target.netloc or _origin(target, base.scheme) == _origin(base, base.scheme)
    except ValueError:  # a port that is none: nothing that is ours
        return value
    if not same or (not target.netloc and not target.path.startswith("/")):
        return value
    root = base.path.rstrip("/")
    beneath = target.path.removeprefix(root)
    if not f"{target.path}/".startswith(f"{root}/"):
        return target._replace(scheme=base.scheme, netloc=base.netloc).geturl().encode("latin-1")
    here = plan.seen_at if target.netloc else urlsplit(plan.seen_at).path
    rest = target._replace(scheme="", netloc="", path="").geturl()
    return f"{here.rstrip('/')}{beneath or '/'}{rest}".encode("latin-1")


def _origin(parts: SplitResult, scheme: str) -> tuple[str, str, int | None]:
    scheme = parts.scheme or scheme
    return scheme, parts.hostname or "", parts.port or USUAL_PORTS.get(scheme)


def _ours(cookie: bytes, plan: Onward) -> bytes:
    """A cookie for the real API's domain and path, as one for whoever answered."""
    base = urlsplit(plan.url)
    host, root = (base.hostname or "").encode(), base.path.rstrip("/").encode()
    mount = urlsplit(plan.seen_at).path.rstrip("/").encode()
    first, *attributes = cookie.split(b";")
    kept = [_moved(each, root, mount) for each in attributes if not _is_domain_of(each, host)]
    return b";".join([first, *kept])


def _moved(attribute: bytes, root: bytes, mount: bytes) -> bytes:
    """A cookie's `Path` beneath the real API's address, as it is called here; everything else as it is."""
    name, equals, value = attribute.partition(b"=")
    path = value.strip()
    if name.strip().lower() != b"path" or not root or not (path + b"/").startswith(root + b"/"):
        return attribute
    return name + equals + ((mount + path[len(root) :]) or b"/")


def _is_domain_of(attribute: bytes, host: bytes) -> bool:
    name, _, value = attribute.partition(b"=")
    domain = value.strip().lower().lstrip(b".")
    return name.strip().lower() == b"domain" and (host == domain or host.endswith(b"." + domain))


def in_words(upstreams: Mapping[str, Upstream], modes: Mapping[str, Mode]) -> list[str]:
    """Where answers come from, of the projects that do not only answer from mocks: `shop real → https://…`."""
    return [
        f"{name} {modes[name]} → {one.url}" + (f" ({one.environment})" if one.environment else "")
        for name, one in sorted(upstreams.items())
        if modes[name] != "mock"
    ]
