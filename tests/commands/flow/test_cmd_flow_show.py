"""`keymock flow show`."""

from __future__ import annotations

import json

from a_store import Store, store

__all__ = ["store"]


def test_steps_and_a_drawing(store: Store) -> None:
    code, out, _ = store("flow", "show", "checkout")
    assert code == 0
    assert "  order  POST {{ base_url }}/orders  retry 3  → order_id\n" in out
    code, out, _ = store("flow", "show", "checkout", "--mermaid")
    assert (code, out.startswith("flowchart TD\n"), "login --> begin" in out) == (0, True, True)
    told = json.loads(store("flow", "show", "checkout", "--json")[1])
    assert told["steps"][0] == {
        "id": "login", "does": "POST {{ base_url }}/login", "request": "projects/store/requests/auth/login",
        "captures": ["token"], "place": "projects/store/flows/checkout.toml:9", "steps": [],
    }  # fmt: skip


def test_everything_that_is_wrong_is_told(store: Store) -> None:
    store.shell.put("projects/store/flows/a.toml", '[[steps]]\nflow = "b"\n')
    store.shell.put("projects/store/flows/b.toml", '[[steps]]\nflow = "a"\n[[steps]]\nrequest = "x"\n')
    code, _, err = store("flow", "show", "flows/a")
    assert code == 2
    assert "projects/store/flows/b.toml:2:8: error: flows run one another in a circle: a → b → a" in err
    assert "there is no request `x`" in err
