"""Which hosts may be reached: those that the workspace names and the user has allowed. Decides, and opens nothing.

A file of a repository can name a host, and only a person can allow it: a pull request must not open the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", re.ASCII)
_LONGEST = 253
USUAL_PORTS = {"http": 80, "https": 443}


class Host(NamedTuple):
    """A host as somebody writes it; without a port it is all of its ports."""

    name: str
    port: int = 0

    def covers(self, name: str, port: int) -> bool:
        """Whether it is this host, at this port."""
        return self.name == name and self.port in (0, port)

    def __str__(self) -> str:
        shown = f"[{self.name}]" if ":" in self.name else self.name
        return f"{shown}:{self.port}" if self.port else shown


class Allowed(NamedTuple):
    """A host that the user has consented to; `secrets` may go there only if that was said too."""

    host: Host
    secrets: bool = False


class Refused(NamedTuple):
    """Why a host may not be reached, and the line to type if somebody wants it to be."""

    code: str
    message: str
    hint: str


class Outbound(msgspec.Struct, frozen=True):
    """What decides. `named` is what the workspace names by `outbound` and `upstream`; `own_ports` are this server's."""

    named: tuple[Host, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    own_ports: frozenset[int] = frozenset()
    offline: bool = False

    def refusal(
        self, name: str, port: int, *, address: str = "", by_person: bool = False, secrets: bool = False
    ) -> Refused | None:
        """Why `name` at `port` may not be reached; None if it may.

        `by_person` says that somebody started it: a request, a flow, a call passed through. What keymock does by
        itself, a webhook, needs consent for the very port, on loopback too. `address` is what the name was resolved
        to, once it is known.
        """
        name, told = canonical(name), str(Host(canonical(name), port))
        if self.offline:
            return Refused("offline", f"{told} is not reached: keymock runs with --offline", "leave --offline out")
        if port in self.own_ports and is_loopback(address or name):
            return Refused("own-port", f"{told} is keymock's own port", "call another server, or the mock itself")
        local = is_loopback(name)
        if not local and not any(host.covers(name, port) for host in self.named):
            hint = f'name it in keymock.toml: outbound = ["{told}"], and then: {_to_type(told, secrets)}'
            return Refused("host-not-named", f"{told} is no host that this workspace names", hint)
        if local and by_person:
            return None
        given = [
            each for each in self.allowed if each.host.covers(name, port) and (by_person or each.host.port == port)
        ]
        if not given:
            return Refused("host-not-allowed", f"nobody has allowed {told} to be reached", _to_type(told, secrets))
        if secrets and not any(each.secrets for each in given):
            return Refused("secrets-not-allowed", f"a secret may not go to {told}", _to_type(told, secrets))
        return None


def _to_type(told: str, secrets: bool) -> str:
    return f"keymock allow {told}{' --secrets' if secrets else ''}"


def host(text: str) -> Host:
    """`api.example.com`, `127.0.0.1:9000`, `[::1]:9000`. Raises ValueError with a sentence."""
    name, port = text.strip(), ""
    if "/" in name or "@" in name:
        raise ValueError(f"`{text}` is no host: write HOST or HOST:PORT, without scheme and path")
    if name.startswith("["):
        name, _, port = name[1:].partition("]")
        if port and not port.startswith(":"):
            raise ValueError(f"`{text}` is no host: after the bracket comes :PORT")
        port = port[1:]
    elif name.count(":") == 1:
        name, _, port = name.partition(":")
    if port and not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65_536):
        raise ValueError(f"`{text}` is no host: a port is a number from 1 to 65535")
    name = canonical(name)
    if _address(name) is None and not (len(name) <= _LONGEST and _NAME.fullmatch(name)):
        raise ValueError(f"`{text}` is no host: write HOST or HOST:PORT")
    return Host(name, int(port) if port else 0)


def host_of(url: str) -> Host:
    """The host that an address leads to, at its port."""
    parts = urlsplit(url)
    return Host(canonical(parts.hostname or ""), parts.port or USUAL_PORTS.get(parts.scheme, 0))


def hosts(texts: Iterable[str]) -> tuple[Host, ...]:
    """Each of them as a host; those that are none are left out, for their file is told about them elsewhere."""
    found = []
    for text in texts:
        try:
            found.append(host(text))
        except ValueError:
            continue
    return tuple(found)


def canonical(name: str) -> str:
    """One spelling for each name: lower case, no dot at its end, an address as its family writes it."""
    name = name.lower().rstrip(".")
    address = _address(name.strip("[]"))
    return name if address is None else str(address)


def is_loopback(name: str) -> bool:
    """Whether a name or an address is this machine: loopback names are never asked for of a name server."""
    name = canonical(name)
    address = _address(name)
    if address is not None:
        return address.is_loopback or address.is_unspecified  # to 0.0.0.0, Linux connects to itself
    return name == "localhost" or name.endswith(".localhost")


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(name)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
