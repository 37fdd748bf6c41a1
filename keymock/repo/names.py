"""The names that a repository has for its commits, read by GitPython: for completion, and for slips of the pen.

GitPython reads them from files, without starting git for each. It is not asked for more than that: see
`docs/decisions/2026-11-22-git-behind-glass.md`.
"""

from __future__ import annotations

from keymock.repo.place import Place


def names(place: Place) -> list[str]:
    """Branches, tags and remote branches, by their short names."""
    return sorted({_short(full) for full in _references(place)})


def full_names(place: Place, revision: str) -> list[str]:
    """The full names that `revision` may be short for: `refs/heads/main`, `refs/tags/main`."""
    return sorted(full for full in _references(place) if _short(full) == revision)


def _references(place: Place) -> list[str]:
    import git  # noqa: PLC0415  (170 ms: only mistakes and completion ask)

    try:
        with git.Repo(place.top, expand_vars=False) as repository:
            return [reference.path for reference in repository.references]
    except (git.GitError, OSError, ValueError):  # a reference that cannot be read is no help, and no harm
        return []


def _short(full: str) -> str:
    return full.removeprefix("refs/").partition("/")[2] or full
