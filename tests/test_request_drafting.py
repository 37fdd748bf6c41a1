"""Anything → a saved request worth keeping."""

from __future__ import annotations

from typing import Any

import pytest

from keymock.request_drafting import draft, name_of, problems_of, with_parameters

GET: dict[str, Any] = {"method": "GET", "url": "{{ base_url }}/users/7?page=1"}


def test_ids_become_parameters_and_the_name_says_what_it_asks() -> None:
    made = draft(GET, "projects/shop")
    assert made.id == "projects/shop/requests/users/get-by-id"
    assert made.files[f"{made.id}.toml"].decode() == (
        'method = "GET"\nurl = "{{ base_url }}/users/:id?page=1"\n\n[params]\nid = "7"\n'
    )
    assert problems_of(made) == ()


def test_a_made_name_keeps_clear_of_others_one_that_was_asked_for_does_not() -> None:
    first = draft(GET, "workspace").id
    assert draft(GET, "workspace", taken=[first.upper(), f"{first}-2"]).id == f"{first}-3"
    assert draft(GET, "workspace", name="Mine", taken=["workspace/requests/mine"]).id == "workspace/requests/mine"
    with pytest.raises(ValueError, match="nothing of the name"):
        draft(GET, "workspace", name="///")


def test_a_body_apart_lies_beside_it_and_comes_first() -> None:
    made = draft({**GET, "method": "PUT"}, "workspace", name="up", body=b"\xff", extension="bin")
    assert list(made.files) == ["workspace/requests/up.body.bin", "workspace/requests/up.toml"]
    assert b'body_file = "up.body.bin"' in made.files["workspace/requests/up.toml"]


def test_what_could_not_be_read_again_is_told() -> None:
    (problem,) = problems_of(draft({**GET, "metod": "GET"}, "workspace", name="a"))
    assert problem.path == "workspace/requests/a.toml"
    assert "metod" in problem.message


def test_nothing_varies_where_nothing_is_an_id() -> None:
    tables = {"name": "A", "method": "GET", "url": "/users"}
    assert with_parameters(tables) == tables
    assert list(with_parameters({**GET, "query": {"a": "1"}})) == ["method", "url", "params", "query"]


@pytest.mark.parametrize(("url", "name"), [("{{ base_url }}/a b/{x}/{x}", "a-b/get-x-x"), ("http://h", "get")])
def test_what_is_no_pattern_has_a_name_too(url: str, name: str) -> None:
    assert name_of({"method": "GET", "url": url})
