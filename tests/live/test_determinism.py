"""The same seed answers the same, byte for byte: in another process, in another order, from many connections at once.

A lane is what one session asks of one mock. Within a lane requests keep their order; lanes do not wait for each other.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from live_server import Serve, Server

pytestmark = pytest.mark.live

EACH = 25
SESSIONS = ("", "ada", "bob", "cy", "dee")
CONNECTIONS = 8
CLOCK = ("--freeze-time", "2026-06-01T12:00:00Z")

TREE = {
    "keymock.toml": '[faults.flaky]\nrate = 0.3\nstatus = 503\n',
    "workspace/mocks/text.toml": """\
[request]
path = "/text/:n"
[response]
headers.ETag = '"{{ random_string(12, "hex") }}"'
body = '{{ request.params.n }} {{ uuid() }} {{ random_int(1, 1000000) }} {{ now("+1h") }} {{ session }} {{ call }}'
""",
    "workspace/mocks/person.toml": """\
[request]
path = "/person"
[response.json]
name = "{{ fake.name() }}"
city = "{{ fake.city() }}"
colour = '{{ choice(["red", "green", "blue"]) }}'
score = "{{ random_float(0, 1) }}"
order = "{{ shuffle([1, 2, 3, 4, 5]) }}"
""",
    "workspace/mocks/token.toml": """\
[request]
method = "POST"
path = "/token"
[response]
capture = { last = "{{ random_string(16) }}" }
json = { token = "{{ state.last }}", body = "{{ request.json.n }}" }
""",
    "workspace/mocks/chance.toml": """\
select = "random"
[request]
path = "/chance"
[[responses]]
name = "often"
weight = 3
body = "often"
[[responses]]
name = "seldom"
status = 202
body = "seldom {{ uuid() }}"
""",
    "workspace/mocks/flaky.toml": '[request]\npath = "/flaky/:n"\n[response]\nbody = "{{ uuid() }}"\n',
    "workspace/mocks/turns.toml": """\
select = "cycle"
[request]
path = "/turns"
[[responses]]
name = "one"
times = 2
body = "one {{ random_int(1, 6) }}"
[[responses]]
name = "two"
body = "two"
""",
    "workspace/mocks/orders.toml": """\
[data]
resource = "orders"
seed = "orders.json"
id = { kind = "uuid" }
""",
    "workspace/mocks/orders.json": '[{ "total": 1 }, { "total": 2 }]',
    "workspace/mocks/events.toml": """\
[request]
path = "/events"
[response.events]
list = [{ data = "{{ uuid() }}" }, { data = "{{ random_int(1, 100) }}", id = "{{ n }}" }]
""",
}  # fmt: skip


class Asked(NamedTuple):
    """A request of a lane."""

    method: str
    target: str
    headers: dict[str, str]
    body: str = ""


Lane = tuple[str, str]
"""A session and the name of a mock."""
Answers = dict[Lane, list[tuple[int, tuple[tuple[str, str], ...], bytes]]]


def _orders(number: int) -> Asked:
    if number % 2:
        return Asked("GET", "/orders?_sort=-total", {})
    return Asked("POST", "/orders", {"Content-Type": "application/json"}, json.dumps({"total": number}))


MOCKS: dict[str, Callable[[int], Asked]] = {
    "text": lambda number: Asked("GET", f"/text/{number}", {}),
    "person": lambda _: Asked("GET", "/person", {}),
    "token": lambda number: Asked("POST", "/token", {}, json.dumps({"n": number})),
    "chance": lambda _: Asked("GET", "/chance", {}),
    "flaky": lambda number: Asked("GET", f"/flaky/{number}", {"X-Keymock-Faults": "flaky"}),
    "turns": lambda _: Asked("GET", "/turns", {}),
    "orders": _orders,
    "events": lambda _: Asked("GET", "/events", {}),
}
LANES: list[Lane] = [(session, name) for session in SESSIONS for name in MOCKS]


def ask_all(server: Server, lanes: Iterable[Lane], turns: Iterable[Lane], answers: Answers) -> None:
    """Asks the next request of a lane for each turn, on one connection."""
    left = {lane: iter([MOCKS[lane[1]](number) for number in range(EACH)]) for lane in lanes}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for lane in turns:
        asked = next(left[lane])
        headers = {**asked.headers, **({"X-Keymock-Session": lane[0]} if lane[0] else {})}
        connection.request(asked.method, asked.target, asked.body or None, {"Host": "localhost", **headers})
        got = connection.getresponse()
        lasting = tuple(sorted((name.lower(), value) for name, value in got.getheaders() if name.lower() != "date"))
        answers[lane].append((got.status, lasting, got.read()))
    connection.close()


def one_after_the_other(server: Server) -> Answers:
    answers: Answers = {lane: [] for lane in LANES}
    ask_all(server, LANES, [lane for lane in LANES for _ in range(EACH)], answers)
    return answers


def all_at_once(server: Server, shuffle: Random) -> Answers:
    """Lanes shuffled over several connections, and on each of them shuffled into each other."""
    answers: Answers = {lane: [] for lane in LANES}
    lanes = shuffle.sample(LANES, len(LANES))
    threads = []
    for number in range(CONNECTIONS):
        own = lanes[number::CONNECTIONS]
        turns = [lane for lane in own for _ in range(EACH)]
        shuffle.shuffle(turns)
        threads.append(threading.Thread(target=ask_all, args=(server, own, turns, answers)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def plant(root: Path) -> Path:
    for name, text in TREE.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def test_the_same_seed_answers_the_same_whatever_the_process_and_the_order(serve: Serve, tmp_path: Path) -> None:
    first = one_after_the_other(serve(plant(tmp_path / "one"), "--seed", "7", *CLOCK))
    assert sum(map(len, first.values())) == 1_000
    assert {status for lane in first.values() for status, _, _ in lane} == {200, 201, 202, 503}
    second = serve(plant(tmp_path / "two"), "--seed", "7", *CLOCK)
    assert all_at_once(second, Random(1)) == first


def test_another_seed_and_another_session_answer_otherwise(serve: Serve, tmp_path: Path) -> None:
    seventh = one_after_the_other(serve(plant(tmp_path / "one"), "--seed", "7", *CLOCK))
    eighth = one_after_the_other(serve(plant(tmp_path / "two"), "--seed", "8", *CLOCK))
    assert [lane for lane in LANES if seventh[lane] == eighth[lane]] == []
    for name in MOCKS:
        drawn = [[body for _, _, body in seventh[session, name]] for session in SESSIONS]
        assert all(drawn.count(one) == 1 for one in drawn), name
