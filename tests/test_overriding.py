"""Mocks of one session: compiled like others, told of their faults, ordered among themselves."""

from __future__ import annotations

from typing import Any

import pytest

from keymock.exchange import Malformed
from keymock.index import Cors, Route
from keymock.overriding import compiled, read, without_twins

BASE = Route(
    id="projects/shop/mocks/users/get-user", file="f", line=3, name="", space="projects/shop", scope="project",
    methods=("GET",), patterns=(), priority=0, conditions=(), count=0, answers=(), cors=Cors(), scenario="login",
)  # fmt: skip


def made(number: int = 1, **tables: Any) -> Route:
    return compiled(read(tables), number, {BASE.id: BASE}, Cors(), ["shop"])[0]


def test_by_a_path_it_belongs_to_the_workspace_or_to_a_project() -> None:
    one = made(request={"method": "POST", "path": "/a/:id"}, response={"status": 201, "json": {"a": 1}})
    assert (one.id, one.space, one.methods, one.answers[0].status) == (
        "override-always-0001",
        "workspace",
        ("POST",),
        201,
    )
    assert one.answers[0].body == b'{"a":1}'
    assert made(project="shop", request={"path": "/a"}).space == "projects/shop"


def test_by_a_mock_it_takes_what_that_takes() -> None:
    one = made(mock="get-user", response={"status": 500})
    assert (one.id, one.space) == (f"override-always-0001@{BASE.id}", "projects/shop")
    assert (one.patterns, one.methods, one.scenario) == (BASE.patterns, BASE.methods, "login")


def test_a_limit_goes_first_then_the_newest_without() -> None:
    once = {"request": {"path": "/a"}, "responses": [{"status": 500, "times": 1}]}
    names = [made(1, request={"path": "/a"}).id, made(2, **once).id, made(3, **once).id]
    assert sorted(names) == ["override-0002", "override-0003", "override-always-0001"]


def test_a_twin_without_a_limit_is_replaced() -> None:
    first, second, other = (
        made(1, request={"path": "/a"}),
        made(2, request={"path": "/a"}),
        made(3, request={"path": "/b"}),
    )
    once = made(4, request={"path": "/a"}, responses=[{"status": 500, "times": 1}])
    assert without_twins([first, other], [second]) == [other]
    assert without_twins([first], [once]) == [first]
    assert without_twins([once], [second]) == [once]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"request": {}}, "the override's request: the mock has no path"),
        ({"request": {"path": "a"}}, "request.path"),
        ({"request": {"path": "/a"}, "response": {"status": 99}}, "the override's `response.status`"),
        ({"request": {"path": "/a"}, "response": {"body_file": "a.json"}}, "send the body itself"),
        ({"request": {"path": "/a"}, "response": {"body": "{{ nope }}"}}, "nope"),
        ({"request": {"path": "/a"}, "colour": 1}, "colour"),
        ({"mock": "get-usr"}, "did you mean `get-user`?"),
        ({"mock": "get-user", "request": {"path": "/a"}}, "`mock` and `request`"),
        ({"project": "shpo", "request": {"path": "/a"}}, "did you mean `shop`?"),
        ({"request": {"path": "/a"}, "response": {"headers": {"A": "x\ny"}}}, "header"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(tables: dict[str, Any], said: str) -> None:
    with pytest.raises(Malformed) as caught:
        made(**tables)
    assert said in caught.value.detail
