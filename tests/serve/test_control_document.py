"""Properties of the control plane: "described by its own OpenAPI document", and "one guard for all routes".

Requests are made up from the document itself, right ones and wrong ones, and sent to a real service. Schemathesis does
the same over HTTP and at length: `python -m bench.control_plane`.
"""

from __future__ import annotations

import asyncio
import re
import time
import tracemalloc
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import jsonschema_rs
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standin import GOOD, PORT, TOKEN, Reply, ask, pairs, scope
from tree_answers import plant

from keymock.journal import Journal, Sent
from keymock.serve.app import App, MockApp
from keymock.serve.control import create
from keymock.serve.describe import openapi
from keymock.serve.options import Options
from keymock.serve.remembered import Remembered
from keymock.serve.routes import ROUTES
from keymock.serve.service import Service

DOCUMENT: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(openapi(ROUTES)))

TREE = {
    "keymock.toml": "[faults.slow]\ndelay = '1ms'\n",
    "workspace/mocks/pay.toml": "[scenario]\nname = 'order'\nrequires = 'Started'\nsets = 'paid'\n"
    "[request]\nmethod = 'POST'\npath = '/pay'\n[response]\nstatus = 201\n",
    "workspace/mocks/cart.toml": "[request]\npath = '/cart/:id'\n[[responses]]\nname = 'empty'\nbody = '0'\n"
    "[[responses]]\nname = 'full'\nbody = '1'\n",
    "workspace/mocks/items.toml": "[request]\npath = '/items'\n[data]\nresource = 'items'\nseed = 'items.json'\n",
    "workspace/mocks/items.json": '[{"id": 1}]',
    "workspace/mocks/broken.toml": "[request]\npath = '/broken'\n[response]\nstatus = 'x'\n",
}

KNOWN = [
    "", "*", "default", "s-1", "GET", "POST", "/pay", "/cart/*", "workspace", "order", "items", "workspace/mocks/pay",
    "cart", "empty", "slow", "paid", "off", "true", "2030-01-01T00:00:00Z", "../x", "a b", "x" * 10_000, "\0",
    "{{ 1 }}",
]  # fmt: skip
"""Words that mean something somewhere, and some that mean nothing anywhere."""

words = st.sampled_from(KNOWN) | st.text(max_size=8)
numbers = st.sampled_from([0, 1, 2, 3.0, 200, -1, 0.01, 1e300, 2**62, 2**70, 599, 601])


class Operation(NamedTuple):
    """One operation of the document."""

    method: str
    path: str
    told: Mapping[str, Any]


def operations() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method, told in methods.items():
            if path != "/events":  # which does not end; tests/serve/test_events.py is about it
                yield Operation(method.upper(), path, told)


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        _, _, kind, name = schema["$ref"].split("/")
        schema = DOCUMENT["components"][kind][name]
    return schema


def values(schema: Mapping[str, Any], depth: int = 3) -> st.SearchStrategy[Any]:
    """Values that fit a schema more often than not."""
    schema = resolved(schema)
    anything: st.SearchStrategy[Any] = words | numbers | st.none() | st.booleans()
    if depth == 0:
        return anything
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return st.one_of([values(each, depth) for each in schema[key]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | anything
    if schema.get("type") == "object":
        known = {name: values(each, depth - 1) for name, each in schema.get("properties", {}).items()}
        required = {name: known[name] for name in schema.get("required", []) if name in known}
        some = st.lists(st.sampled_from(sorted(known)), max_size=3) if known else st.just([])
        more = some.flatmap(lambda names: st.fixed_dictionaries({name: known[name] for name in names}))
        whole = st.builds(lambda one, two: {**one, **two}, st.fixed_dictionaries(required), more)
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict):
            whole |= st.dictionaries(words, values(extra, depth - 1), max_size=2)
        return whole
    if schema.get("type") == "array":
        return st.lists(values(schema.get("items", {}), depth - 1), max_size=2)
    return {"integer": numbers, "number": numbers, "boolean": st.booleans(), "string": words}.get(
        str(schema.get("type")), anything
    ) | (anything if depth > 1 else st.nothing())


def quick(value: Any) -> Any:
    """The value, but that nobody waits long for anything: a `timeout` in range becomes a short one."""
    if isinstance(value, dict):
        return {
            name: 0.01 if name == "timeout" and isinstance(inner, int | float) and 0 < inner <= 600 else inner
            for name, inner in value.items()
        }
    return value


@st.composite
def requests(draw: st.DrawFn) -> tuple[Operation, str, bytes]:
    """An operation, its target, and a body."""
    operation = draw(st.sampled_from(list(operations())))
    query: dict[str, Any] = {"timeout": 0.01} if operation.path in ("/wait", "/sync") else {}
    path = operation.path
    for parameter in operation.told["parameters"]:
        value = draw(words | st.integers(0, 5).map(str))
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", quote(value or "x", safe=""))
        elif parameter["name"] != "timeout" and (parameter["required"] or draw(st.booleans())):
            query[parameter["name"]] = draw(values(parameter["schema"]))
    target = path + "".join(f"&{name}={quote(str(value), safe='')}" for name, value in query.items()).replace(
        "&", "?", 1
    )
    if "requestBody" not in operation.told:
        return operation, target, b""
    shape = operation.told["requestBody"]["content"]["application/json"]["schema"]
    body = msgspec.json.encode(quick(draw(values(shape))))
    return operation, target, draw(st.sampled_from([body, body, body, body[:-1], b"\xff"]))


def asked(app: App, method: str, target: str, body: bytes, **headers: str) -> Reply:
    given = {**GOOD, **({"content-type": "application/json", "content-length": str(len(body))} if body else {})}
    return asyncio.run(ask(app, method, target, pairs({**given, **headers}), body))


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> App:
    root: Path = tmp_path_factory.mktemp("plane")
    for name, text in TREE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return create(Service(Options(workspace=str(root)), time.time_ns), token=TOKEN, port=PORT)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests())
