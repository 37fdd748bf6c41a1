"""What a name leads to, and what an operator keeps; the table of docs/data.md is run beside this."""

from __future__ import annotations

from typing import Any

import pytest

from keymock.store.filters import Unclear, has_field, keep, number, reach, search

PEOPLE: list[dict[str, Any]] = [
    {"id": 1, "name": "Ada", "born": "1815-12-10", "tags": ["a", "b"], "at": {"city": "London"}, "note": None},
    {"id": 2, "name": "bob", "born": "1970-01-01", "tags": [], "at": {"city": "Bern", "lines": [{"n": 1}, {"n": 2}]}},
    {"id": 3, "name": "7", "score": "12.5", "at.city": "Basel", "xml:lang": "de", "on": True, "score_gt": 1},
]


def kept(**query: str) -> list[int]:
    return [record["id"] for record in keep(PEOPLE, {name: [text] for name, text in query.items()})]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("id", [[1], [2], [3]]),
        ("tags", [["a", "b"], [], []]),
        ("tags.0", [["a"], [], []]),
        ("at.city", [["London"], ["Bern"], ["Basel"]]),
        ("at.lines.n", [[], [1, 2], []]),
        ("at.lines.1.n", [[], [2], []]),
        ("name.length", [[], [], []]),
        ("note", [[None], [], []]),
        ("missing", [[], [], []]),
    ],
)
def test_a_name_leads_to(name: str, values: list[list[Any]]) -> None:
    assert [list(reach(name)(record)) for record in PEOPLE] == values


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("-1.50", -1.5), ("1e3", 1000.0), ("0", 0), ("07", None), ("1e999", None), (" 7", None), ("nan", None)],
)
def test_a_number_is_spelt_as_json_has_it(text: str, value: float | None) -> None:
    assert number(text) == value
    assert type(number(text)) is type(value)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"name": "Ada"}, [1]),
        ({"name": "ada"}, []),
        ({"name": "7"}, [3]),
        ({"name": "7.0"}, []),
        ({"id": "1.0"}, [1]),
        ({"on": "true"}, [3]),
        ({"on": "1"}, []),
        ({"note": "null"}, [1]),
        ({"tags": "b"}, [1]),
        ({"tags:ne": "b"}, [2, 3]),
        ({"born:lt": "1900"}, [1]),
        ({"born:gte": "1970-01-01"}, [2]),
        ({"score:gt": "9"}, [3]),
        ({"score:lt": "9"}, []),
        ({"score_gt": "9"}, []),
        ({"score_gt": "1"}, [3]),
        ({"id_gte": "2"}, [2, 3]),
        ({"at.city:endsWith": "N"}, [1, 2]),
        ({"id:contains": "2"}, [2]),
        ({"name:in": "bob,7"}, [2, 3]),
        ({"xml:lang": "de"}, [3]),
        ({"xml:lang:ne": "de"}, [1, 2]),
        ({"name": "Ada", "id": "2"}, []),
        ({"_": "1"}, [1, 2, 3]),
        ({"what": "1"}, []),
    ],
)
def test_a_query_keeps(query: dict[str, str], ids: list[int]) -> None:
    assert kept(**query) == ids


def test_repeated_values_are_alternatives_and_for_ne_all_are_meant() -> None:
    assert [one["id"] for one in keep(PEOPLE, {"id": ["1", "3"]})] == [1, 3]
    assert [one["id"] for one in keep(PEOPLE, {"id:ne": ["1", "3"]})] == [2]


def test_an_operator_that_is_none_says_which_was_meant() -> None:
    with pytest.raises(Unclear, match="did you mean `startsWith`") as told:
        kept(**{"name:startwith": "A"})
    assert told.value.parameter == "name:startwith"


def test_a_search_looks_everywhere_for_each_text() -> None:
    def found(*texts: str) -> list[int]:
        return [record["id"] for record in search(PEOPLE, texts)]

    assert (found("LONDON"), found("b"), found("12.5"), found("de"), found("true")) == ([1], [1, 2, 3], [3], [3], [])
    assert found("b", "ada") == [1]
    assert found() == [1, 2, 3]


def test_a_field_is_known_by_any_record() -> None:
    assert has_field(PEOPLE, "at.lines")
    assert not has_field(PEOPLE, "lines")
