"""`keymock flow ls`."""

from __future__ import annotations

import json

from a_store import Store, store

__all__ = ["store"]


def test_flows_that_may_be_seen(store: Store) -> None:
    assert store("flow", "ls")[:2] == (0, "projects/store/flows/checkout  7 steps  mock  Checkout\n")
    store.shell.put("projects/store/flows/bad.toml", "name = 1\n")
    told = json.loads(store("flow", "ls", "--json")[1])
    assert [(each["flow"], each["broken"]) for each in told] == [
        ("projects/store/flows/bad", True), ("projects/store/flows/checkout", False),
    ]  # fmt: skip
    assert "1 flow cannot be read" in store("flow", "ls")[2]


def test_flows_of_a_project_that_is_not_seen_are_not_there(store: Store) -> None:
    store.shell.put("projects/secret/flows/a.toml", '[[steps]]\nurl = "http://x"\n')
    assert "secret" not in store("flow", "ls")[1]
