"""keymock/template/run.py: what one rendering may cost, and what is paid for what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from filling import values

from keymock.template.errors import Refused
from keymock.template.run import ROOM, STEPS, Run


def test_steps_are_paid_until_none_are_left() -> None:
    run = Run(values())
    run.step(STEPS)
    with pytest.raises(Refused, match="more than 50,000 steps"):
        run.step()


def test_room_is_paid_until_none_is_left() -> None:
    run = Run(values())
    run.make(ROOM)
    with pytest.raises(Refused, match="more than 16 MiB"):
        run.make(1)


@pytest.mark.parametrize(
    ("pay", "steps", "room"),
    [
        (lambda run: run.step(3), 3, 0),
        (lambda run: run.make(4096), 0, 4096),
        (lambda run: run.make(8192), 2, 8192),
        (lambda run: run.work("a" * 8192), 2, 0),
        (lambda run: run.work([0] * 4096), 0, 0),
        (lambda run: run.work(10**9), 0, 0),
        (lambda run: run.walk("a" * 8192), 2, 0),
        (lambda run: run.walk([0] * 127), 2, 0),
        (lambda run: run.walk([[0] * 127, {"a": [0] * 127}]), 4, 0),
        (lambda run: run.walk([0] * 127, 8), 16, 0),
        (lambda run: run.made("abc"), 0, 3),
        (lambda run: run.made(7), 0, 0),
        (lambda run: run.made([1, "ab"]), 0, 64 + 2 * 8 + 2 + 16),
        (lambda run: run.made({"k": []}), 0, 64 + 16 + (1 + 16) + 64),
    ],
)
def test_what_is_paid_for_what(pay: Callable[[Run], Any], steps: int, room: int) -> None:
    run = Run(values())
    pay(run)
    assert (STEPS - run.steps, ROOM - run.room) == (steps, room)


def test_what_is_made_is_given_back() -> None:
    value = {"a": [1]}
    assert Run(values()).made(value) is value


def test_what_is_shared_is_paid_for_as_often_as_it_is_seen() -> None:
    shared: list[Any] = [0]
    for _ in range(40):
        shared = [shared, shared]
    with pytest.raises(Refused):
        Run(values()).made(shared)
    with pytest.raises(Refused):
        Run(values()).walk(shared)
