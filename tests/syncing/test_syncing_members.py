from __future__ import annotations

from typing import Any

import pytest

from keymock.syncing.members import GONE, Clash, Taken, merge, same, settled


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "value"),
    [
        ({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": 9}, {"a": 1}, {"a": 9}),
        ({"a": 1}, {"a": 9}, {"a": 2}, {"a": 9}),
        ({"a": 1}, {"a": 1, "own": True}, {"a": 1, "b": 2}, {"a": 1, "own": True, "b": 2}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1}, {"a": 1}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 3}}, {"a": {"b": 2}}, {"a": {"b": 2, "c": 3}}),
        ({"a": 1}, {"a": 1}, ["a"], ["a"]),
        (1, 1, 1.0, 1),
        (True, True, 1, 1),
    ],
)
def test_what_one_side_changed_is_changed_and_what_somebody_wrote_stays(
    base: Any, ours: Any, theirs: Any, value: Any
) -> None:
    assert merge(base, ours, theirs).value == value


def test_every_item_of_a_list_gets_what_the_documents_items_got() -> None:
    base = [{"id": 1, "name": "a"}]
    ours = [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}, {"id": 3, "name": "a", "own": 1}]
    theirs = [{"id": 1, "name": "a", "ok": True}]
    merged = merge(base, ours, theirs)
    assert merged.value == [{**row, "ok": True} for row in ours]
    assert merged.taken == tuple(Taken((number, "ok"), GONE, True) for number in range(3))


def test_lists_of_plain_values_that_both_changed_clash() -> None:
    merged = merge({"a": [1]}, {"a": [1, 2]}, {"a": [3]})
    assert (merged.value, merged.clashes) == ({"a": [1, 2]}, (Clash(("a",), [1], [1, 2], [3]),))


def test_who_left_something_out_gets_only_what_is_needed() -> None:
    base, ours, theirs = {"id": 1, "name": "a"}, {"id": 1}, {"id": 1, "name": "a", "note": "x", "key": "k"}
    assert merge(base, ours, theirs, lambda at: at == ("key",)).value == {"id": 1, "key": "k"}
    assert merge(base, base, theirs, lambda _: False).value == theirs


def test_a_member_that_was_taken_out_and_changed_clashes_if_it_is_needed() -> None:
    merged = merge({"a": 1, "b": 1}, {"b": 1}, {"a": 2, "b": 1})
    assert merged.clashes == (Clash(("a",), 1, GONE, 2),)
    assert merge({"a": 1}, {}, {"a": 2}, lambda _: False).clashes == ()


def test_an_edited_member_that_the_document_dropped_stays_and_clashes() -> None:
    merged = merge({"a": 1, "b": 1}, {"a": 5, "b": 1}, {"b": 1})
    assert (merged.value, merged.clashes) == ({"a": 5, "b": 1}, (Clash(("a",), 1, 5, GONE),))


def test_nothing_is_one_with_nothing_alone() -> None:
    assert same(GONE, GONE)
    assert not same(GONE, None)


# ---- values that were drawn ----------------------------------------------------------------------------------------


def test_what_was_only_drawn_differently_is_as_it_was() -> None:
    before, after = {"id": 5, "name": "x", "old": 1}, {"id": 7, "name": "y", "new": [1]}
    assert settled(before, after, lambda _: [], lambda _: False) == {"id": 5, "name": "x", "new": [1]}
    assert settled([{"a": 1}, {"a": 2}], [{"a": 3, "b": 4}], lambda _: [], lambda _: False) == [
        {"a": 1, "b": 4}, {"a": 2, "b": 4},
    ]  # fmt: skip


def test_what_the_document_spells_out_counts() -> None:
    assert settled({"a": "drawn"}, {"a": "said"}, lambda _: [], lambda value: value == "said") == {"a": "said"}


def test_what_is_no_longer_allowed_is_drawn_anew() -> None:
    def allowed(value: Any) -> list[tuple[str | int, ...]]:
        return [("rows", at, "n") for at, row in enumerate(value["rows"]) if row["n"] > 5]

    before, after = {"rows": [{"n": 1}, {"n": 9}]}, {"rows": [{"n": 2}]}
    assert settled(before, after, allowed, lambda _: False) == {"rows": [{"n": 1}, {"n": 2}]}


def test_what_never_becomes_right_is_all_new() -> None:
    assert settled({"a": 1}, {"a": 2}, lambda value: [("b",)] if value["a"] == 1 else [], lambda _: False) == {"a": 2}


def test_another_kind_of_value_is_the_new_one() -> None:
    assert settled({"a": 1, "b": None, "c": True}, {"a": "1", "b": 2, "c": 0}, lambda _: [], lambda _: False) == {
        "a": "1", "b": 2, "c": 0,
    }  # fmt: skip
