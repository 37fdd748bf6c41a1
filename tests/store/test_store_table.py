"""CSV seeds: what a cell becomes, and the lines of mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from keymock.spec import Data, DataId
from keymock.store.entries import SeedError
from keymock.store.table import from_csv

ORDERS = Data(resource="orders")
SCHEMA = {
    "properties": {
        "total": {"type": ["number", "null"]},
        "count": {"type": "integer"},
        "gift": {"type": "boolean"},
        "any": {"type": ["integer", "string"]},
        "free": {},
    }
}


def read(text: str, definition: Data = ORDERS, schema: Any = None) -> list[Any]:
    return [entry.value for entry in from_csv(text, definition, schema)]


def test_cells_are_text_and_ids_are_ids() -> None:
    assert read("id,zip,on\n 7 ,00501,true\n,,\n") == [
        {"id": 7, "zip": "00501", "on": "true"},
        {"zip": "", "on": ""},
    ]
    assert read("id\n7", Data(resource="o", id=DataId(kind="string"))) == [{"id": "7"}]


def test_the_schema_makes_numbers_and_booleans() -> None:
    table = "total,count,gift,any,free\n1.50,2,TRUE,3,4\n,,,,\n,,,x,"
    assert read(table, schema=SCHEMA) == [
        {"total": 1.5, "count": 2, "gift": True, "any": 3, "free": "4"},
        {"total": None, "any": "", "free": ""},
        {"total": None, "any": "x", "free": ""},
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_quotes_lines_and_delimiters(delimiter: str) -> None:
    text = delimiter.join(["a", "b"]) + "\n" + delimiter.join(['"x, ""y""; \u2028\nz"', "2"]) + "\n\n"
    entries = from_csv(text + delimiter.join("34"), ORDERS, None)
    assert [entry.value for entry in entries] == [{"a": 'x, "y"; \u2028\nz', "b": "2"}, {"a": "3", "b": "4"}]
    assert [entry.line() for entry in entries] == [2, 5]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "the file is empty", 0),
        ("a,,b\n", "column 2 has no name", 1),
        ("a,a\n", "two columns are called `a`", 1),
        ("a,b\n1,2\n1\n", "1 cells, and 2 names", 3),
        ('a\n1\n"x\n', "this is not CSV", 3),
        ("id\n1\nx\n", "`x` is no id", 3),
        ("total\n1\nmuch\n", "`much` is no null or number", 3),
        ("gift\nyes\n", "`yes` is no boolean", 2),
    ],
)
def test_mistakes_have_lines(text: str, message: str, line: int) -> None:
    with pytest.raises(SeedError, match=message) as told:
        read(text, schema=SCHEMA)
    assert told.value.line == line
