"""What is kept of an answer."""

from __future__ import annotations

from typing import Any

import pytest
from stageplay import answer

from keymock.flows.capture import NotFound, cookies_of, fault_of, readable, taken
from keymock.steps import Capture

CAME = answer(
    {"a": {"b": [1, 2]}, "t": "id=42;"}, ("X-Id", "7"), ("Set-Cookie", 's="v"; Path=/'), ("Set-Cookie", "u=2")
)


@pytest.mark.parametrize(
    ("capture", "value"),
    [
        ("$.a.b", [1, 2]), ("$.a.b[*]", [1, 2]), ("$.a.b[0]", 1), (Capture(header="x-id"), "7"),
        (Capture(cookie="s"), "v"), (Capture(regex=r"id=(\d+)"), "42"), (Capture(regex=r"id=\d+"), "id=42"),
        (Capture(status=True), 200), (Capture(jsonpath="$.no", default=None), None),
        (Capture(header="no", default="x"), "x"),
    ],
)  # fmt: skip
def test_places(capture: str | Capture, value: Any) -> None:
    assert taken(capture, CAME) == value


@pytest.mark.parametrize(
    ("capture", "told"),
    [
        ("$.no", "`$.no` finds nothing in the body"), (Capture(header="No"), "the answer has no header `No`"),
        (Capture(cookie="no"), "the answer sets no cookie `no`"),
        (Capture(regex="zzz"), "the regex `zzz` finds nothing in the body"),
    ],
)  # fmt: skip
def test_nothing_there(capture: str | Capture, told: str) -> None:
    with pytest.raises(NotFound, match=told.replace("$", r"\$")):
        taken(capture, CAME)


def test_no_json_at_all() -> None:
    with pytest.raises(NotFound, match="the body is no JSON"):
        taken("$.a", answer(204))


def test_a_capture_looks_at_one_place() -> None:
    with pytest.raises(ValueError, match="one place"):
        Capture(header="a", cookie="b")


def test_what_is_wrong_before_anything_runs() -> None:
    assert fault_of("$.a") is None
    assert fault_of("$[") is not None
    assert fault_of(Capture(regex="(")) is not None
    assert fault_of("$.{{ name }}") is None


def test_what_later_steps_read() -> None:
    found = readable(CAME)
    assert (found["status"], found["body"]["t"], found["headers"]["x_id"], found["headers"]["x-id"]) == (
        200,
        "id=42;",
        "7",
        "7",
    )
    assert cookies_of(CAME) == found["cookies"] == {"s": "v", "u": "2"}
    assert readable(answer(204))["json"] is None
