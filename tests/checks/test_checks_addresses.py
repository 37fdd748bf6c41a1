from __future__ import annotations

from pathlib import Path

import pytest
from planting import found, mock


@pytest.mark.parametrize(
    ("shop", "pay", "told"),
    [
        ('host = "api.test"', 'host = "API.test"', "host api.test is the address of the project `pay` already"),
        ("port = 9001", "port = 9001", "port 9001 is the address of the project `pay` already"),
        ("port = 9001", "port = 9002", ""),
        ('mount = "/a/../b"', "", "no request has a path under the mount `/a/../b`"),
        ('mount = "/a//b"', "", "no request has a path under the mount `/a//b`"),
    ],
)
def test_addresses(tmp_path: Path, shop: str, pay: str, told: str) -> None:
    problems = found(tmp_path, {
        "projects/shop/project.toml": shop,
        "projects/pay/project.toml": pay,
        "projects/shop/mocks/a.toml": mock('path = "/a"'),
    })  # fmt: skip
    assert [(problem.path, problem.message) for problem in problems] == (
        [("projects/shop/project.toml", told)] if told else []
    )
