"""The line between supervisor and worker: JSON objects, one a line, over a pair of sockets.

Its end is news as well: each side learns by it that the other is dead.
"""

from __future__ import annotations

import socket
from typing import Any

import msgspec

from keymock.learned import learned
from keymock.problems import Problem


class Serving(msgspec.Struct, frozen=True, tag="serving"):
    """Requests are answered. `facts` is for the banner: whatever the worker knows and the supervisor does not."""

    generation: int
    facts: dict[str, Any] = {}


class Generation(msgspec.Struct, frozen=True, tag="generation"):
    """The tree has changed, and is served."""

    generation: int


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The worker cannot start, and would not the next time either: a Stop, on its way to the terminal."""

    problems: tuple[Problem, ...]
    exit_code: int


News = Serving | Generation | Refused


class Line:
    """One end. The worker reports, the supervisor reads."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._rest = b""

    def fileno(self) -> int:
        """For selectors and event loops: readable when there is news, or when the other side is gone."""
        return self._end.fileno()

    def report(self, news: News) -> None:
        """Say it to the other side; to a dead one too, who will not mind."""
        try:
            self._end.sendall(msgspec.json.encode(news) + b"\n")
        except (BrokenPipeError, ConnectionResetError):
            return

    def read(self) -> list[News] | None:
        """What has arrived, or None if the other side is gone. Blocks while there is nothing to read."""
        try:
            received = self._end.recv(65536)
        except ConnectionResetError:
            received = b""
        if not received:
            return None
        *lines, self._rest = (self._rest + received).split(b"\n")
        return [msgspec.json.decode(line, type=learned(News)) for line in lines]

    def close(self) -> None:
        """Hang up."""
        self._end.close()


def pair() -> tuple[Line, Line]:
    """Two ends of a new line."""
    ours, theirs = socket.socketpair()
    return Line(ours), Line(theirs)
