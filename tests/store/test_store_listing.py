"""Sorting and pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from keymock.store.filters import Unclear
from keymock.store.listing import Listing, listing, related

MIXED: list[dict[str, Any]] = [
    {"id": 1, "v": "b"},
    {"id": 2, "v": 10},
    {"id": 3},
    {"id": 4, "v": None},
    {"id": 5, "v": "a"},
    {"id": 6, "v": 9.5},
    {"id": 7, "v": True},
    {"id": 8, "v": 10},
]
MANY = [{"id": number, "page": "p"} for number in range(1, 26)]


def asked(query: str, records: list[dict[str, Any]]) -> Listing:
    return listing(records, parse_qs(query, keep_blank_values=True))


def numbers(query: str, records: list[dict[str, Any]]) -> list[int]:
    return [record["id"] for record in asked(query, records).records]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("_sort=v", [7, 6, 2, 8, 5, 1, 3, 4]),
        ("_sort=-v", [1, 5, 2, 8, 6, 7, 3, 4]),
        ("_sort=-v,-id", [1, 5, 8, 2, 6, 7, 4, 3]),
        ("sort=-id", [8, 7, 6, 5, 4, 3, 2, 1]),
        ("_sort=v,id&_order=desc,desc", [1, 5, 8, 2, 6, 7, 4, 3]),
        ("_sort=missing", [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_sorted(query: str, ids: list[int]) -> None:
    assert numbers(query, MIXED) == ids


@pytest.mark.parametrize(
    ("query", "ids", "neighbours"),
    [
        ("_page=1", list(range(1, 11)), {"first": 1, "next": 2, "last": 3}),
        ("_page=3", list(range(21, 26)), {"first": 1, "prev": 2, "last": 3}),
        ("_page=2&limit=20", list(range(21, 26)), {"first": 1, "prev": 1, "last": 2}),
        ("_page=9&_limit=20", [], {"first": 1, "prev": 2, "last": 2}),
        ("per_page=30", list(range(1, 26)), {"first": 1, "last": 1}),
        ("_page=1&id=99", [], {"first": 1, "last": 1}),
        ("_start=20", list(range(21, 26)), {}),
        ("_start=1&_limit=2", [2, 3], {}),
        ("_end=2", [1, 2], {}),
    ],
)
def test_pages(query: str, ids: list[int], neighbours: dict[str, int]) -> None:
    found = asked(query, MANY)
    assert [record["id"] for record in found.records] == ids
    assert found.neighbours() == neighbours
    assert found.total == (0 if "99" in query else 25)


def test_a_plain_name_gives_way_to_a_field() -> None:
    assert numbers("page=q", MANY) == []
    assert len(numbers("page=p", MANY)) == 25
    assert asked("page=2", MIXED).page_parameter == "page"
    assert asked("page=p&_per_page=2", MANY).page_parameter == "_page"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("_page=0", "_page"),
        ("_page=x", "_page"),
        ("_page=", "_page"),
        ("_page=%D9%A1", "_page"),
        ("_limit=-1", "_limit"),
        ("_limit=99999999999", "_limit"),
        ("_start=-1", "_start"),
        ("_sort=id&_order=down", "_order"),
        ("_order=desc", "_order"),
        ("_perpage=2", "_perpage"),
        ("_sorted=id", "_sorted"),
    ],
)
def test_what_cannot_be_meant(query: str, parameter: str) -> None:
    with pytest.raises(Unclear) as told:
        asked(query, MANY)
    assert told.value.parameter == parameter


def test_what_is_to_be_joined() -> None:
    query = parse_qs("_embed=comments,likes&_embed=tags&_expand=user")
    assert related(query) == (["comments", "likes", "tags"], ["user"])
