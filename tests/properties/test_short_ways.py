"""'An answer that only method, path, Host and variables have a say in … is made once and kept; what is not settled so
is made anew each time.' Whatever is kept, in whatever world, after whatever change: it is what would be made anew."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st
from two_apps import ADA, BOB, TEXTS, VIC, Two

WORLDS, STEPS = 40, 80

SETTLED = (
    "request.path", "request.host", "request.method", "vars.team", "request.segments | length", "request.base_url",
    "env.HOME",
)  # fmt: skip
UNSETTLED = (
    "request.query.q | default('-')", "request.headers['x-a'] | default('-')", "call", "session", "uuid()",
    "random_int(1, 9)", "now()", "state.c | default('-')", "seed", "request.json.z | default('-')", "request.client",
)  # fmt: skip
FIRST = ("/a/:a", "/b", "/pets/:a")
PATHS = ("/a/:a", "/a/:a", "/a/x", "/a/*a", "/b", "/pets/:a", "/pets/7")
CONDITIONS = ('query.q = "1"', 'headers.x-a = "1"', "body.json = { z = 1 }", 'host = "localhost"')
WHEN = (
    "times = 2",
    'when.query.o = "1"',
    'until = "2027-01-15T09:00:00Z"',
    'when.state = "s"',
    "when.call = { gt = 3 }",
)

OPENAPI = """\
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets/{id}:
    get:
      operationId: getPet
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: q, in: query, schema: {type: integer}}
      responses:
        200:
          description: ok
          content:
            application/json:
              schema: {type: object, required: [id], properties: {id: {type: integer}, name: {type: string}}}
              examples: {rex: {value: {id: 1, name: Rex}}, tom: {value: {id: 2, name: Tom}}}
            application/xml: {schema: {type: object, properties: {id: {type: integer}}}}
        404: {description: none, content: {application/json: {schema: {type: object}}}}
    post:
      operationId: putPet
      requestBody: {content: {application/json: {schema: {type: object, required: [z]}}}}
      responses: {201: {description: made}}
