from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import ask, load, mock, plant, world

FILE = "workspace/mocks/m.toml"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("[request]\nmethod = 'GET'", "no-path", 1),
        ("[request]\npath = []", "no-path", 2),
        ("[request]\npath = 'users'", "bad-path", 2),
        ("[request]\npath = '/a/*rest/b'", "bad-path", 2),
        ("[request]\npath = ['/ok', '/:x/:x']", "bad-path", 2),
        ("[request]\npath = { regex = '(' }", "bad-path", 2),
        ("[request]\npath = '/a'\nmethod = []", "bad-method", 3),
        ("[request]\npath = '/a'\nmethod = ['GET', 'TRACE']", "bad-method", 3),
        ("[request]\npath = '/a'\n[response]\nbody = 'x'\njson = 1", "two-bodies", 5),
        ("[request]\npath = '/a'\n[response]\njson_text = '{'", "bad-json", 4),
        ("[request]\npath = '/a'\n[[responses]]\nname = 'a'\n[[responses]]\nname = 'a'", "two-variants", 6),
    ],
)
def test_what_a_mock_cannot_say(tmp_path: Path, text: str, code: str, line: int) -> None:
    catalog = load(plant(tmp_path, {FILE: text}))
    assert [(problem.code, problem.line) for problem in catalog.problems] == [(code, line)]
    assert catalog.routes == {}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[request]\npath = '/a'\n[data]\nresource = 'orders'", 2, "a resource has routes of its own"),
        ("[request]\nmethod = 'POST'\n[data]\nresource = 'orders'", 2, "a resource has routes of its own"),
        ("[request]\npath = '/a'\n[[responses]]\nweight = 2", 4, "`weight` counts only where one of the responses is"),
        ("at_end = 'cycle'\n[request]\npath = '/a'\n[[responses]]", 1, "`at_end` is what a sequence does after its"),
        ("select = 'cycle'\n[request]\npath = '/a'", 1, "there is nothing to select from"),
    ],
)
def test_what_has_no_effect_is_told(tmp_path: Path, text: str, line: int, message: str) -> None:
    catalog = load(plant(tmp_path, {FILE: text}))
    (problem,) = catalog.problems
    assert (problem.code, problem.severity, problem.line) == ("no-effect", "warning", line)
    assert problem.message.startswith(message)
    assert catalog.routes, "it is served all the same"


@pytest.mark.parametrize(
    "text",
    [
        "[request]\nheaders.X-A = '1'\n[data]\nresource = 'orders'",
        "select = 'random'\n[request]\npath = '/a'\n[[responses]]\nweight = 2\n[[responses]]",
        "select = 'sequence'\nat_end = 'cycle'\n[request]\npath = '/a'\n[[responses]]",
    ],
)
def test_and_what_has_one_is_not(tmp_path: Path, text: str) -> None:
    assert load(plant(tmp_path, {FILE: text})).problems == ()


def test_the_place_of_a_time_that_is_none(tmp_path: Path) -> None:
    text = "[request]\npath = '/a'\n[[responses]]\nuntil = 'tomorrow'"
    (problem,) = load(plant(tmp_path, {FILE: text})).problems
    assert (problem.line, problem.column, problem.code) == (4, 9, "bad-time")


def test_a_guard_says_what_it_may_read(tmp_path: Path) -> None:
    text = "[request]\npath = '/a'\n[guard]\nauth.bearer = '{{ request.query.a }}'"
    (problem,) = load(plant(tmp_path, {FILE: text})).problems
    assert (problem.message, problem.hint) == ("there is no request here", "a guard may use `state` and `vars`")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = "[request]\npath = 'a'\nmethod = 'TRACE'\nquery.q = {}\n[response]\nheaders.TE = 'x'\nbody_file = 'none'\n"
    found = load(plant(tmp_path, {FILE: text})).problems
    assert [problem.line for problem in found] == [2, 3, 4, 6, 7]


@pytest.mark.parametrize(
    ("response", "status", "content_type", "body"),
    [
        ("", 200, None, b""),
        ("status = 204", 204, None, b""),
        ("body = 'é'", 200, "text/plain; charset=utf-8", "é".encode()),
        ("json = { a = [1, 2.5, true] }", 200, "application/json", b'{"a":[1,2.5,true]}'),
        ("json_text = '''\n{ \"a\": null }\n'''", 200, "application/json", b'{ "a": null }'),
        ("body_file = 'b.png'", 200, "image/png", b"PNG"),
        ("body = 'x'\ncontent_type = 'text/csv'", 200, "text/csv", b"x"),
        ("body = 'x'\nheaders.Content-Type = 'text/x'", 200, "text/x", b"x"),
        ("body = 'x'\nheaders.Content-Type = ''", 200, None, b"x"),
    ],
)
def test_bodies_and_their_types(
    tmp_path: Path, response: str, status: int, content_type: str | None, body: bytes
) -> None:
    files: dict[str, str | bytes] = {FILE: mock("/a", response=response), "workspace/mocks/b.png": b"PNG"}
    reply = ask(world(load(plant(tmp_path, files))), "/a")
    came = dict(reply.headers).get(b"content-type")
    assert (reply.status, came and came.decode(), reply.body) == (status, content_type, body)


INHERITING = """
[request]
path = "/a"
[response]
status = 201
headers.A = "base"
headers.B = "base"
body = "base"
[[responses]]
name = "own"
when.query.v = "own"
status = 202
headers.A = "own"
body = "own"
[[responses]]
name = "file"
when.query.v = "file"
[[responses]]
name = "rest"
headers.B = ""
"""


@pytest.mark.parametrize(
    ("variant", "status", "headers", "body"),
    [("own", 202, ["own", "base"], b"own"), ("file", 201, ["base", "base"], b"sibling"), ("", 201, ["base"], b"base")],
)
def test_the_base_that_each_response_inherits_from(
    tmp_path: Path, variant: str, status: int, headers: list[str], body: bytes
) -> None:
    """rules.md: "With both, `[response]` is the base that each of `[[responses]]` inherits from"."""
    files = {FILE: INHERITING, "workspace/mocks/m.file.body.txt": "sibling"}
    reply = ask(world(load(plant(tmp_path, files))), f"/a?v={variant}")
    came = [value.decode() for name, value in sorted(reply.headers) if name in (b"a", b"b")]
    assert (reply.status, came, reply.body) == (status, headers, body)


def test_a_header_with_several_values(tmp_path: Path) -> None:
    files = {FILE: mock("/a", response="headers.Set-Cookie = ['a=1', 'b=2']")}
    reply = ask(world(load(plant(tmp_path, files))), "/a")
    assert [value for name, value in reply.headers if name == b"set-cookie"] == [b"a=1", b"b=2"]


@pytest.mark.parametrize(
    ("method", "methods"),
    [
        ("", ("GET",)),
        ("method = '*'", ("*",)),
        ("method = ['PUT', '*']", ("*",)),
        ("method = ['PUT', 'PUT']", ("PUT",)),
    ],
)
def test_methods(tmp_path: Path, method: str, methods: tuple[str, ...]) -> None:
    assert load(plant(tmp_path, {FILE: mock("/a", method)})).routes["workspace/mocks/m"].methods == methods
