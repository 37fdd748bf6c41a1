"""The compiled index against a naive oracle.

KEYMOCK_LONG=1 in the environment asks for a million pairs; any other number for a million others.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
import tomli_w
from index_oracle import NO_JSON, Asked, Call, PathSketch, Sketch, Told, draw_call, draw_tree, read_path, tell

from keymock import match
from keymock.engine import World, answer
from keymock.exchange import Reply, Request
from keymock.index import Address, Answer, Cors, Found, Route, Views, find
from keymock.layout import Scope
from keymock.pattern import Pattern, from_regex, literal, parse

LONG = int(os.environ.get("KEYMOCK_LONG") or 0)
PAIRS = 1_000_000 if LONG else 10_400
CALLS_A_TREE = 40
SECONDS = 540.0
"""The long run ends here, however many pairs there were."""


def text(path: PathSketch) -> str:
    """A path of the oracle as a mock spells it."""
    front = "".join("/" + "".join(_spelled(part) for part in segment) for segment in path.segments)
    return front + {"": "", "rest": "/*rest", "rest?": "/*rest?"}[path.rest]


def spelled(path: PathSketch) -> Pattern:
    return from_regex(path.regex, base_path=text(path)) if path.regex else parse(text(path))[0]


def _spelled(part: Any) -> str:
    if isinstance(part, str):
        return literal(part)
    name, kind = part
    return f"{{{name}<{kind}>}}" if kind else f"{{{name}}}"


def tables(asked: tuple[Asked, ...]) -> dict[str, Any]:
    """Conditions of the oracle as a mock spells them."""
    found: dict[str, Any] = {}
    for one in asked:
        if one.place == "json":
            _put(found.setdefault("body", {}).setdefault("json", {}), one)
        elif one.place == "host":
            found["host"] = one.argument
        elif one.place == "query_only":
            found["query_only"] = True
        else:
            matcher = one.argument if one.matcher in ("equals", "exactly") else {one.matcher: one.argument}
            found.setdefault(one.place, {})[one.name] = matcher
    return found


def conditions(asked: tuple[Asked, ...]) -> tuple[match.Condition, ...]:
    found, faults = match.read(msgspec.convert(tables(asked), match.Conditions))
    assert not [fault for fault in faults if fault.severity == "error"], faults
    return found


def _put(body: dict[str, Any], one: Asked) -> None:
    *keys, last = one.name
    for key in keys:
        body = body.setdefault(key, {})
    body[last] = one.argument if one.matcher == "equals" else {f"${one.matcher}": one.argument}


def allowed_names(sketch: Sketch) -> Sketch:
    """`query_only` allows the parameters that stand under `query` beside it."""

    def completed(asked: tuple[Asked, ...]) -> tuple[Asked, ...]:
        names = tuple(one.name for one in asked if one.place == "query")
        return tuple(one._replace(argument=names) if one.place == "query_only" else one for one in asked)

    return sketch._replace(asked=completed(sketch.asked), variants=tuple(map(completed, sketch.variants)))


def route(sketch: Sketch) -> Route:
    own = conditions(sketch.asked)
    scope: Scope = sketch.scope  # type: ignore[assignment]  # the oracle draws from the same three words
    return Route(
        id=sketch.id,
        file=f"{sketch.id}.toml",
        line=1,
        name="",
        space=sketch.space,
        scope=scope,
        methods=sketch.methods,
        patterns=tuple(spelled(path) for path in sketch.paths),
        priority=sketch.priority,
        conditions=own,
        count=match.count(own),
        answers=tuple(
            Answer(str(number), 200, (), conditions=conditions(asked)) for number, asked in enumerate(sketch.variants)
        ),
        cors=Cors(),
        enabled=sketch.enabled,
    )


def request(call: Call, body: bytes | None) -> Request:
    headers = [(name.encode(), value.encode()) for name, value in call.headers]
    if call.cookies:
        headers.append((b"cookie", "; ".join(f"{name}={value}" for name, value in call.cookies).encode()))
    return Request(call.method, call.path, urlencode(call.query).encode(), headers, body, host=call.host)


def asked_of_the_index(call: Call, world: World) -> Told:
    body = b"" if call.json is NO_JSON else msgspec.json.encode(call.json)
    reply = answer(request(call, None), world)  # as serving does: the body is read only if it decides
    if not isinstance(reply, Reply):
        reply = answer(request(call, body), world)
    assert isinstance(reply, Reply)
    if reply.mock:
        return Told(reply.mock, int(reply.response), reply.status)
    allow = next((value.decode() for name, value in reply.headers if name == b"allow"), "")
    return Told("", -1, reply.status, tuple(allow.split(", ")) if allow else ())


def differences(seed: int) -> list[str]:
    """One tree and its requests: what the index says otherwise than the oracle, made at once or edit by edit."""
    random = Random(seed)
    tree, projects = draw_tree(random)
    tree = [allowed_names(sketch) for sketch in tree]
    routes = {sketch.id: route(sketch) for sketch in tree}
    addresses = {name: Address(mount=mount) for name, mount in projects.items()}
    world = World(Views(routes, addresses))
    rewritten = edited(random, routes, addresses)
    found = []
    for _ in range(CALLS_A_TREE):
        call = draw_call(random, tree, projects)
        expected = tell(tree, projects, call)
        came = asked_of_the_index(call, world)
        if came != expected:
            found.append(f"seed {seed}, made at once: {call}\n  expected {expected}\n  came     {came}")
        chosen = found_after_edits(call, rewritten) if expected.status != 400 else ("", -1)
        if chosen != (expected.mock, expected.response):
            found.append(f"seed {seed}, made edit by edit: {call}\n  expected {expected}\n  came     {chosen}")
    return found


def found_after_edits(call: Call, views: Views) -> tuple[str, int]:
    """The mock and the number of its response, asked of the tables themselves."""
    asked = request(call, b"" if call.json is NO_JSON else msgspec.json.encode(call.json))
    for mount, table in views.mounts(views.project(asked.host)):
        if asked.segments[: len(mount)] == mount:
            found = find(table, asked, asked.segments[len(mount) :] or ("",))
            if isinstance(found, Found):
                return found.candidate.route.id, int(found.answer.name)
    return "", -1


def edited(random: Random, routes: dict[str, Route], addresses: dict[str, Address]) -> Views:
    """The same views, reached by edits: mocks come, are rewritten, go and come back, in any order, while serving."""
    names = list(routes)
    random.shuffle(names)
    half = len(names) // 2
    drafts = {name: msgspec.structs.replace(routes[name], priority=5, methods=("*",)) for name in names}
    start = {name: routes[name] if random.random() < 0.5 else drafts[name] for name in names[:half]}
    views = Views(start, addresses)
    for host in ("localhost", "shop.localhost", "pay.localhost"):
        views.mounts(views.project(host))  # tables that are in use are carried over
    views = views.changed([], [drafts[name] for name in names[half:]])
    gone = random.sample(names, len(names) // 3)
    views = views.changed(gone, [])
    views.mounts("")
    left = [name for name in names if name not in gone]
    return views.changed(left, [routes[name] for name in left]).changed([], [routes[name] for name in gone])


@pytest.mark.timeout(900)
def test_the_index_answers_as_a_list_of_all_mocks_sorted_by_the_stated_order() -> None:
    """product.md §3: "One total order, never load order, the same on every machine"."""
    began = time.monotonic()
    base = LONG * 1_000_000
    trees = PAIRS // CALLS_A_TREE
    found: list[str] = []
    done = 0
    for seed in range(base, base + trees):
        found += differences(seed)
        done += CALLS_A_TREE
        if LONG and time.monotonic() - began > SECONDS:
            break
    print(f"{done} pairs of a tree and a request in {time.monotonic() - began:.0f} s")  # noqa: T201
    assert not found, f"{len(found)} differences in {done} pairs\n" + "\n".join(found[:5])


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (b"/", [""]),
        (b"/a//b/", ["a", "", "b", ""]),
        (b"/a%2Fb/%C3%A9", ["a/b", "é"]),
        (b"/a+b;c", ["a+b;c"]),
        *((path, None) for path in (b"/%", b"/%4", b"/%g0", b"/%ff", b"/%00", b"/a/./b", b"/%2e%2e")),
    ],
)
def test_the_oracle_reads_paths_as_the_rules_say(path: bytes, told: list[str] | None) -> None:
    """rules.md, Paths and values: "Bad escape, invalid UTF-8, NUL, a segment `.` or `..` (encoded too): 400"."""
    assert read_path(path) == told


ANSWERS = """
import sys
from pathlib import Path
from random import Random

