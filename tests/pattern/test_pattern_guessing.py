"""keymock/pattern/guessing: what varies in an address that was seen."""

from __future__ import annotations

import pytest

from keymock.pattern import parse
from keymock.pattern.guessing import as_pattern, is_id, split_origin, varying


@pytest.mark.parametrize(
    ("segment", "yes"),
    [
        ("7", True),
        ("0042", True),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", True),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", True),
        ("507f1f77bcf86cd799439011", True),
        ("cus_8s7dfh3K", True),
        ("users", False),
        ("v1", False),
        ("get_user", False),
        ("deadbeefdeadbeef", False),
        ("2024-05", False),
        ("", False),
    ],
)
def test_ids_are_told_from_words(segment: str, yes: bool) -> None:
    assert is_id(segment) is yes


@pytest.mark.parametrize(
    ("path", "pattern", "stood"),
    [
        ("/users", "/users", {}),
        ("/users/7", "/users/:id", {"id": "7"}),
        ("/users/7/orders/12", "/users/:user_id/orders/:order_id", {"user_id": "7", "order_id": "12"}),
        ("/categories/1/2", "/categories/:category_id/:id", {"category_id": "1", "id": "2"}),
        ("/users/:id/7", "/users/:id/:id2", {"id2": "7"}),
        ("/7", "/:id", {"id": "7"}),
        ("/", "/", {}),
    ],
)
def test_ids_become_parameters(path: str, pattern: str, stood: dict[str, str]) -> None:
    assert varying(path) == (pattern, stood)
    parse(pattern)


def test_an_address_is_split_before_its_path() -> None:
    assert split_origin("{{ base_url }}/users?page=1") == ("{{ base_url }}", "/users", "?page=1")
    assert split_origin("https://api.example.com:8443/a/b#c") == ("https://api.example.com:8443", "/a/b", "#c")
    assert split_origin("{{ base_url }}") == ("{{ base_url }}", "", "")
    assert split_origin("/users") == ("", "/users", "")


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/users/{{ user.id }}/orders", "/users/:id/orders"),
        ("/files/{{ name | lower }}.png", "/files/{name}.png"),
        ("/users/:id", "/users/:id"),
    ],
)
def test_variables_become_parameters(path: str, pattern: str) -> None:
    assert as_pattern(path) == pattern
    parse(pattern)
