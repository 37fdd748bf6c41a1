"""Tells the server which files changed: at once for a save, once for a checkout, and never silently not at all.

    async for files in watcher.changes():
        service.rescan(files)

Whatever goes wrong with the events (`observe` lists how they fail), the answer is the same: watch anew and say
"look at everything". A slow rescan now and then catches what nobody noticed.
"""

from __future__ import annotations

import asyncio
import math
import stat
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from keymock.problems import Problem, warning
from keymock.serve.gitlock import LONGEST, GitLock, GitState
from keymock.serve.hints import Hints

if TYPE_CHECKING:
    from keymock.serve.observe import Kind, Observation

Files = frozenset[str]

_LOOK = 1.0
"""Seconds between two looks at whether the watch still works."""

_LOOK_SOON = 0.2
"""The same while the root is gone: it is probably about to come back."""

_RETRY = 30.0
"""The same while polling because the system had no watches left: other programs may have given some back."""

_SAFETY = 5.0
"""Seconds between two rescans that nobody asked for."""

_POLL = 0.5
"""The same while polling."""

_LOCK_TICK = 0.005
"""Seconds between two looks at a held index lock."""

_SETTLE = 0.02
"""Seconds after git let go. File times are as coarse as the kernel's tick, 10 ms at most: see `_is_old_news`."""

_STRAGGLERS = 5.0
"""Seconds in which events of a finished checkout may still be on their way through watchdog's threads."""

Places = dict[str, tuple[Path, int, int]]
"""Watched name → where it lies, and which inode of which device that was."""