from index_oracle import draw_call, draw_tree
from keymock import checks
from keymock.catalog import load
from keymock.engine import World
from keymock.index import Views
from keymock.workspace import WorkTree
from test_index_oracle import asked_of_the_index

catalog = load(WorkTree(Path(sys.argv[1]), "ada"), actor="ada")
random = Random(int(sys.argv[2]))
tree, projects = draw_tree(random)
world = World(Views(catalog.routes, catalog.addresses))
for _ in range(300):
    print(asked_of_the_index(draw_call(random, tree, projects), world))
print(len(catalog.routes), catalog.problems, checks.run(catalog))
"""

SEED = 20
"""A tree with many mocks of each scope, two projects, and more than one clash."""


def test_neither_order_on_disk_nor_locale_nor_hash_seed_changes_an_answer(tmp_path: Path) -> None:
    """Issue: "Order of files on disk, locale and hash seed never change an answer"."""
    settings = [("0", "C", False), ("1", "C.UTF-8", True), ("77", "tr_TR.UTF-8", False), ("4242", "POSIX", True)]
    told = set()
    for number, (hash_seed, locale, backwards) in enumerate(settings):
        root = tmp_path / str(number)
        plant(root, Random(SEED), backwards=backwards)
        command = [sys.executable, "-c", ANSWERS, str(root), str(SEED)]
        environ = os.environ | {"PYTHONHASHSEED": hash_seed, "LC_ALL": locale, "PYTHONPATH": str(Path(__file__).parent)}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        told.add(done.stdout)
    [answers] = told
    assert len(set(answers.splitlines())) > 10
    assert "ambiguous" in answers


def plant(root: Path, random: Random, *, backwards: bool) -> None:
    """Writes a drawn tree as files, in one order or the other."""
    tree, projects = draw_tree(random)
    files = {f"projects/{name}/project.toml": {"mount": mount} for name, mount in projects.items()}
    files |= {file_of(sketch): document(sketch) for sketch in tree}
    for name in sorted(files, reverse=backwards):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(tomli_w.dumps(files[name]), encoding="utf-8")


def file_of(sketch: Sketch) -> str:
    """Where the mock lies. (An overlay needs a base to lie on; here it is a mock of one's own with another id.)"""
    return f"{sketch.id}.toml"


def document(sketch: Sketch) -> dict[str, Any]:
    """A mock of the oracle as a file. Its responses are named by their numbers."""
    paths = [text(path) for path in sketch.paths if not path.regex]
    regex = next((path.regex for path in sketch.paths if path.regex), "")
    return {
        "priority": sketch.priority,
        "enabled": sketch.enabled,
        "request": {"method": list(sketch.methods), "path": paths or {"regex": regex}} | tables(sketch.asked),
        "responses": [{"name": str(at), "when": tables(asked)} for at, asked in enumerate(sketch.variants)],
    }
