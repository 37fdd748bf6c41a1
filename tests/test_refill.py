from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest
from asgi_driver import ask, scope
from conversation import Said
from tree_answers import mock, plant

from keymock.journal import Entry
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service

MOCKS = "workspace/mocks"
DRAWN = (
    'id = "{{ request.params.id }}", token = "{{ uuid() }}", team = "{{ vars.team }}", path = "{{ request.path }}"',
    'call = "{{ call }}", list = [1, "{{ random_int(1, 9) }}"], still = { at = "{{ request.host }}" }',
)
SAID = 'q = "{{ request.query.q | default(0) }}", h = "{{ request.headers.x_a | default(1) }}"'
LONG = "{{ uuid() }}{{ 'x' * (request.query.q | default(1) | int(2000)) }}"
TREE: dict[str, str | bytes] = {
    "environments/local.toml": 'team = "red"\n',
    "projects/shop/project.toml": 'mount = "/shop"\n',
    "projects/shop/mocks/drawn.toml": mock("/drawn/:id", response=f"json = {{ {', '.join(DRAWN)} }}"),
    f"{MOCKS}/text.toml": mock("/text/:id", response='body = "{{ request.params.id }} {{ uuid() }} {{ seed }}"'),
    f"{MOCKS}/asked.toml": mock(
        "/asked", response=f'json = {{ {SAID}, port = "{{{{ request.port }}}}", "k{{{{ call }}}}" = 1 }}'
    ),
    f"{MOCKS}/told.toml": mock("/told", response=f"json = {{ {SAID} }}"),
    f"{MOCKS}/now.toml": mock("/now", response='body = "{{ now() }} {{ session }}|"'),
    f"{MOCKS}/fails.toml": mock("/fails", response='json = { n = "{{ request.query.q | int }}", u = "{{ uuid() }}" }'),
    f"{MOCKS}/large.toml": mock("/large", response="body = \"{{ uuid() }}{{ 'x' * 2000 }}\""),
    f"{MOCKS}/grows.toml": mock("/grows", response=f'body = "{LONG}"'),
    f"{MOCKS}/repeats.toml": mock("/repeats", response=f'body = "{LONG.replace("{{ uuid() }}", "")}"'),
    f"{MOCKS}/keeps.toml": mock("/keeps", response='capture.last = "{{ uuid() }}"\nbody = "{{ state.last }}"'),
    f"{MOCKS}/looks.toml": mock("/looks", response='body = "{{ state.last | default(0) }} {{ call }}"'),
    f"{MOCKS}/spelled.toml": mock("/spelled", response='body = "spelled.json"'),
    f"{MOCKS}/spelled.json": '{"u": "{{ uuid() }}", "n": {{ call }}}',
    f"{MOCKS}/header.toml": mock("/header", response='headers.X-Id = "{{ uuid() }}"\nbody = "{{ uuid() }}"'),
    f"{MOCKS}/none.toml": mock("/none", response='status = 204\nbody = "{{ uuid() }}"'),
    f"{MOCKS}/order.toml": '[request]\npath = "/order"\n[scenario]\nname = "o"\nrequires = "Started"\nsets = "paid"\n'
                           '[response]\nbody = "{{ uuid() }}"\n',
}  # fmt: skip
PATHS = (
    "/shop/drawn/1", "/shop/drawn/%7B%7B%20uuid()%20%7D%7D", "/text/1", "/text/%7B%7Bcall%7D%7D", "/asked", "/told",
    "/now", "/fails", "/large", "/grows", "/repeats", "/keeps", "/looks", "/spelled", "/header", "/none", "/order",
)  # fmt: skip
QUERIES = ("", "", "", "?q=7", "?q=7", "?q=no")
HEADERS: tuple[dict[str, str], ...] = (
    {}, {}, {}, {"x-a": "b"}, {"accept-encoding": "gzip"}, {"x-keymock-session": "s"}, {"origin": "http://localhost:1"},
)  # fmt: skip


class Server:
    """An app in process whose clock is set by hand."""

    def __init__(self, root: Path) -> None:
        self.now = 1_800_000_000_000_000_000
        self.service = Service(Options(workspace=str(plant(root, TREE)), seed=7, environment="local"), lambda: self.now)
        assert self.service.catalog.problems == ()
        self.app = MockApp(self.service, lambda: self.now, time.perf_counter_ns, None)

    def forget(self) -> None:
        """Nothing is known of earlier requests."""
        for forget in self.service.keeping:
            forget()

    def remembered(self) -> list[Any]:
        """What the journal says, but for durations and the route, which lies in another folder."""
        return [_told(entry) for entry in self.service.journal.held()]


def _told(entry: Entry) -> Any:
    story = entry.sent.story
    told = (story.route.id, story.mount, story.seed, story.call, story.delay) if story is not None else None
    sent = entry.sent
    answered = sent.status, sent.mock, sent.response, sent.error, list(sent.headers), sent.body, sent.size, told
    return (*entry._replace(duration=0, sent=sent, weight=0)[2:9], *answered)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_answered_as_if_nothing_had_been_asked_before(tmp_path: Path, seed: int) -> None:
    """Whatever is asked in whatever order, and whatever is switched meanwhile."""
    draw = random.Random(seed)
    quick, slow = Server(tmp_path / "quick"), Server(tmp_path / "slow")
    path, headers = PATHS[0], HEADERS[0]
    for _ in range(700):
        if draw.random() < 0.15:  # nothing is like what came before, if all of it always differs
            path, headers = draw.choice(PATHS), draw.choice(HEADERS)
        query = draw.choice(QUERIES)
        asked = Said(draw.choice(["GET"] * 6 + ["HEAD"]), path + query, tuple(headers.items()), b"")
        step, turn = draw.randrange(3) * 500_000_000, draw.random()
        answers = []
        for server in (quick, slow):
            server.now += step
            session = server.service.session("")
            if turn < 0.01:
                session.reset()
            elif turn < 0.02:
                session.seed += 1
            elif turn < 0.03:
                session.frozen = None if session.frozen else 1.7e9
            if server is slow:
                server.forget()
            answers.append(ask(server.app, asked))
        assert answers[0] == answers[1], asked
    assert quick.remembered() == slow.remembered()
    assert quick.service.session("").calls == slow.service.session("").calls


def test_a_text_that_the_request_settles_is_made_once(tmp_path: Path) -> None:
    """The same query and headers again get the very same; another query, or other headers, make another."""
    server = Server(tmp_path)
    said: list[dict[str, Any]] = []
    for target in ["/told?q=1"] * 5 + ["/told?q=2"] * 2:
        assert server.app.at_once(scope(Said("GET", target, (), b"")), said.append) is None
    bodies = [message["body"] for message in said if "body" in message]
    assert bodies == [b'{"q":"1","h":1}'] * 5 + [b'{"q":"2","h":1}'] * 2
    assert bodies[3] is bodies[4]
    held = server.service.journal.held()
    assert [entry.sent.body for entry in held] == bodies
    assert [entry.sent.story.call for entry in held if entry.sent.story is not None] == [1, 2, 3, 4, 5, 6, 7]


def test_what_a_path_says_is_no_template(tmp_path: Path) -> None:
    server = Server(tmp_path)
    for _ in range(4):
        answer = ask(server.app, Said("GET", "/shop/drawn/%7B%7B%20uuid()%20%7D%7D", (), b""))
        assert b'"id":"{{ uuid() }}"' in answer.body
