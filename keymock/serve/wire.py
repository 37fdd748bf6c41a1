"""The TCP connection beneath a request, found among our own descriptors, and broken as a client sees it.

ASGI has no word for a reset, and granian hands out no socket; but the process that runs the app owns it. So it is
looked for by the two addresses that the request came between. Everything happens on a duplicate of the descriptor
whose addresses were asked after duplicating: granian's threads may close theirs at any moment, and the number may
then be another connection's.

Where the system does not list descriptors nothing is found, and the caller does what it can without (`supported`).
Bytes of one's own make sense on plain HTTP/1 alone, which is all that keymock speaks.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

DESCRIPTORS = Path("/proc/self/fd")

Address = tuple[str, int]

_LARGEST = 128  # of a struct sockaddr, of whatever family


def supported() -> bool:
    """Whether connections can be found here, so that a reset is a reset."""
    return DESCRIPTORS.is_dir()


def reset(scope: dict[str, Any]) -> bool:
    """Ends the connection by RST; bytes under way are lost. False if it was not found."""
    with _connection(scope) as found:
        if found is None:
            return False
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Closing would do, but only once granian closes its descriptor too; disconnecting holds for all of them.
        unspecified = struct.pack("H14x", socket.AF_UNSPEC)
        return bool(_libc().connect(found.fileno(), unspecified, len(unspecified)) == 0)


def close(scope: dict[str, Any], last_words: bytes = b"") -> bool:
    """Ends the connection by FIN, after these bytes. False if it was not found.

    `last_words` must fit into the socket's buffer (64 KiB always do): nobody waits for a client that does not read.
    """
    with _connection(scope) as found:
        if found is None:
            return False
        with contextlib.suppress(OSError):  # the client left in this very moment, which ends the connection as well
            found.send(last_words)
            found.shutdown(socket.SHUT_RDWR)
        return True


@contextlib.asynccontextmanager
async def lingering(scope: dict[str, Any], seconds: float) -> AsyncIterator[None]:
    """Around what closes the connection: it stays open until the client has closed its side too, for so long at most.

    granian closes at once when it has sent its last bytes. What the client says then meets nobody, and the answer to
    that is a reset, which may cost the client the bytes it has not read yet.
    """
    with _connection(scope) as found:
        yield
        if found is not None:
            await _heard_out(found, seconds)


async def _heard_out(connection: socket.socket, seconds: float) -> None:
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    with contextlib.suppress(OSError, TimeoutError):
        connection.shutdown(socket.SHUT_WR)
        async with asyncio.timeout(seconds):
            while await loop.sock_recv(connection, 4096):
                pass


@contextlib.contextmanager
def _connection(scope: dict[str, Any]) -> Iterator[socket.socket | None]:
    """A duplicate of the connection's socket; None if it is gone, or cannot be looked for."""
    ends = _ends(scope)
    found = _find(*ends) if ends is not None and supported() else None
    try:
        yield found
    finally:
        if found is not None:
            found.close()


def _ends(scope: dict[str, Any]) -> tuple[Address, Address] | None:
    """The client's address and ours; granian's ports are text. None where they are none, as on Unix sockets."""
    try:
        ends = [(host, int(port)) for host, port in (scope["client"], scope["server"])]
        for host, _ in ends:
            socket.inet_pton(_family(host), _bare(host))
    except (KeyError, TypeError, ValueError, OSError):  # a test client in process calls itself what it likes
        return None
    return ends[0], ends[1]


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _bare(host: str) -> str:
    """An address without the zone that a link-local one may have."""
    return host.partition("%")[0]


def _find(client: Address, server: Address) -> socket.socket | None:
    for descriptor in _with_peer(client):
        try:
            copy = socket.socket(fileno=os.dup(descriptor))
        except OSError:
            continue
        if _is_between(copy, client, server):
            return copy
        copy.close()
    return None


def _with_peer(client: Address) -> Iterator[int]:
    """Descriptors whose other end is the client, or has just been.

    Asked of libc: Python has four questions for a descriptor before it is a socket object, and there may be thousands.
    """
    family = _family(client[0])
    port, host = struct.pack("!H", client[1]), socket.inet_pton(family, _bare(client[0]))
    start = struct.pack("H", family) + port
    host_at = slice(8, 24) if family == socket.AF_INET6 else slice(4, 8)
    import ctypes  # noqa: PLC0415  (as in _libc)

    getpeername = _libc().getpeername
    address, length = ctypes.create_string_buffer(_LARGEST), ctypes.c_uint32()
    length_place = ctypes.byref(length)
    for name in os.listdir(DESCRIPTORS):  # noqa: PTH208  (a Path for each would take longer than all else)
        descriptor = int(name)
        length.value = _LARGEST
        if getpeername(descriptor, address, length_place) == 0:
            found = address.raw  # beyond its family, what an earlier socket left there
            if found[:4] == start and found[host_at] == host:
                yield descriptor


def _is_between(found: socket.socket, client: Address, server: Address) -> bool:
    if found.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    try:
        return _same(found.getpeername(), client) and _same(found.getsockname(), server)
    except OSError:
        return False


def _same(found: tuple[Any, ...], wanted: Address) -> bool:
    """A server that listens everywhere knows its address as `0.0.0.0` or `::`: then the port must do."""
    return found[1] == wanted[1] and (wanted[0] in ("0.0.0.0", "::") or found[0] == wanted[0])  # noqa: S104


def _libc() -> Any:
    import ctypes  # noqa: PLC0415  (5 ms, for answers that break a connection)

    return ctypes.CDLL(None, use_errno=True)
