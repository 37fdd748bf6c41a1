"""Where `keymock up` listens: our own sockets, bound before any worker starts and kept when one dies.

The ports are ours alone (no SO_REUSEPORT, which lets two servers share one without a word), so that a port in use
is one sentence; while a worker is being replaced, connections wait in the queue of the socket.
"""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from keymock.problems import Stop, error, printable

LOOPBACK = ("127.0.0.1", "::1")
BACKLOG = 4096
"""Connections that may wait for a worker; the kernel cuts it to `net.core.somaxconn`."""

_FREE_PORT_TRIES = 32
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, to say where such a server is reached


class Face(msgspec.Struct, frozen=True):
    """One port to listen on: `mock`, `control`, or `projects/<name>` for a project with a port of its own.

    Port 0 takes a free one. No `host` is loopback, both 127.0.0.1 and ::1; others are for containers.
    """

    name: str
    port: int = 0
    host: str = ""


class Listener:
    """A face that listens: its real port, and one socket for each address family."""

    def __init__(self, face: Face, sockets: Sequence[socket.socket]) -> None:
        self.name = face.name
        self.host = face.host
        self.sockets = tuple(sockets)
        self.port: int = self.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        """An address that works from this machine, whatever its resolver knows."""
        return url(self.host, self.port)

    def close(self) -> None:
        """Give the port back."""
        for sock in self.sockets:
            sock.close()


def url(host: str, port: int) -> str:
    """`http://127.0.0.1:8787`; a host that stands for every address is reached by loopback."""
    reached = _ANYWHERE.get(host, host) or LOOPBACK[0]
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def listen(faces: Sequence[Face], known: Mapping[int, str] | None = None) -> dict[str, Listener]:
    """Bind every face, or none: name → listener.

    `known` says what a process id is called (`keymock up of /home/ada/shop, http://127.0.0.1:8787`), for the sentence
    about a port in use. Ports asked for by number come first, so that a free one never takes them.
    Raises Stop with exit code 2.
    """
    listeners: dict[str, Listener] = {}
    with contextlib.ExitStack() as undo:
        for face in sorted(faces, key=lambda face: face.port == 0):
            listener = Listener(face, _bind(face, known or {}))
            undo.callback(listener.close)
            listeners[face.name] = listener
        undo.pop_all()
    return {face.name: listeners[face.name] for face in faces}


def _bind(face: Face, known: Mapping[int, str]) -> list[socket.socket]:
    try:
        if face.host:
            return [_bind_one(*_resolve(face.host), face.port)]
        return _bind_loopback(face.port)
    except OSError as failure:
        raise _refusal(face, failure, known) from failure


def _bind_loopback(port: int) -> list[socket.socket]:
    """127.0.0.1, and ::1 where there is one.

    Browsers, curl and Node try ::1 first for `localhost`. Without it they fall back, but only if nobody else listens
    there: a forgotten server on [::1] would answer in our place, so both must be ours.
    """
    for _ in range(_FREE_PORT_TRIES):
        first = _bind_one(socket.AF_INET, LOOPBACK[0], port)
        try:
            second = _bind_one(socket.AF_INET6, LOOPBACK[1], first.getsockname()[1])
        except OSError as failure:
            if failure.errno != errno.EADDRINUSE:
                return [first]  # a machine without IPv6
            first.close()
            if port:
                raise
        else:
            return [first, second]
    raise OSError(errno.EADDRINUSE, "no port is free on both 127.0.0.1 and ::1")


def _bind_one(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Only to bind over connections of a former run that still linger in TIME_WAIT; a live listener refuses it.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address != "::"))
        sock.bind((address, port))
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def _resolve(host: str) -> tuple[socket.AddressFamily, str]:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
    except UnicodeError as failure:  # a name that cannot be one, such as `a..b`
        raise socket.gaierror(socket.EAI_NONAME, str(failure)) from failure
    return family, str(address[0])


def _refusal(face: Face, failure: OSError, known: Mapping[int, str]) -> Stop:
    where = f"{face.host}:{face.port}" if face.host else f"port {face.port}"
    option = {"mock": "--port", "control": "--control-port"}.get(face.name, f"`port` of {face.name}")
    if failure.errno == errno.EADDRINUSE:
        by = holder(face.port, known)
        message = f"{where} is in use by {by}" if by else f"{where} is in use by another program"
        hint = f"stop it, or choose another with {option} (0 takes a free one)"
        return Stop(error("keymock up", "port-in-use", message, hint=hint))
    if failure.errno in (errno.EACCES, errno.EPERM):
        hint = f"choose one above 1023 with {option}"
        return Stop(error("keymock up", "port-refused", f"this system does not let you listen on {where}", hint=hint))
    if isinstance(failure, socket.gaierror) or failure.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        message = f"`{face.host or LOOPBACK[0]}` is not an address of this machine"
        return Stop(error("keymock up", "no-such-host", message, hint="leave the host out to listen on loopback"))
    return Stop(error("keymock up", "port-refused", f"cannot listen on {where}: {failure.strerror}"))


def holder(port: int, known: Mapping[int, str], proc: Path = Path("/proc")) -> str:
    """Who listens on the port, in words; empty where the system does not tell (other users, other systems)."""
    inodes = {f"socket:[{inode}]" for inode in _listening(port, proc)}
    for process in sorted((int(entry.name) for entry in proc.glob("[0-9]*")) if inodes else ()):
        if inodes.isdisjoint(_open_files(proc / str(process))):
            continue
        if process in known:
            return known[process]
        with contextlib.suppress(OSError):
            words = (proc / str(process) / "cmdline").read_bytes().decode(errors="replace").split("\0")
            command = printable(" ".join(words).strip())
            return f"`{command[:80]}` (pid {process})"
    return ""


def _listening(port: int, proc: Path) -> Iterator[str]:
    """The inodes of the sockets that listen on a port, of both families, after Linux' proc_net_tcp(5)."""
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (proc / "net" / table).read_text().splitlines()[1:]:
                _, local, _, state, *rest = line.split()
                if state == "0A" and int(local.rpartition(":")[2], 16) == port:
                    yield rest[5]


def _open_files(process: Path) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):  # another user's process, or gone meanwhile
        for entry in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(entry.readlink()))
    return found
