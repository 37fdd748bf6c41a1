"""Reports of what was used: of several runs, and of mocks that nothing has used for long."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tree_answers import load, plant

from keymock.coverage import AnswerUse, Coverage, Declared, Miss, MockUse, covered, merged, unused_for

USER, GONE = "projects/shop/openapi.yaml#getUser", "projects/shop/openapi.yaml#gone"
DECLARED = [
    Declared(USER, "projects/shop/openapi.yaml", "GET /users/{id}", ("200", "4XX", "default")),
    Declared(GONE, "projects/shop/openapi.yaml", "GET /gone", ("200",)),
]


def mock(name: str, used: int, last: str = "", *, response: str = "", status: int = 200) -> MockUse:
    answers = [AnswerUse(response=response, status=status, used=used)]
    return MockUse(mock=name, file=f"{name}.toml", route=f"GET /{name}", answers=answers, last=last)


def test_runs_laid_together() -> None:
    first = Coverage(mocks=[mock("a", 2, "2026-01-05"), mock("gone", 1)], unmatched=1,
                     misses=[Miss(method="GET", path="/x", count=1)])  # fmt: skip
    second = Coverage(mocks=[mock("a", 0), mock("b", 1, "2026-01-07")], unmatched=2,
                      misses=[Miss(method="GET", path="/x", count=2)])  # fmt: skip
    both = merged([first, second])
    assert [(one.mock, one.used, one.last) for one in both.mocks] == [("a", 2, "2026-01-05"), ("b", 1, "2026-01-07")]
    assert (both.unmatched, both.runs, both.misses) == (3, 2, [Miss(method="GET", path="/x", count=3)])
    assert second.mocks[0].used == 0  # the parts stay as they were


def test_answers_of_another_name_are_kept_apart() -> None:
    first = Coverage(mocks=[mock("a", 1, response="old", status=404)])
    both = merged([first, Coverage(mocks=[mock("a", 1, response="new")])])
    assert [(one.response, one.used, one.declared) for one in both.mocks[0].answers] == [
        ("new", 1, True), ("old", 1, False),
    ]  # fmt: skip


def test_answers_that_cannot_be_told_apart_are_one_and_a_websocket_is_a_101(tmp_path: Path) -> None:
    variants = '[[responses]]\nwhen.query.a = "1"\n[[responses]]\n[[responses]]\nname = "late"\nstatus = 503\n'
    files: dict[str, str | bytes] = {
        "workspace/mocks/a.toml": f'[request]\npath = "/a"\n{variants}',
        "workspace/mocks/talk.toml": '[request]\npath = "/t"\n[websocket]\n',
    }
    routes = load(plant(tmp_path, files)).routes
    given = {("", "workspace/mocks/a", "", 200): 3, ("", "workspace/mocks/talk", "", 101): 1}
    assert [
        (one.response, one.status, one.used, one.declared)
        for mock in covered(routes, given, []).mocks
        for one in mock.answers
    ] == [("", 200, 3, True), ("late", 503, 0, True), ("", 101, 1, True)]


def test_unused_since_the_last_use_else_since_the_last_change() -> None:
    report = Coverage(mocks=[mock("used", 1, "2026-03-01"), mock("old", 0), mock("fresh", 0), mock("unknown", 0)])
    changed = {"old.toml": "2026-01-01T10:00:00+01:00", "fresh.toml": "2026-03-09"}
    found = unused_for(report, 9, changed, "2026-03-10")
    assert [(one.mock, days) for one, days in found] == [("old", 68), ("used", 9)]
    assert unused_for(report, 100, changed, "2026-03-10") == []


def test_operations_by_status_and_by_what_gave_it() -> None:
    """mock × variant × contract operation × status, used or not."""
    given = {(USER, "m", "ada", 200): 2, (USER, "m", "none", 404): 1, (USER, "", "invalid-request", 400): 1,
             ("", "m", "", 200): 5}  # fmt: skip
    report = covered({}, given, [], "2026-01-05", DECLARED)
    user, gone = report.operations
    assert by_status(report) == {"200": (2, True), "4XX": (2, True), "default": (0, True)}
    assert [(one.mock, one.response, one.status, one.used) for one in user.given] == [
        ("m", "ada", 200, 2), ("m", "none", 404, 1), ("", "invalid-request", 400, 1),
    ]  # fmt: skip
    assert (user.used, gone.used, report.unused_operations, report.statuses) == (4, 0, [gone], (2, 4))


def test_a_status_that_is_not_declared_is_told_as_one() -> None:
    declared = [Declared(USER, "f", "GET /users/{id}", ("200",))]
    report = covered({}, {(USER, "m", "", 418): 3}, [], "", declared)
    assert by_status(report) == {"200": (0, True), "418": (3, False)}
    assert report.statuses == (0, 1)


def test_operations_of_runs_laid_together() -> None:
    first = covered({}, {(USER, "m", "ada", 200): 2}, [], "", DECLARED)
    second = covered({}, {(USER, "m", "ada", 200): 1, (USER, "n", "", 500): 1}, [], "", DECLARED[:1])
    both = merged([first, second])
    assert [one.operation for one in both.operations] == [USER]
    assert by_status(both) == {"200": (3, True), "4XX": (0, True), "default": (1, True)}
    assert {(one.mock, one.used) for one in both.operations[0].given} == {("m", 3), ("n", 1)}
    assert by_status(second) == {
        "200": (1, True),
        "4XX": (0, True),
        "default": (1, True),
    }  # the parts stay as they were


def by_status(report: Coverage) -> Mapping[str, tuple[int, bool]]:
    return {status.status: (status.used, status.declared) for status in report.operations[0].statuses}
