"""What was heard about files, and when it is time to pass it on. Times are arguments, in seconds.

Events are a hint, never the truth: whoever is told looks at the disk. So nothing here must be exact, only soon
enough for a person who saved one file, and calm enough for a tool that writes a thousand.
"""

from __future__ import annotations

import math

QUIET = 0.04
"""How long a deletion, a folder or a burst must be followed by nothing: editors delete and write anew."""

UNCLOSED = 0.15
"""How long a file that is written to, and not closed, must stay as it is."""

REOPENED = 0.002
"""How long a closed file waits: a program that opens it again at once is told of in that time, and what it has
written by then would be read as the whole."""

LONGEST_BURST = 0.5
"""A burst is passed on at least this often, however long it lasts."""

FEW = 8
"""More files than this, with no `QUIET` between them, are a burst. An editor's save touches up to four names."""


class Hints:
    """Files that wait to be passed on, each with its moment; or everything, once they are too many."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._unclosed: set[str] = set()
        self._created: dict[str, float] = {}
        """Files of which nothing was heard but that they were created, and when first."""
        self._burst: set[str] = set()
        self._burst_began = math.inf
        self._last = -math.inf

    @property
    def due(self) -> float:
        """The moment at which `take` has something to give; infinity if nothing was heard."""
        return min(self._burst_over, min(self._due.values(), default=math.inf))

    @property
    def unclosed(self) -> frozenset[str]:
        """Files that somebody is writing: half of them may be on disk."""
        return frozenset(self._unclosed)

    def closed(self, file: str, now: float) -> None:
        """The file is whole, unless it is opened again at once."""
        waiting = math.inf if file in self._unclosed else self._due.get(file, math.inf)
        self._hear(file, now, min(REOPENED, waiting - now))

    def created(self, file: str, now: float) -> None:
        """The file is new: opened to be written to, or moved here whole, which looks the same.

        One that is created again and again is moved here again and again, and need not wait for an end of that.
        """
        since = self._created.get(file, now)
        self.written(file, now)
        if file in self._due:
            self._due[file] = since + UNCLOSED
            self._created[file] = since

    def written(self, file: str, now: float) -> None:
        """The file was written to, and is open as far as we know."""
        self._hear(file, now, UNCLOSED)
        self._unclosed.add(file)
        self._due[file] = now + UNCLOSED

    def deleted(self, file: str, now: float) -> None:
        """The file is gone, perhaps for a moment only."""
        self._hear(file, now, QUIET)

    def moved(self, source: str, target: str, now: float) -> None:
        """The file has another name. `x.toml` → `x.toml~` is how some editors begin a save: the new one follows."""
        wait = QUIET if _name(source) in _name(target) else 0
        self._hear(source, now, wait)
        self._hear(target, now, wait)

    def everything(self, now: float) -> None:
        """Something happened that no list of files tells: a folder was moved, events were lost."""
        self._last = now
        if self._burst_began == math.inf:
            self._burst_began = now
            self._due = {file: due for file, due in self._due.items() if file in self._unclosed}

    def take(self, now: float) -> frozenset[str] | None:
        """The files whose moment has come (there may be none), or None for everything. They are forgotten here,
        but for unclosed ones in a burst: each of those still has its own moment."""
        if self._burst_over <= now:
            self._burst_began = math.inf
            return None
        ready = frozenset(file for file, due in self._due.items() if due <= now)
        for file in ready:
            del self._due[file]
            self._created.pop(file, None)
        self._unclosed -= ready
        return ready

    def forget(self) -> None:
        """Everything will be looked at, and is whole: nothing need be remembered."""
        self._due.clear()
        self._unclosed.clear()
        self._created.clear()
        self._burst_began = math.inf

    @property
    def _burst_over(self) -> float:
        if self._burst_began == math.inf:
            return math.inf
        return min(self._last + QUIET, self._burst_began + LONGEST_BURST)

    def _hear(self, file: str, now: float, wait: float) -> None:
        if now - self._last > QUIET:
            self._burst.clear()
        self._last = now
        self._unclosed.discard(file)
        self._created.pop(file, None)
        self._due[file] = now + wait
        if len(self._burst) <= FEW:
            self._burst.add(file)
        if len(self._burst) > FEW:
            del self._due[file]
            self.everything(now)


def _name(file: str) -> str:
    return file.rpartition("/")[2]
