"""What is compared, as it is named on the command line."""

from __future__ import annotations

from keymock.commands.comparing import announced


def test_a_break_is_announced_by_route_or_by_mock() -> None:
    lines = ["GET /users/:id nobody reads it", "projects/shop/mocks/a agreed with web", "DELETE /x", ""]
    assert announced(lines) == {
        "GET /users/:id": "nobody reads it",
        "projects/shop/mocks/a": "agreed with web",
        "DELETE /x": "",
    }
