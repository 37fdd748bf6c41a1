"""Records back into their seed file, in the form that it has."""

from __future__ import annotations

import json

import pytest

from keymock.spec import Data, DataId
from keymock.store import Record, SeedError, seed, written

ORDERS = Data(resource="orders")
RECORDS: list[Record] = [{"id": 2, "paid": True, "note": "é"}, {"id": 1, "total": 19.5}]


def test_an_array_stays_one() -> None:
    assert json.loads(written(b"[]", "a.json", ORDERS, RECORDS)) == RECORDS
    assert written(b"", "a.json", ORDERS, []) == b"[]\n"


def test_an_object_by_id_stays_one_and_what_else_is_there_stays() -> None:
    before = b'{"orders": {"9": {"a": 1}}, "users": [1]}'
    after = json.loads(written(before, "a.json", ORDERS, RECORDS))
    assert after == {"orders": {"2": RECORDS[0], "1": RECORDS[1]}, "users": [1]}
    assert json.loads(written(b'{"9": {"a": 1}}', "a.json", ORDERS, RECORDS)) == after["orders"]


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("a.json", b"[]"),
        ("a.json", b'{"orders": []}'),
        ("a.json", b'{"1": {}}'),
        ("a.toml", b"[[orders]]\nid = 3\n"),
    ],
)
def test_what_is_written_is_read_as_it_was(name: str, before: bytes) -> None:
    assert list(seed(written(before, name, ORDERS, RECORDS), name, ORDERS)) == RECORDS


def test_csv_keeps_its_columns_and_its_delimiter() -> None:
    before = b"id;zip\n1;08001\n"
    after = written(before, "a.csv", ORDERS, [{"id": 1, "zip": "08001"}, {"id": 2, "zip": 'a;"b"', "paid": False}])
    assert after == b'id;zip;paid\n1;08001;\n2;"a;""b""";false\n'
    assert [record["zip"] for record in seed(after, "a.csv", ORDERS)] == ["08001", 'a;"b"']


@pytest.mark.parametrize(
    ("name", "before", "record", "why"),
    [
        ("a.csv", b"id\n", {"id": 1, "tags": []}, "`tags` of record 1 is no single value"),
        ("a.toml", b"", {"id": 1, "deep": {"note": None}}, "`note` is null, which TOML cannot say"),
    ],
)
def test_what_a_file_cannot_hold(name: str, before: bytes, record: dict[str, object], why: str) -> None:
    with pytest.raises(SeedError, match=why):
        written(before, name, ORDERS, [record])


def test_ids_of_another_kind() -> None:
    data = Data(resource="tags", id=DataId(field="name", kind="string"))
    assert json.loads(written(b"{}", "a.json", data, [{"name": "a b"}])) == {"a b": {"name": "a b"}}