"""
UPSTREAM = '[upstream]\nurls.local = "http://127.0.0.1:9"\n'
"""Nobody answers there, and who is sent there gets a 502 that says so."""
FAULTS = "[faults.half]\nrate = 0.5\nstatus = 503\n[faults.slow]\ndelay = '1ms'\n"
ROLES = (
    f"* admin:{BOB}\n/workspace/ member:anyone\n/projects/shop/ viewer:{VIC} user:{ADA} user:anyone\n",
    f"* admin:{BOB}\n/workspace/ member:anyone\n/projects/shop/ viewer:{VIC} user:{ADA}\n",
)

METHODS = ("GET",) * 9 + ("POST", "POST", "HEAD", "OPTIONS")
TARGETS = ("/a/x", "/a/x", "/a/y", "/b", "/pets/7", "/pets/7", "/pets/x")
QUERIES = ("", "", "", "", "?q=1", "?o=1", "?q=x")
HOSTS = (b"localhost",) * 4 + (b"localhost:8787", b"shop.localhost")
HEADERS = (
    (b"x-a", b"1"), (b"x-keymock-session", b"one"), (b"accept", b"application/xml"), (b"prefer", b"code=404"),
    (b"prefer", b"example=q"), (b"x-keymock-preset", b"down"), (b"x-keymock-faults", b"half"),
    (b"origin", b"http://localhost:3000"), (b"accept-encoding", b"gzip"), (b"range", b"bytes=0-2"),
)  # fmt: skip

TOGGLES: tuple[dict[str, Any], ...] = (
    {}, {}, {"mocks": {"m0": "off"}}, {"mocks": {"m1": {"answer": "q"}}}, {"mocks": {"m1": {"answer": "200"}}},
    {"preset": "down"}, {"default": "real"}, {"projects": {"shop": "fallback"}}, {"mocks": {"shop/mocks/m0": "real"}},
)  # fmt: skip
WISHES: tuple[dict[str, Any], ...] = (
    {"seed": 3}, {"freeze_time": "2027-01-01T00:00:00Z"}, {"freeze_time": None}, {"faults": "half"}, {"faults": ""},
    {"faults": "slow"}, {"preset": "down"}, {"preset": ""}, {"toggles": {"mocks": {"m1": "off"}}}, {"toggles": {}},
)  # fmt: skip
OVERRIDES: tuple[dict[str, Any], ...] = (
    {"request": {"path": "/a/:a"}, "response": {"body": "override {{ request.params.a }}"}},
    {"request": {"path": "/b"}, "responses": [{"name": "once", "times": 1, "status": 503}]},
    {"mock": "workspace/mocks/m0", "response": {"status": 418}},
)
MEMORY = (
    ("POST", "/reset"), ("POST", "/reset?session=*"), ("POST", "/reset?session=one"), ("DELETE", "/journal"),
    ("DELETE", "/sessions/one"), ("DELETE", "/sessions/default"), ("PUT", "/snapshots/then"),
    ("PUT", "/snapshots/then?session=one"), ("POST", "/snapshots/then/restore"),
    ("POST", "/snapshots/then/restore?session=one"), ("DELETE", "/state/workspace/s"), ("DELETE", "/state/shop/s"),
)  # fmt: skip


class Maker:
    """Files, requests and changes by chance: what world this is was drawn when it began."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        rich = 0.0 if self.likely(0.4) else 0.4
        """Much of what a workspace may have keeps short ways from being taken at all."""
        self.tokens, self.roles, self.contract, self.upstream, self.faults = (self.likely(rich) for _ in range(5))
        self.settled = self.chance.choice([1.0, 1.0, 0.9, 0.5])
        self.base, self.front = self.chance.choice([
            ("", ""), ("", ""), ('mount = "/shop"\n', "/shop"), ('base_path = "/a"\n', "/a"),
        ])  # fmt: skip
        self.files: dict[str, Callable[[], str | None]] = {
            "keymock.toml": self.settings,
            "ROLES": lambda: self.chance.choice(ROLES) if self.roles else None,
            "workspace/environments/local.toml": lambda: self.chance.choice(['team = "red"\n', 'team = "blue"\n']),
            "workspace/presets/down.toml": self.preset,
            "projects/shop/project.toml": self.project,
            "projects/shop/api.yaml": lambda: self.chance.choice([OPENAPI, OPENAPI.replace("Rex", "Max")]),
            **{f"workspace/mocks/m{number}.toml": self.mock_of(number) for number in range(self.chance.randint(3, 7))},
            **{f"projects/shop/mocks/m{number}.toml": self.mock_of(9) for number in range(self.chance.randint(0, 3))},
            **{f"private/{person}/mocks/own.toml": self.mock_of(9) for person in (ADA, VIC) if self.likely(0.3)},
        }
        for below in ("workspace/mocks/m0", "workspace/mocks/m1", "projects/shop/mocks/m0"):
            if self.likely(0.3):
                self.files[f"private/{ADA}/{below}.toml"] = self.overlay

    def likely(self, part: float) -> bool:
        return self.chance.random() < part

    # ---- files ---------------------------------------------------------------------------------------------------

    def settings(self) -> str:
        top = 'allow_env = ["HOME"]\n'
        top += "metadata_headers = false\n" if self.likely(0.2) else ""
        return top + (FAULTS if self.faults else "")

    def project(self) -> str:
        upstream = UPSTREAM + self.chance.choice(["", 'mode = "fallback"\n', 'mode = "real"\n'])
        contract = 'contract = "api.yaml"\n' + self.chance.choice(["", 'validate = "enforce"\n', 'validate = "off"\n'])
        return self.base + (contract if self.contract else "contract = []\n") + (upstream if self.upstream else "")

    def preset(self) -> str | None:
        return self.chance.choice(['[use]\nm0 = "off"\n', '[use]\nm1 = "q"\n', 'faults = "half"\n'])

    def template(self, path: str) -> str:
        names = SETTLED + (("request.params.a", "request.params.a | upper") if ":a" in path or "*a" in path else ())
        parts = [
            self.chance.choice(names if self.likely(self.settled) else UNSETTLED)
            for _ in range(self.chance.choice([1, 1, 2]))
        ]
        return " ".join("{{ " + part + " }}" for part in parts)

    def answer(self, path: str) -> str:
        text = self.template(path)
        lines = [
            self.chance.choice([
                'body = "plain"', f'body = "{text}"', f'body = "{text}"', f'json = {{ a = "{text}", n = 1 }}',
                f'json_text = \'{{"a": "{text}"}}\'' if "'" not in text else f'body = "{text}"',
                f'body = "{text}{"x" * 1500}"',
            ])
        ]  # fmt: skip
        if self.likely(0.25):
            lines.append(f'headers.x-t = "{self.template(path)}"')
        if self.likely(0.15):
            lines.append(self.chance.choice(["status = 201", 'status = "{{ 200 + (request.segments | length) }}"']))
        if self.likely(0.08):
            lines.append(self.chance.choice(['delay = "1ms"', 'delay = "{{ request.segments | length }}ms"']))
        if self.likely(0.05):
            lines.append('rate_limit = { requests = 2, per = "1h" }')
        if self.likely(0.08):
            lines.append('capture = { c = "{{ request.path }}" }')
        return "\n".join(lines) + "\n"

    def mock_of(self, number: int) -> Callable[[], str | None]:
        """How a file is written: the first three are for all that is asked, one behind the other."""
        return lambda: self.mock(FIRST[number] if number < len(FIRST) else self.chance.choice(PATHS))

    def mock(self, path: str) -> str | None:
        if self.likely(0.06):
            return self.chance.choice([None, None, "[request\n"])
        method = self.chance.choice(['"GET"', '"GET"', '"*"', '["GET", "POST"]'])
        condition = self.chance.choice(CONDITIONS) if self.likely(0.2) else ""
        head = f'[request]\nmethod = {method}\npath = "{path}"\n{condition}\n'
        if self.likely(0.07):
            head += "[guard]\nheaders.x-a = '1'\n"
        kind = self.chance.random()
        if kind < 0.7:
            return f"{head}[response]\n{self.answer(path)}"
        if kind < 0.74:
            moves = "[scenario]\nname = 's'\nrequires = 'Started'\nsets = 's'\n"
            return f"{head}{moves}[response]\n{self.answer(path)}"
        first, second = (f'[[responses]]\nname = "{name}"\n{self.answer(path)}' for name in "pq")
        if kind < 0.82:
            return f'select = "{self.chance.choice(["cycle", "sequence", "random"])}"\n{head}{first}{second}'
        return f"{head}[scenario]\nname = 's'\n{first}{self.chance.choice(WHEN)}\n{second}"

    def overlay(self) -> str | None:
        return self.chance.choice([None, f"[response]\n{self.answer('')}", "enabled = false\n"])

    # ---- what is done --------------------------------------------------------------------------------------------

    def line(self) -> tuple[str, str, bytes]:
        front = self.front if self.likely(0.4) else ""
        target = "/nowhere" if self.likely(0.05) else front + self.chance.choice(TARGETS)
        return self.chance.choice(METHODS), target, self.chance.choice(HOSTS)

    def requests(self) -> list[tuple[str, str, list[tuple[bytes, bytes]], bytes]]:
        """A few lines, each in several ways: as it is, and with what may change its answer."""
        lines = [self.line() for _ in range(3)]
        return [self.request(*self.chance.choice(lines)) for _ in range(12)]

    def request(self, method: str, target: str, host: bytes) -> tuple[str, str, list[tuple[bytes, bytes]], bytes]:
        headers = [(b"host", host), *self.chance.sample(HEADERS, self.chance.choice([0, 0, 0, 1, 1, 2]))]
        who = self.chance.choice(["", "", ADA, ADA, BOB, VIC]) if self.tokens else ""
        headers += [(b"x-keymock-token", TEXTS[who].encode())] if who else []
        body = self.chance.choice([b"", b'{"z": 1}', b"{"]) if method == "POST" else b""
        return method, target + self.chance.choice(QUERIES), headers, body

    def change(self) -> tuple[str, Sequence[Any]]:
        """What is told to `Two`, and with what."""
        who = self.chance.choice(["", "", ADA]) if self.tokens else ""
        session = self.chance.choice(["default", "default", "one"])
        kind = self.chance.randrange(7)
        if kind < 2:
            name = self.chance.choice(list(self.files))
            return "edit", (name, self.files[name]())
        if kind == 2:
            where = "?session=one" if session == "one" else ""
            return "control", ("PUT", f"/toggles{where}", self.chance.choice(TOGGLES), who)
        if kind == 3:
            return "control", ("PUT", f"/sessions/{session}", self.chance.choice(WISHES), who)
        if kind == 4:
            given = self.chance.sample(OVERRIDES, self.chance.choice([0, 1, 1, 2]))
            how = self.chance.choice(["PUT", "POST"])
            return "control", (how, f"/sessions/{session}/overrides", {"overrides": given}, who)
        if kind == 5:
            method, target = self.chance.choice(MEMORY)
            return "control", (method, target, None, who)
        return "later", (self.chance.choice([1, 3600, 86_400 * 40]),)


def played(seed: int) -> int:
    """One world and what happens in it; how many answers were compared."""
    maker = Maker(seed)
    files = {name: text for name, make in maker.files.items() if (text := make()) is not None}
    chance = maker.chance
    two = Two(
        files, tokens=maker.tokens, actor=chance.choice([ADA, BOB, None]), frozen=chance.choice([None, 1.8e9]),
        environment="local", env={"HOME": "home"}, allow_outbound=("127.0.0.1:9",),
        journal_bodies=maker.likely(0.2), project="shop" if maker.likely(0.1) else "",
    )  # fmt: skip
    pool = maker.requests()
    compared = 0
    try:
        for _ in range(STEPS):
            if maker.likely(0.12):
                what, given = maker.change()
                note(f"{what} {given}")
                getattr(two, what)(*given)
                continue
            request = chance.choice(pool)
            note(f"ask {request}")
            two.ask(*request)
            compared += 1
        two.same_memory()
    except BaseException:
        note(repr(files))
        raise
    finally:
        two.close()
    return compared


@settings(max_examples=WORLDS, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 2**32))
def test_an_answer_that_is_kept_is_the_one_that_would_be_made(seed: int) -> None:
    assert played(seed)
