"""Which mocks, and which of their answers, were used: of one run, or of several laid together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from keymock.index import Route
from keymock.index.resource import ITEM
from keymock.journal.rings import Given
from keymock.learned import learned
from keymock.pattern import normal

MOST_UNMATCHED = 1_000
"""Different requests without a mock that a report lists."""

TALK = ("", 101)
UPGRADE = ("", 426)
"""Name and status of what a WebSocket answers: to who asks for one, and to who does not."""


class AnswerUse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One response of a mock. `declared` is false for one that the mock's file does not name: a template's status."""

    response: str = ""
    status: int = 200
    used: int = 0
    declared: bool = True


class MockUse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One mock: what it answers, and how often it did. `last` is the day it was last used (`2026-11-22`), if known."""

    mock: str
    file: str
    route: str
    answers: list[AnswerUse]
    last: str = ""

    @property
    def used(self) -> int:
        """How often it answered."""
        return sum(answer.used for answer in self.answers)


class Miss(msgspec.Struct, kw_only=True):
    """A request that no mock answered, and how often it came."""

    method: str
    path: str
    count: int


class StatusUse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A status of an operation as its contract has it (`200`, `4XX`, `default`), or one that it does not declare."""

    status: str
    used: int = 0
    declared: bool = True


class GivenBy(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What answered an operation: which response of which mock, with which status; no mock for keymock's own refusals,
    whose `response` is their code."""

    mock: str
    response: str = ""
    status: int = 200
    used: int = 0


class OperationUse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One operation of a contract: its statuses, used or not, and what gave them."""

    operation: str
    file: str
    route: str
    statuses: list[StatusUse]
    given: list[GivenBy] = []

    @property
    def used(self) -> int:
        """How often it was answered."""
        return sum(status.used for status in self.statuses)


class Declared(NamedTuple):
    """An operation as its contract declares it."""

    operation: str
    file: str
    route: str
    statuses: tuple[str, ...]


class Coverage(msgspec.Struct, kw_only=True):
    """A report. `unmatched` counts all requests without a mock, `misses` names the different ones."""

    mocks: list[MockUse]
    operations: list[OperationUse] = []
    unmatched: int = 0
    misses: list[Miss] = []
    runs: int = 1

    @property
    def unused(self) -> list[MockUse]:
        """The mocks that never answered."""
        return [mock for mock in self.mocks if not mock.used]

    @property
    def unused_operations(self) -> list[OperationUse]:
        """The operations of contracts that nothing ever answered."""
        return [operation for operation in self.operations if not operation.used]

    @property
    def statuses(self) -> tuple[int, int]:
        """How many declared statuses of operations were given, of how many."""
        declared = [status for one in self.operations for status in one.statuses if status.declared]
        return sum(status.used > 0 for status in declared), len(declared)

    @property
    def answers(self) -> tuple[int, int]:
        """How many declared answers were used, of how many."""
        declared = [answer for mock in self.mocks for answer in mock.answers if answer.declared]
        return sum(answer.used > 0 for answer in declared), len(declared)


def covered(
    routes: Mapping[str, Route],
    given: Mapping[Given, int],
    misses: Iterable[tuple[str, str]],
    today: str = "",
    declared: Iterable[Declared] = (),
) -> Coverage:
    """The report of one run. `misses` are the requests without a mock that are still remembered; `declared` are the
    operations of contracts.
    """
    found = {name: _mock(route) for name, route in routes.items() if route.enabled and "#" not in name}
    unmatched = 0
    operations = {
        one.operation: OperationUse(
            operation=one.operation, file=one.file, route=one.route,
            statuses=[StatusUse(status=status) for status in one.statuses],
        )
        for one in declared
    }  # fmt: skip
    for (operation, name, response, status), count in given.items():
        if operation in operations:
            _give(operations[operation], GivenBy(mock=name, response=response, status=status, used=count))
        mock = found.get(name.partition("#")[0] if ITEM in name else name)
        if mock is not None:
            _answer(mock, response, status).used += count
            mock.last = today
        elif not name and response:
            unmatched += count
    counted: dict[tuple[str, str], int] = {}
    for miss in misses:
        if miss in counted or len(counted) < MOST_UNMATCHED:
            counted[miss] = counted.get(miss, 0) + 1
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    listed = [Miss(method=method, path=path, count=count) for (method, path), count in ordered]
    mocks = [found[name] for name in sorted(found)]
    return Coverage(mocks=mocks, operations=list(operations.values()), unmatched=unmatched, misses=listed)


def _mock(route: Route) -> MockUse:
    shown = f"{' '.join(route.methods)} {', '.join(normal(path) for path in route.patterns)}"
    answers = [AnswerUse(response=name, status=status) for name, status in _told_apart(route)]
    return MockUse(mock=route.id, file=route.file, route=shown, answers=answers)


def _told_apart(route: Route) -> list[tuple[str, int]]:
    """Name and status of each answer, once: those without a name and of one status are one. A WebSocket is a 101, and
    has no use for the 426 that tells others what it is.
    """
    named = [(answer.name, answer.status) for answer in route.answers]
    if route.websocket is not None:
        named = [TALK, *(one for one in named if one != UPGRADE)]
    return list(dict.fromkeys(named))


def _answer(mock: MockUse, response: str, status: int) -> AnswerUse:
    """The answer that was given: of that name and status, else one with either; one more if there is none."""
    for answer in mock.answers:
        if (answer.response, answer.status) == (response, status):
            return answer
    named = [answer for answer in mock.answers if response and answer.response == response]
    if named:
        return named[0]
    mock.answers.append(AnswerUse(response=response, status=status, declared=False))
    return mock.answers[-1]


def _give(operation: OperationUse, given: GivenBy) -> None:
    """Counts an answer to an operation: its status by itself, by its range, as the default, or as one undeclared."""
    exact, span = str(given.status), f"{given.status // 100}XX"
    known = {status.status: status for status in operation.statuses if status.declared}
    status = known.get(exact) or known.get(span) or known.get("default")
    if status is None:
        status = next((each for each in operation.statuses if each.status == exact), None)
    if status is None:
        status = StatusUse(status=exact, declared=False)
        operation.statuses.append(status)
    status.used += given.used
    for each in operation.given:
        if (each.mock, each.response, each.status) == (given.mock, given.response, given.status):
            each.used += given.used
            return
    operation.given = [*operation.given, msgspec.structs.replace(given)]


def merged(reports: Sequence[Coverage]) -> Coverage:
    """Several runs as one: counts added, the later day kept. The mocks are those of the last, which is the newest."""
    *before, last = reports
    newest = msgspec.convert(msgspec.to_builtins(last), learned(Coverage))
    known = {mock.mock: mock for mock in newest.mocks}
    operations = {one.operation: one for one in newest.operations}
    misses = {(miss.method, miss.path): miss.count for miss in last.misses}
    for report in before:
        for mock in report.mocks:
            own = known.get(mock.mock)
            if own is None:
                continue
            own.last = max(own.last, mock.last)
            for answer in mock.answers:
                if answer.used:
                    _answer(own, answer.response, answer.status).used += answer.used
        for one in report.operations:
            if one.operation in operations:
                for given in one.given:
                    _give(operations[one.operation], given)
        for miss in report.misses:
            misses[miss.method, miss.path] = misses.get((miss.method, miss.path), 0) + miss.count
    return Coverage(
        mocks=list(known.values()),
        operations=list(operations.values()),
        unmatched=sum(report.unmatched for report in reports),
        misses=[Miss(method=method, path=path, count=count) for (method, path), count in sorted(misses.items())],
        runs=sum(report.runs for report in reports),
    )


def unused_for(report: Coverage, days: int, changed: Mapping[str, str], today: str) -> list[tuple[MockUse, int]]:
    """The mocks that nothing has used for so many days, each with how many: since the day they were last used, else
    since the day their file was last changed (`changed`, from git, by file). A file that git does not know is new.
    """
    found = []
    for mock in report.mocks:
        since = mock.last or changed.get(mock.file, today)
        age = (_day(today) - _day(since)).days
        if age >= days:
            found.append((mock, age))
    return sorted(found, key=lambda pair: (-pair[1], pair[0].mock))


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text[:10]).replace(tzinfo=UTC)
