"""Whose an exchange was, and its path as documents of that space write it."""

from __future__ import annotations

from typing import Any

import pytest

from keymock.journal.whose import space_of, whose
from keymock.spec import Project

PROJECTS = {
    "shop": Project(mount="/shop", base_path="/api"),
    "shop-eu": Project(mount="/shop/eu"),
    "plain": Project(host="plain.localtest"),
}


def entry(path: str, mock: str | None = None, host: str = "127.0.0.1:8787") -> dict[str, Any]:
    return {"path": path, "mock": mock, "request": {"headers": [["host", host]] if host else []}}


@pytest.mark.parametrize(
    ("mock", "space"),
    [
        ("workspace/mocks/a", "workspace"),
        ("projects/shop/mocks/users/get", "projects/shop"),
        ("projects/shop/openapi.yaml#getUser", "projects/shop"),
        ("private/ada@example.com/mocks/mine", "private/ada@example.com"),
        ("override-0001@private/ada@example.com/mocks/mine", "private/ada@example.com"),
        ("override-always-0002@projects/shop/mocks/users", "projects/shop"),
        ("override-0003", ""),
        ("", ""),
    ],
)
def test_the_space_of_what_answered(mock: str, space: str) -> None:
    assert space_of(mock) == space


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (entry("/shop/api/users", "projects/shop/mocks/users"), ("projects/shop", "/api/users", "/users")),
        (entry("/api/a", "projects/shop/mocks/a", "shop.localhost:1"), ("projects/shop", "/api/a", "/a")),
        (entry("/shop/api/users", "workspace/mocks/users"), ("workspace", "/shop/api/users", "/shop/api/users")),
        (entry("/shop/x"), ("projects/shop", "/x", "/x")),
        (entry("/shop/eu/x"), ("projects/shop-eu", "/x", "/x")),
        (entry("/shop"), ("projects/shop", "/", "/")),
        (entry("/shopping"), ("", "/shopping", "/shopping")),
        (entry("/shop/x", host="SHOP.localhost"), ("projects/shop", "/shop/x", "/shop/x")),
        (entry("/x", host="plain.localtest:80"), ("projects/plain", "/x", "/x")),
        (entry("/x", host="other.localhost"), ("", "/x", "/x")),
        (entry("/x", "override-0001", host=""), ("", "/x", "/x")),
        (entry("/x", "projects/secret/mocks/x"), ("projects/secret", "/x", "/x")),
    ],
)  # fmt: skip
def test_the_space_and_the_path_below_its_mount_and_its_base(shown: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert whose(shown, PROJECTS) == expected
