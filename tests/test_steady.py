from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tree_answers import mock, plant

from keymock import engine
from keymock.exchange import Reply, Request
from keymock.index import NeedsBody
from keymock.serve.options import Options
from keymock.serve.service import Service

MOCKS = "workspace/mocks"
TREE: dict[str, str | bytes] = {
    "keymock.toml": 'name = "steady"\n',
    "projects/shop/project.toml": 'mount = "/shop"\n',
    "projects/shop/mocks/path.toml": mock("/path/:id", response='body = "{{ request.path }} {{ request.params.id }}"'),
    f"{MOCKS}/plain.toml": mock("/plain", 'query.a = "1"', response='body = "plain"\ndelay = "3ms"'),
    f"{MOCKS}/live.toml": mock(
        "/live/:id", response='status = "{{ 200 + (request.params.id | int) }}"\nheaders.X-Id = "{{ uuid() }}"\n'
                              'json = { at = "{{ now() }}", q = "{{ request.query.q }}", call = "{{ call }}" }',
    ),
    f"{MOCKS}/posted.toml": mock("/posted", 'method = "POST"', response='body = "{{ request.json.a }}"'),
    f"{MOCKS}/large.toml": mock("/large", response="body = \"{{ 'x' * 2000 }}\""),
    f"{MOCKS}/slow.toml": mock("/slow", response='body = "{{ call }}"\ndelay = { uniform = ["1ms", "9ms"] }'),
    f"{MOCKS}/flaky.toml": mock("/flaky", response='body = "a"\nfault = { kind = "reset", rate = 0.5 }'),
    f"{MOCKS}/limited.toml": mock("/limited", response='body = "a"\nrate_limit = { requests = 2, per = "1m" }'),
    f"{MOCKS}/keeps.toml": mock("/keeps", response='capture.q = "{{ request.query.q }}"\nbody = "{{ state.q }}"'),
    f"{MOCKS}/told.toml": mock("/told", response='body = "{{ state.q | default(0) }} {{ scenarios.order }}"'),
    f"{MOCKS}/turn.toml": 'select = "cycle"\n[request]\npath = "/turn"\n'
                          '[[responses]]\nname = "a"\nbody = "a"\n[[responses]]\nname = "b"\nbody = "{{ call }}"\n',
    f"{MOCKS}/dice.toml": 'select = "random"\n[request]\npath = "/dice"\n'
                          '[[responses]]\nname = "a"\nbody = "a"\n[[responses]]\nname = "b"\nbody = "b"\nweight = 3\n',
    f"{MOCKS}/two.toml": '[request]\npath = "/two"\n[response]\nbody = "one"\n'
                         '[[responses]]\nname = "other"\nstatus = 404\nbody = "{{ call }}"\nwhen.query.q = "2"\n',
    f"{MOCKS}/types.toml": '[request]\npath = "/types"\n[[responses]]\nname = "j"\njson = { a = 1 }\n'
                           '[[responses]]\nname = "t"\nbody = "a"\n',
    f"{MOCKS}/first.toml": '[request]\npath = "/order"\n[scenario]\nname = "order"\nrequires = "Started"\n'
                           'sets = "paid"\n[response]\nbody = "first"\n',
    f"{MOCKS}/second.toml": '[request]\npath = "/order"\n[scenario]\nname = "order"\nrequires = "paid"\n'
                            'sets = "Started"\n[response]\nbody = "second {{ call }}"\n',
}  # fmt: skip
GUARDED: dict[str, str | bytes] = {
    f"{MOCKS}/in/_defaults.toml": '[guard]\nheaders.X-Key = "k"\n',
    f"{MOCKS}/in/guarded.toml": mock("/guarded", response='body = "in"'),
    f"{MOCKS}/things.toml": '[data]\nresource = "things"\n',
}
TARGETS = (
    "/shop/path/1", "/path/1", "/plain?a=1", "/plain", "/live/3", "/live/999", "/live/3?q=1", "/large", "/slow",
    "/flaky", "/limited", "/keeps?q=7", "/told", "/turn", "/dice", "/two", "/two?q=2", "/types", "/order", "/nowhere",
    "/guarded", "/things",
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {}, {"Accept-Encoding": "gzip"}, {"Origin": "http://localhost:1"}, {"Prefer": "code=404"}, {"Accept": "text/plain"},
    {"X-Key": "k"}, {"X-Keymock-Faults": "none"},
)  # fmt: skip


