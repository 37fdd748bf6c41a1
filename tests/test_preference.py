from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import ask, load, plant, world

from keymock.exchange import Malformed, Request
from keymock.preference import Wish, wishes


@pytest.mark.parametrize(
    ("header", "wish"),
    [
        (["code=404"], Wish(404, "")),
        (["example=not-found"], Wish(None, "not-found")),
        (['example="not found"'], Wish(None, "not found")),
        (["code=404, example=a"], Wish(404, "a")),
        (["respond-async; code=404"], Wish(404, "")),
        (["code=404", "example=a"], Wish(404, "a")),
        (["Code=404"], Wish(404, "")),
        (["respond-async"], None),
        ([], None),
    ],
)
def test_what_a_caller_asks_for(header: list[str], wish: Wish | None) -> None:
    assert wishes(Request.of("GET", "/", {"prefer": header})) == wish


@pytest.mark.parametrize("code", ["", "abc", "99", "199", "600", "1000", "05990", "0200", "-200", "२००", "2" * 5000])
def test_a_code_that_is_none(code: str) -> None:
    with pytest.raises(Malformed):
        wishes(Request.of("GET", "/", {"prefer": f"code={code}"}))


FILE = """
[request]
path = "/a"
[[responses]]
name = "picky"
when.query.q = "1"
status = 202
[[responses]]
name = "ok"
[[responses]]
name = "gone"
status = 404
"""


@pytest.mark.parametrize(
    ("prefer", "status", "applied", "error"),
    [
        ("code=404", 404, "code=404", ""),
        ("code=202", 202, "code=202", ""),
        ("example=gone", 404, "example=gone", ""),
        ("example=picky", 202, "example=picky", ""),
        ("example=nobody", 200, "", ""),
        ("example=nobody, code=404", 404, "code=404", ""),
        ("code=503", 503, "", "no-variant"),
    ],
)
def test_a_variant_by_its_name_or_status_alone(
    tmp_path: Path, prefer: str, status: int, applied: str, error: str
) -> None:
    """rules.md: "chooses by variant alone, ignoring `when` … `Preference-Applied` when applied"."""
    reply = ask(world(load(plant(tmp_path, {"workspace/mocks/a.toml": FILE}))), "/a", {"prefer": prefer})
    headers = {name.decode(): value.decode() for name, value in reply.headers}
    assert reply.status == status
    assert headers.get("preference-applied", "") == applied
    assert headers.get("x-keymock-error", "") == error


def test_a_wish_that_cannot_be_is_the_callers_fault(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {"workspace/mocks/a.toml": FILE})))
    assert ask(here, "/a", {"prefer": "code=99"}).status == 400
