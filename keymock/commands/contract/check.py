"""`keymock contract check`: hand-written mocks held against the documents of their projects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from keymock import document, spec, units
from keymock.catalog.opened import Opened
from keymock.commands.contract.bodies import body_file, in_body
from keymock.commands.contract.projects import contracts_of, project_option
from keymock.commands.invocation import Invocation
from keymock.commands.printing import counted, problem_json, put_json, remark, shown
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.document import KeyPath
from keymock.index import Route
from keymock.problems import Problem, error


@verb(
    "contract check",
    examples=(
        "keymock contract check                  mocks that say something else than their contract",
        "keymock contract check --project shop   of one project",
        "keymock contract check --json           for programs",
    ),
)
@project_option
def command(invocation: Invocation, project: str) -> int:
    """Hold every mock against the OpenAPI document of its project: statuses, types, headers, bodies, requests.

    Names the line on both sides, and what the document declares and no mock gives. Exits with 1 if anything differs.
    """
    seen = look(invocation)
    compared = compared_with(seen, contracts_of(seen, project))
    if invocation.json:
        put_json({
            "problems": [problem_json(problem) for problem in compared.problems],
            "unmocked": [each.as_json() for each in compared.unmocked],
        })  # fmt: skip
        return 1 if compared.problems else 0
    _print(invocation, seen, compared)
    return 1 if compared.problems else 0


class Left(NamedTuple):
    """An operation, and its declared statuses that no hand-written mock gives."""

    mock: str
    operation: str
    statuses: tuple[str, ...]
    mocked: bool

    def as_json(self) -> dict[str, Any]:
        return {"mock": self.mock, "operation": self.operation, "statuses": list(self.statuses), "mocked": self.mocked}


class Compared(NamedTuple):
    """What mocks and contracts say differently, and what is not mocked by hand."""

    contracts: int
    mocks: int
    problems: tuple[Problem, ...]
    unmocked: tuple[Left, ...]


def compared_with(seen: Seen, contracts: Iterable[Opened]) -> Compared:
    """Contracts beside the mocks of their projects, as far as the actor sees them."""
    from keymock.contract.drift import drifts, operations_of, unmocked  # noqa: PLC0415  (for workspaces with a contract)

    problems: list[Problem] = []
    left: list[Left] = []
    number, mocks = 0, 0
    for opened in contracts:
        name = opened.named
        served = seen.service.world.contracts[name.id]
        number += 1
        routes = list(_by_hand(seen, name.space))
        others = [each for each in seen.service.world.contracts[name.space] if each is not served[0]]
        routes = [route for route in routes if operations_of(served[0], route) or not _spoken_for(others, route)]
        mocks += len(routes)
        for each in drifts(served[0], routes):
            line = served[0].contract.library.line(each.file, each.pointer)
            problems.append(_problem(seen, each.route, each.where, each.code, each.message, f"{each.file}:{line}"))
        problems += _broken(seen, opened)
        left += [
            Left(f"{name.id}#{one.operation.id}", one.operation.key, one.statuses, one.mocked)
            for one in unmocked(served[0], routes)
        ]
    return Compared(number, mocks, tuple(sorted(set(problems))), tuple(left))


def _by_hand(seen: Seen, space: str) -> Iterator[Route]:
    return (route for route in seen.routes.values() if route.space == space and not route.contract and route.enabled)


def _spoken_for(others: Iterable[Any], route: Route) -> bool:
    """Whether another document of the project speaks of a mock."""
    from keymock.contract.drift import operations_of  # noqa: PLC0415  (as above)

    return any(operations_of(each, route) for each in others)


def _problem(seen: Seen, route: Route, where: KeyPath, code: str, message: str, there: str) -> Problem:
    """The drift at its line in the mock's file, or in its body's, with the document's line beside it."""
    hint = f"declared at {there}"
    try:
        data = seen.catalog.tree.source.read(route.file)
    except OSError:
        return error(route.file, code, message, hint=hint)
    parsed = document.parse(data, route.file, spec.Mock, dec_hook=units.dec_hook)
    at = where.index("body") if "body" in where[:3] and where[0] != "request" and "when" not in where else -1
    if at > 0:
        response = _table(parsed.tables, where[:at])
        item = seen.catalog.items.get(route.file)
        variant = str(response.get("name", "")) if where[0] == "responses" else ""
        file = body_file(seen, item, variant, response) if item is not None else ""
        if file:
            return in_body(seen, file, where[at + 1 :], code, message, hint)
        key = next((key for key in spec.Response.BODY_KEYS if key in response), "")
        where = (*where[:at], key, *where[at + 1 :]) if key else where[:at]
    while where and where not in parsed.places:
        where = where[:-1]
    return document.problem_at(parsed, where, code, message, hint)


def _table(tables: Any, keys: KeyPath) -> dict[str, Any]:
    for key in keys:
        try:
            tables = tables[key]
        except (LookupError, TypeError):
            return {}
    return tables if isinstance(tables, dict) else {}


def _broken(seen: Seen, opened: Opened) -> Iterator[Problem]:
    """What a mock says of its contract that keeps it from being served at all: an operation that is gone, say."""
    for item in seen.items():
        unit = seen.catalog.units.get(item.id) if item.kind == "mock" and item.space == opened.named.space else None
        for problem in unit.problems if unit is not None else ():
            if problem.code in BREAKING:
                yield problem


BREAKING = {"no-such-operation", "no-such-answer", "no-made-up-answer"}


def _print(invocation: Invocation, seen: Seen, compared: Compared) -> None:
    for problem in compared.problems:
        print(shown(invocation, seen.root, problem))
    if compared.problems:
        print()
    paint = invocation.paint
    tint = paint.red if compared.problems else paint.green
    said = counted(len(compared.problems), "difference") if compared.problems else "no differences"
    print(f"{tint}{said}{paint.plain} between {counted(compared.mocks, 'mock')} and "
          f"{counted(compared.contracts, 'contract')}")  # fmt: skip
    bare = [each for each in compared.unmocked if not each.mocked]
    if bare:
        remark(invocation, f"answered by the contract alone: {counted(len(bare), 'operation')}")
    for each in compared.unmocked:
        if each.mocked:
            remark(invocation, f"{each.operation} has no mock for {', '.join(each.statuses)}")
