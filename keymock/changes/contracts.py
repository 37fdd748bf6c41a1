"""What is different about the contracts of projects: a document that came or went as one, others by operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from keymock.catalog import Catalog, Unit
from keymock.catalog.opened import Opened
from keymock.changes.change import Change, Detail, Kind, Place, Severity
from keymock.changes.words import code, counted, listed
from keymock.checks.served import title
from keymock.index import Route

if TYPE_CHECKING:
    from keymock.contract import Contract, Spot
    from keymock.contract.revisions import Revision

REPEATS = {"added", "removed", "status"}
"""Details of a route that only say again what its contract says of the operation."""


class Operation(NamedTuple):
    """What is different about one operation: how it came about, its name, and the details."""

    kind: Kind
    key: str
    project: str
    details: tuple[Detail, ...]


class Compared(NamedTuple):
    """All that contracts say differently. `operations` go by the id that their mock has, served or not."""

    documents: tuple[Change, ...]
    operations: Mapping[str, Operation]
    whole: frozenset[str]
    """The contracts that came, went or broke, whose routes need not be told one by one."""
    moved: Mapping[str, str]
    """What contracts that have another file now are called."""


NOTHING = Compared((), {}, frozenset(), {})


def compare(before: Catalog, after: Catalog) -> Compared:
    """Every contract that is different in the two trees."""
    if not before.contracts and not after.contracts:
        return NOTHING
    old, new = _by_id(before), _by_id(after)
    moved = _moved(old, new)
    documents: list[Change] = []
    operations: dict[str, Operation] = {}
    whole: set[str] = set()
    for name, one in old.items():
        now = moved.get(name, name)
        if now not in new:
            whole.add(name)
            documents.append(_document("removed", name, one, None, _gone(before, name)))
            continue
        if now != name:
            says = f"the contract is called {code(now)} now, was {code(name)}"
            detail = Detail("contract", "note", says, {"before": name, "after": now})
            documents.append(_document("moved", now, one, new[now], detail))
        broken = _readability(before.units[name], after.units[now])
        if broken is not None:
            whole |= {name, now}
            documents.append(_document("changed", now, one, new[now], broken))
        elif before.units[name].trees != after.units[now].trees:
            operations.update(_operations(one, new[now], before, after))
    for name in sorted(set(new) - set(old) - set(moved.values())):
        whole.add(name)
        documents.append(_document("added", name, None, new[name], _came(after, name)))
    return Compared(tuple(documents), operations, frozenset(whole), moved)


def _by_id(catalog: Catalog) -> dict[str, Opened]:
    return {opened.named.id: opened for opened in catalog.contracts}


def _moved(old: Mapping[str, Opened], new: Mapping[str, Opened]) -> dict[str, str]:
    """A project's only contract that is gone is its only one that is new: the file has another name."""
    gone = [one.named for name, one in old.items() if name not in new]
    came = [one.named for name, one in new.items() if name not in old]
    found = {}
    for one in gone:
        others = [other for other in came if other.project == one.project]
        if len(others) == 1 and sum(other.project == one.project for other in gone) == 1:
            found[one.id] = others[0].id
    return found


# ---- a document as one ---------------------------------------------------------------------------------------------


def _document(kind: Kind, name: str, one: Opened | None, other: Opened | None, detail: Detail) -> Change:
    before = Place(one.named.file) if one is not None else None
    after = Place(other.named.file) if other is not None else None
    project = (other or one).named.project  # type: ignore[union-attr]  # one of them is there
    placed = msgspec.structs.replace(detail, before=detail.before or before, after=detail.after or after)
    return Change(kind, "", "", name, f"the contract {name}", (placed,), before, after, project)


def _gone(catalog: Catalog, name: str) -> Detail:
    number = _answering(catalog, name)
    if not number:
        return Detail("contract", "change", "the contract is gone; it answered nothing itself")
    says = f"the contract is gone, and with it its answers for {counted(number, 'operation')}"
    return Detail("contract", "breaking", says, {"operations": number})


def _came(catalog: Catalog, name: str) -> Detail:
    number = _answering(catalog, name)
    says = f"the contract is new, and answers {counted(number, 'operation')} where no mock does"
    if not number:
        says = "the contract is new, and answers nothing itself"
    return Detail("contract", "addition", says, {"operations": number})


def _answering(catalog: Catalog, name: str) -> int:
    return sum(route.contract == name for route in catalog.units[name].routes)


def _readability(before: Unit, after: Unit) -> Detail | None:
    """Whether only one of the two can be read, and what is wrong with the other."""
    if bool(before.trees) == bool(after.trees):
        return None
    broken = before if after.trees else after
    wrong = next((one for one in broken.problems if one.severity == "error"), None)
    place = Place(wrong.path, wrong.line) if wrong is not None else None
    if after.trees:
        return Detail("contract", "addition", "the contract can be read again", {}, place)
    why = f" ({code(wrong.message)})" if wrong is not None else ""
    return Detail("contract", "breaking", f"the contract cannot be read any more{why}", {}, None, place)


# ---- operation by operation ----------------------------------------------------------------------------------------


