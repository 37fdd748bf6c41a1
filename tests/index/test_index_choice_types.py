"""One answer in several types: which of them Accept brings, and when it has no say."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import load, plant, world

from keymock import checks
from keymock.engine import answer
from keymock.exchange import Reply, Request
from keymock.state import Session

TYPES = (
    '[request]\npath = "/a"\n'
    '[[responses]]\nname = "json"\njson = 1\n'
    '[[responses]]\nname = "csv"\ncontent_type = "text/csv; charset=utf-8"\nbody = "1"\n'
    '[[responses]]\nname = "html"\nstatus = 404\ncontent_type = "text/html"\nbody = "<p>"\n'
    '[[responses]]\nname = "asked"\nwhen.query.q = "1"\nbody = "asked"\n'
)


@pytest.mark.parametrize(
    ("target", "accepts", "given"),
    [
        ("/a", "", "json"),
        ("/a", "*/*", "json"),
        ("/a", "text/csv", "csv"),
        ("/a", "text/*, application/json;q=0.9", "csv"),
        ("/a", "text/csv;q=0.5, application/*;q=0.6", "json"),
        ("/a", "text/csv;q=0, */*", "json"),
        ("/a", "text/html", "406"),
        ("/a", "text/csv;q=0, application/json;q=0", "406"),
        ("/a?q=1", "image/png", "asked"),
    ],
)
def test_accept_chooses_among_answers_of_one_status(target: str, accepts: str, given: str, tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {"workspace/mocks/a.toml": TYPES})))
    request = Request.of("GET", target, {"accept": accepts} if accepts else {})
    made = answer(request, here)
    assert isinstance(made, Reply)
    assert (made.response or str(made.status)) == given
    assert made.mock == "workspace/mocks/a"
    told = (b"vary", b"accept") in made.headers
    assert told == (given in ("json", "csv"))


def test_a_preference_and_a_sequence_go_before_accept(tmp_path: Path) -> None:
    turns = TYPES.replace("[request]", 'select = "sequence"\n[request]', 1)
    files = {"workspace/mocks/a.toml": TYPES, "workspace/mocks/b.toml": turns.replace("/a", "/b")}
    here = world(load(plant(tmp_path, files)))
    preferred = answer(Request.of("GET", "/a", {"accept": "text/csv", "prefer": "example=json"}), here)
    assert isinstance(preferred, Reply)
    assert preferred.response == "json"
    first = answer(Request.of("GET", "/b", {"accept": "text/csv"}), here)
    assert isinstance(first, Reply)
    assert first.response == "json"


def test_a_406_moves_nothing(tmp_path: Path) -> None:
    moving = TYPES.replace("[[responses]]", '[scenario]\nname = "s"\nsets = "moved"\n[[responses]]', 1)
    here = world(load(plant(tmp_path, {"workspace/mocks/a.toml": moving})))
    session = Session("", 1)
    for accepts, state in (("image/png", "Started"), ("text/csv", "moved")):
        request = Request.of("GET", "/a", {"accept": accepts})
        request.session = session
        assert isinstance(answer(request, here), Reply)
        assert session.scenario("workspace", "s") == state


def test_answers_of_several_types_are_all_reached(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {"workspace/mocks/a.toml": TYPES.replace('name = "csv"\n', "")}))
    assert checks.run(catalog, catalog.routes.values(), now=0) == ()
