"""`keymock contract sync`: mocks brought up to a document that changed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import click

from keymock import document, spec, units
from keymock.catalog.opened import Opened
from keymock.commands.contract.bases import Base, Bases
from keymock.commands.contract.bodies import body_file, in_body
from keymock.commands.contract.projects import contracts_of, project_option
from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, counted, from_here, problem_json, put_json, remark, shown
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.contract import Contract
from keymock.contract.drift import operations_of
from keymock.document import KeyPath, Parsed
from keymock.layout import Item
from keymock.problems import Problem, Stop, did_you_mean, error, printable
from keymock.syncing.answers import Side
from keymock.syncing.mocks import Brought, Mocked, Note, brought
from keymock.syncing.operations import Operations, Versions

CALLED = "keymock contract sync"


@verb(
    "contract sync",
    examples=(
        "keymock contract sync --dry-run          what would change, as a diff",
        "keymock contract sync                    mocks of every project, each since its last commit",
        "keymock contract sync --base main        since this branch left main",
        "keymock contract sync --check            in CI: exit with 1 if a mock is behind its document",
    ),
)
@project_option
@click.option(
    "--base", default="", metavar="REV", help="Begin where HEAD and REV parted; else from each mock's commit."
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a mock is behind its document.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would be written as a diff.")
@click.option("--uncommitted", is_flag=True, help="Write over files whose content no commit has, too.")
def command(invocation: Invocation, project: str, base: str, check: bool, dry_run: bool, uncommitted: bool) -> int:
    """Bring mocks up to an OpenAPI document that changed: what it says differently goes in, what you wrote stays.

    For each mock of an operation, what the document said when the two last agreed is compared with what it says now,
    and the difference made to the mock, key by key and member by member; comments stay. What you changed is never
    overwritten: where the document does not allow it any longer, that is a conflict, named with its lines on both
    sides, and the exit code is 1. Operations that were added, renamed or removed are named too.
    """
    seen = look(invocation)
    contracts = contracts_of(seen, project)
    synced = _synced(seen, contracts, base)
    files = {file: content for one in synced.mocks for file, content in one.brought.files.items()}
    if not check and not dry_run:
        _may_write(seen, synced, files, uncommitted=uncommitted)
        _write(seen, files)
    if invocation.json:
        put_json(_report(synced, [] if check or dry_run else list(files)))
    else:
        _print(seen, synced, dry_run=dry_run, check=check)
    return 1 if synced.problems or (check and files) else 0


class One(NamedTuple):
    """A mock, where it began from, the operation it was and is, and what was made of it."""

    item: Item
    base: Base
    was: str
    now: str
    brought: Brought


class Synced(NamedTuple):
    """All of it. `problems` are conflicts, and mocks whose operation is gone; `left` mocks that have no beginning."""

    mocks: tuple[One, ...]
    problems: tuple[Problem, ...]
    left: tuple[tuple[str, Problem], ...]
    operations: tuple[tuple[Opened, Operations], ...]
    bases: Bases


# ---- reading -----------------------------------------------------------------------------------------------------


def _synced(seen: Seen, contracts: Sequence[Opened], revision: str) -> Synced:
    candidates = [(item, opened) for opened in contracts for item in _mocks(seen, opened)]
    files = {file for item, _ in candidates for file in _files(seen, item)}
    documents = {file for opened in contracts for file in opened.files}
    bases = Bases(seen, revision, sorted(files | documents))
    mocks: list[One] = []
    problems: list[Problem] = []
    left: list[tuple[str, Problem]] = []
    versions: dict[tuple[str, str], tuple[Opened, Versions]] = {}
    for item, opened in candidates:
        parsed = document.parse(seen.catalog.tree.source.read(item.file), item.file, spec.Mock, dec_hook=units.dec_hook)
        if parsed.value is None:
            left.append((item.id, parsed.problems[0]))
            continue
        route = seen.routes.get(item.id)
        try:
            base = bases.of(item.id, _files(seen, item), opened.named, opened.files, route)
        except Stop as stop:
            if revision or stop.problems[0].code == "shallow":
                raise
            left.append((item.id, stop.problems[0]))
            continue
        now = seen.service.world.contracts[opened.named.id][0].contract
        _, both = versions.setdefault((opened.named.id, base.commit), (opened, Versions(base.contract, now)))
        was = _operation(base, both, parsed, route)
        if not was:
            continue
        named = bool(parsed.tables.get("operation"))
        stub = both.now(was, by_name=named)
        if stub is None:
            problems.append(_gone(parsed, opened, both, was, base))
            continue
        made = brought(_mocked(seen, item, parsed), Side(base.contract, was), Side(now, stub.key, was))
        mocks.append(One(item, base, was, stub.key, made))
        problems += [_conflict(seen, parsed, now, note) for note in made.conflicts]
    return Synced(tuple(mocks), tuple(problems), tuple(left), tuple(_operations(versions.values())), bases)


def _mocks(seen: Seen, opened: Opened) -> Iterator[Item]:
    """The mocks of a project that lie in files of their own and the actor may see, overlays apart."""
    for item in seen.items():
        if item.kind == "mock" and not item.overlay and item.space == opened.named.space:
            yield item


def _files(seen: Seen, item: Item) -> list[str]:
    """A mock's file, and the body files beside it."""
    stem = item.file.removesuffix(".toml")
    unit = seen.catalog.units.get(item.id)
    inputs = [file for file, stamp in unit.inputs if stamp is not None] if unit is not None else []
    return [item.file, *(file for file in inputs if file.startswith(f"{stem}."))]


