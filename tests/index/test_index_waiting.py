"""Recorded delays, wherever a mock may wait: each mock draws from its own part of a recording."""

from __future__ import annotations

from pathlib import Path

import pytest
from recorded import exchange, har, orders, waits
from tree_answers import load, mock, plant

from keymock import recordings
from keymock.catalog import Catalog
from keymock.faults import AT_ONCE, NO_WAIT, Wait
from keymock.index import Answer
from keymock.index.waiting import Profiled, of_nobody
from keymock.recordings import Recorded

MOCK = "workspace/mocks/m.toml"
HAR = "workspace/mocks/day.har"
DAY = waits(("GET", "/orders/1", 10), ("GET", "/orders/2", 20), ("POST", "/login", 900))
DRAWN = 'delay = { recorded = "day.har" }'


def tree(tmp_path: Path, text: str, day: str = DAY, **files: str) -> Catalog:
    more = {f"workspace/mocks/{name.replace('_', '.')}": content for name, content in files.items()}
    return load(plant(tmp_path, {MOCK: text, HAR: day, **more}))


def answer(catalog: Catalog, name: str = "workspace/mocks/m", number: int = 0) -> Answer:
    assert catalog.problems == ()
    return catalog.routes[name].answers[number]


def times(wait: Wait) -> list[float]:
    count = recordings.count(wait.samples)
    return [recordings.drawn(wait.samples, place / count) for place in range(count)]


# ---- what is a mock's ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_keys", "drawn"),
    [
        ('path = "/orders/:id"', [0.01, 0.02]),
        ('path = "/orders/:id<int>"', [0.01, 0.02]),
        ('path = ["/orders/2", "/none"]', [0.02]),
        ('path = { regex = "/orders/.*" }', [0.01, 0.02]),
        ('path = "/*rest"\nmethod = "*"', [0.01, 0.02, 0.9]),
        ('path = "/login"\nmethod = ["PUT", "POST"]', [0.9]),
    ],
)
def test_method_and_path_choose(tmp_path: Path, request_keys: str, drawn: list[float]) -> None:
    wait = answer(tree(tmp_path, f"[request]\n{request_keys}\n[response]\n{DRAWN}\n")).play.wait
    assert (wait.shape, wait.source, wait.of) == ("recorded", HAR, None)
    assert times(wait) == drawn


def test_a_mock_with_no_part_in_it_does_not_wait_and_is_told(tmp_path: Path) -> None:
    catalog = tree(tmp_path, mock("/search", response=DRAWN))
    (problem,) = catalog.problems
    assert (problem.code, problem.severity, problem.line) == ("nothing-recorded", "warning", 6)
    assert problem.message == "day.har has no exchange on a path of this mock, so nothing waits"
    assert problem.hint.startswith("it has GET /orders/1, GET /orders/2, POST /login; name others by")
    assert catalog.routes["workspace/mocks/m"].answers[0].play.wait == NO_WAIT


def test_a_table_names_others(tmp_path: Path) -> None:
    table = 'delay = { recorded = { file = "day.har", url = "/login", method = "POST" } }'
    assert times(answer(tree(tmp_path, mock("/search", response=table))).play.wait) == [0.9]


def test_a_mount_and_an_address_of_the_real_api_may_stand_in_front(tmp_path: Path) -> None:
    day = waits(
        ("GET", "/shop/orders/1", 1), ("GET", "/api/v2/orders/1", 2), ("GET", "/orders/1", 3), ("GET", "/x/orders/1", 4)
    )
    files = {
        "projects/shop/project.toml": 'mount = "/shop"\n[upstream]\nurls.a = "https://a.example/api/v2/"\n',
        "projects/shop/mocks/m.toml": mock("/orders/:id", response=DRAWN),
        "projects/shop/mocks/day.har": day,
    }
    assert times(answer(load(plant(tmp_path, files)), "projects/shop/mocks/m").play.wait) == [0.001, 0.002, 0.003]


