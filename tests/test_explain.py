from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from tree_answers import ask, load, mock, plant, world

from keymock import explain
from keymock.engine import World, answer, explained
from keymock.exchange import Reply, Request
from keymock.state import Session

FILES = {
    "workspace/mocks/user.toml": mock(
        "/users/:id", "headers.accept.contains = 'json'\nquery.v = '1'", "name = 'A user'"
    ),
    "workspace/mocks/users.toml": mock("/users", "method = 'POST'"),
    "workspace/mocks/orders.toml": mock("/orders/:id"),
    "workspace/mocks/unlike.toml": mock("/zebra/:id"),
    "projects/shop/mocks/cart.toml": mock("/cart", "method = ['GET', 'PUT']"),
}


def tree(root: Path, files: dict[str, str] | None = None) -> World:
    return world(load(plant(root, files or FILES)))


def candidates(here: World, target: str, method: str = "GET", **headers: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = explained(Request.of(method, target, headers), here)["candidates"]
    return found


def test_every_condition_has_a_tick_or_a_cross(tmp_path: Path) -> None:
    first = candidates(tree(tmp_path), "/users/7?v=1", accept="text/html")[0]
    assert (first["mock"], first["matched"], first["line"]) == ("workspace/mocks/user", False, 2)
    assert first["route"] == "GET /users/:id"
    assert {one["where"]: one["ok"] for one in first["conditions"]} == {
        "method": True, "path": True, "headers.accept": False, "query.v": True,
    }  # fmt: skip
    [accept] = [one for one in first["conditions"] if one["where"] == "headers.accept"]
    assert (accept["expected"], accept["actual"]) == ('contains "json"', '"text/html"')


@pytest.mark.parametrize(
    ("method", "target", "nearest"),
    [
        ("GET", "/users/7", "workspace/mocks/user"),
        ("GET", "/user/7", "workspace/mocks/user"),
        ("GET", "/Users/7", "workspace/mocks/user"),
        ("GET", "/order/7", "workspace/mocks/orders"),
        ("PUT", "/users", "workspace/mocks/users"),
        ("DELETE", "/cart", "projects/shop/mocks/cart"),
    ],
)
def test_the_nearest_comes_first(tmp_path: Path, method: str, target: str, nearest: str) -> None:
    assert candidates(tree(tmp_path), target, method)[0]["mock"] == nearest


def test_at_most_three_and_nothing_that_shares_nothing(tmp_path: Path) -> None:
    here = tree(tmp_path, FILES | {f"workspace/mocks/n{at}.toml": mock(f"/users/n{at}") for at in range(9)})
    assert len(candidates(here, "/users/x")) == 3
    assert candidates(here, "/qqq") == []


def test_a_miss_tells_the_nearest_in_its_body(tmp_path: Path) -> None:
    reply = ask(tree(tmp_path), "/users/7")
    assert (reply.status, dict(reply.headers)[b"x-keymock-error"]) == (404, b"no-mock")
    assert b'"mock": "workspace/mocks/user"' in reply.body
    assert b'"file": "workspace/mocks/user.toml"' in reply.body


def test_a_mock_without_a_default_names_its_nearest_variant(tmp_path: Path) -> None:
    text = '[request]\npath = "/a"\n[[responses]]\nname = "far"\nwhen.query = { q = "1", r = "1" }\n'
    text += '[[responses]]\nname = "near"\nwhen.query.q = "1"\n'
    [one] = candidates(tree(tmp_path, {"workspace/mocks/a.toml": text}), "/a")
    assert (one["matched"], one["conditions"][-1]["where"]) == (False, "near: query.q")


def test_a_mock_as_it_is_listed(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, FILES))
    row = explain.route_json(catalog.routes["projects/shop/mocks/cart"], usable=False, role="viewer")
    assert row["role"] == "viewer"
    assert (row["mock"], row["method"], row["path"], row["project"], row["usable"], row["enabled"]) == (
        "projects/shop/mocks/cart", "GET PUT", "/cart", "shop", False, True,
    )  # fmt: skip


def test_a_mock_that_has_no_answer_left_says_so(tmp_path: Path) -> None:
    turns = 'select = "sequence"\nat_end = "no-match"\n[request]\npath = "/turns"\n[[responses]]\nbody = "only"\n'
    once = '[request]\npath = "/once"\n[[responses]]\ntimes = 1\nbody = "only"\n'
    here = tree(tmp_path, {"workspace/mocks/turns.toml": turns, "workspace/mocks/once.toml": once})
    session = Session("", 1)
    for path in ("/turns", "/once"):
        asked = [Request.of("GET", path) for _ in range(2)]
        for request in asked:
            request.session = session
        first, second = (answer(request, here) for request in asked)
        assert isinstance(first, Reply)
        assert isinstance(second, Reply)
        assert (first.status, second.status) == (200, 404)
        near = msgspec.json.decode(second.body)["near_misses"][0]
        assert near["matched"] is False
        assert near["conditions"][-1] == {
            "where": "responses", "expected": "one that is left to give", "actual": "all were given", "ok": False,
        }  # fmt: skip
        again = Request.of("GET", path)
        again.session = session
        assert explained(again, here)["candidates"][0]["matched"] is False
