"""The hands: the tree on disk, found, listed, read, and written by nobody else."""

from __future__ import annotations

import gc
import os
import stat
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from keymock import roles
from keymock.catalog import MAX_BODY, Catalog, Crew, Source, Stamp, Unit, alone, load, owner_of
from keymock.crew import Make, forked
from keymock.disk import SETTINGS, write_whole
from keymock.layout import Item, Layout
from keymock.problems import Problem, Stop, error

MAX_FILES = 100_000
AT_ONCE = 64 * 1024
"""Bytes of the first read: nearly every file ends within it, and a shorter read is the end."""


_READING = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK  # a FIFO in its place must not hold us


class WorkTree:
    """The files of a workspace as they lie on disk: a `catalog.Source`. `owner` is whose private folder is listed."""

    def __init__(self, root: Path, owner: str = "") -> None:
        self.root = root
        self.owner = owner
        self._prefix = f"{root}{os.sep}"
        self.notes: list[Problem] = []
        """What was wrong with the listing itself: too many files, folders that cannot be read."""

    def files(self, projects: Collection[str] = ()) -> dict[str, Stamp]:
        """Every file that may matter: at the top, in the scope folders, and where `projects` (globs) points."""
        self.notes = []
        found: dict[str, Stamp] = {}
        for name in (SETTINGS, "ROLES"):
            stamp = self.stamp(name)
            if stamp is not None:
                found[name] = stamp
        for folder in self.folders(projects):
            self._list(folder, found)
        return found

    def folders(self, projects: Collection[str] = ()) -> list[str]:
        """The folders that are listed and watched, relative to the root; those that exist."""
        wanted = ["environments", "workspace", "projects"]
        if self.owner:
            wanted.append(f"private/{self.owner}")
        for pattern in projects:
            wanted += sorted(path.relative_to(self.root).as_posix() for path in self.root.glob(pattern.strip("/")))
        return [folder for folder in dict.fromkeys(wanted) if self._is_folder(folder)]

    def _is_folder(self, folder: str) -> bool:
        """Whether it is a real folder; a link is not followed, for it can lead anywhere."""
        path = self.root / folder
        return path.is_dir() and not path.is_symlink()

    def _list(self, folder: str, found: dict[str, Stamp]) -> None:
        pending = [folder]
        while pending:
            here = pending.pop()
            try:
                entries = list(os.scandir(self.root / here))
            except OSError as fault:
                self._note(here, "unreadable", f"the folder cannot be read: {fault.strerror}")
                continue
            for entry in entries:
                if not entry.name.isascii() and not _is_utf8(entry.name):
                    self._note(here, "bad-name", f"the name {entry.name!r} is not UTF-8: the file is left out")
                elif not entry.is_dir(follow_symlinks=False):
                    stamp = _stamp_of(entry)
                    if stamp is not None:
                        found[f"{here}/{entry.name}"] = stamp
                elif not entry.name.startswith("."):
                    pending.append(f"{here}/{entry.name}")
            if len(found) > MAX_FILES:
                self._note(folder, "too-many-files", f"more than {MAX_FILES} files: those after them are left out")
                return

    def _note(self, path: str, code: str, message: str) -> None:
        self.notes.append(error(path, code, message))

    def stamp(self, file: str) -> Stamp | None:
        """The state of one file now, None if it is gone. Never follows a link."""
        try:
            found = os.lstat(f"{self._prefix}{file}")
        except (OSError, ValueError):
            return None
        if stat.S_ISDIR(found.st_mode) and file not in (SETTINGS, "ROLES"):  # a folder is no way to be without rules
            return None
        return _stamp(found)

    def leads_out(self, file: str) -> bool:
        """Whether a folder on the way to a file is a link, or no folder at all."""
        parts = file.split("/")
        above = ["/".join(parts[:length]) for length in range(1, len(parts))]
        return ".." in parts or any(os.path.lexists(self.root / each) and not self._is_folder(each) for each in above)

    def read(self, file: str) -> bytes:
        """The content of a regular file, at most MAX_BODY bytes of it. Raises OSError."""
        handle = os.open(f"{self._prefix}{file}", _READING)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(0, "not a regular file")
            data = os.read(handle, AT_ONCE)
            while len(data) >= AT_ONCE and len(data) <= MAX_BODY:
                more = os.read(handle, MAX_BODY)
                if not more:
                    break
                data += more
            return data
        finally:
            os.close(handle)

    def crew(self, make: Make, items: Sequence[Item]) -> Mapping[str, Unit]:
        """Who makes the mocks of a first load."""
        return forked(make, items)

    def path(self, file: str) -> str:
        """Where the file lies on this machine."""
        return str(self.root / file)


def _stamp(found: os.stat_result) -> Stamp:
    kind = "f" if stat.S_ISREG(found.st_mode) else "l" if stat.S_ISLNK(found.st_mode) else "x"
    return kind, found.st_mtime_ns, found.st_size, found.st_ino


