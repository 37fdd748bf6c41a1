"""Resources beneath another: what the path says of their records."""

from __future__ import annotations

import pytest

from keymock.spec import Data, DataId
from keymock.store import Record, Store, Unfit
from keymock.store.parents import Within

USERS = Store(Data(resource="users"), [{"id": 1}, {"id": 2}])
TEAMS = Store(Data(resource="teams", id=DataId(kind="string")), [{"id": "7"}])


def store(*records: Record) -> Store:
    return Store(Data(resource="tasks"), records)


def test_records_are_those_that_the_path_says() -> None:
    tasks = store({"id": 1, "userId": 1}, {"id": 2, "userId": 2}, {"id": 3}, {"id": 4, "userId": "1"})
    assert [record["id"] for record in Within(tasks, {"userId": "1"}, {"users": USERS}).of(tasks)] == [1]
    assert len(Within(tasks, {}, {}).of(tasks)) == 4
    both = Within(tasks, {"userId": "1", "id": "4"}, {})
    assert both.of(tasks) == ()


def test_a_value_is_of_the_kind_that_its_parent_or_its_siblings_have() -> None:
    assert Within(store(), {"userId": "2"}, {"users": USERS}).filled({}) == {"userId": 2}
    assert Within(store(), {"teamId": "7"}, {"teams": TEAMS}).filled({}) == {"teamId": "7"}
    assert Within(store(), {"year": "2026", "zip": "08001"}, {}).filled({}) == {"year": 2026, "zip": "08001"}
    assert Within(store({"id": 1, "year": "2025"}), {"year": "2026"}, {}).filled({}) == {"year": "2026"}


def test_a_record_that_lies_elsewhere_is_refused() -> None:
    within = Within(store(), {"userId": "2"}, {"users": USERS})
    assert within.filled({"userId": 2, "do": "x"}) == {"userId": 2, "do": "x"}
    with pytest.raises(Unfit, match="the address says 2"):
        within.filled({"userId": 1})


def test_a_parent_that_is_not_there_is_told() -> None:
    assert Within(store(), {"userId": "3"}, {"users": USERS}).orphan == "userId"
    assert Within(store(), {"userId": "2"}, {"users": USERS}).orphan == ""
    assert Within(store(), {"ownerId": "3"}, {"users": USERS}).orphan == ""
