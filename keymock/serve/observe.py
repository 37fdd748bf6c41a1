"""The only importer of watchdog: what the system says about files, told in our own words.

Three of its failures are silent, so the watch is written to be judged from outside (`alive`) and thrown away: a
handler that raises ends the dispatching thread; a watched folder that is deleted ends its emitter; and a folder
below a watched one that cannot be watched any more is passed over without a word.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

Kind = Literal["closed", "created", "written", "deleted", "moved", "folder", "lost"]

Hear = Callable[[Kind, str, str], None]
"""What happened, to which file, and its new name if it was moved. Called on a thread of watchdog."""

WANTED: list[type[FileSystemEvent]] = [
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    DirCreatedEvent,  # without these, watchdog does not follow into new folders
    DirDeletedEvent,
    DirMovedEvent,
]
"""Less than half of all events: fewer to read, and far from the kernel's limit of 16 384 unread ones."""

_KINDS: dict[str, Kind] = {
    "closed": "closed",
    "created": "created",
    "modified": "written",
    "deleted": "deleted",
    "moved": "moved",
}


class Observation:
    """A running watch over some folders. Raises OSError if the system has no watches left, or a folder is gone."""

    def __init__(self, root: Path, folders: Mapping[str, Path], hear: Hear) -> None:
        """`folders` (name in the workspace → place) are watched with all that is beneath, `root` by itself."""
        # It says so on standard error each time that it meets a new folder by two ways at once (`mkdir -p`). No harm.
        warnings.filterwarnings("ignore", "Callback with id .* already exists", RuntimeWarning)
        self._log = _Log(hear)
        self._ears = [_Ear(name + "/", folder, hear) for name, folder in folders.items()]
        self._observer = Observer()
        logging.getLogger("watchdog").addHandler(self._log)
        try:
            self._observer.start()
            for ear in self._ears:
                self._observer.schedule(ear, str(ear.folder), recursive=True, event_filter=WANTED)
            # The root comes last: if watches ran out somewhere beneath a folder, in silence, they are out here too.
            self._ears.append(_Ear("", root, hear))
            self._observer.schedule(self._ears[-1], str(root), event_filter=WANTED)
        except BaseException:
            self.stop()
            raise

    def alive(self) -> bool:
        """Whether every thread that an event passes through is there, and none of our own handlers has failed."""
        threads: list[threading.Thread] = [self._observer, *self._observer.emitters]
        threads += [part for part in vars(self._observer).values() if isinstance(part, threading.Thread)]
        return all(thread.is_alive() for thread in threads) and not any(ear.failed for ear in self._ears)

    def stop(self) -> None:
        """End all threads; waits for them (0.5 s at most: watchdog may be asleep over a move)."""
        logging.getLogger("watchdog").removeHandler(self._log)
        self._observer.stop()
        if self._observer.ident is not None:
            self._observer.join()


class _Ear(FileSystemEventHandler):
    """Turns events of one folder into words, and paths into names in the workspace."""

    def __init__(self, prefix: str, folder: Path, hear: Hear) -> None:
        self.folder = folder
        self.failed = False
        self._prefix = prefix
        self._cut = len(str(folder)) + 1
        self._hear = hear

    def dispatch(self, event: FileSystemEvent) -> None:
        try:
            self._tell(event)
        except Exception:  # noqa: BLE001  (raising would end watchdog's thread with a traceback; `alive` tells of it)
            self.failed = True

    def _tell(self, event: FileSystemEvent) -> None:
        source = self._named(event.src_path)
        if event.is_directory:
            self._hear("folder", source, self._named(event.dest_path) if event.dest_path else "")
        elif event.event_type == "moved":
            self._hear("moved", source, self._named(event.dest_path))
        else:
            self._hear(_KINDS[event.event_type], source, "")

    def _named(self, path: bytes | str) -> str:
        return self._prefix + str(path)[self._cut :].replace("\\", "/") if len(path) >= self._cut else self._prefix


class _Log(logging.Handler):
    """watchdog tells its log, and nobody else, that the kernel dropped events."""

    def __init__(self, hear: Hear) -> None:
        super().__init__(logging.WARNING)
        self._hear = hear

    def emit(self, _: logging.LogRecord) -> None:
        self._hear("lost", "", "")
