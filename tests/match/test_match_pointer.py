"""`pointer`: the examples of RFC 6901, and what is no pointer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asking import ask, wrong

DOCUMENT = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_the_rfc(pointer: str, value: Any) -> None:
    assert ask({"body": {"pointer": {pointer: {"equals": value}}}}, body=json.dumps(DOCUMENT))


@pytest.mark.parametrize("pointer", ["/foo/2", "/foo/-", "/foo/00", "/foo/+1", "/foo/٠", "/bar", "/foo/0/x", "/foo/-1"])
def test_nothing_there(pointer: str) -> None:
    assert ask({"body": {"pointer": {pointer: {"present": False}}}}, body=json.dumps(DOCUMENT))


@pytest.mark.parametrize("pointer", ["foo", "/a~", "/a~2", "#/foo"])
def test_no_pointer(pointer: str) -> None:
    fault = wrong({"body": {"pointer": {pointer: 1}}})
    assert (fault.path, fault.code) == (("body", "pointer", pointer), "invalid-pointer")