def _operation(base: Base, versions: Versions, parsed: Parsed[spec.Mock], route: Any) -> str:
    """The operation of a mock in the document that it began from; empty if it is none."""
    name = parsed.value.operation.rpartition("#")[2] if parsed.value is not None else ""
    if name:
        stub = base.contract.by_id.get(name) or base.contract.stubs.get(name) or versions.was(name)
        return stub.key if stub is not None else ""
    found = operations_of(base.served, route) if route is not None else []
    return found[0].key if found else ""


def _mocked(seen: Seen, item: Item, parsed: Parsed[spec.Mock]) -> Mocked:
    tables = parsed.tables
    places: list[tuple[KeyPath, Mapping[str, Any]]] = [
        (("responses", number), each) for number, each in enumerate(tables.get("responses", []))
    ] or [(("response",), tables.get("response", {}))]
    bodies: dict[KeyPath, tuple[str, bytes]] = {}
    for place, response in places:
        file = body_file(seen, item, str(response.get("name", "")) if len(place) > 1 else "", response)
        if file:
            bodies[place] = (file, seen.catalog.tree.source.read(file))
    return Mocked(item.id, item.file, parsed.text, tables, bodies)


# ---- what is wrong -----------------------------------------------------------------------------------------------


def _gone(parsed: Parsed[spec.Mock], opened: Opened, versions: Versions, was: str, base: Base) -> Problem:
    keys: KeyPath = ("operation",) if "operation" in parsed.tables else ("request", "path")
    while keys and keys not in parsed.places:
        keys = keys[:-1]
    stub = versions.old.stubs[was]
    added = [each for each in versions.operations().added if each.method == stub.method]
    near = did_you_mean(stub.id, [each.id for each in added])
    message = f"{opened.named.file} no longer has {was}, which it had at {base.commit[:10]}"
    return document.problem_at(parsed, keys, "sync-gone", message, near or "delete the mock, or name another operation")


def _conflict(seen: Seen, parsed: Parsed[spec.Mock], contract: Contract, note: Note) -> Problem:
    there = ""
    if note.spot is not None:
        spot = contract.library.follow(note.spot)
        there = f"declared at {spot.file}:{contract.library.line(spot.file, spot.pointer)}"
    message = f"{note.where} {note.says}"
    if note.file != parsed.path:
        return in_body(seen, note.file, note.keys, "sync-conflict", message, there)
    keys = note.keys
    while keys and keys not in parsed.places:
        keys = keys[:-1]
    return document.problem_at(parsed, keys, "sync-conflict", message, there)


def _operations(versions: Iterable[tuple[Opened, Versions]]) -> Iterator[tuple[Opened, Operations]]:
    """What became of the operations of each document, since the oldest of its beginnings."""
    found: dict[str, tuple[Opened, Operations]] = {}
    for opened, both in versions:
        one, (_, known) = both.operations(), found.get(opened.named.id, (opened, Operations((), (), ())))
        found[opened.named.id] = (opened, Operations(
            tuple({stub.key: stub for stub in (*known.added, *one.added)}.values()),
            tuple({stub.key: stub for stub in (*known.removed, *one.removed)}.values()),
            tuple({was.key: (was, now) for was, now in (*known.renamed, *one.renamed)}.values()),
        ))  # fmt: skip
    yield from found.values()


# ---- writing -----------------------------------------------------------------------------------------------------


