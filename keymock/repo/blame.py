"""Which commit wrote each line of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from keymock.repo.commits import EPOCH, Signature
from keymock.repo.glass import Glass


class Written(NamedTuple):
    """One line of a file, and who wrote it. `commit` is empty for a line that is in no commit yet."""

    line: int
    text: str
    commit: str
    author: Signature | None
    subject: str


def blame(glass: Glass, commit: str, file: str, now: bytes | None = None) -> list[Written]:
    """Every line of a file as it is at a commit, or with `now` as it is today, changes since that commit included.

    The file is named from the top of the repository, and must be in the commit.
    """
    draft = _drafted(glass, commit, file, now) if now is not None else ""
    told = glass.ask("blame", "--line-porcelain", "-w", draft or commit, "--", file)
    return list(_read(told.decode("utf-8", "replace").split("\n"), draft))


def _drafted(glass: Glass, commit: str, file: str, content: bytes) -> str:
    """A commit that exists only behind the glass: `commit` with this one file as it is today."""
    tree = glass.ask("hash-object", "-w", "--stdin", "--no-filters", said=content).decode("ascii").strip()
    kind, mode = "blob", "100644"
    for name in reversed(file.split("/")):
        line = f"{mode} {kind} {tree}\t{name}\0".encode("utf-8", "surrogateescape")
        tree = glass.ask("mktree", "-z", said=line).decode("ascii").strip()
        kind, mode = "tree", "040000"
    return glass.ask("commit-tree", tree, "-p", commit, said=b"not committed").decode("ascii").strip()


def _read(lines: list[str], draft: str) -> Iterator[Written]:
    name, number = "", 0
    facts: dict[str, str] = {}
    for line in lines:
        if line.startswith("\t"):
            known = name != draft
            author = _author(facts) if known else None
            yield Written(number, line[1:], name if known else "", author, facts.get("summary", "") if known else "")
            name, facts = "", {}
        elif not name and line:
            name, _, final, *_ = line.split()
            number = int(final)
        else:
            key, _, value = line.partition(" ")
            facts[key] = value


def _author(facts: Mapping[str, str]) -> Signature:
    zone = facts["author-tz"]
    try:
        away = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5])) * (-1 if zone[0] == "-" else 1)
        when = datetime.fromtimestamp(int(facts["author-time"]), timezone(away))
    except (ValueError, OverflowError, OSError):  # a forged date
        when = EPOCH
    return Signature(facts["author"], facts["author-mail"].removeprefix("<").removesuffix(">"), when)
