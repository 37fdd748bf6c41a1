"""`present`."""

from __future__ import annotations

import pytest
from asking import ask


@pytest.mark.parametrize(("query", "there"), [("a=1", True), ("a", True), ("a=&a", True), ("b=1", False), ("", False)])
def test_query(query: str, there: bool) -> None:
    assert ask({"query": {"a": {"present": True}}}, query) is there
    assert ask({"query": {"a": {"present": False}}}, query) is not there


def test_json_null_is_present() -> None:
    assert ask({"body": {"json": {"a": {"$present": True}}}}, body='{"a": null}')
    assert ask({"body": {"json": {"a": {"$present": False}}}}, body="{}")


def test_a_body_that_is_no_json_lacks_nothing() -> None:
    assert not ask({"body": {"json": {"a": {"$present": False}}}}, body="hello")
    assert not ask({"body": {"jsonpath": {"$.a": {"present": False}}}}, body="")
    assert not ask({"form": {"a": {"present": False}}}, body="b=1")


def test_the_empty_body() -> None:
    assert ask({"body": {"text": {"present": False}}}, body="")
    assert ask({"body": {"text": ""}}, body="")
    assert ask({"body": {"text": {"present": True}}}, body="x")
    assert not ask({"body": {"text": {"present": True}}}, body="")