def _may_write(seen: Seen, synced: Synced, files: Mapping[str, bytes], *, uncommitted: bool) -> None:
    """Raises Stop, before anything is written, for files that may not be changed or that no commit could bring back."""
    for one in synced.mocks:
        decision = seen.rights.decide("update", one.item.id_path)
        if one.brought.files and not decision.allowed:
            raise Stop(error(one.item.file, "forbidden", decision.reason), exit_code=1)
    dirty = [] if uncommitted else list(synced.bases.uncommitted(seen, files))
    if dirty:
        more = f" and {len(dirty) - 3} more" if dirty[3:] else ""
        message = f"no commit has what is in {', '.join(dirty[:3])}{more} now; nothing was written"
        raise Stop(error(CALLED, "uncommitted", message, hint="commit it first, or say --uncommitted"))


def _write(seen: Seen, files: Mapping[str, bytes]) -> None:
    tree = seen.catalog.tree
    for file, content in files.items():
        seen.workspace.save(file, content, policy=seen.rights.policy, layout=tree.layout, expect=tree.files[file])


# ---- telling -----------------------------------------------------------------------------------------------------


def _report(synced: Synced, written: list[str]) -> dict[str, Any]:
    return {
        "problems": [problem_json(problem) for problem in synced.problems],
        "mocks": [
            {
                "mock": one.item.id, "operation": one.now, "was": one.was, "base": one.base.commit,
                "files": list(one.brought.files),
                "changes": [
                    {"kind": note.kind, "where": note.where, "says": note.says} for note in one.brought.notes
                ],
            }
            for one in synced.mocks if one.brought.notes
        ],
        "operations": [
            {
                "contract": opened.named.id,
                "added": [stub.key for stub in found.added],
                "removed": [stub.key for stub in found.removed],
                "renamed": [{"before": was.key, "after": now.key, "id": now.id} for was, now in found.renamed],
            }
            for opened, found in synced.operations if any(found)
        ],
        "left": [{"mock": mock, "problem": problem_json(problem)} for mock, problem in synced.left],
        "written": written,
    }  # fmt: skip


def _print(seen: Seen, synced: Synced, *, dry_run: bool, check: bool) -> None:
    invocation, paint = seen.invocation, seen.invocation.paint
    changed = 0
    for one in synced.mocks:
        notes = [note for note in one.brought.notes if note.kind != "conflict"]
        if not notes:
            continue
        changed += bool(one.brought.files)
        head = from_here(invocation, seen.root, one.item.file)
        print(f"{paint.bold}{head}{paint.plain}  {paint.dim}{one.now}, since {one.base.commit[:10]}{paint.plain}")
        for line in columns((note.where, note.says) for note in notes):
            print(f"  {line}")
        if dry_run:
            print("".join(_diff(seen, one.brought.files)), end="")
    for problem in synced.problems:
        print(shown(invocation, seen.root, problem))
    if changed or synced.problems:
        print()
    _tell_operations(invocation, synced)
    for reason, mocks in _by_reason(synced.left).items():
        remark(
            invocation, f"left   {', '.join(mocks[:3])}{f' and {len(mocks) - 3} more' if mocks[3:] else ''}: {reason}"
        )
    said = "would change" if dry_run or check else "changed"
    conflicts = f", {paint.red}{counted(len(synced.problems), 'conflict')}{paint.plain}" if synced.problems else ""
    print(f"{counted(changed, 'mock')} {said} of {len(synced.mocks)}{conflicts}")


def _diff(seen: Seen, files: Mapping[str, bytes]) -> Iterator[str]:
    for file, content in files.items():
        before = seen.catalog.tree.source.read(file).decode("utf-8", "replace").splitlines(keepends=True)
        after = content.decode("utf-8", "replace").splitlines(keepends=True)
        for line in difflib.unified_diff(before, after, f"a/{file}", f"b/{file}"):
            shown_line = "".join(
                printable(part) if part != "\t" else part for part in line.removesuffix("\n").split("\0")
            )
            yield f"{shown_line}\n"


def _tell_operations(invocation: Invocation, synced: Synced) -> None:
    for opened, found in synced.operations:
        for was, now in found.renamed:
            remark(invocation, f"{opened.named.file}: {was.id} ({was.key}) is {now.id} ({now.key}) now")
        for stub in found.removed:
            remark(invocation, f"{opened.named.file}: {stub.key} is gone")
        for stub in found.added:
            remark(invocation, f"{opened.named.file}: {stub.key} is new: keymock new --from operation:{stub.id}")


def _by_reason(left: Iterable[tuple[str, Problem]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mock, problem in left:
        said = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
        found.setdefault(said, []).append(mock)
    return found
