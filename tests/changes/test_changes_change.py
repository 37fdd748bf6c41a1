from __future__ import annotations

from keymock.changes import Change, Detail, Place
from keymock.changes.change import gravest


def change(*details: Detail, accepted: str = "") -> Change:
    return Change(
        "changed", "GET /a", "workspace/mocks/a", "", "", details, None, Place("a.toml", 3), accepted=accepted
    )


def test_a_change_is_as_grave_as_its_gravest_detail() -> None:
    note, breaking = Detail("title", "note", ""), Detail("status", "breaking", "")
    assert change(note, breaking).severity == "breaking"
    assert change(note).severity == "note"
    assert change().severity == gravest([]) == "note"


def test_a_break_that_is_meant_breaks_nobody() -> None:
    assert change(Detail("status", "breaking", "")).breaking
    assert not change(Detail("status", "breaking", ""), accepted="agreed").breaking
    assert not change(Detail("status", "change", "")).breaking


def test_a_place_is_something_to_click_on() -> None:
    assert str(Place("a.toml", 3)) == "a.toml:3"
    assert str(Place("a.toml")) == "a.toml"
    assert change().place == Place("a.toml", 3)