def test_records_are_list_and_item_together(tmp_path: Path) -> None:
    day = waits(("GET", "/orders", 5), ("DELETE", "/orders/1", 7), ("GET", "/users", 9))
    catalog = tree(tmp_path, f'[data]\nresource = "orders"\n[response]\n{DRAWN}\n', day)
    for name in ("workspace/mocks/m", "workspace/mocks/m#id"):
        assert times(answer(catalog, name).play.wait) == [0.005, 0.007]


# ---- where it may stand --------------------------------------------------------------------------------------------


def test_the_file_lies_beside_the_mock_or_in_data(tmp_path: Path) -> None:
    files = {MOCK: mock("/orders/:id", response=DRAWN), "workspace/data/day.har": orders([7])}
    wait = answer(load(plant(tmp_path, files))).play.wait
    assert (wait.source, times(wait)) == ("workspace/data/day.har", [0.007])


def test_variants_and_what_they_inherit(tmp_path: Path) -> None:
    variants = '[[responses]]\nname = "a"\n[[responses]]\nname = "b"\ndelay = "5ms"\n'
    text = mock("/orders/:id", response=DRAWN) + variants
    catalog = tree(tmp_path, text)
    assert times(answer(catalog).play.wait) == [0.01, 0.02]
    assert answer(catalog, number=1).play.wait == Wait("fixed", 0.005)


def test_a_fault_of_what_is_inherited_is_told_where_it_stands(tmp_path: Path) -> None:
    text = f'[request]\npath = "/search"\n[response]\n{DRAWN}\n[[responses]]\nname = "a"\n[[responses]]\nname = "b"\n'
    assert [problem.line for problem in tree(tmp_path, text).problems] == [4]


def test_wait_and_receive_apart(tmp_path: Path) -> None:
    day = har(exchange("GET", "https://a/orders/1", 10, 300), exchange("GET", "https://a/orders/2", 20))
    late = 'first_byte = { recorded = { file = "day.har", part = "receive" } }'
    slow = 'throttle = { chunks = 4, over = { recorded = "day.har" } }'
    text = mock("/orders/:id", response=f'{DRAWN}\n{late}\n{slow}\nbody = "x"')
    play = answer(tree(tmp_path, text, day)).play
    assert [times(each) for each in (play.wait, play.first_byte, play.pace.spread)] == [[0.01, 0.02], [0.3], [0.3]]


def test_the_pauses_of_events(tmp_path: Path) -> None:
    events = 'list = [{ data = "a" }, { data = "b", delay = { recorded = "gaps.json" } }]'
    text = mock("/chat", response=f'[response.events]\nevery = {{ recorded = "gaps.json" }}\n{events}')
    catalog = tree(tmp_path, text, gaps_json="[3, 5]")
    script = answer(catalog).play.events
    assert script is not None
    assert times(script.between) == times(script.parts[1].wait) == [0.003, 0.005]


def test_talks_and_webhooks(tmp_path: Path) -> None:
    talk = '[request]\npath = "/t"\n[websocket]\non_connect = { text = "a", delay = { recorded = "gaps.json" } }\n'
    timer = '[[websocket.every]]\ninterval = { recorded = "gaps.json" }\nsend = "b"\n'
    hook = '[request]\npath = "/h"\n[[webhooks]]\nurl = "http://127.0.0.1:9/"\ndelay = { recorded = "gaps.json" }\n'
    catalog = tree(tmp_path, talk + timer, gaps_json="[3, 5]", h_toml=hook)
    assert catalog.problems == ()
    plan = catalog.routes["workspace/mocks/m"].websocket
    assert plan is not None
    (called,) = catalog.routes["workspace/mocks/h"].webhooks
    assert [times(each) for each in (plan.opening[0].wait, plan.timers[0].wait, called.wait)] == [[0.003, 0.005]] * 3


