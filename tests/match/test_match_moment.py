from __future__ import annotations

from typing import Any

import msgspec
import pytest

from keymock import match
from keymock.exchange import Request
from keymock.match import Condition, Fault, Value
from keymock.match.moment import at_call, in_state
from keymock.state import Session


def read(matcher: object) -> Value:
    """A matcher as a file has it."""
    made: Value = msgspec.convert(matcher, Value)
    return made


def holds(condition: Condition, session: Session | None) -> bool:
    request = Request.of("GET", "/")
    request.session = session
    return match.compile(condition)(request)


@pytest.mark.parametrize(
    ("space", "name", "state", "expected"),
    [
        ("projects/shop", "order", "paid", True),
        ("projects/shop", "order", "Paid", False),
        ("projects/shop", "order", "Started", False),
        ("projects/shop", "other", "Started", True),
        ("workspace", "order", "Started", True),
        ("workspace", "order", "paid", False),
    ],
)
def test_a_scenario_is_in_a_state(space: str, name: str, state: str, expected: bool) -> None:
    session = Session("", 0)
    session.move("projects/shop", "order", "paid")
    assert holds(in_state(space, name, state), session) is expected


def test_without_a_session_everything_has_just_begun() -> None:
    first, second = at_call("m", 1), at_call("m", 2)
    assert isinstance(first, Condition)
    assert isinstance(second, Condition)
    assert holds(in_state("workspace", "order", "Started"), None)
    assert not holds(in_state("workspace", "order", "paid"), None)
    assert holds(first, None)
    assert not holds(second, None)


@pytest.mark.parametrize(
    ("wanted", "calls"),
    [(1, [1]), (3, [3]), ({"gt": 2}, [3, 4, 5]), ({"lte": 2}, [1, 2]), ({"not": 1}, [2, 3, 4, 5]), ("2", [2])],
)
def test_the_number_of_the_call(wanted: Any, calls: list[int]) -> None:
    condition = at_call("projects/shop/mocks/a", read(wanted))
    assert isinstance(condition, Condition)
    session = Session("", 0)
    found = []
    for number in range(1, 6):
        if holds(condition, session):
            found.append(number)
        session.called("projects/shop/mocks/a")
        session.called("projects/shop/mocks/other")
    assert found == calls


def test_a_matcher_that_is_none_is_a_fault_at_its_key() -> None:
    fault = at_call("m", read({"regex": "("}))
    assert isinstance(fault, Fault)
    assert fault.path == ("call", "regex")
