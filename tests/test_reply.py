"""What a chosen answer becomes: filled in, slowed down, limited, broken; and what stays behind in the session."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from recorded import orders, waits
from tree_answers import load, mock, plant, world

from keymock.engine import World, answer
from keymock.exchange import Reply, Request
from keymock.faults import Profile
from keymock.state import Session

FILE = "workspace/mocks/m.toml"


class Caller:
    """Somebody with a session, who asks a tree of mocks."""

    def __init__(self, here: World, session: Session | None = None) -> None:
        self.here = here
        self.session = session or Session("", 1)
        self.now = 1_000.0

    def ask(
        self, url: str = "/a", method: str = "GET", headers: Mapping[str, str] | None = None, body: str = ""
    ) -> Reply:
        request = Request.of(method, url, dict(headers or {}), body)
        request.session, request.now = self.session, self.now
        made = answer(request, self.here)
        assert isinstance(made, Reply)
        return made

    def say(self, count: int, url: str = "/a", **headers: str) -> list[str]:
        """Bodies of so many answers; the status where there is none."""
        found = (self.ask(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
                 for _ in range(count))  # fmt: skip
        return [reply.body.decode() if reply.status == 200 and reply.body else str(reply.status) for reply in found]


def caller(root: Path, files: Mapping[str, str | bytes], session: Session | None = None) -> Caller:
    catalog = load(plant(root, files))
    assert catalog.problems == ()
    return Caller(world(catalog), session)


def one(root: Path, text: str) -> Caller:
    """A tree of one mock, `/a`, whose tables after `[request]` are given."""
    return caller(root, {FILE: f'[request]\npath = "/a"\n{text}\n'})


def turns(select: str, at_end: str = "stay", more: str = "") -> str:
    return f'select = "{select}"\nat_end = "{at_end}"\n[request]\npath = "/a"\n{more}' + "".join(
        f'[[responses]]\nname = "{name}"\nbody = "{name}"\n' for name in "abc"
    )


@pytest.mark.parametrize(
    ("select", "at_end", "said"),
    [
        ("sequence", "stay", ["a", "b", "c", "c", "c"]),
        ("sequence", "cycle", ["a", "b", "c", "a", "b"]),
        ("sequence", "no-match", ["a", "b", "c", "404", "404"]),
        ("cycle", "stay", ["a", "b", "c", "a", "b"]),
    ],
)
def test_turns(tmp_path: Path, select: str, at_end: str, said: list[str]) -> None:
    assert caller(tmp_path, {FILE: turns(select, at_end)}).say(5) == said


def test_a_preference_moves_nothing(tmp_path: Path) -> None:
    here = caller(tmp_path, {FILE: turns("sequence")})
    assert here.say(1) == ["a"]
    preferred = here.ask(headers={"prefer": "example=c"})
    assert (preferred.body, dict(preferred.headers)[b"preference-applied"]) == (b"c", b"example=c")
    assert here.say(1) == ["b"]


def test_a_preference_moves_no_scenario(tmp_path: Path) -> None:
    text = '[scenario]\nname = "s"\nsets = "done"\n[response]\nbody = "x"'
    here = one(tmp_path, text)
    here.ask(headers={"prefer": "code=200"})
    assert here.session.scenario("workspace", "s") == "Started"
    here.ask()
    assert here.session.scenario("workspace", "s") == "done"


def test_sessions_and_reset(tmp_path: Path) -> None:
    here = caller(tmp_path, {FILE: turns("sequence")})
    other = Caller(here.here, Session("other", 1))
    assert (here.say(2), other.say(1)) == (["a", "b"], ["a"])
    here.session.reset()
    assert (here.say(1), other.say(1)) == (["a"], ["b"])


SHOP = {
    "workspace/mocks/get.toml": (
        '[request]\npath = "/order"\n[scenario]\nname = "order"\n'
        '[[responses]]\nname = "paid"\nbody = "paid"\nwhen.state = "paid"\n'
        '[[responses]]\nname = "new"\nbody = "new"\n'
    ),
    "workspace/mocks/pay.toml": (
        '[request]\nmethod = "POST"\npath = "/order"\n[scenario]\nname = "order"\nrequires = "Started"\nsets = "paid"\n'
        '[response]\nbody = "thanks"\n'
    ),
}


def test_a_scenario_moves_from_state_to_state(tmp_path: Path) -> None:
    here = caller(tmp_path, SHOP)
    assert here.say(1, "/order") == ["new"]
    assert here.ask("/order", "POST").body == b"thanks"
    assert here.say(1, "/order") == ["paid"]
    assert (again := here.ask("/order", "POST")).status == 404, again.body
    here.session.reset()
    assert here.say(1, "/order") == ["new"]


def test_an_answer_may_move_the_scenario_itself(tmp_path: Path) -> None:
    here = one(
        tmp_path,
        '[scenario]\nname = "s"\n'
        '[[responses]]\nname = "b"\nbody = "b"\nwhen.state = "on"\nsets = "off"\n'
        '[[responses]]\nname = "a"\nbody = "a"\nsets = "on"\n',
    )
    assert here.say(4) == ["a", "b", "a", "b"]


def test_the_number_of_the_call(tmp_path: Path) -> None:
    here = one(tmp_path, '[response]\nbody = "ok"\n[[responses]]\nname = "third"\nstatus = 503\nwhen.call = 3\n'
               '[[responses]]\nname = "other"\n')  # fmt: skip
    assert here.say(4) == ["ok", "ok", "503", "ok"]


@pytest.mark.parametrize(("now", "said"), [(999.0, "early"), (1_000.0, "late"), (1_001.0, "late")])
def test_until(tmp_path: Path, now: float, said: str) -> None:
    here = one(tmp_path, '[[responses]]\nname = "e"\nbody = "early"\nuntil = "1970-01-01T00:16:40Z"\n'
               '[[responses]]\nname = "l"\nbody = "late"\n')  # fmt: skip
    here.now = now
    assert here.say(1) == [said]


def test_what_is_captured_is_in_the_answer_already_and_in_those_of_the_space(tmp_path: Path) -> None:
    here = caller(
        tmp_path,
        {
            FILE: mock("/login", response='capture.user = "{{ request.query.u }}"\nbody = "hello {{ state.user }}"'),
            "workspace/mocks/me.toml": mock("/me", response="body = \"{{ state.user | default('nobody') }}\""),
            "projects/p/project.toml": 'mount = "/p"\n',
            "projects/p/mocks/me.toml": mock("/me", response="body = \"{{ state.user | default('nobody') }}\""),
        },
    )
    assert here.say(1, "/me") == ["nobody"]
    assert here.say(1, "/login?u=ada") == ["hello ada"]
    assert (here.say(1, "/me"), here.say(1, "/p/me")) == (["ada"], ["nobody"])


def test_json_keeps_its_types(tmp_path: Path) -> None:
    here = one(
        tmp_path,
        '[response.json]\nn = "{{ request.query.n | int }}"\nt = "{{ request.query.n }}"\n'
        's = "n is {{ request.query.n }}"\n'
        'yes = "{{ 1 < 2 }}"\nlist = ["{{ [1, 2] }}"]\nnone = "{{ none }}"\n',
    )
    reply = here.ask("/a?n=5")
    assert json.loads(reply.body) == {"n": 5, "t": "5", "s": "n is 5", "yes": True, "list": [[1, 2]], "none": None}


def test_a_header_that_comes_several_times_keeps_its_order(tmp_path: Path) -> None:
    headers = 'headers.Set-Cookie = ["call={{ call }}", "a=1", "last={{ call }}"]\nheaders.X = "1"'
    reply = one(tmp_path, f"[response]\n{headers}\n").ask()
    cookies = [value for name, value in reply.headers if name == b"set-cookie"]
    assert cookies == [b"call=1", b"a=1", b"last=1"]


@pytest.mark.parametrize(("query", "status"), [("201", 201), ("599", 599), ("99", 500), ("x", 500), ("600", 500)])
def test_a_status_may_be_a_template_and_names_its_file_when_it_is_none(tmp_path: Path, query: str, status: int) -> None:
    reply = one(tmp_path, '[response]\nstatus = "{{ request.query.s }}"\n').ask(f"/a?s={query}")
    assert reply.status == status
    if status == 500:
        assert (reply.error, reply.mock) == ("template-failed", "workspace/mocks/m")
        assert f"{FILE}:1: `{query}` is no status" in json.loads(reply.body)["detail"]


def test_a_template_that_fails_says_where(tmp_path: Path) -> None:
    reply = one(tmp_path, '[response.json]\na = [1, "{{ 1 / (request.query.n | int) }}"]\n').ask("/a?n=0")
    detail = json.loads(reply.body)["detail"]
    assert (reply.status, reply.error) == (500, "template-failed")
    assert detail.startswith(f"{FILE}:1: ")
    assert detail.endswith("at json.a[1]")


@pytest.mark.parametrize(
    ("response", "where"),
    [
        ('headers.X-Fine = "{{ call }}"\nheaders.X-When = "{{ request.query.when }}"', "at headers.x-when"),
        ('body = "{{ request.query.when }}"', "at body"),
        ('body = """{{ call }}\n{{ call }}\n{{ request.query.when }}"""', "at body, line 3"),
        ("json_text = '{\"a\": {{ request.query.when }}}'", "at json_text"),
        ('json = { a = [{ b = "{{ request.query.when }}" }] }', "at json.a[0].b"),
        ('capture = { a = "{{ request.query.when }}" }', "at capture.a"),
        ('delay = "{{ request.query.ms }}ms"', "at delay"),
        ('delay = "{{ call }}x"', 'is not a duration: write it like "50ms", "2s", "1m", at delay'),
        ('first_byte = "{{ call }}x"', "at first_byte"),
        ('status = "{{ call }}"', "`1` is no status from 200 to 599, at status"),
    ],
)
def test_what_failed_is_named(tmp_path: Path, response: str, where: str) -> None:
    reply = one(tmp_path, f"[response]\n{response}\n").ask()
    said = json.loads(reply.body)
    assert reply.status == 500
    assert said["detail"].startswith("workspace/mocks/m.toml:1: ")
    assert said["detail"].endswith(where)
    assert said.get("hint") != ""


def test_a_rate_limit(tmp_path: Path) -> None:
    here = one(tmp_path, '[response]\nbody = "ok"\nrate_limit = { requests = 2, per = "10s" }\n')
    first, second, third = here.ask(), here.ask(), here.ask()
    assert [reply.status for reply in (first, second, third)] == [200, 200, 429]
    left = [dict(reply.headers)[b"ratelimit"] for reply in (first, second, third)]
    assert left == [b'"default";r=1;t=5', b'"default";r=0;t=10', b'"default";r=0;t=10']
    assert dict(third.headers)[b"retry-after"] == b"5"
    assert (third.mock, third.error) == ("workspace/mocks/m", "")
    here.now += 5
    assert here.say(2) == ["ok", "429"]


LOGIN = {
    "workspace/mocks/login.toml": mock(
        "/login", 'method = "POST"', response='capture.token = "{{ request.json.pin }}"\nstatus = 204'
    ),
    FILE: '[request]\npath = "/a"\n[guard]\nauth.bearer = "{{ state.token }}"\n'
          'else = { status = 401, headers.WWW-Authenticate = "Bearer" }\n[response]\nbody = "in"\n',
}  # fmt: skip


def test_a_guard_lets_nobody_in_until_the_login(tmp_path: Path) -> None:
    here = caller(tmp_path, LOGIN)
    key = {"authorization": "Bearer 1234"}
    before = here.ask(headers=key)
    assert (before.status, before.body, dict(before.headers)[b"www-authenticate"]) == (401, b"", b"Bearer")
    assert here.ask("/login", "POST", body='{"pin": "1234"}').status == 204
    assert here.ask(headers=key).body == b"in"
    assert [here.ask().status, here.ask(headers={"authorization": "Bearer 4321"}).status] == [401, 401]
    assert Caller(here.here, Session("other", 1)).ask(headers=key).status == 401


def test_a_preference_opens_no_guard_and_the_guard_moves_no_turn(tmp_path: Path) -> None:
    guard = '[guard]\nheaders.x-key = "1"\n'
    here = caller(tmp_path, {FILE: turns("sequence", more=guard)})
    assert here.ask(headers={"prefer": "example=c"}).status == 401
    assert here.say(2) == ["401", "401"]
    assert here.say(2, x_key="1") == ["a", "b"]


def test_a_random_answer_repeats_by_seed_and_session(tmp_path: Path) -> None:
    here = caller(tmp_path, {FILE: turns("random")})
    first = here.say(30)
    assert Caller(here.here, Session("", 1)).say(30) == first
    assert Caller(here.here, Session("", 2)).say(30) != first
    assert set(first) == {"a", "b", "c"}


PROFILES = {"down": Profile(status=503), "slow": Profile(delay="2s"), "cut": Profile(kind="reset"),
            "never": Profile(status=503, rate=0.0), "elsewhere": Profile(status=503, on=("projects/**",))}  # fmt: skip


@pytest.mark.parametrize(
    ("standing", "header", "expected"),
    [
        ("", "", (200, 0.0, "")),
        ("", "down", (503, 0.0, "")),
        ("", "slow", (200, 2.0, "")),
        ("", "cut", (200, 0.0, "reset")),
        ("", "never", (200, 0.0, "")),
        ("", "elsewhere", (200, 0.0, "")),
        ("down", "", (503, 0.0, "")),
        ("down", "slow", (200, 2.0, "")),
        ("down", "none", (200, 0.0, "")),
        ("", "nonsense", (400, 0.0, "")),
    ],
)
def test_fault_profiles(tmp_path: Path, standing: str, header: str, expected: tuple[int, float, str]) -> None:
    here = one(tmp_path, '[response]\nbody = "ok"\n')
    here.here = msgspec.structs.replace(here.here, profiles=PROFILES, faults=standing)
    reply = here.ask(headers={"x-keymock-faults": header} if header else {})
    assert (reply.status, reply.delay, reply.fault) == expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ('delay = "50ms"', {"delay": 0.05, "fault": ""}),
        ('fault = "reset"', {"delay": 0.0, "fault": "reset"}),
        ('fault = { kind = "hang", every = 2 }', {"fault": ""}),
        ('fault = { kind = "hang", every = 1 }', {"fault": "hang"}),
        ('body = "abcdef"\nfirst_byte = "1s"', {"stream": ((1.0, b"abcdef"),)}),
        ('body = "abcdef"\nthrottle = { chunks = 3, over = "3s" }', {"parts": [b"ab", b"cd", b"ef"]}),
    ],
)
def test_waits_and_faults_are_planned(tmp_path: Path, response: str, expected: dict[str, object]) -> None:
    reply = one(tmp_path, f"[response]\n{response}\n").ask()
    came = {"delay": reply.delay, "fault": reply.fault, "stream": reply.stream,
            "parts": [part for _, part in reply.stream]}  # fmt: skip
    assert {name: came[name] for name in expected} == expected


def test_a_spread_delay_repeats_by_its_seed(tmp_path: Path) -> None:
    here = one(tmp_path, '[response]\ndelay = { uniform = ["10ms", "50ms"] }\n')
    first = [here.ask().delay for _ in range(20)]
    assert [Caller(here.here).ask().delay] == first[:1]
    assert len(set(first)) == 20
    assert all(0.01 <= wait <= 0.05 for wait in first)


def test_a_recorded_delay_repeats_by_its_seed_and_has_the_quantiles_of_its_file(tmp_path: Path) -> None:
    times = [5.0] * 80 + [200.0] * 20
    text = mock("/orders/:id", response='body = "abcd"\ndelay = { recorded = "day.har" }\n'
                'throttle = { chunks = 2, over = { uniform = ["1s", "3s"] } }')  # fmt: skip
    here = caller(tmp_path, {FILE: text, "workspace/mocks/day.har": orders(times)})
    first = [here.ask("/orders/7") for _ in range(1000)]
    delays = [reply.delay for reply in first]
    assert {*delays} == {0.005, 0.2}
    assert 0.75 < delays.count(0.005) / 1000 < 0.85
    overs = [sum(wait for wait, _ in reply.stream) for reply in first]
    assert len(set(overs)) == 1000
    assert all(1 <= over <= 3 for over in overs)
    again = Caller(here.here)
    assert [again.ask("/orders/1").delay for _ in range(50)] == [reply.delay for reply in first[:50]]


def test_a_profile_waits_as_it_was_recorded_for_each_mock(tmp_path: Path) -> None:
    files = {
        "keymock.toml": '[faults.monday]\ndelay = { recorded = "day.har" }\n',
        "workspace/data/day.har": waits(("GET", "/orders/1", 700), ("POST", "/login", 900)),
        FILE: mock("/orders/:id"),
        "workspace/mocks/other.toml": mock("/other"),
    }
    catalog = load(plant(tmp_path, files))
    here = Caller(msgspec.structs.replace(world(catalog), profiles=catalog.settings.faults, profiled=catalog.profiled))
    assert here.ask("/orders/1", headers={"x-keymock-faults": "monday"}).delay == 0.7
    assert here.ask("/other", headers={"x-keymock-faults": "monday"}).delay == 0
    assert here.ask("/orders/1").delay == 0


def test_a_delay_may_be_what_the_request_says(tmp_path: Path) -> None:
    here = one(
        tmp_path, '[response]\nbody = "b"\ndelay = "{{ request.query.ms }}ms"\nfirst_byte = "{{ request.query.f }}"\n'
    )
    made = here.ask("/a?ms=250&f=2s")
    assert (made.delay, made.stream) == (0.25, ((2.0, b"b"),))
    wrong = here.ask("/a?ms=soon&f=2s")
    assert wrong.status == 500
    assert b"`soonms` is not a duration" in wrong.body
    assert here.ask("/a").status == 500


def test_a_delay_is_a_duration_or_a_template_of_one(tmp_path: Path) -> None:
    found = []
    for number, line in enumerate(('delay = "{{ nobody }}"', 'delay = "{{ call }}s"\ntemplate = false', 'delay = "5"')):
        text = f'[request]\npath = "/a"\n[response]\n{line}\n'
        found += [problem.code for problem in load(plant(tmp_path / str(number), {FILE: text})).problems]
    assert found == ["unknown-name", "bad-value", "bad-value"]


def test_records_are_late_limited_and_broken_as_other_answers_are(tmp_path: Path) -> None:
    play = 'delay = "1s"\nfault = "reset"\nrate_limit = { requests = 2, per = "1h" }\n'
    play += 'headers.X-A = "1"\nheaders.Content-Type = "a/b"\n'
    here = caller(tmp_path, {FILE: f'[data]\nresource = "orders"\n[response]\n{play}'})
    for path in ("/orders", "/orders/1"):
        made = here.ask(path)
        assert (made.delay, made.fault, (b"x-a", b"1") in made.headers) == (1.0, "reset", True)
        assert dict(made.headers)[b"content-type"].startswith(b"application/")
    assert here.ask("/orders").status == 200
    assert here.ask("/orders").status == 429
