"""`keymock log MOCK|ROUTE`: which commits made a mock what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from keymock.commands.authors import Recorded, answering, commit_json, files_of, recorded, say_shallow
from keymock.commands.invocation import Invocation
from keymock.commands.mock_name import MockName
from keymock.commands.printing import columns, put_json, remark
from keymock.commands.revisions import at_option
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.index import Route
from keymock.repo import Step, history, with_moves


@verb("log", examples=("keymock log users/get-by-id", "keymock log GET /users/1", "keymock log /users/1 --at v1.2"))
@click.argument("words", nargs=-1, required=True, metavar="MOCK | METHOD URL", type=MockName())
@at_option
def command(invocation: Invocation, words: tuple[str, ...], at: str) -> int:
    """List the commits that made a mock what it is, the newest first: its file, its bodies, where they lay before.

    MOCK is its name, or the request that it answers. What is not committed yet is said first.
    """
    seen = look(invocation, at)
    route = _meant(seen, words)
    files = files_of(seen, route)
    with recorded(seen, at) as here:
        committed = here.committed(files)
        steps = _steps(here, files, committed)
        changed = [] if at else [file for file in files if _differs(seen, here, file, committed)]
    if invocation.json:
        put_json([_json(here, step) for step in steps])
        return 0
    for file in changed:
        print(f"not committed  {seen.shown(file)}")
    for line in columns([_row(here, step) for step in steps]):
        print(line)
    say_shallow(invocation, here)
    if not steps and not changed:
        remark(invocation, f"{route.id} is in no commit")
    return 0


def _meant(seen: Seen, words: tuple[str, ...]) -> Route:
    if len(words) == 1 and not words[0].startswith(("/", "http://", "https://")):
        return seen.route(words[0])
    return answering(seen, words)[0]


def _steps(here: Recorded, files: list[str], committed: set[str]) -> list[Step]:
    """What was done to the files of a mock, and before that to the file that its TOML was."""
    prefix = here.glass.place.prefix
    names = [prefix + file for file in files if file in committed]
    found = with_moves(here.glass, here.head, names[0]) if names else []
    known = {(step.commit.id, step.path) for step in found}
    others = history(here.glass, here.head, names[1:]) if names[1:] else []
    found += [step for step in others if (step.commit.id, step.path) not in known]
    return sorted(found, key=lambda step: step.commit.committer.when, reverse=True)


def _differs(seen: Seen, here: Recorded, file: str, committed: set[str]) -> bool:
    """Whether a file is not as the commit has it."""
    if file not in committed:
        return True
    name = here.glass.ask("rev-parse", f"{here.head}:{here.glass.place.prefix}{file}").strip()
    return here.glass.ask("hash-object", "--stdin", said=seen.catalog.tree.source.read(file)).strip() != name


def _row(here: Recorded, step: Step) -> tuple[str, ...]:
    commit, file = step.commit, step.path.removeprefix(here.glass.place.prefix)
    moved = f" (was {step.before.removeprefix(here.glass.place.prefix)})" if step.before else ""
    return commit.id[:10], str(commit.author.when.date()), commit.author.email, step.kind, file + moved, commit.subject


def _json(here: Recorded, step: Step) -> Mapping[str, Any]:
    prefix = here.glass.place.prefix
    return {
        **commit_json(step.commit),
        "file": step.path.removeprefix(prefix),
        "kind": step.kind,
        "before": step.before.removeprefix(prefix),
    }
