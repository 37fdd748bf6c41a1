"""The content of files, many of them from one process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keymock.problems import Stop, error
from keymock.repo.glass import Glass


def contents(glass: Glass, ids: Iterable[str]) -> dict[str, bytes]:
    """The content of each object, by id. All of it is held in memory: look at the sizes first. Raises Stop."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    told = glass.ask("cat-file", "--batch", said=("\n".join(wanted) + "\n").encode("ascii"))
    return dict(zip(wanted, _split(told, wanted), strict=True))


def _split(told: bytes, wanted: list[str]) -> Iterator[bytes]:
    at = 0
    for name in wanted:
        end = told.index(b"\n", at)
        words = told[at:end].split()
        if words[1:] == [b"missing"]:
            message = f"the object {name[:10]} is not in this clone, which is partial or damaged"
            raise Stop(error("git", "git-failed", message, hint="fetch all of it: git fetch --refetch"))
        start, at = end + 1, end + 1 + int(words[2]) + 1
        yield told[start : at - 1]
