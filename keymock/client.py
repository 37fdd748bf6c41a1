"""The only outbound socket: one HTTP request sent, each host on its way asked about first.

aiohttp does the HTTP; it keeps the case of headers and is imported at the first request, for it takes a third of a
second. Redirects are followed here, so that no hop goes where nobody has consented to.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import re
import socket
import time
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec

from keymock import __version__
from keymock.outbound import USUAL_PORTS, Refused, is_loopback
from keymock.sending import Hop, Incoming, Outgoing, Unsent

__all__ = ["Gate", "Hop", "Incoming", "Outgoing", "Unsent", "parts_of", "port_of", "run", "send", "send_now"]

MOST = 50 * 1024 * 1024
"""Bytes of an answer that are read."""

USER_AGENT = f"keymock/{__version__}"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_REDIRECTS = (301, 302, 303, 307, 308)
OURS = "x-keymock-"
_OWN = ("authorization", "cookie", "proxy-authorization")
"""Headers that stay behind when a redirect leads to another host."""

Gate = Callable[[str, int, str], Refused | None]
"""Why a host may not be reached at a port: asked with an address of "" before the name is resolved, and again after."""


async def send(outgoing: Outgoing, gate: Gate) -> Incoming:
    """Sends a request and reads the whole answer. Raises Unsent."""
    _check_headers(outgoing)
    _ask(gate, parts_of(outgoing.url))  # a refusal needs no library
    # In a thread, for whoever waits for this loop meanwhile.
    aiohttp = await asyncio.to_thread(importlib.import_module, "aiohttp")
    began = time.perf_counter()
    connector = aiohttp.TCPConnector(resolver=_Resolver(aiohttp, gate), force_close=True)
    hops: list[Hop] = []
    # keymock's own User-Agent and nothing else is added to what somebody wrote.
    bare = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
    try:
        async with (
            asyncio.timeout(outgoing.timeout),
            aiohttp.ClientSession(connector=connector, skip_auto_headers=bare, cookie_jar=aiohttp.DummyCookieJar(),
                                  timeout=aiohttp.ClientTimeout(total=None)) as session,
        ):  # fmt: skip
            while True:
                came = await _exchange(aiohttp, session, outgoing)
                onwards = _redirected(outgoing, came)
                if onwards is None or len(hops) >= outgoing.redirects:
                    return msgspec.structs.replace(came, hops=tuple(hops), seconds=time.perf_counter() - began)
                hops.append(Hop(came.status, outgoing.url))
                outgoing = onwards
                _ask(gate, parts_of(outgoing.url))
    except TimeoutError:
        raise Unsent("no-answer", f"{outgoing.url} has not answered within {outgoing.timeout:g} s") from None


def send_now(outgoing: Outgoing, gate: Gate) -> Incoming:
    """The same, for programs without an event loop of their own. Raises Unsent."""
    return run(send(outgoing, gate))


def run(job: Coroutine[Any, Any, Incoming]) -> Incoming:
    """Runs it to its end on a loop of its own."""
    with asyncio.Runner() as runner:
        return runner.run(job)


def parts_of(url: str) -> SplitResult:
    """The parts of an address that can be sent to. Raises Unsent."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise Unsent("bad-url", f"`{url}` is no address: {fault}") from None
    if parts.scheme not in USUAL_PORTS or not parts.hostname or port == 0:
        raise Unsent("bad-url", f"`{url}` is no address", "it begins with http:// or https:// and a host")
    if any(ord(char) <= 0x20 or ord(char) == 0x7F for char in url):
        raise Unsent("bad-url", f"{url!r} has spaces or control characters in it")
    return parts


def port_of(parts: SplitResult) -> int:
    """The port of an address, its scheme's if it names none."""
    return parts.port or USUAL_PORTS[parts.scheme]


def _ask(gate: Gate, parts: SplitResult, address: str = "") -> None:
    refused = gate(parts.hostname or "", port_of(parts), address)
    if refused is not None:
        raise Unsent(*refused)


def _check_headers(outgoing: Outgoing) -> None:
    """Raises Unsent for a method or a header that aiohttp would put on the wire as it is, and break the message."""
    if not _TOKEN.fullmatch(outgoing.method):
        raise Unsent("bad-request", f"{outgoing.method!r} is no method")
    for name, value in outgoing.headers:
        if not _TOKEN.fullmatch(name):
            raise Unsent("bad-request", f"{name!r} is no name of a header")
        if any((ord(char) < 0x20 and char != "\t") or ord(char) == 0x7F for char in value):
            raise Unsent("bad-request", f"the header `{name}` has control characters in it")