def service(root: Path, tree: dict[str, str | bytes]) -> Service:
    made = Service(Options(workspace=str(plant(root, tree)), seed=7, frozen=1.8e9), time.time_ns)
    assert made.catalog.problems == ()
    return made


def asked(draw: random.Random) -> Iterator[tuple[str, str, dict[str, str], bytes | None]]:
    while True:
        if draw.random() < 0.1:
            yield "POST", "/posted", {}, draw.choice([None, b'{"a": 1}', b"no"])
        yield draw.choice(["GET", "GET", "GET", "HEAD", "OPTIONS"]), draw.choice(TARGETS), draw.choice(HEADERS), b""


def told(reply: Reply | NeedsBody) -> Any:
    """All that a reply says; streams and talks are none here."""
    return "body" if isinstance(reply, NeedsBody) else {**msgspec.structs.asdict(reply), "onwards": list(reply.onwards)}


@pytest.mark.parametrize("seed", range(6))
def test_the_short_way_says_what_the_long_way_says(tmp_path: Path, seed: int) -> None:
    """Reply, story and everything left behind are the same, whatever is asked in whatever order."""
    here, there = service(tmp_path / "here", TREE | GUARDED), service(tmp_path / "there", TREE | GUARDED)
    known: engine.Known = {}
    courses = 0
    draw = random.Random(seed)
    for _, (method, target, headers, body) in zip(range(400), asked(draw), strict=False):
        replies = []
        for each in (here, there):
            request = Request.of(method, target, headers)
            request.body = body
            request.session, request.now = each.session(draw.choice(["s"])), 1.8e9
            if each is there:
                replies.append(engine.answer(request, each.world))
                continue
            leads = None if request.influenced else engine.leads_of(request, each.world)
            course = engine.course_of(request, each.world, leads, known) if leads and body == b"" else None
            reply = course.reply(request) if course is not None else None
            courses += reply is not None
            replies.append(reply or engine.answer(request, each.world, leads, known))
        mine, theirs = map(told, replies)
        assert _comparable(mine) == _comparable(theirs), (method, target, headers)
    assert courses > 50
    mine, theirs = (each.session("s").snapshot() for each in (here, there))
    assert {**mine, "stores": 0} == {**theirs, "stores": 0}
    assert {"path", "live", "first", "turn", "dice"} <= {_name(steady) for steady in known.values()}


def _comparable(told: Any) -> Any:
    """Routes are equal by their id here: the two trees lie in different folders."""
    if told == "body" or told["story"] is None:
        return told
    return {**told, "story": (told["story"].route.id, *msgspec.structs.astuple(told["story"])[1:])}


def _name(steady: Any) -> str:
    return str(steady.route.id).rpartition("/")[2]


def test_what_asks_for_more_takes_the_long_way(tmp_path: Path) -> None:
    here = service(tmp_path, TREE | GUARDED)
    known: engine.Known = {}
    for target in ("/guarded", "/things", "/types", "/live/3", "/turn"):
        request = Request.of("GET", target)
        request.session = here.session("")
        engine.answer(request, here.world, None, known)
    assert {_name(steady) for steady in known.values()} == {"live", "turn"}


def test_a_course_ends_where_the_long_way_begins(tmp_path: Path) -> None:
    here = service(tmp_path, TREE | GUARDED)

    def tries(target: str, method: str = "GET") -> list[str]:
        request = Request.of(method, target)
        leads = engine.leads_of(request, here.world)
        return [_name(each.steady) for each in engine.course_of(request, here.world, leads, {}).tries]

    assert tries("/live/3") == ["live"]
    assert tries("/order") == ["first", "second"]
    assert tries("/plain") == ["plain"]
    for target in ("/guarded", "/things", "/types", "/turn", "/two", "/nowhere"):
        assert tries(target) == []
    assert tries("/live/3", "OPTIONS") == []


def test_a_profile_of_the_world_leaves_nothing_steady(tmp_path: Path) -> None:
    profile: dict[str, str | bytes] = {"keymock.toml": 'name = "steady"\n[faults.bad]\nstatus = 503\n'}
    here = service(tmp_path, TREE | profile)
    known: engine.Known = {}
    request = Request.of("GET", "/live/3")
    request.session = here.session("")
    engine.answer(request, here.world, None, known)
    assert known == {}
