"""The files of a workspace as a commit has them, without a checkout."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase

from keymock.catalog import Stamp
from keymock.catalog.source import INLINE_BODY
from keymock.problems import Problem, error
from keymock.repo.blobs import contents
from keymock.repo.glass import Glass, behind_glass
from keymock.repo.place import Place
from keymock.repo.revision import tree_of
from keymock.repo.tree import Entry, entries
from keymock.workspace import MAX_FILES

TOPS = ("keymock.toml", "ROLES", "environments", "workspace", "projects")
"""Where keymock's files lie but for those of other projects. Private folders are of no commit."""

HELD = 64 * 1024 * 1024
"""Bytes of small files that are read in one go. What is beyond is read when it is asked for, a process each."""


class CommitTree:
    """A `catalog.Source` that never changes. Its stamps are made of the ids of contents, so that what two commits
    have in common is read once: `catalog.load(one, before=other)`.
    """

    def __init__(
        self, place: Place, environ: Mapping[str, str], commit: str, *, beside: CommitTree | None = None
    ) -> None:
        """Lists the workspace's folder at a commit. Raises Stop if it has none there.

        What another commit, `beside` this one, has just so is not asked for again.
        """
        self.place = place
        self.commit = commit
        self.notes: list[Problem] = []
        self._environ = environ
        self._listed = set(TOPS)
        self._entries: dict[str, Entry] = {}
        self._stamps: dict[str, Stamp] = {}
        self._held: dict[str, bytes] = dict(beside._held) if beside is not None else {}
        with behind_glass(place, environ) as glass:
            self._tree = tree_of(glass, commit)
            self._take(glass, entries(glass, self._tree, TOPS))

    def files(self, projects: Collection[str] = ()) -> dict[str, Stamp]:
        """Every file that may matter: at the top, in the scope folders, and where `projects` (globs) points."""
        heads = {_head(pattern) for pattern in projects} - self._listed
        if heads:
            self._listed |= heads
            with behind_glass(self.place, self._environ) as glass:
                listed = entries(glass, self._tree, () if "" in heads else sorted(heads))
                self._take(glass, (entry for entry in listed if _within(entry.path, projects)))
        return dict(self._stamps)

    def _take(self, glass: Glass, found: Iterable[Entry]) -> None:
        """Adds what was listed, and reads the small files of it."""
        small: list[str] = []
        left = HELD
        for entry in found:
            if len(self._entries) >= MAX_FILES:
                message = f"more than {MAX_FILES} files: those after them are left out"
                self.notes.append(error("", "too-many-files", message))
                break
            if not _is_utf8(entry.path):
                message = f"the name {entry.path!r} is not UTF-8: the file is left out"
                self.notes.append(error(entry.path.rpartition("/")[0], "bad-name", message))
                continue
            self._entries[entry.path] = entry
            self._stamps[entry.path] = _stamp(entry)
            if entry.nature == "file" and entry.size <= min(left, INLINE_BODY):
                left -= entry.size
                small.append(entry.id)
        for name in ("keymock.toml", "ROLES"):
            if any(path.startswith(f"{name}/") for path in self._entries):  # a folder is no way to be without rules
                self._entries[name] = Entry(name, "040000", "0" * 40, 0)
                self._stamps[name] = _stamp(self._entries[name])
        self._held |= contents(glass, [name for name in small if name not in self._held])

    def stamp(self, file: str) -> Stamp | None:
        """The state of one file, None if the commit does not have it."""
        return self._stamps.get(file)

    def read(self, file: str) -> bytes:
        """The content of a file. Raises OSError."""
        entry = self._entries.get(file)
        if entry is None or entry.nature != "file":
            raise FileNotFoundError(2, "not a file of this commit", file)
        held = self._held.get(entry.id)
        if held is None:
            with behind_glass(self.place, self._environ) as glass:
                held = contents(glass, [entry.id])[entry.id]
        return held

    def path(self, file: str) -> str:  # noqa: ARG002  (a blob lies nowhere that it could be sent from)
        """Empty: what a commit holds is held in memory."""
        return ""


def _stamp(entry: Entry) -> Stamp:
    return stamp_of({"file": "f", "link": "l"}.get(entry.nature, "x"), entry.id, entry.size)


def stamp_of(kind: str, name: str, size: int) -> Stamp:
    """The id of a content in two numbers that fit where other trees have a time and an inode."""
    return kind, int(name[:15], 16), size, int(name[15:30], 16)


def _head(pattern: str) -> str:
    """The folder that a glob begins in: `services/*/mock` → `services`; empty for the top."""
    names: list[str] = []
    for name in pattern.strip("/").split("/"):
        if set(name) & set("*?["):
            break
        names.append(name)
    return "/".join(names)


def _within(path: str, projects: Iterable[str]) -> bool:
    """Whether a file lies in a folder that one of the globs means; no name of a hidden folder is one."""
    parts = path.split("/")
    for pattern in projects:
        wanted = pattern.strip("/").split("/")
        if len(parts) > len(wanted) and all(map(fnmatchcase, parts, wanted)):
            return True
    return False


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # a surrogate stands for each byte that is not UTF-8
        return False
    return True