# ---- what is wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delay", "problem"),
    [
        ('"none.har"', "6:9 body-missing: there is no file none.har"),
        ('"../../../etc/day.har"', "6:9 body-outside: "),
        ('"day.txt"', "6:9 body-missing: there is no file day.txt"),
        ('{ file = "cut.har" }', "6:9 bad-recording: cut.har:2:1: this is not JSON: Input data was truncated"),
        ('{ file = "day.har", column = "a" }', "6:9 bad-recording: day.har: `column` is of a CSV"),
        ("5", "6:22 wrong-type: "),
        ('{ file = "day.har", colum = "a" }', "6:42 unknown-key: "),
        ('{ url = "/a" }', "6:11 missing-key: "),
        ('{ file = "day.har", method = "get" }', "6:51 bad-value: "),
    ],
)
def test_what_is_told_of_a_mistake(tmp_path: Path, delay: str, problem: str) -> None:
    catalog = tree(tmp_path, mock("/orders/:id", response=f"delay = {{ recorded = {delay} }}"), cut_har='{"log":\n')
    (found,) = catalog.problems
    assert f"{found.line}:{found.column} {found.code}: {found.message}".startswith(problem)
    assert found.severity == "error"


# ---- defaults and profiles -----------------------------------------------------------------------------------------


def test_defaults_give_each_mock_its_own_part(tmp_path: Path) -> None:
    slow = 'throttle = { chunks = 2, over = { recorded = "day.har" } }'
    day = har(exchange("GET", "https://a/orders/1", 10, 30), exchange("GET", "https://a/slow", 20))
    files = {
        "workspace/mocks/_defaults.toml": f"[response]\n{DRAWN}\n{slow}\n",
        "workspace/mocks/day.har": day,
        "workspace/mocks/orders.toml": mock("/orders/:id"),
        "workspace/mocks/slow.toml": mock("/slow"),
        "workspace/mocks/other.toml": mock("/other"),
        "workspace/mocks/own.toml": mock("/orders/own", response='delay = "1s"'),
    }
    catalog = load(plant(tmp_path, files))
    play = answer(catalog, "workspace/mocks/orders").play
    assert (times(play.wait), times(play.pace.spread)) == ([0.01], [0.03])
    play = answer(catalog, "workspace/mocks/slow").play
    assert (times(play.wait), play.pace) == ([0.02], AT_ONCE)
    assert answer(catalog, "workspace/mocks/other").play.still
    assert answer(catalog, "workspace/mocks/own").play.wait == Wait("fixed", 1.0)


def test_a_profile_asks_for_each_mock_once(tmp_path: Path) -> None:
    files = {
        "keymock.toml": '[faults.monday]\ndelay = { recorded = "day.har" }\n',
        "workspace/data/day.har": DAY,
        "workspace/mocks/orders.toml": mock("/orders/:id"),
        "workspace/mocks/other.toml": mock("/other"),
    }
    catalog = load(plant(tmp_path, files))
    assert catalog.problems == ()
    profiled, wait = catalog.profiled, Wait("recorded", of=Recorded(file="workspace/data/day.har"))
    first = profiled.of_mock(wait, catalog.routes["workspace/mocks/orders"])
    assert times(first) == [0.01, 0.02]
    assert profiled.of_mock(wait, catalog.routes["workspace/mocks/orders"]) is first
    assert profiled.of_mock(wait, catalog.routes["workspace/mocks/other"]) == NO_WAIT
    assert times(profiled.of_path(wait, "POST", ("login",))) == [0.9]
    assert profiled.of_path(wait, "GET", ("login",)) == NO_WAIT
    assert profiled.of_mock(Wait("fixed", 1.0), catalog.routes["workspace/mocks/other"]) == Wait("fixed", 1.0)
    assert Profiled({}, {}).of_path(wait, "POST", ("login",)) == NO_WAIT


def test_of_nobody_is_nothing() -> None:
    assert not of_nobody().method("GET")
    assert not of_nobody().path(("a",))
