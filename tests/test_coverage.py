"""Reports of what was used: of several runs, and of mocks that nothing has used for long."""

from __future__ import annotations

from keymock.coverage import AnswerUse, Coverage, Miss, MockUse, merged, unused_for


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


def test_unused_since_the_last_use_else_since_the_last_change() -> None:
    report = Coverage(mocks=[mock("used", 1, "2026-03-01"), mock("old", 0), mock("fresh", 0), mock("unknown", 0)])
    changed = {"old.toml": "2026-01-01T10:00:00+01:00", "fresh.toml": "2026-03-09"}
    found = unused_for(report, 9, changed, "2026-03-10")
    assert [(one.mock, days) for one, days in found] == [("old", 68), ("used", 9)]
    assert unused_for(report, 100, changed, "2026-03-10") == []
