"""`keymock state`, beside a real server."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest
from prompt import Shell

ORDERS = "projects/shop/mocks/orders.json"


@pytest.fixture
def shop(shop: Shell) -> Shell:
    shop.put("projects/shop/mocks/orders.toml", '[data]\nresource = "orders"\nseed = "orders.json"\n')
    shop.put(ORDERS, '{ "orders": [{ "id": 1 }], "kept": true }\n')
    shop.put("projects/shop/mocks/tags.toml", '[data]\nresource = "tags"\n')
    cart = '[request]\npath = "/cart"\n[scenario]\nname = "cart"\n[[responses]]\nbody = "x"\n'
    shop.put("projects/shop/mocks/cart.toml", cart)
    return shop


def post(served: Shell, path: str, session: str = "") -> None:
    parts = urlsplit(served.ready["url"])
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    headers = {"content-type": "application/json", **({"x-keymock-session": session} if session else {})}
    connection.request("POST", path, b'{"n": 2}', headers)
    assert connection.getresponse().status == 201
    connection.close()


@pytest.mark.live
def test_state_is_shown_set_kept_and_put_back(served: Shell) -> None:
    post(served, "/shop/api/orders", "ada")
    assert served("state", "--session", "ada").out == (
        "scenario  shop/cart    Started\nrecords   shop/orders  2, changed\nrecords   shop/tags    0\n"
    )
    assert served("state", "show", "--json").json["data"]["shop/orders"] == {"records": 1, "changed": False}
    assert served("state", "set", "shop/cart", "full").out == "shop/cart  full\n"
    assert served("state", "snapshot", "before").out == "snapshots: before\n"
    assert served("state", "reset", "shop/cart").out == "shop/cart  Started\n"
    assert served("state", "restore", "before").out == "snapshots: before\n"
    assert served("state", "--json").json["scenarios"] == {"shop/cart": "full"}
    assert served("state", "reset", "shop/orders", "--session", "ada").out == "shop/orders  1 record\n"
    assert served("state", "reset").out == "reset\n"
    assert served("state", "--json").json["scenarios"] == {"shop/cart": "Started"}


@pytest.mark.live
def test_records_are_written_only_when_asked(served: Shell) -> None:
    before = (served.folder / ORDERS).read_text()
    post(served, "/shop/api/orders", "ada")
    assert (served.folder / ORDERS).read_text() == before
    assert served("state", "save").err == "no records have changed: nothing was written\n"
    assert served("state", "save", "--session", "ada").out == f"{ORDERS}\n"
    assert json.loads((served.folder / ORDERS).read_text()) == {"orders": [{"id": 1}, {"id": 2, "n": 2}], "kept": True}
    served("sync")
    assert served("state", "--json").json["data"]["shop/orders"] == {"records": 2, "changed": False}


@pytest.mark.live
def test_what_cannot_be_saved_is_told(served: Shell) -> None:
    post(served, "/shop/api/orders")
    post(served, "/shop/api/tags")
    assert "`shop/tags` has no seed file" in served("state", "save", "shop/tags").err
    assert "did you mean `shop/orders`?" in served("state", "save", "shop/oders").err
    refused = served("state", "save", "shop/orders", KEYMOCK_USER="nobody@example.com")
    assert refused.code != 0
    assert '"orders": [{ "id": 1 }]' in (served.folder / ORDERS).read_text()
    served.put(ORDERS, '[{ "id": 7 }]\n')
    changed = served("state", "save", "shop/orders")
    # the server may have seen the new file meanwhile: then there is nothing to save, and it says so
    assert "nothing was written" in changed.err or changed.out == f"{ORDERS}\n"
    assert json.loads((served.folder / ORDERS).read_text()) == [{"id": 7}]


def test_slips_are_told(shop: Shell) -> None:
    assert "did you mean `save`?" in shop("state", "sav").err
    assert shop("state", "set", "shop/cart").code == 2
    assert "no server runs" in shop("state").err
