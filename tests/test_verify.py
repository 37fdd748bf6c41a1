"""What was asked, held against what is expected; what is not so is told beside what came near."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from journal_tree import journal_of

from keymock import units
from keymock.exchange import Malformed
from keymock.journal import Journal
from keymock.redaction import HIDDEN
from keymock.variables import Mask
from keymock.verify import Expectation, Verdict, as_answer, judge_of


def verdict(journal: Journal, **wanted: Any) -> Verdict:
    return judge_of(msgspec.convert(wanted, Expectation, dec_hook=units.dec_hook))(journal.held())


def shop() -> Journal:
    return journal_of(
        ("POST", "/login", '{"user":"ada","password":"hunter2"}', "login"),
        ("GET", "/orders?page=1", "", "orders/list"),
        ("POST", "/orders", '{"sku":"a","count":1}', "orders/create"),
        ("POST", "/orders", '{"sku":"b","count":5}', "orders/create"),
        ("GET", "/nothing", "", ""),
    )


@pytest.mark.parametrize(
    ("wanted", "ok", "count", "said"),
    [
        ({"path": "/orders"}, True, 1, "GET /orders: 1 time"),
        ({"method": "POST", "path": "/orders"}, True, 2, "POST /orders: 2 times"),
        ({"method": "POST", "path": "/orders", "times": 2}, True, 2, "POST /orders: 2 times"),
        ({"method": "POST", "path": "/orders", "times": 1}, False, 2, "POST /orders: 2 times, expected 1 time"),
        ({"method": "POST", "path": "/orders", "times": {"at_least": 3}}, False, 2,
         "POST /orders: 2 times, expected at least 3 times"),
        ({"method": "POST", "path": "/orders", "times": {"at_most": 1}}, False, 2,
         "POST /orders: 2 times, expected at most 1 time"),
        ({"method": "POST", "path": "/orders", "times": {"at_least": 3, "at_most": 4}}, False, 2,
         "POST /orders: 2 times, expected 3 to 4 times"),
        ({"method": "DELETE", "path": "/orders", "times": 0}, True, 0, "DELETE /orders: never"),
        ({"method": "DELETE", "path": "/orders"}, False, 0, "DELETE /orders: never, expected at least 1 time"),
        ({"method": "POST", "path": "/orders", "body": {"json": {"count": {"$gt": 1}}}}, True, 1,
         "POST /orders: 1 time"),
        ({"path": "/orders", "query": {"page": "1"}}, True, 1, "GET /orders: 1 time"),
        ({"path": "/orders", "query": {"page": "2"}}, False, 0, "GET /orders: never, expected at least 1 time"),
        ({"method": "*", "path": "/:what"}, True, 5, "* /:what: 5 times"),
        ({"mock": "orders/create"}, True, 2, "answered by orders/create: 2 times"),
        ({"mock": "create", "body": {"json": {"sku": "b"}}}, True, 1, "answered by create: 1 time"),
        ({"mock": "orders/lis"}, False, 0, "answered by orders/lis: never, expected at least 1 time"),
        ({"method": "GET", "path": "/nothing", "status": 404}, True, 1, "GET /nothing with 404: 1 time"),
        ({"status": 404}, True, 1, "any request with 404: 1 time"),
    ],
)  # fmt: skip
def test_how_often(wanted: dict[str, Any], ok: bool, count: int, said: str) -> None:
    found = verdict(shop(), **wanted)
    assert (found.ok, found.count, found.said) == (ok, count, said)


def test_what_came_near_stands_beside_its_mismatches_nearest_first() -> None:
    found = as_answer(verdict(shop(), method="POST", path="/orders", body={"json": {"sku": "c"}}), Mask())
    first = found["near_misses"][0]
    assert (first["entry"]["method"], first["entry"]["path"], first["entry"]["id"]) == ("POST", "/orders", 4)
    assert [(seen["where"], seen["ok"]) for seen in first["conditions"]] == [
        ("method", True), ("path", True), ("body.json.$.sku", False),
    ]  # fmt: skip
    assert '"b"' in first["conditions"][2]["actual"]
    assert len(found["near_misses"]) == 3


def test_no_secret_leaves_with_what_came_near() -> None:
    found = as_answer(verdict(shop(), method="POST", path="/login", body={"json": {"password": "other"}}), Mask())
    assert "hunter2" not in str(found)
    (seen,) = (seen for seen in found["near_misses"][0]["conditions"] if not seen["ok"])
    assert seen["actual"] == HIDDEN
    assert verdict(shop(), method="POST", path="/login", body={"json": {"password": "hunter2"}}).ok


def test_order_is_that_of_a_subsequence() -> None:
    login, create = {"method": "POST", "path": "/login"}, {"method": "POST", "path": "/orders"}
    assert verdict(shop(), in_order=[login, create]).ok
    assert verdict(shop(), in_order=[login, create, create]).ok
    late = verdict(shop(), in_order=[create, login])
    assert (late.ok, late.said) == (
        False, "POST /login: not after POST /orders (entry 3); it came before, as entry 1",
    )  # fmt: skip
    assert not verdict(shop(), in_order=[create, create, create]).ok


def test_nothing_else() -> None:
    assert verdict(shop(), nothing_else=[{"method": "*", "path": "/*any"}]).ok
    found = verdict(shop(), nothing_else=[{"method": "*", "path": "/orders"}, {"method": "POST", "path": "/login"}])
    assert (found.ok, found.said) == (False, "1 more than these: GET /nothing (entry 5)")


def test_a_path_fits_with_the_mount_and_without() -> None:
    journal = journal_of(("GET", "/shop/users/1", "", "projects/shop/mocks/user"), mount="/shop")
    assert verdict(journal, path="/users/:id").ok
    assert verdict(journal, path="/shop/users/:id").ok
    assert not verdict(journal, path="/other/users/:id").ok


def test_a_body_that_was_not_read_is_said_to_be_missing() -> None:
    journal = journal_of(("POST", "/orders", None, "orders/create"))
    found = as_answer(verdict(journal, method="POST", path="/orders", body={"json": {"sku": "a"}}), Mask())
    assert "up --journal-bodies" in found["near_misses"][0]["conditions"][-1]["actual"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"path": "orders"}, "path: a path starts with `/`: write `/orders`"),
        ({"path": "/a", "query": {"q": {"regex": "("}}}, "query"),
        ({"times": 1, "in_order": [{"path": "/a"}]}, "two questions"),
        ({"in_order": []}, "names no pattern"),
        ({"path": "/a", "times": {"at_least": 2, "at_most": 1}}, "less than `at_least`"),
        ({"path": "/a", "body": {"schema": "order.json"}}, "there is no file order.json"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(wanted: dict[str, Any], said: str) -> None:
    with pytest.raises(Malformed) as caught:
        verdict(shop(), **wanted)
    assert said in caught.value.detail


def test_what_is_no_longer_there_is_said() -> None:
    assert as_answer(verdict(shop(), path="/x", times=0), Mask(), lost=3)["said"] == (
        "GET /x: never (3 older exchanges are no longer in the journal)"
    )
