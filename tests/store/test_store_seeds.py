"""Seeds as a whole: every record an object with an id of its own."""

from __future__ import annotations

import pytest

from keymock.match.member import Wrong
from keymock.spec import Data, DataId
from keymock.store import SeedError, seed

ORDERS = Data(resource="orders")
UUIDS = Data(resource="orders", id=DataId(kind="uuid"))
TEXTS = Data(resource="orders", id=DataId(field="key", kind="string"))


def test_types_stay_and_ids_are_put_first() -> None:
    assert seed(b'[{"n": 1.0, "id": 9, "x": null}, {"n": 1}]', "o.json", ORDERS) == (
        {"n": 1.0, "id": 9, "x": None},
        {"id": 10, "n": 1},
    )
    assert [list(record) for record in seed(b'[{"n": 1}]', "o.JSON", ORDERS)] == [["id", "n"]]


def test_missing_ids_are_always_the_same_and_never_those_of_others() -> None:
    assert [record["id"] for record in seed(b'[{}, {"id": 1}, {}, {"id": -5}]', "o.json", ORDERS)] == [2, 1, 3, -5]
    data = b'[{"name": "A b"}, {"key": "a-b-2"}, {"title": "a B"}, {}]'
    assert [record["key"] for record in seed(data, "o.json", TEXTS)] == ["a-b", "a-b-2", "a-b-3", "orders-1"]
    made = [record["id"] for record in seed(b"[{}, {}]", "o.json", UUIDS)]
    assert made == [record["id"] for record in seed(b"[{}, {}]", "o.json", UUIDS)]
    assert len(set(made)) == 2


def test_records_by_id() -> None:
    assert seed(b'{"7": {"a": 1}, "8": {"a": 2, "id": 8}}', "o.json", ORDERS) == ({"id": 7, "a": 1}, {"a": 2, "id": 8})
    assert seed(b"[x]\na = 1", "o.toml", TEXTS) == ({"key": "x", "a": 1},)


@pytest.mark.parametrize(
    ("name", "text", "message", "line"),
    [
        ("o.yaml", "", "none of the seed files", 0),
        ("o.json", '[\n{"id": 1},\n{"id": 2},\n{"id": 1}]', "`1` comes twice: in the records 1 and 3", 4),
        ("o.csv", "id,a\n1,x\n1,y", "comes twice", 3),
        ("o.toml", "[[orders]]\nid = 1\n[[orders]]\nid = 1", "comes twice", 3),
        ("o.json", "[\n{},\n7]", "record 2 is no object", 3),
        ("o.json", '{"7":\n[]}', "record 1 is no object", 2),
        ("o.json", '[{"id": "1"}]', 'the `id` of record 1 is "1"', 1),
        ("o.json", '[{"id": null}]', "is null: an id here", 1),
        ("o.json", '{"x": {}}', "`x` is no id", 1),
        ("o.json", '{"7": {"id": 8}}', "says that its `id` is 8", 1),
    ],
)
def test_mistakes(name: str, text: str, message: str, line: int) -> None:
    with pytest.raises(SeedError, match=message) as told:
        seed(text.encode(), name, ORDERS)
    assert told.value.line == line


def test_two_spellings_of_one_uuid_are_one_id() -> None:
    upper = "550E8400-E29B-41D4-A716-446655440000"
    with pytest.raises(SeedError, match="comes twice"):
        seed(f'[{{"id": "{upper}"}}, {{"id": "{upper.lower()}"}}]'.encode(), "o.json", UUIDS)


def test_a_seed_must_fit_its_schema() -> None:
    schema = {"required": ["id"], "properties": {"n": {"type": "integer"}}}
    assert seed(b'[{"n": 1}]', "o.json", ORDERS, schema) == ({"id": 1, "n": 1},)
    with pytest.raises(SeedError, match="record 2 does not fit the schema: /n: ") as told:
        seed(b'[{},\n{"n": "1"}]', "o.json", ORDERS, schema)
    assert told.value.line == 2
    with pytest.raises(Wrong):
        seed(b"[]", "o.json", ORDERS, {"type": "nothing"})


def test_more_records_than_fit_are_refused() -> None:
    with pytest.raises(SeedError, match="100001 records"):
        seed(b"[" + b"{}," * 100_000 + b"{}]", "o.json", ORDERS)