def _stamp_of(entry: os.DirEntry[str]) -> Stamp | None:
    """The state of a file as its folder lists it, None if it has gone since."""
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    kind = "f" if entry.is_file(follow_symlinks=False) else "l" if entry.is_symlink() else "x"
    return kind, found.st_mtime_ns, found.st_size, found.st_ino


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # a surrogate stands for each byte that is not UTF-8
        return False
    return True


class Workspace:
    """A workspace as one actor has it: what it holds, and the only way to write into it."""

    def __init__(
        self,
        root: Path,
        actor: str | None,
        *,
        private: bool = True,
        tree_of: Callable[[Path, str], WorkTree] = WorkTree,
    ) -> None:
        self.root = root
        self.actor = actor
        self.private = private
        self.tree = tree_of(root, owner_of(actor) if private else "")

    def load(
        self,
        before: Catalog | None = None,
        known: Mapping[str, Unit] | None = None,
        *,
        keep_good: bool = False,
        unclosed: Collection[str] = (),
    ) -> Catalog:
        """Reads what is on disk now; see `catalog.load`."""
        return loaded(
            self.tree, self.actor, private=self.private, before=before, known=known, keep_good=keep_good,
            unclosed=unclosed, crew=self.tree.crew,
        )  # fmt: skip

    def save(self, file: str, data: bytes, *, policy: roles.Policy, layout: Layout, expect: Stamp | None) -> None:
        """Writes one file whole. `expect` is the state that the writer saw: None for a new file.

        Raises Stop if the actor may not, if the file changed meanwhile, or if it cannot be written; then nothing
        was written.
        """
        self._need("create" if expect is None else "update", file, policy, layout, expect)
        try:
            write_whole(self.root / file, data)
        except OSError as fault:
            raise Stop(error(file, "not-writable", f"{file} cannot be written: {fault.strerror}")) from None

    def add(self, made: Mapping[str, bytes], *, policy: roles.Policy, layout: Layout) -> list[str]:
        """Writes new files, whose contents are by id path, and returns where they lie. None is written if one is there.

        Raises Stop as `save` does.
        """
        self.may_add(made, policy=policy, layout=layout)
        files = {layout.file_of(path): data for path, data in made.items()}
        for file, data in files.items():
            self.save(file, data, policy=policy, layout=layout, expect=None)
        return list(files)

    def may_add(self, made: Collection[str], *, policy: roles.Policy, layout: Layout) -> None:
        """Raises Stop if these new files, by id path, must not be written."""
        for file in map(layout.file_of, made):
            self._may("create", file, policy, layout)
            if self.tree.stamp(file) is not None:
                hint = "choose another name, or edit that one"
                raise Stop(error(file, "exists", f"{file} is there already, and nothing is overwritten", hint=hint))

    def remove(self, file: str, *, policy: roles.Policy, layout: Layout, expect: Stamp) -> None:
        """Deletes one file, which the remover saw as `expect`. Raises Stop as `save` does; then it is still there."""
        self._need("delete", file, policy, layout, expect)
        try:
            (self.root / file).unlink()
        except OSError as fault:
            raise Stop(error(file, "not-writable", f"{file} cannot be deleted: {fault.strerror}")) from None

    def _need(self, verb: roles.Verb, file: str, policy: roles.Policy, layout: Layout, expect: Stamp | None) -> None:
        """Raises Stop unless the actor may change a file, and it is as they saw it."""
        self._may(verb, file, policy, layout)
        if self.tree.stamp(file) != expect:
            word = "is there already" if expect is None else "changed on disk meanwhile"
            raise Stop(error(file, "changed-meanwhile", f"{file} {word}: nothing was written"))

    def _may(self, verb: roles.Verb, file: str, policy: roles.Policy, layout: Layout) -> None:
        """Raises Stop unless the actor may change a file, and nothing leads elsewhere on the way to it."""
        item = layout.classify(file)
        # An overlay has the name of what it lies over, but it is a file of one's own.
        path = item.id_path if item is not None and not item.overlay else file
        decision = policy.decide(self.actor, verb, path)
        if not decision.allowed:
            raise Stop(error(file, "forbidden", decision.reason), exit_code=1)
        if self.tree.leads_out(file):
            message = f"a folder above {file} is a symbolic link, which is never followed: nothing was written"
            raise Stop(error(file, "symlink", message, hint="put the folder itself there"))


def loaded(
    source: Source,
    actor: str | None,
    *,
    private: bool = True,
    before: Catalog | None = None,
    known: Mapping[str, Unit] | None = None,
    keep_good: bool = False,
    unclosed: Collection[str] = (),
    crew: Crew = forked,
) -> Catalog:
    """`catalog.load` at its fastest: with two hands for many mocks, and the collector at rest."""
    collecting = gc.isenabled()
    gc.disable()  # all that is made here stays: the collector would walk it again and again, for nothing
    try:
        return load(
            source, actor=actor, private=private, before=before, known=known, keep_good=keep_good, unclosed=unclosed,
            crew=crew if before is None else alone,
        )  # fmt: skip
    finally:
        if collecting:
            gc.enable()
