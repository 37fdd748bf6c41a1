"""A store: order, ids, copies, the schema; its dump and its identity."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest

from keymock.spec import Data, DataId
from keymock.store import Full, Record, Store, Taken, Unfit, dump, identity, seed
from keymock.store.records import MOST, pointer

ORDERS = Data(resource="orders", seed="orders.json")
UUID = "550e8400-e29b-41d4-a716-446655440000"


def orders(*records: Record, schema: Any = None) -> Store:
    return Store(ORDERS, records, schema)


def test_records_keep_their_order_and_their_types() -> None:
    store = orders({"id": 3, "total": 1.0}, {"id": 1, "total": 1})
    store.create({"total": 10**30, "x": None}, str)
    store.replace(3, {"total": 2.50})
    assert dump(store) == (
        b'[\n  {\n    "id": 3,\n    "total": 2.5\n  },\n  {\n    "id": 1,\n    "total": 1\n  },\n'
        b'  {\n    "id": 4,\n    "total": 1000000000000000000000000000000,\n    "x": null\n  }\n]\n'
    )


def test_a_dump_is_a_seed() -> None:
    store = orders({"id": 3, "name": "Zoë", "nested": {"a": [1, 1.5, True, None]}}, {"id": 1})
    assert seed(dump(store), "orders.json", ORDERS) == tuple(store)


def test_an_integer_is_never_given_twice() -> None:
    store = orders({"id": 5})
    assert store.create({}, str) == (6, {"id": 6})
    store.delete(6)
    assert store.create({}, str) == (7, {"id": 7})
    store.create({"id": 20}, str)
    store.delete(20)
    assert store.create({}, str) == (21, {"id": 21})


def test_a_refused_record_leaves_nothing_behind() -> None:
    store = orders({"id": 1}, schema={"required": ["total"]})
    with pytest.raises(Unfit, match="required"):
        store.create({}, str)
    with pytest.raises(Taken, match="already has a record 1"):
        store.create({"id": 1, "total": 1}, str)
    with pytest.raises(Unfit):
        store.create({"id": "2", "total": 1}, str)
    assert store.create({"total": 1}, str) == (2, {"id": 2, "total": 1})
    assert len(store) == 2


def test_a_uuid_is_found_in_any_case_and_stays_as_written() -> None:
    store = Store(Data(resource="orders", id=DataId(field="key", kind="uuid")), [{"key": UUID.upper()}])
    key = store.find(UUID)
    assert key == UUID == store.find(UUID.upper())
    assert store.get(UUID) == {"key": UUID.upper()}
    assert store.replace(UUID, {"key": UUID, "a": 1}) == {"key": UUID.upper(), "a": 1}


def test_an_id_does_not_change() -> None:
    store = orders({"id": 1})
    with pytest.raises(Unfit) as told:
        store.replace(1, {"id": 2})
    assert told.value.misfits == (("/id", "an id does not change; it is 1"),)
    assert store.replace(1, {"a": 1, "id": 1}) == {"a": 1, "id": 1}
    assert store.replace(1, {"b": 1}) == {"id": 1, "b": 1}


def test_a_copy_goes_its_own_way() -> None:
    store = orders({"id": 1}, {"id": 2})
    for other in (store.copy(), copy.deepcopy(store)):
        other.create({}, str)
        other.delete(1)
        other.replace(2, {"a": 1})
        assert list(other) == [{"id": 2, "a": 1}, {"id": 3}]
    assert list(store) == [{"id": 1}, {"id": 2}]
    assert store.create({}, str)[0] == 3


def test_faults_are_told_with_their_places() -> None:
    schema = {"properties": {"a/b": {"items": {"type": "integer"}}}, "required": ["x"]}
    with pytest.raises(Unfit) as told:
        orders(schema=schema).create({"a/b": [1, "2"]}, str)
    assert {pointer for pointer, _ in told.value.misfits} == {"", "/a~1b/1"}


def test_no_more_than_twenty_faults_are_told() -> None:
    with pytest.raises(Unfit) as told:
        orders(schema={"additionalProperties": {"type": "null"}}).create({str(n): n for n in range(50)}, str)
    assert len(told.value.misfits) == 20


def test_a_store_that_is_full_takes_no_more() -> None:
    store = orders(*({"id": number} for number in range(MOST)))
    with pytest.raises(Full, match="100 000"):
        store.create({}, str)
    store.delete(0)
    assert store.create({}, str)[0] == MOST


def test_a_pointer_escapes() -> None:
    assert pointer("a/b", 0, "~") == "/a~1b/0/~0"


def test_the_identity_is_that_of_seed_schema_and_id() -> None:
    known = identity(ORDERS, b"[]", b"{}")
    assert identity(ORDERS, b"[]", b"{}") == known
    assert identity(msgspec.structs.replace(ORDERS, path="/o", upsert=True), b"[]", b"{}") == known
    others = {
        identity(ORDERS, b"[ ]", b"{}"),
        identity(ORDERS, b"[]", b"{ }"),
        identity(ORDERS, b"[]{", b"}"),
        identity(msgspec.structs.replace(ORDERS, id=DataId(kind="uuid")), b"[]", b"{}"),
        identity(msgspec.structs.replace(ORDERS, id=DataId(field="key")), b"[]", b"{}"),
        identity(msgspec.structs.replace(ORDERS, seed="orders.csv"), b"[]", b"{}"),
    }
    assert len(others | {known}) == 7
