"""What git knows of the files of a mock: for `keymock log` and `keymock blame`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from keymock.commands.explain import asked_for, request_of
from keymock.commands.invocation import Invocation
from keymock.commands.printing import remark
from keymock.commands.seen import Seen
from keymock.index import Route
from keymock.problems import Stop, error
from keymock.repo import Commit, Glass, Signature, behind_glass, commit_of, entries


class Recorded(NamedTuple):
    """The repository of a workspace, and the commit that is looked at: HEAD, or what `--at` names."""

    glass: Glass
    head: str

    def committed(self, files: list[str]) -> set[str]:
        """Those files, named from the workspace, that the commit has."""
        prefix = self.glass.place.prefix
        found = entries(self.glass, self.head, [prefix + file for file in files]) if files else []
        return {entry.path.removeprefix(prefix) for entry in found}


@contextmanager
def recorded(seen: Seen, at: str) -> Iterator[Recorded]:
    """The repository around a workspace. Raises Stop where there is none, or no commit."""
    with behind_glass(seen.root, seen.invocation.environ) as glass:
        yield Recorded(glass, commit_of(glass, at or "HEAD"))


def say_shallow(invocation: Invocation, here: Recorded) -> None:
    """Says of a clone that was cut off that what stands there is not all."""
    if here.glass.place.shallow:
        remark(invocation, "this clone is shallow: what is older seems to come from its first commit")
        remark(invocation, "fetch the rest: git fetch --unshallow")


def files_of(seen: Seen, route: Route) -> list[str]:
    """The files that a mock is made of, the TOML first; overlays and mocks of one's own are among them."""
    unit = seen.catalog.units.get(route.id.partition("#")[0])  # several routes of one file are told apart by a `#`
    inputs = unit.inputs if unit is not None else ()
    found = [file for file, stamp in inputs if stamp is not None and stamp[0] == "f"]
    return found or [route.file]


def defaults_of(seen: Seen, route: Route) -> list[str]:
    """The settings files above a mock that hand something down to it, the farthest first."""
    layout = seen.catalog.tree.layout
    folders, folder = [], layout.file_of(f"{route.id}.toml").rpartition("/")[0]
    while folder:
        folders.append(folder)
        folder = folder.rpartition("/")[0]
    return [file for folder in reversed(folders) if (file := f"{folder}/_defaults.toml") in seen.catalog.items]


def answering(seen: Seen, words: tuple[str, ...]) -> tuple[Route, dict[str, Any]]:
    """The mock that answers a request, and the answer as `keymock explain` has it. Raises Stop if none does."""
    method, url = request_of(words)
    found = asked_for(seen, method, url)
    answer = found["answer"]
    if answer is None:
        message = f"no mock answers {method} {url}"
        raise Stop(error("keymock", "no-mock", message, hint=f"see why: keymock explain {method} {url}"), exit_code=1)
    return seen.routes[answer["mock"]], answer


def commit_json(commit: Commit) -> dict[str, Any]:
    """A commit, for programs."""
    return {"commit": commit.id, **signature_json(commit.author), "subject": commit.subject}


def signature_json(author: Signature) -> dict[str, Any]:
    """Who, and when."""
    return {"author": author.name, "email": author.email, "when": author.when.isoformat()}