def test_every_answer_is_one_that_the_document_tells_of(plane: App, request: tuple[Operation, str, bytes]) -> None:
    operation, target, body = request
    reply = asked(plane, operation.method, target, body)
    declared = operation.told["responses"].get(str(reply.status))
    assert declared is not None, (operation.method, target, body, reply)
    content = resolved(declared)["content"]
    kind = reply.headers["content-type"].partition(";")[0]
    assert kind in content
    if kind.endswith("json"):
        schema = {**content[kind]["schema"], "components": DOCUMENT["components"]}
        jsonschema_rs.validator_for(schema).validate(msgspec.json.decode(reply.body))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests(), st.sampled_from(["", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN]))
def test_nothing_is_answered_without_the_token(plane: App, request: tuple[Operation, str, bytes], wrong: str) -> None:
    operation, target, body = request
    reply = asked(plane, operation.method, target, body, authorization=wrong)
    assert reply.status == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert not re.search(rb"pay|cart|items", reply.body)


@pytest.mark.parametrize("name", ["x" * 10_240, "../x", "..%2f..%2fetc", "a/b", "a b", "é", "a\0", "a\n"])
def test_a_name_that_no_session_can_have_is_refused_by_every_route_that_takes_one(tmp_path: Path, name: str) -> None:
    """'a session name of 10 kB or with `../`: the stated refusal, no state change'; on the mock port too."""
    service = Service(Options(workspace=str(plant(tmp_path, TREE))), time.time_ns)
    app, tried = create(service, token=TOKEN, port=PORT), 0
    for operation in operations():
        kinds = {parameter["name"]: parameter["in"] for parameter in operation.told["parameters"]}
        in_path = operation.path.startswith(("/sessions/", "/snapshots/"))
        if not in_path and "session" not in kinds:
            continue
        path = operation.path.format(
            name=quote(name, safe="") if in_path else "n", space="a", scenario="b", resource="c"
        )
        target = path + ("" if in_path else f"?session={quote(name, safe='')}")
        body = {"/verify": b'{"path": "/"}', "/sessions/{name}/overrides": b'{"overrides": []}'}.get(
            operation.path, b"{}"
        )
        reply = asked(app, operation.method, target, body if "requestBody" in operation.told else b"")
        nothing_there = operation.path.startswith(("/snapshots/", "/state/", "/data/"))  # which is found out first
        assert reply.status == 400 or (nothing_there and reply.status == 404), (operation, reply)
        assert len(reply.body) < 1_000
        tried += 1
    assert tried > 18
    mocks = MockApp(service, time.time_ns, time.perf_counter_ns, None)
    for carrier in (
        (b"x-keymock-session", b"%s"),
        (b"cookie", b"keymock_session=%s"),
        (b"baggage", b"keymock-session=%s"),
    ):
        if "\0" not in name and "\n" not in name:  # which no server lets through
            given = [(b"host", b"localhost"), (carrier[0], carrier[1] % name.encode())]
            told = asyncio.run(ask(mocks, "GET", "/cart/1", given))
            assert (told.status, told.headers["x-keymock-error"]) == (400, "bad-session")
    assert [session.name for session in service.sessions] == [""]


def test_a_long_journal_is_sent_without_being_held_as_json(tmp_path: Path) -> None:
    """'10⁶ journal entries asked at once: the stated refusal, constant memory.'"""
    service = Service(Options(workspace=str(plant(tmp_path, TREE))), time.time_ns)
    service.journal = Journal(limit=50_000)
    service.remembered = Remembered(service.journal, service, time.time_ns)
    headers = [(b"host", b"localhost"), (b"user-agent", b"x" * 200)]
    number = 12_000
    for count in range(number):
        path = b"/%d" % count
        service.journal.add(900, 10**18, 5, "", "GET", path, b"", headers, Sent(404, error="no-mock"), 1, None)
    app = create(service, token=TOKEN, port=PORT)
    assert asked(app, "GET", "/journal?limit=1000000", b"").status == 400
    sizes: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sizes.append(len(message.get("body", b"")))

    async def story() -> None:
        await app(scope("GET", "/journal?limit=100000", pairs(GOOD)), receive, send)

    tracemalloc.start()
    try:
        asyncio.run(story())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(sizes) > number * 400
    assert max(sizes) < sum(sizes) / 20, "some at a time"
    assert peak < sum(sizes), "what is sent is not held, let alone ten times of it as Python values"
