"""Commits: who made them, what they say, what they grew from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from keymock.problems import Stop, error
from keymock.repo.glass import Glass

EPOCH = datetime.fromtimestamp(0, UTC)
FIELDS = ("%H", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B", "%(trailers:only,unfold)")
FORMAT = "--format=tformat:" + "%x00".join(FIELDS) + "%x00"


class Signature(msgspec.Struct, frozen=True):
    """Who wrote or committed something, and when: a claim, as everything in a commit that is not signed."""

    name: str
    email: str
    when: datetime


class Commit(msgspec.Struct, frozen=True):
    """One commit. `trailers` are the `Key: value` lines at the end of its message, in order."""

    id: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str
    trailers: tuple[tuple[str, str], ...]

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


def commits(glass: Glass, base: str, head: str) -> list[Commit]:
    """What `head` has and `base` has not, every commit after those that it grew from. Both are ids of commits."""
    return list(_read(glass.ask("log", FORMAT, "--topo-order", "--reverse", head, f"^{base}", "--")))


def commit(glass: Glass, name: str) -> Commit:
    """One commit, by its id."""
    return next(_read(glass.ask("log", FORMAT, "--max-count=1", name, "--")))


def merge_base(glass: Glass, one: str, other: str) -> str:
    """The commit that both grew from. Raises Stop if there is none in this clone."""
    found = glass.ask("merge-base", "--end-of-options", one, other, also=(1,)).decode("ascii").strip()
    if found:
        return found.split("\n")[0]
    if glass.place.shallow:
        raise Stop(glass.failure("merge-base", "no common commit"))
    message = f"{one[:10]} and {other[:10]} have no commit in common"
    raise Stop(error("git", "no-merge-base", message, hint="compare them as they are: BASE..HEAD"))


def _read(told: bytes) -> Iterator[Commit]:
    words = told.decode("utf-8", "replace").split("\0")
    for at in range(0, len(words) - len(FIELDS), len(FIELDS)):
        yield made_of(words[at : at + len(FIELDS)])


def made_of(words: Sequence[str]) -> Commit:
    """A commit from what git says for each of `FIELDS`."""
    name, parents, *people, message, trailers = words
    author, committer = (Signature(who, email, _moment(when)) for who, email, when in (people[:3], people[3:]))
    return Commit(
        name.strip(), tuple(parents.split()), author, committer, message.strip("\n"), tuple(_trailers(trailers))
    )  # fmt: skip


def _moment(text: str) -> datetime:
    """A date as a commit has it; whoever forges one may write any number, and gets the first of all days."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return EPOCH


def _trailers(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            yield key.strip(), value.strip()
