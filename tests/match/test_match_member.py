"""How values are shown to people."""

from __future__ import annotations

from typing import Any

import pytest

from keymock.match.member import SHOWN, canonical, cut, show, show_all


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        ('say "hi"', "'say \"hi\"'"),
        ("\x1b[31m", '"\\x1b[31m"'),
        ("\u202e", '"\\u202e"'),
        (1.5, "1.5"),
        (None, "null"),
        ({"a": [1, True]}, '{"a":[1,true]}'),
        (10**400, "1" + "0" * 198 + "…"),
    ],
)
def test_show(value: Any, text: str) -> None:
    assert show(value) == text


def test_what_is_long_is_cut() -> None:
    assert len(show("x" * 1000)) == SHOWN
    assert len(show(list(range(1000)))) == SHOWN
    assert len(cut("\x00" * 1000)) == SHOWN


def test_all_values() -> None:
    assert show_all([]) == "absent"
    assert show_all(["a", "b"]) == '"a", "b"'
    assert show_all(list(range(12))) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … (12 in all)"


@pytest.mark.parametrize(("value", "text"), [(1, "1"), (1.5, "1.5"), (True, "true"), (False, "false"), ("x", "x")])
def test_canonical(value: Any, text: str) -> None:
    assert canonical(value) == text