class Watcher:
    """Watches a workspace for one event loop.

    `folders` gives the folders that matter, as name in the workspace → place (`{"projects": root / "projects",
    "private/ada@example.com": …}`). It is called once a second, so it should be cheap; folders may be missing, and
    may come and go. The root itself is watched for the files that lie in it. Symlinked folders are not followed.

    `poll` does without the system's events from the start. `say` hears what a person should know.
    """

    def __init__(
        self,
        root: Path,
        folders: Callable[[], Mapping[str, Path]],
        *,
        poll: bool = False,
        say: Callable[[Problem], None] = lambda _: None,
    ) -> None:
        self._root = root.resolve()
        self._folders = folders
        self._forced_poll = poll
        self._say = say
        self._said = False
        self._lock = threading.Lock()
        self._hints = Hints()
        self._git = GitLock(self._root)
        self._observation: Observation | None = None
        self._places: Places = {}
        self._look_at = 0.0
        self._safety_at = math.inf
        self._cost = 0.0
        self._sleeps_until = 0.0
        self._git_was_done = -math.inf
        self._wake: asyncio.Event
        self._loop: asyncio.AbstractEventLoop

    @property
    def polling(self) -> bool:
        """Whether changes are found by looking at everything again and again."""
        return self._observation is None and bool(self._places)

    @property
    def unclosed(self) -> Files:
        """Files somebody is writing right now. A rescan must leave them as they were: they will be told when whole."""
        with self._lock:
            return self._hints.unclosed

    @property
    def git_state(self) -> GitState:
        """Whether git is changing files right now, or has between two looks: what was read is then a mix of trees."""
        return self._git.state()

    async def changes(self) -> AsyncIterator[Files | None]:
        """Files that are known to be whole, or gone, as names in the workspace; None: look at everything.

        The first is None, as soon as the watch runs: what changed before that, nobody heard. While the caller
        works, changes gather; none is lost.
        """
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        try:
            await asyncio.to_thread(self._watch_anew)
            yield None
            self._plan_safety(0)
            while True:
                files = await self._next()
                began = time.monotonic()
                yield files
                if files is None:
                    self._plan_safety(time.monotonic() - began)
        finally:
            await asyncio.to_thread(self._stop)

    async def _next(self) -> Files | None:
        while True:
            now = time.monotonic()
            if now >= self._look_at and await self._mended():
                return None
            if now >= min(self._due(), self._safety_at):
                if await self._git_is_done() or now >= self._safety_at:
                    return None
                with self._lock:
                    files = self._hints.take(now)
                if files is None or files:
                    return files
            await self._sleep()

    def _due(self) -> float:
        with self._lock:
            return self._hints.due

    async def _sleep(self) -> None:
        """Until something is due. `_hear` wakes us if that moment comes nearer, and only then."""
        with self._lock:
            self._sleeps_until = min(self._hints.due, self._look_at, self._safety_at)
            self._wake.clear()
        try:
            async with asyncio.timeout_at(self._loop.time() + self._sleeps_until - time.monotonic()):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _git_is_done(self) -> bool:
        """Whether git has been at work; waits for its end, and forgets the hints: its changes are one change."""
        if not self._git.at_work():
            return False
        give_up = time.monotonic() + LONGEST
        while True:
            while self._git.held() and time.monotonic() < give_up:
                await asyncio.sleep(_LOCK_TICK)
            await asyncio.sleep(_SETTLE)
            if not self._git.held() or time.monotonic() >= give_up:
                break
        with self._lock:
            self._hints.forget()
            self._git_was_done = time.time()
        return True

    def _plan_safety(self, cost: float) -> None:
        """When to look at everything unasked, so that it takes 1 % of the time at most (5 % while polling).

        Of the last two costs the lower one counts: the higher may be that of a checkout, with much to compile.
        """
        usual, self._cost = min(self._cost, cost), cost
        wait = max(_POLL, 20 * usual) if self.polling else max(_SAFETY, 100 * usual)
        self._safety_at = time.monotonic() + wait

    # -- what watchdog's threads call

    def _hear(self, kind: Kind, file: str, target: str) -> None:
        now = time.monotonic()
        with self._lock:
            self._note(kind, file, target, now)
            if min(self._hints.due, self._look_at) >= self._sleeps_until:
                return
            self._sleeps_until = now
        self._loop.call_soon_threadsafe(self._wake.set)

    def _note(self, kind: Kind, file: str, target: str, now: float) -> None:
        if kind == "lost":
            self._hints.everything(now)
        elif kind == "folder":
            self._note_folder(file, target, now)
        elif _is_ours(file) and not self._is_old_news(target or file):
            if not _is_text(file + target):
                self._hints.everything(now)
            elif kind == "closed":
                self._hints.closed(file, now)
            elif kind == "created":
                self._hints.created(file, now)
            elif kind == "written":
                self._hints.written(file, now)
            elif kind == "deleted":
                self._hints.deleted(file, now)
            elif kind == "moved":
                self._hints.moved(file, target, now)

    def _note_folder(self, folder: str, target: str, now: float) -> None:
        name = folder.rstrip("/")
        if "/" not in name or name in self._places:  # one of the watched folders, or beside them: come, gone, moved?
            self._look_at = now
        elif not self._is_old_news(target or folder):
            self._hints.everything(now)

    def _is_old_news(self, file: str) -> bool:
        """Whether this is a straggler of a checkout that has been passed on as a whole.

        Without this, the events of 5 000 files, which trickle in for seconds after git has ended, would make the
        server look at everything again and again.
        """
        if time.time() - self._git_was_done > _STRAGGLERS:
            return False
        return _changed_at(self._place_of(file)) < self._git_was_done - _SETTLE / 2

    def _place_of(self, file: str) -> Path:
        for watched, (folder, _, _) in self._places.items():
            if watched and file.startswith(watched + "/"):
                return folder / file[len(watched) + 1 :]
        return self._root / file

    # -- supervision

    async def _mended(self) -> bool:
        """Whether the watch had to be set up anew, because it or what it watches is not what it was."""
        self._git = GitLock(self._root)
        self._look_at = time.monotonic() + _LOOK  # first: what is heard from here on may want another look
        healthy = self._observation is not None and self._observation.alive()
        if healthy and self._find_places() == self._places:
            return False
        was_polling = self.polling
        await asyncio.to_thread(self._watch_anew)
        return not (was_polling and self.polling)

    def _watch_anew(self) -> None:
        """Watch what is there now. Takes 0.1 s for 500 folders, so it runs on a thread."""
        self._stop()
        self._look_at = math.inf
        self._places = self._find_places()
        try:
            if self._places and not self._forced_poll:
                self._observation = self._observe()
        except (FileNotFoundError, NotADirectoryError):  # gone since we looked
            self._places = {}
        except OSError as failure:
            self._tell_of_polling(failure)
        self._look_at = min(self._look_at, time.monotonic() + self._pause())

    def _observe(self) -> Observation:
        from keymock.serve.observe import Observation  # noqa: PLC0415  (54 ms, beside the first answers)

        folders = {name: place for name, (place, _, _) in self._places.items() if name}
        return Observation(self._root, folders, self._hear)

    def _pause(self) -> float:
        if self._forced_poll:
            return math.inf
        if not self._places:
            return _LOOK_SOON
        return _RETRY if self.polling else _LOOK

    def _stop(self) -> None:
        if self._observation is not None:
            self._observation.stop()
            self._observation = None

    def _find_places(self) -> Places:
        """The root (named "") and the folders that are there. Empty without a root."""
        wanted = {"": self._root, **self._folders()}
        found = {name: (place, *identity) for name, place in wanted.items() if (identity := _identity(place))}
        return found if "" in found else {}

    def _tell_of_polling(self, failure: OSError) -> None:
        if not self._said:
            self._said = True
            self._say(
                warning(
                    ".",
                    "watch-limit",
                    f"the system cannot watch files ({failure.strerror}); changes are found by looking for them, "
                    "which takes longer",
                    hint="raise fs.inotify.max_user_instances and fs.inotify.max_user_watches, or close other watchers",
                )
            )


def _identity(folder: Path) -> tuple[int, int] | None:
    """Device and inode; None if it is no folder, or a link to one."""
    try:
        found = folder.lstat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISDIR(found.st_mode) else None


def _changed_at(place: Path) -> float:
    """When the file was last changed, in seconds since 1970; of one that is gone, when its folder was."""
    while True:
        try:
            return place.lstat().st_ctime
        except OSError:
            if place.parent == place:
                return math.inf
            place = place.parent


def _is_ours(file: str) -> bool:
    return not {".git", ".keymock"}.intersection(file.split("/"))


def _is_text(path: str) -> bool:
    """Whether a path is Unicode. Python carries others as lone surrogates, which no encoder takes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