def _operations(one: Opened, other: Opened, before: Catalog, after: Catalog) -> Iterator[tuple[str, Operation]]:
    # The validators and readers of documents take 30 ms to import; most workspaces have no contract.
    from keymock.contract.revisions import revisions  # noqa: PLC0415

    old, new = one.contract(), other.contract()
    if old is None or new is None:
        return
    by_key: dict[str, list[Revision]] = {}
    for revision in revisions(old, new):
        by_key.setdefault(revision.key, []).append(revision)
    told = [revision for found in by_key.values() for revision in found]
    was, now = _Places(before, (each.before for each in told)), _Places(after, (each.after for each in told))
    for key, found in by_key.items():
        kind = _kind(found)
        opened, contract = (one, old) if kind == "removed" else (other, new)
        details = tuple(_detail(each, kind, contract, opened.named.id, was, now) for each in found)
        yield f"{opened.named.id}#{contract.stubs[key].id}", Operation(kind, key, opened.named.project, details)


def _kind(found: Sequence[Revision]) -> Kind:
    """An operation that has a place in one of the trees alone came, or went."""
    if found[0].before is None:
        return "added"
    return "removed" if found[0].after is None else "changed"


def _detail(revision: Revision, kind: Kind, contract: Contract, name: str, was: _Places, now: _Places) -> Detail:
    says = f"by its contract, {revision.says}"
    if kind == "added":
        says = f"its contract has it now, with {_statuses(contract, revision.key)}"
    elif kind == "removed":
        says = f"its contract no longer has it; it had {_statuses(contract, revision.key)}"
    severity: Severity = revision.severity
    data = {"contract": name, "operation": revision.key, "says": revision.says}
    return Detail("contract", severity, says, data, was.of(revision.before), now.of(revision.after))


def _statuses(contract: Contract, key: str) -> str:
    """The statuses of an operation."""
    found = [response.status for response in contract.operation(key).responses]
    return listed(status if status.isalnum() else code(status) for status in found) if found else "no answer"


class _Places:
    """The lines of parts of documents in one tree, each file looked through once."""

    def __init__(self, catalog: Catalog, spots: Iterable[Spot | None]) -> None:
        from keymock.contract.lines import lines_of  # noqa: PLC0415  (as above)

        by_file: dict[str, list[tuple[str, ...]]] = {}
        for spot in spots:
            if spot is not None:
                by_file.setdefault(spot.file, []).append(spot.pointer)
        self._lines = {
            file: lines_of(catalog.tree.source.read(file).decode("utf-8", "replace"), pointers)
            for file, pointers in by_file.items()
        }

    def of(self, spot: Spot | None) -> Place | None:
        return Place(spot.file, self._lines[spot.file][spot.pointer]) if spot is not None else None


# ---- told once -----------------------------------------------------------------------------------------------------


def joined(
    compared: Compared, changes: Iterable[Change], olds: Mapping[str, Route], news: Mapping[str, Route]
) -> Iterator[Change]:
    """Changes of mocks with what contracts say of them, and without what these say already. `olds` and `news` are
    the mocks by id."""
    left = dict(compared.operations)
    for change in changes:
        was = olds.get(_name_before(change))
        now = news.get(change.mock)
        routes = [route for route in (was, now) if route is not None]
        if not any(route.contract for route in routes):
            yield change
            continue
        if all(route.contract in compared.whole for route in routes):
            continue
        other = left.pop(now.id, None) if now is not None else None
        one = left.pop(was.id, None) if was is not None else None
        kept = [detail for detail in change.details if not _repeats(compared, detail, one or other)]
        said = [*_softened(one, now), *(other.details if other is not None else ())]
        kind: Kind = "changed" if change.kind == "moved" and not _has(kept, "moved") else change.kind
        if kept or said:
            yield msgspec.structs.replace(change, kind=kind, details=(*said, *kept))
    for name, operation in left.items():
        route = news.get(name) or olds.get(name)
        yield _of_operation(name, operation, route)


def _name_before(change: Change) -> str:
    moved = next((detail for detail in change.details if detail.kind == "moved"), None)
    return str(moved.data["before"]) if moved is not None else change.mock


def _has(details: Iterable[Detail], kind: str) -> bool:
    return any(detail.kind == kind for detail in details)


def _repeats(compared: Compared, detail: Detail, operation: Operation | None) -> bool:
    if detail.kind == "moved":
        was, _, rest = str(detail.data["before"]).partition("#")
        return bool(f"{compared.moved.get(was, '')}#{rest}" == detail.data["after"])
    return operation is not None and detail.kind in REPEATS


def _softened(gone: Operation | None, now: Route | None) -> Iterator[Detail]:
    """What is said of an operation that is gone; where another mock takes its place, nobody is left without."""
    for detail in gone.details if gone is not None else ():
        yield msgspec.structs.replace(detail, severity="change") if now is not None else detail


def _of_operation(name: str, operation: Operation, route: Route | None) -> Change:
    shown = title(route) if route is not None else operation.key
    word = {"added": "is new", "removed": "is gone"}.get(operation.kind, "answers differently")
    first = operation.details[0]
    return Change(
        operation.kind, shown, name, "", f"{shown} {word}", operation.details, first.before, first.after,
        operation.project,
    )  # fmt: skip
