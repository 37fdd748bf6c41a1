"""What docs/data.md does not show of the conversation: rare bodies, methods, addresses."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from keymock.exchange import Reply, Request
from keymock.spec import Data, DataId
from keymock.store import Store, answer
from keymock.store.ids import uuid_of

JSON = "application/json"


def orders() -> Store:
    return Store(Data(resource="orders"), [{"id": 1, "a": 1}, {"id": 2, "b": {"c": [1]}}])


def ask(store: Store, method: str, item: str | None = None, body: Any = None, kind: str = JSON, **more: Any) -> Reply:
    text = body if isinstance(body, str) else "" if body is None else msgspec.json.encode(body).decode()
    request = Request.of(method, "/orders", {"content-type": kind} if kind else {}, text)
    return answer(store, request, item, lambda: uuid_of("chance"), "/shop/orders", **more)


def headers(reply: Reply) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in reply.headers}


@pytest.mark.parametrize(
    ("method", "item", "body", "kind", "status"),
    [
        ("POST", None, "{", JSON, 400),
        ("POST", None, "", JSON, 400),
        ("POST", None, "[" * 200 + "]" * 200, JSON, 400),
        ("POST", None, [], JSON, 422),
        ("POST", None, {"a": 1}, "application/x-www-form-urlencoded", 415),
        ("POST", None, {"a": 1}, "application/merge-patch+json", 415),
        ("POST", None, {"a": 1}, "application/vnd.shop+json; charset=utf-8", 201),
        ("POST", None, {"a": 1}, "", 201),
        ("POST", None, {"id": None}, JSON, 422),
        ("PUT", "1", {"id": 2}, JSON, 422),
        ("PUT", "1", {"id": 1.0}, JSON, 422),
        ("PUT", "x", {}, JSON, 404),
        ("PATCH", "1", {"id": None}, JSON, 200),
        ("PATCH", "1", {"id": 3}, JSON, 422),
        ("PATCH", "1", 7, JSON, 422),
        ("PATCH", "9", {}, JSON, 404),
        ("PATCH", "1", [{"op": "remove", "path": "/z"}], "application/json-patch+json", 409),
        ("PATCH", "1", [{"op": "nothing", "path": "/z"}], "application/json-patch+json", 400),
        ("PATCH", "1", [{"op": "replace", "path": "", "value": 7}], "application/json-patch+json", 422),
        ("DELETE", "9", None, "", 404),
        ("DELETE", None, None, "", 405),
        ("POST", "1", {}, JSON, 405),
        ("HEAD", "1", None, "", 200),
        ("GET", "01", None, "", 404),
    ],
)
def test_a_status(method: str, item: str | None, body: Any, kind: str, status: int) -> None:
    reply = ask(orders(), method, item, body, kind)
    assert reply.status == status
    if status >= 400:
        assert headers(reply)["content-type"] == "application/problem+json"
        assert msgspec.json.decode(reply.body)["status"] == status
        assert "x-keymock-error" not in headers(reply)
        assert not reply.error


def test_a_refusal_changes_nothing() -> None:
    store = orders()
    before = list(store)
    ask(store, "PATCH", "2", [{"op": "add", "path": "/b/c/-", "value": 2}, {"op": "test", "path": "/b", "value": 1}],
        "application/json-patch+json")  # fmt: skip
    ask(store, "PUT", "2", {"id": 7})
    ask(store, "POST", None, {"id": 1})
    assert list(store) == before == [{"id": 1, "a": 1}, {"id": 2, "b": {"c": [1]}}]


def test_a_method_that_is_none_says_what_there_is() -> None:
    assert headers(ask(orders(), "PUT"))["allow"] == "GET, HEAD, OPTIONS, POST"
    assert headers(ask(orders(), "POST", "1"))["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"


def test_a_new_record_of_each_kind_has_its_address() -> None:
    uuids = Store(Data(resource="orders", id=DataId(kind="uuid")))
    reply = ask(uuids, "POST", None, {})
    assert headers(reply)["location"] == f"/shop/orders/{uuid_of('chance')}"
    assert ask(uuids, "GET", uuid_of("chance").upper()).body == reply.body
    texts = Store(Data(resource="orders", id=DataId(kind="string")))
    assert headers(ask(texts, "POST", None, {"id": "a/b ü"}))["location"] == "/shop/orders/a%2Fb%20%C3%BC"
    assert ask(texts, "GET", "a/b ü").status == 200


def test_deleted_is_gone() -> None:
    store = orders()
    assert [ask(store, "DELETE", "1").status for _ in range(2)] == [204, 404]
    assert ask(store, "DELETE", "2").headers == []
    assert ask(store, "GET").body == b"[]"


def test_put_creates_where_that_is_asked() -> None:
    store = orders()
    reply = ask(store, "PUT", "9", {"a": 1}, upsert=True)
    assert (reply.status, headers(reply)["location"], reply.body) == (201, "/shop/orders/9", b'{"id":9,"a":1}')
    assert ask(store, "PUT", "9", {"a": 2}, upsert=True).status == 200
    assert ask(store, "PUT", "x", {}, upsert=True).status == 404
    assert ask(store, "PUT", "10", {"id": 11}, upsert=True).status == 422
    assert msgspec.json.decode(ask(store, "POST", None, {}).body) == {"id": 10}


def test_a_record_cannot_grow_deeper_than_what_is_read() -> None:
    store = orders()
    deeper = [{"op": "move", "from": "/b", "path": "/x"}, {"op": "add", "path": "/b", "value": {}},
              {"op": "move", "from": "/x", "path": "/b/x"}]  # fmt: skip
    statuses = [ask(store, "PATCH", "2", deeper, "application/json-patch+json").status for _ in range(140)]
    assert (statuses[0], statuses[-1]) == (200, 422)
    assert ask(store, "GET", "2").status == 200


def test_one_patch_that_digs_without_end_is_refused() -> None:
    deeper = [{"op": "move", "from": "/b", "path": "/x"}, {"op": "add", "path": "/b", "value": {}},
              {"op": "move", "from": "/x", "path": "/b/x"}]  # fmt: skip
    patch = [*(deeper * 2000), {"op": "copy", "from": "/b", "path": "/d"}]
    assert ask(orders(), "PATCH", "2", deeper * 2000, "application/json-patch+json").status == 422
    assert ask(orders(), "PATCH", "2", patch, "application/json-patch+json").status == 422


def test_the_links_keep_what_was_asked() -> None:
    request = Request.of("GET", "/orders?a=1&a=%C3%BC%26&page=1&limit=1&id_gte=0")
    reply = answer(orders(), request, None, str, "http://localhost:8787/shop/orders")
    assert headers(reply)["link"].startswith(
        '<http://localhost:8787/shop/orders?a=1&a=%C3%BC%26&page=1&limit=1&id_gte=0>; rel="first"'
    )


def test_a_full_resource_says_so() -> None:
    store = Store(Data(resource="orders"), ({"id": number} for number in range(100_000)))
    assert ask(store, "POST", None, {}).status == 507
