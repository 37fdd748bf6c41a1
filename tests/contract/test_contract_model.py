from __future__ import annotations

from keymock.contract.library import Spot
from keymock.contract.model import Operation, Response


def test_a_status_finds_its_response_by_itself_by_range_or_by_default() -> None:
    spot = Spot("a.yaml", (), {})
    found = Operation("GET /", "a", "GET", "/", spot, responses=tuple(
        Response(status, spot) for status in ("200", "4XX", "default")))  # fmt: skip
    names = [each.status if each else None for each in map(found.response, (200, 404, 500))]
    assert names == ["200", "4XX", "default"]
    assert Operation("GET /", "a", "GET", "/", spot).response(200) is None
