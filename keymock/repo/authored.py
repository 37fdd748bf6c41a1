"""A range commit by commit: what each of them did itself, merges included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from keymock.problems import Stop, error
from keymock.repo.changes import Change, changes
from keymock.repo.commits import Commit, commits
from keymock.repo.glass import Glass
from keymock.repo.merging import merged
from keymock.repo.revision import empty_tree


class Authored(NamedTuple):
    """A commit, and the files that it changed by its own doing, named from the workspace's folder."""

    commit: Commit
    changes: tuple[Change, ...]


def authored(glass: Glass, base: str, head: str) -> list[Authored]:
    """What every commit of `base..head` did, the oldest first. Raises Stop, also where a clone is cut off between."""
    cut = set(glass.place.shallow.decode("ascii", "replace").split())
    found = []
    for commit in commits(glass, base, head):
        if commit.id in cut:
            message = f"this clone is shallow: what {commit.id[:10]} grew from is not here"
            raise Stop(error("git", "shallow", message, hint="fetch the rest: git fetch --unshallow"))
        found.append(Authored(commit, tuple(_within(glass, _done(glass, commit)))))
    return found


def _done(glass: Glass, commit: Commit) -> Iterator[Change]:
    """Of a merge, what it made otherwise than git would by itself, conflicts included: the rest others have done."""
    folders = (glass.place.prefix,) if glass.place.prefix else ()
    if not commit.parents:
        yield from changes(glass, empty_tree(glass), commit.id, folders)
    elif len(commit.parents) == 1:
        yield from changes(glass, commit.parents[0], commit.id, folders)
    elif len(commit.parents) == 2:
        result = merged(glass, *commit.parents)
        own = list(changes(glass, result.tree, commit.id, folders))
        yield from own
        told = {change.path for change in own}
        by_hand = set(result.conflicts) - told
        yield from (
            change for change in changes(glass, commit.parents[0], commit.id, folders) if change.path in by_hand
        )
    else:  # git makes these only where nothing conflicts, and nobody can say what it would have made
        seen: set[Change] = set()
        for parent in commit.parents:
            fresh = [change for change in changes(glass, parent, commit.id, folders) if change not in seen]
            seen.update(fresh)
            yield from fresh


def _within(glass: Glass, found: Iterator[Change]) -> Iterator[Change]:
    prefix = glass.place.prefix
    return (change._replace(path=change.path.removeprefix(prefix)) for change in found)
