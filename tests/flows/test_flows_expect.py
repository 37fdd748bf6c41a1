"""Expectations, by the matchers of mocks."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from stageplay import answer, read

from keymock.flows.expect import checked, compiled
from keymock.steps import Expect

CAME = answer({"n": 5, "list": [1], "name": "Ada"}, ("X-Id", "7"), ("Set-Cookie", "s=v"), seconds=0.2)


@pytest.mark.parametrize(
    ("expect", "what", "ok"),
    [
        ({"status": 200}, "status", True), ({"status": [201, 200]}, "status", True),
        ({"status": "2xx"}, "status", True),
        ({"status": {"gte": 200, "lt": 300}}, "status", True), ({"status": 404}, "status", False),
        ({"status": "4xx"}, "status", False), ({"headers": {"x-id": "7"}}, "headers x-id", True),
        ({"headers": {"No": {"present": False}}}, "headers no", True), ({"cookies": {"s": "v"}}, "cookies s", True),
        ({"jsonpath": {"$.n": {"gt": 4}}}, "jsonpath $.n", True), ({"jsonpath": {"$.n": 6}}, "jsonpath $.n", False),
        ({"json": {"name": {"$starts_with": "A"}}}, "json", True), ({"json_equals": {"n": 5}}, "json_equals", False),
        ({"text": {"contains": "Ada"}}, "text", True), ({"schema": "a.json"}, "schema", True),
        ({"schema": {"type": "array"}}, "schema", False), ({"time": "1s"}, "time", True),
        ({"time": "100ms"}, "time", False),
    ],
)  # fmt: skip
def test_each_kind(expect: dict[str, Any], what: str, ok: bool) -> None:
    wanted = compiled(msgspec.convert(expect, Expect), read)
    assert not wanted.faults
    (check,) = checked(wanted, CAME)
    assert check.what.startswith(what)
    assert check.ok is ok


def test_words_for_what_failed() -> None:
    wanted = compiled(msgspec.convert({"status": [200, 201], "jsonpath": {"$.n": {"gt": 9}}, "time": "100ms"}, Expect))
    assert [(check.expected, check.actual) for check in checked(wanted, answer({"n": 5}, seconds=0.5))] == [
        ("200 or 201", "200"), ("> 9", "5"), ("within 100 ms", "500 ms"),
    ]  # fmt: skip


def test_faults_stand_where_a_flow_has_them() -> None:
    (fault,) = compiled(Expect(jsonpath={"$[": 1})).faults
    assert fault.path[:1] == ("jsonpath",)
    (fault,) = compiled(msgspec.convert({"status": {"regex": "("}}, Expect)).faults
    assert fault.path == ("status",)