def _redirected(outgoing: Outgoing, came: Incoming) -> Outgoing | None:
    """The request that a redirect asks for; None if the answer is none."""
    where = next((value for name, value in came.headers if name.lower() == "location"), "")
    if came.status not in _REDIRECTS or not where:
        return None
    url = urljoin(outgoing.url, where)
    before, after = parts_of(outgoing.url), parts_of(url)
    method, body, left_out = outgoing.method, outgoing.body, set[str]()
    if came.status == 303 or (came.status in (301, 302) and method == "POST"):
        method, body = ("HEAD" if method == "HEAD" else "GET"), b""
        left_out |= {"content-type", "content-length", "content-encoding"}
    if (before.scheme, before.hostname, port_of(before)) != (after.scheme, after.hostname, port_of(after)):
        left_out |= {*_OWN, "host", *(name.lower() for name, _ in outgoing.headers if name.lower().startswith(OURS))}
    headers = tuple((name, value) for name, value in outgoing.headers if name.lower() not in left_out)
    return msgspec.structs.replace(outgoing, method=method, url=url, headers=headers, body=body)


async def _exchange(aiohttp: Any, session: Any, outgoing: Outgoing) -> Incoming:
    from multidict import CIMultiDict  # noqa: PLC0415  (comes with aiohttp)
    from yarl import URL  # noqa: PLC0415  (comes with aiohttp)

    headers = CIMultiDict(outgoing.headers)
    headers.setdefault("User-Agent", USER_AGENT)
    try:
        async with session.request(
            outgoing.method,
            URL(outgoing.url, encoded=True),  # sent as it is written
            headers=headers,
            data=outgoing.body or None,
            allow_redirects=False,
            ssl=outgoing.verify,
            proxy=outgoing.proxy or None,
        ) as answer:
            body = await answer.content.read(MOST + 1) if outgoing.method != "HEAD" else b""
            parts = [body]
            while body and sum(map(len, parts)) <= MOST and (body := await answer.content.read(MOST)):
                parts.append(body)
            if sum(map(len, parts)) > MOST:
                raise Unsent("too-large", f"the answer of {outgoing.url} has more than {MOST} bytes")
            told = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.raw_headers)
            return Incoming(answer.status, answer.reason or "", told, b"".join(parts), outgoing.url)
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError) as fault:
        hint = "`verify = false` in the request trusts any certificate"
        raise Unsent("tls-failed", f"no trusted TLS with {outgoing.url}: {_said(fault)}", hint) from None
    except aiohttp.ClientConnectorDNSError:
        raise Unsent("unresolved", f"the name of {outgoing.url} cannot be resolved") from None
    except aiohttp.ClientConnectorError as fault:
        several = str(fault.os_error).startswith("Multiple exceptions")  # one for each address of the name
        why = "" if several else f": {_said(fault)}"
        raise Unsent("no-server", f"nobody answers at {outgoing.url}{why}") from None
    except (aiohttp.ClientError, ConnectionError) as fault:
        raise Unsent("broken-answer", f"{outgoing.url} broke off: {_said(fault)}") from None
    except ValueError as fault:  # a header or a URL that cannot be sent
        raise Unsent("bad-request", f"the request to {outgoing.url} cannot be sent: {fault}") from None


def _said(fault: BaseException) -> str:
    """What the system said, without what the library puts around it."""
    inner = getattr(fault, "certificate_error", None) or getattr(fault, "os_error", None) or fault
    number = getattr(inner, "errno", None)
    text = getattr(inner, "verify_message", None) or (os.strerror(number) if number and number > 0 else str(inner))
    return text or type(fault).__name__


class _Resolver:
    """Names to addresses: loopback names without asking anybody, and every address asked about."""

    def __init__(self, aiohttp: Any, gate: Gate) -> None:
        self._system = aiohttp.ThreadedResolver()
        self._gate = gate

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_UNSPEC) -> list[dict[str, Any]]:
        if is_loopback(host):
            pairs = (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6))
            found = [{"hostname": host, "host": address, "port": port, "family": kind, "proto": 0, "flags": 0}
                     for address, kind in pairs]  # fmt: skip
        else:
            found = await self._system.resolve(host, port, family)
        for each in found:
            refused = self._gate(host, port, str(each["host"]))
            if refused is not None:
                raise Unsent(*refused)
        return found

    async def close(self) -> None:
        await self._system.close()
