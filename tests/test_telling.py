"""What a run came to, in words."""

from __future__ import annotations

from typing import Any

from keymock.coverage import AnswerUse, Coverage, Miss, MockUse, OperationUse, StatusUse
from keymock.telling import coverage, exchange, missed, verdict


def entry(number: int = 7, **changed: Any) -> dict[str, Any]:
    made = {
        "id": number, "method": "POST", "path": "/orders", "status": 404, "mock": None, "request": {"query": "page=1"},
        "response": {"error": "no-mock"},
    }  # fmt: skip
    return {**made, **changed}


SEEN = [
    {"where": "path", "expected": "/orders", "actual": "/orders", "ok": True},
    {"where": "body.json.$.sku", "expected": '"a"', "actual": "", "ok": False},
]


def test_an_exchange_in_a_line_that_cannot_colour_the_terminal() -> None:
    assert exchange(entry()) == "POST /orders?page=1  404  no-mock  (entry 7)"
    assert "\33" not in exchange(entry(path="/\33[2J"))


def test_a_verdict_with_what_came_near_or_with_what_was_too_much() -> None:
    misses = [{"entry": entry(), "conditions": SEEN}]
    near = {"ok": False, "said": "POST /orders: never", "entries": [], "near_misses": misses}
    assert verdict(near) == (
        "POST /orders: never\nnearest:\n\n  POST /orders?page=1  404  no-mock  (entry 7)\n"
        '    ✓ path  /orders\n    ✗ body.json.$.sku  "a"  came: nothing'
    )
    much = {"ok": False, "said": "twice", "entries": [entry(1), entry(2)], "near_misses": []}
    assert verdict(much).splitlines()[1:] == [f"  {exchange(entry(1))}", f"  {exchange(entry(2))}"]


def test_requests_without_a_mock_a_few_of_many() -> None:
    near = {"mock": "m", "matched": False, "file": "m.toml", "line": 2, "route": "POST /order", "conditions": SEEN}
    told = missed([entry(number, near_misses=[near]) for number in range(7)])
    assert told.startswith("7 requests found no mock:\n\n  POST /orders?page=1")
    assert told.count("m.toml:2") == 5
    assert told.endswith("… and 2 more")


def test_coverage_names_what_was_not_used() -> None:
    answers = [AnswerUse(response="fine", used=2), AnswerUse(response="busy", status=503)]
    report = Coverage(
        mocks=[MockUse(mock="a", file="a.toml", route="GET /a", answers=answers),
               MockUse(mock="b", file="b.toml", route="GET /b", answers=[AnswerUse()])],
        unmatched=3, misses=[Miss(method="GET", path="/x", count=3)], runs=2,
    )  # fmt: skip
    assert coverage(report).splitlines() == [
        "1 of 2 mocks used in 2 runs, 1 of 3 answers", "  – a  busy never given", "  ✗ b  GET /b",
        "3 requests found no mock", "  ✗ GET /x  3×",
    ]  # fmt: skip


def test_coverage_names_the_operations_and_statuses_that_were_not_given() -> None:
    def status(name: str, used: int, declared: bool = True) -> StatusUse:
        return StatusUse(status=name, used=used, declared=declared)

    report = Coverage(mocks=[], operations=[
        OperationUse(operation="o#get", file="o", route="GET /o", statuses=[status("200", 2), status("404", 0)]),
        OperationUse(operation="o#odd", file="o", route="GET /p", statuses=[status("418", 1, False)]),
        OperationUse(operation="o#never", file="o", route="GET /q", statuses=[status("200", 0)]),
    ])  # fmt: skip
    assert coverage(report).splitlines()[1:] == [
        "2 of 3 operations of contracts used, 1 of 3 statuses", "  – o#get  404 never given",
        "  – o#odd  418 given, and not declared", "  ✗ o#never  GET /q",
    ]  # fmt: skip
