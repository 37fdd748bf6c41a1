"""Rows of a data file."""

from __future__ import annotations

import pytest

from keymock.flows.rows import NoRows, rows


def test_csv_and_json() -> None:
    assert rows("a.csv", b'\xef\xbb\xbfuser,note\nada,"two\nlines"\nbob,\n') == [
        {"user": "ada", "note": "two\nlines"}, {"user": "bob", "note": ""},
    ]  # fmt: skip
    assert rows("a.json", b'[{"n": 1}]') == [{"n": 1}]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.csv", b"user\n", "has no rows"), ("a.csv", b"a,b\n1\n", "more or fewer fields"),
        ("a.csv", b"a,b\n1,2,3\n", "more or fewer fields"), ("a.csv", b"\xff", "not UTF-8"),
        ("a.json", b"{}", "list of objects"), ("a.json", b"[1]", "list of objects"), ("a.csv", b"a b\n1\n", "`a b`"),
        ("a.csv", b"a\n" + b"1\n" * 10_001, "10001 rows"),
    ],
)  # fmt: skip
def test_what_is_none(name: str, data: bytes, told: str) -> None:
    with pytest.raises(NoRows, match=told):
        rows(name, data)
