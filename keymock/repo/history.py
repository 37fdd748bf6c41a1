"""What became of some files over time: which commits changed them, and from where they were moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from keymock.repo.commits import FIELDS, Commit, made_of
from keymock.repo.glass import Glass

MARKED = "--format=tformat:%x00" + "%x00".join(FIELDS) + "%x00"
"""An empty word before each commit: no path is empty, so what stands between two of them are paths."""

Kind = Literal["added", "changed", "deleted", "moved"]
KINDS: Mapping[str, Kind] = {"A": "added", "D": "deleted", "R": "moved", "C": "added"}

FAR = 5_000
"""Commits that `last_changes` looks at; who wrote what is older than these is not worth a wait."""


class Step(NamedTuple):
    """One file changed by one commit. `before` is where a file that moved was."""

    commit: Commit
    path: str
    kind: Kind
    before: str = ""


def history(glass: Glass, head: str, files: Sequence[str], most: int = 0) -> list[Step]:
    """What the commits up to `head` did to these files, the newest first; `most` of the commits, 0 is all.

    The files are named from the top of the repository.
    """
    limit = (f"--max-count={most}",) if most else ()
    paths = (f":(literal){file}" for file in files)
    return list(_read(glass.ask("log", MARKED, "--name-status", "--no-renames", "-z", *limit, head, "--", *paths)))


def with_moves(glass: Glass, head: str, file: str) -> list[Step]:
    """What the commits up to `head` did to one file, also where it lay before, the newest first.

    Mocks are small and alike, so git takes many a new one for a copy: that is where its history begins.
    """
    found = []
    for step in _read(glass.ask("log", MARKED, "--name-status", "--follow", "-z", head, "--", file)):
        found.append(step if step.kind == "moved" else step._replace(before=""))
        if step.kind == "added":
            break
    return found


def last_changes(glass: Glass, head: str, files: Iterable[str]) -> dict[str, Commit]:
    """The commit that changed each file last, as far as that is not long ago; one question for all of them."""
    found: dict[str, Commit] = {}
    wanted = list(files)
    for step in history(glass, head, wanted, FAR) if wanted else ():
        found.setdefault(step.path, step.commit)
    return found


def _read(told: bytes) -> Iterator[Step]:
    words = iter(told.decode("utf-8", "surrogateescape").split("\0"))
    commit: Commit | None = None
    for word in words:
        letter = word.lstrip("\n")[:1]
        if not word:
            fields = [next(words, "") for _ in FIELDS]
            commit = made_of(fields) if fields[0] else None
            next(words, "")
        elif commit is not None and letter in "RC":
            before = next(words)
            yield Step(commit, next(words), KINDS[letter], before)
        elif commit is not None:
            yield Step(commit, next(words), KINDS.get(letter, "changed"))
