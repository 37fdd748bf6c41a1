"""Where mock and reality differ."""

from __future__ import annotations

from typing import Any

import pytest
from stageplay import answer

from keymock.flows.compare import differences
from keymock.flows.result import FlowRun, StepRun
from keymock.sending import Incoming


def ran(came: Incoming | None, *, inside: bool = False) -> FlowRun:
    step = StepRun(id="a", state="passed" if came else "skipped", response=came)
    steps = (StepRun(id="loop", state="passed", children=(step,)),) if inside else (step,)
    return FlowRun(flow="f", steps=steps)


def told(mock: Any, real: Any, *headers: tuple[str, str]) -> list[tuple[str, str, str]]:
    return [each[1:] for each in differences(ran(answer(mock)), ran(answer(real, *headers)))]


@pytest.mark.parametrize(
    ("mock", "real", "found"),
    [
        ({"a": 1}, {"a": 2}, []),
        ({"a": 1}, {"a": "x"}, [("body $.a", "a number", "text")]),
        ({"a": 1}, {}, [("body $.a", "a number", "nothing")]),
        ({}, {"a": {"b": 1}}, [("body $.a", "nothing", "an object")]),
        ([{"a": 1}], [{"a": 2}, {"a": 3}], []),
        ([{"a": 1}], [{"a": None}], [("body $[].a", "a number", "null")]),
        ({"l": [1]}, {"l": []}, [("body $.l", "a list", "an empty list")]),
        (True, 1, [("body", "0 bytes", "4 bytes")]),
    ],
)
def test_shapes(mock: Any, real: Any, found: list[tuple[str, str, str]]) -> None:
    if mock is True:
        mock, real = 204, {}
        (status, *_) = told(mock, real)
        assert status == ("status", "204", "200")
        return
    assert told(mock, real) == found


def test_headers_that_say_something() -> None:
    assert told({}, {}, ("Date", "now"), ("X-Page", "2"), ("X-Keymock-Mock", "m")) == [
        ("header x-page", "nothing", "2")
    ]


def test_a_step_that_only_one_of_them_ran() -> None:
    assert [each[1:] for each in differences(ran(None), ran(answer(200)))] == [("answer", "skipped", "200")]
    (one,) = differences(ran(answer(200), inside=True), ran(answer(201), inside=True))
    assert one == ("loop > a", "status", "200", "201")
