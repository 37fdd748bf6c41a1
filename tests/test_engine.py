"""One row for every sentence of rules.md, "Paths and values" and "Views", asked of a real tree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tree_answers import ask, load, mock, plant, told, world

from keymock.engine import World, answer, explained
from keymock.exchange import Reply, Request
from keymock.index import NEEDS_BODY, Views

UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"

PATHS = [
    # how a path is read
    ("/caf%C3%A9", ["/café"], "0"),
    ("/%", ["/*rest"], 400),
    ("/%4", ["/*rest"], 400),
    ("/%zz", ["/*rest"], 400),
    ("/%ff", ["/*rest"], 400),
    ("/%00", ["/*rest"], 400),
    ("/a/../b", ["/*rest"], 400),
    ("/a/%2e%2E/b", ["/*rest"], 400),
    ("/a/.", ["/*rest"], 400),
    ("/a%2Fb", ["/a/b", "/:x"], "1"),
    ("/A", ["/a"], 404),
    ("/a/", ["/a"], 404),
    ("/a", ["/a/"], 404),
    ("/a", ["/a/?"], "0"),
    ("/a/", ["/a/?"], "0"),
    ("/a//b", ["/a/b", "/a//b"], "1"),
    ("/a//b", ["/a/:x/b"], 404),
    ("/a;v=1", ["/a", "/a;v=1"], "1"),
    ("/a+b", ["/a b", "/a+b"], "1"),
    ("/a%20b", ["/a b"], "0"),
    ("/:x", ["/::x"], "0"),
    ("/*", ["/**"], "0"),
    ("/{x}", ["/{{x}"], "0"),
    # parameters
    ("/users/7", ["/users/:id"], "0"),
    ("/users/7", ["/users/{id}"], "0"),
    ("/users/", ["/users/:id"], 404),
    ("/v1.2", ["/v{major}.{minor}"], "0"),
    ("/-12", ["/:n<int>"], "0"),
    ("/1.5", ["/:n<int>"], 404),
    ("/٣", ["/:n<int>"], 404),
    (f"/{UUID}", ["/:n<uuid>"], "0"),
    ("/abc", ["/:n<uuid>"], 404),
    ("/ab", ["/:n<re:[a-z]+>"], "0"),
    ("/ab1", ["/:n<re:[a-z]+>"], 404),
    ("/a>", ["/:n<re:a>>"], "0"),
    ("/f/a", ["/f/*rest"], "0"),
    ("/f/a/b//c", ["/f/*rest"], "0"),
    ("/f", ["/f/*rest"], 404),
    ("/f/", ["/f/*rest"], 404),
    ("/f", ["/f/*rest?"], "0"),
    ("/f/a", ["/f/*rest?"], "0"),
    # rank
    ("/users/me", ["/users/:id", "/users/me"], "1"),
    ("/users/7", ["/users/:id", "/users/:id<int>"], "1"),
    ("/users/v7", ["/users/:id", "/users/v{id}"], "1"),
    ("/users/7", ["/users/*rest", "/users/:id"], "1"),
    ("/a/b", ["/:x/b", "/a/:y"], "1"),
    ("/a", ["/a/*rest?", "/a"], "1"),
    ("/a/b", ["/*rest", "/:x/*rest"], "1"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "paths", "expected"), PATHS)
def test_paths(tmp_path: Path, target: str, paths: list[str], expected: str | int) -> None:
    plant(tmp_path, {f"workspace/mocks/{number}.toml": mock(path) for number, path in enumerate(paths)})
    raw = "".join(char if char.isascii() else "".join(f"%{byte:02X}" for byte in char.encode()) for char in target)
    assert told(ask(world(load(tmp_path)), raw)) == expected


CONDITIONS: list[tuple[str, str, dict[str, Any], bool]] = [
    # query
    ("query.a = '1'", "/x?a=1", {}, True),
    ("query.a = '1'", "/x?A=1", {}, False),
    ("query.a = '1;b=2'", "/x?a=1;b=2", {}, True),
    ("query.a = 'b c'", "/x?a=b+c", {}, True),
    ("query.a = ''", "/x?a", {}, True),
    ("query.a = ''", "/x?a=", {}, True),
    ("query.a = 1", "/x?a=1", {}, True),
    ("query.a = 1", "/x?a=1.0", {}, False),
    ("query.a = true", "/x?a=true", {}, True),
    ("query.a = true", "/x?a=1", {}, False),
    ("query.a.gt = 9", "/x?a=10", {}, True),
    ("query.a.gt = 9", "/x?a=ten", {}, False),
    ("query.a.gte = 9", "/x?a=9", {}, True),
    ("query.a.lt = 9", "/x?a=8.5", {}, True),
    ("query.a.lte = 9", "/x?a=9.1", {}, False),
    ("query.a = 'b'", "/x?a=c&a=b", {}, True),
    ("query.a.contains = 'b'", "/x?a=c&a=ab", {}, True),
    ("query.a.not = 'b'", "/x?a=c&a=b", {}, False),
    ("query.a.not = 'b'", "/x?a=c&a=d", {}, True),
    ("query.a = ['b', 'c']", "/x?a=b&a=c", {}, True),
    ("query.a = ['b', 'c']", "/x?a=c&a=b", {}, False),
    ("query.a = ['b', 'c']", "/x?a=b&a=c&a=d", {}, False),
    ("query.a = '1'\nquery_only = true", "/x?a=1", {}, True),
    ("query.a = '1'\nquery_only = true", "/x?a=1&b=2", {}, False),
    # headers, cookies
    ("headers.X-Tenant = 't'", "/x", {"headers": {"x-tenant": "t"}}, True),
    ("headers.x-tenant = 't'", "/x", {"headers": {"X-TENANT": "t"}}, True),
    ("headers.x-tenant = 't'", "/x", {"headers": {"x-tenant": "T"}}, False),
    ("cookies.s = '1'", "/x", {"headers": {"cookie": "a=b; s=1"}}, True),
    ("cookies.S = '1'", "/x", {"headers": {"cookie": "a=b; s=1"}}, False),
    # JSON
    ("body.json.a = 1", "/x", {"body": b'{"a": 1.0, "b": 2}'}, True),
    ("body.json.a = 1", "/x", {"body": b'{"a": true}'}, False),
    ("body.json.a = true", "/x", {"body": b'{"a": 1}'}, False),
    ("body.json.a = '1'", "/x", {"body": b'{"a": 1}'}, False),
    ("body.json.a = { '$gt' = 0 }", "/x", {"body": b'{"a": 1}'}, True),
    ("body.json.a = { '$type' = 'null' }", "/x", {"body": b'{"a": null}'}, True),
    ("body.json.a = { gt = 0 }", "/x", {"body": b'{"a": {"gt": 0}}'}, True),
    ("body.json_equals = { a = 1 }", "/x", {"body": b'{"a": 1, "b": 2}'}, False),
]


@pytest.mark.parametrize(("condition", "target", "given", "holds"), CONDITIONS)
def test_values(tmp_path: Path, condition: str, target: str, given: dict[str, Any], holds: bool) -> None:
    plant(tmp_path, {"workspace/mocks/m.toml": mock("/x", condition)})
    catalog = load(tmp_path)
    assert catalog.problems == ()
    assert told(ask(world(catalog), target, **given)) == ("m" if holds else 404)


FAULTY = [
    ('headers = { Accept = "a", accept = "b" }', "duplicate-header"),
    ('body.json.a = { "$gt" = 0, lt = 9 }', "mixed-matcher"),
    ('query.a = { gt = 0, "$lt" = 9 }', "unknown-key"),
]


@pytest.mark.parametrize(("request_keys", "code"), FAULTY)
def test_what_is_no_condition(tmp_path: Path, request_keys: str, code: str) -> None:
    plant(tmp_path, {"workspace/mocks/m.toml": mock("/x", request_keys)})
    assert [problem.code for problem in load(tmp_path).problems] == [code]


def route_file(text: str) -> str:
    return f"[request]\n{text}\n"


def test_a_regex_matches_the_whole_decoded_path_and_names_params(tmp_path: Path) -> None:
    file = route_file("path = { regex = '/u/(?P<id>[0-9]+)é?' }\nparams.id = '7'")
    here = world(load(plant(tmp_path, {"workspace/mocks/m.toml": file, "workspace/mocks/z.toml": mock("/*rest")})))
    assert told(ask(here, "/u/7%C3%A9")) == "z", "a whole-path regex comes last"
    assert told(ask(here, "/u/7x")) == "z"
    (tmp_path / "workspace/mocks/z.toml").unlink()
    here = world(load(tmp_path))
    assert [told(ask(here, path)) for path in ("/u/7%C3%A9", "/u/8", "/u/7x")] == ["m", 404, 404]


def test_a_list_of_paths_and_a_base_path_in_front(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {
        "projects/shop/project.toml": 'base_path = "/api/v1"',
        "projects/shop/mocks/m.toml": route_file('path = ["/a", "/b/:x"]'),
        "projects/shop/mocks/r.toml": route_file('path = { regex = "/c[0-9]" }'),
    })))  # fmt: skip
    found = [told(ask(here, path)) for path in ("/api/v1/a", "/api/v1/b/1", "/api/v1/c5", "/a", "/c5")]
    assert found == ["m", "m", "r", 404, 404]


def test_a_condition_on_a_parameter_is_no_rank_and_counts(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {
        "workspace/mocks/a.toml": mock("/:id"),
        "workspace/mocks/b.toml": mock("/:id", "params.id.gte = 100"),
        "workspace/mocks/c.toml": mock("/:id<int>"),
    })))  # fmt: skip
    assert [told(ask(here, path)) for path in ("/x", "/7", "/700")] == ["a", "c", "c"]


COUNTS = [
    ("query = { a = '1', b = '2' }", 2),
    ("params.id = '1'\nheaders.h = '1'\ncookies.c = '1'", 3),
    ("form = { a = '1', b = '2' }", 2),
    ("body.json = { a = 1, b = { c = 2, d = 3 }, e = [1, 2] }", 5),
    ("body.json_equals = { a = 1, b = 2 }", 1),
    ("body.jsonpath.'$.a' = 1\nbody.pointer.'/b' = 1", 2),
    ("host = 'h'\nscheme = 'http'\nclient = '1.2.3.4'", 3),
    ("auth.basic = { user = 'u', password = 'p' }", 1),
    ("auth.bearer = 'b'", 1),
    ("query_only = true", 1),
    ("body.text = 'x'\nbody.sha256 = '" + "0" * 64 + "'", 2),
    ("body.xml = '<a/>'\nbody.xpath.'//a' = { present = true }", 2),
    ("body.graphql = { operation = 'A', query = '{ a }' }", 2),
    ("body.jsonrpc = { method = 'm', params = [1] }", 2),
    ("body.parts.file = { filename = 'a', content_type = 'b' }", 1),
    ("body.schema = { type = 'object' }", 1),
]


@pytest.mark.parametrize(("request_keys", "count"), COUNTS)
def test_how_conditions_are_counted(tmp_path: Path, request_keys: str, count: int) -> None:
    catalog = load(plant(tmp_path, {"workspace/mocks/m.toml": mock("/:id", request_keys)}))
    assert catalog.routes["workspace/mocks/m"].count == count


HERE, THERE, MINE = "workspace/mocks", "projects/p/mocks", "private/ada/mocks"
Q = "query.q = '1'"
ORDER = [
    ("priority", {f"{HERE}/a": mock("/:x", top="priority = 1"), f"{THERE}/b": mock("/u")}, "a"),
    ("a negative priority", {f"{THERE}/a": mock("/u", top="priority = -1"), f"{HERE}/b": mock("/*rest")}, "b"),
    ("private first", {f"{MINE}/a": mock("/u"), f"{THERE}/b": mock("/u", Q)}, "a"),
    ("project before workspace", {f"{HERE}/a": mock("/u", Q), f"{THERE}/b": mock("/u")}, "b"),
    ("path before scope", {f"{MINE}/a": mock("/:x"), f"{HERE}/b": mock("/u")}, "b"),
    ("rests rank alike", {f"{THERE}/a": mock("/*rest?"), f"{HERE}/b": mock("/*rest")}, "a"),
    ("more conditions", {f"{HERE}/a": mock("/u"), f"{HERE}/b": mock("/u", Q)}, "b"),
    ("fewer methods", {f"{HERE}/a": mock("/u", 'method = ["GET", "PUT"]'), f"{HERE}/b": mock("/u")}, "b"),
    (
        "a list before *",
        {f"{HERE}/a": mock("/u", 'method = "*"'), f"{HERE}/b": mock("/u", 'method = ["GET", "A"]')},
        "b",
    ),
    ("conditions before methods", {f"{HERE}/a": mock("/u", f'method = "*"\n{Q}'), f"{HERE}/b": mock("/u")}, "a"),
    ("id, bytewise", {f"{HERE}/b": mock("/u"), f"{HERE}/B": mock("/u")}, "B"),
    ("disabled", {f"{HERE}/a": mock("/u", top="enabled = false"), f"{HERE}/b": mock("/:x")}, "b"),
]


@pytest.mark.parametrize(("files", "winner"), [pytest.param(*row[1:], id=row[0]) for row in ORDER])
def test_the_order_of_precedence(tmp_path: Path, files: dict[str, str], winner: str) -> None:
    root = plant(tmp_path, {f"{name}.toml": text for name, text in files.items()})
    assert told(ask(world(load(root, "ada"), "ada"), "/u?q=1")) == winner


VIEWS = {
    "projects/shop/project.toml": 'mount = "/shop"\nport = 9001\nhost = "shop.test"',
    "projects/shop/mocks/own.toml": mock("/own"),
    "projects/shop/mocks/both.toml": mock("/both"),
    "projects/pay/project.toml": 'mount = "/shop/pay"',
    "projects/pay/mocks/root.toml": mock("/"),
    "projects/bare/mocks/plain.toml": mock("/plain"),
    "projects/bare/mocks/own-2.toml": mock("/own"),
    "private/ada/mocks/mine.toml": mock("/mine"),
    "workspace/mocks/shared.toml": mock("/shared"),
    "workspace/mocks/both-2.toml": mock("/both"),
    "workspace/mocks/long.toml": mock("/shop/long"),
}


@pytest.mark.parametrize(
    ("host", "target", "expected"),
    [
        ("shop.localhost", "/own", "own"),
        ("SHOP.localhost:8787", "/both", "both"),
        ("shop.localhost", "/mine", "mine"),
        ("shop.localhost", "/shared", "shared"),
        ("shop.localhost", "/plain", 404),
        ("shop.localhost", "/shop/own", 404),
        ("shop.test", "/own", "own"),
        ("localhost:9001", "/own", "own"),
        ("localhost", "/shop/own", "own"),
        ("localhost", "/shop/shared", "shared"),
        ("localhost", "/shop/mine", "mine"),
        ("localhost", "/shop/long", "long"),
        ("localhost", "/shop/pay", "root"),
        ("localhost", "/shop/pay/", "root"),
        ("localhost", "/own", "own-2"),
        ("localhost", "/both", "both-2"),
        ("localhost", "/plain", "plain"),
        ("localhost", "/shared", "shared"),
        ("127.0.0.1", "/mine", "mine"),
        ("nobody.localhost", "/plain", "plain"),
    ],
)
def test_views(tmp_path: Path, host: str, target: str, expected: str | int) -> None:
    here = world(load(plant(tmp_path, VIEWS), "ada"), "ada")
    assert told(ask(here, target, host=host)) == expected


def test_one_project_alone_is_at_the_root_of_every_host(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, VIEWS), "ada"), "ada", only="shop")
    found = [told(ask(here, path, host="pay.localhost")) for path in ("/own", "/shared", "/plain", "/shop/own")]
    assert found == ["own", "shared", 404, 404]


def test_projects_that_share_a_mount_share_one_order(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {
        "projects/a/project.toml": 'mount = "/api"',
        "projects/b/project.toml": 'mount = "/api/"',
        "projects/a/mocks/any.toml": mock("/:x"),
        "projects/b/mocks/users.toml": mock("/users"),
        "workspace/mocks/health.toml": mock("/health"),
    })))  # fmt: skip
    assert [told(ask(here, path)) for path in ("/api/users", "/api/health", "/api/x")] == ["users", "health", "any"]


def test_the_mount_is_stripped_from_the_path_alone(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, VIEWS)))
    request = Request("GET", b"/shop/own")
    reply = answer(request, here)
    assert isinstance(reply, Reply)
    assert (request.mount, request.path, request.raw_path) == ("/shop", "/own", b"/shop/own")


# ---- methods, misses, and what a reply may be kept for ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "target", "status", "mock_or_allow"),
    [
        ("HEAD", "/get", 200, "get"),
        ("HEAD", "/head", 200, "head"),
        ("HEAD", "/any", 200, "get-any"),
        ("OPTIONS", "/get", 204, "GET, HEAD, OPTIONS"),
        ("PUT", "/get", 405, "GET, HEAD, OPTIONS"),
        ("DELETE", "/any", 200, "any"),
        ("DELETE", "/picky", 404, ""),
        ("PURGE", "/picky", 404, ""),
        ("OPTIONS", "/picky", 204, "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY"),
        ("OPTIONS", "/unknown", 404, ""),
        ("TRACE", "/get", 405, "GET, HEAD, OPTIONS"),
    ],
)
def test_methods_that_follow_from_others(
    tmp_path: Path, method: str, target: str, status: int, mock_or_allow: str
) -> None:
    here = world(load(plant(tmp_path, {
        "workspace/mocks/get.toml": mock("/get"),
        "workspace/mocks/head-get.toml": mock("/head"),
        "workspace/mocks/head.toml": mock("/head", 'method = ["HEAD", "POST"]'),
        "workspace/mocks/any.toml": mock("/any", 'method = "*"'),
        "workspace/mocks/get-any.toml": mock("/any"),
        "workspace/mocks/picky.toml": mock("/picky", 'method = "*"\nquery.q = "1"'),
    })))  # fmt: skip
    reply = ask(here, target, method=method)
    allow = dict(reply.headers).get(b"allow", b"").decode()
    assert (reply.status, reply.mock.rpartition("/")[2] or allow) == (status, mock_or_allow)


def test_a_reply_is_reusable_only_if_nothing_but_the_request_line_had_a_say(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {
        "projects/shop/project.toml": 'mount = "/shop"',
        "projects/shop/mocks/picky.toml": mock("/a", "headers.h = '1'"),
        "workspace/mocks/behind.toml": mock("/shop/a"),
        "workspace/mocks/plain.toml": mock("/plain"),
        "workspace/mocks/never.toml": mock("/plain", "query.q = '1'", "priority = -1"),
    })))  # fmt: skip
    assert ask(here, "/plain").reusable
    assert told(ask(here, "/shop/a")) == "behind"
    assert not ask(here, "/shop/a").reusable, "with the header it is another mock that answers"
    assert not ask(here, "/plain", {"origin": "http://localhost:3000"}).reusable
    assert not ask(here, "/plain", {"prefer": "code=200"}).reusable


def test_the_body_is_asked_for_only_where_it_decides(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {
        "workspace/mocks/a.toml": mock("/a", "method = 'POST'\nheaders.h = '1'"),
        "workspace/mocks/b.toml": mock("/a", "method = 'POST'\nbody.json.n = 1"),
        "workspace/mocks/c.toml": mock("/a", "method = 'POST'", "priority = -1"),
        "workspace/mocks/d.toml": mock("/d", "method = 'POST'"),
    })))  # fmt: skip
    assert answer(Request("POST", b"/a", body=None), here) is NEEDS_BODY
    assert told(ask(here, "/a", body=b'{"n": 1}', method="POST")) == "b"
    unread = answer(Request("POST", b"/d", body=None), here)
    assert isinstance(unread, Reply)
    assert told(unread) == "d"


def test_a_mounted_mock_whose_answer_reads_the_body_is_found_again_with_it(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {
        "projects/shop/project.toml": 'mount = "/shop"',
        "projects/shop/mocks/echo.toml": mock("/echo", "method = 'POST'", response='body = "{{ request.body }}"'),
    })))  # fmt: skip
    request = Request("POST", b"/shop/echo", body=None)
    assert answer(request, here) is NEEDS_BODY
    request.body = b"hi"
    reply = answer(request, here)
    assert isinstance(reply, Reply)
    assert (reply.body, request.mount, request.path) == (b"hi", "/shop", "/echo")


# ---- roles -----------------------------------------------------------------------------------------------------------


def test_who_may_see_but_not_use_is_refused_and_nothing_else_answers(tmp_path: Path) -> None:
    """rules.md: "if the winner may not be *used*: 403, no fall-through"."""
    from keymock.engine import Refusal

    routes = load(plant(tmp_path, {
        "workspace/mocks/users.toml": mock("/users"), "workspace/mocks/any.toml": mock("/:x"),
    })).routes  # fmt: skip
    here = World(Views(routes, {}), refused={"workspace/mocks/users": Refusal("you are a viewer", ("ada",))})
    reply = ask(here, "/users")
    assert (reply.status, reply.error, reply.mock) == (403, "forbidden", "")
    assert b"you are a viewer" in reply.body


def test_what_is_not_seen_takes_no_part(tmp_path: Path) -> None:
    """rules.md: "What is not seen takes no part in 404, 405, `Allow` or near misses"."""
    files = {
        "ROLES": "*  admin:root@x\n/projects/secret/  viewer:root@x\n/workspace/ member:anyone\n",
        "projects/secret/mocks/a.toml": mock("/users/secret", "method = 'PUT'"),
        "workspace/mocks/b.toml": mock("/users/known", "query.q = '1'"),
    }
    catalog = load(plant(tmp_path, files))
    hidden = [(r.status, r.headers, r.body) for r in (ask(world(catalog), "/users/secret"),)]
    (tmp_path / "projects/secret/mocks/a.toml").unlink()
    without = [(r.status, r.headers, r.body) for r in (ask(world(load(tmp_path)), "/users/secret"),)]
    assert hidden == without
    assert hidden[0][0] == 404
    assert ask(world(catalog, "root@x"), "/users/secret").status == 405


# ---- explaining ------------------------------------------------------------------------------------------------------


def test_explained_says_what_the_answer_says(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {
        "workspace/mocks/a.toml": mock("/users/:id", "headers.accept = { contains = 'json' }"),
        "workspace/mocks/b.toml": mock("/users/:id"),
    })))  # fmt: skip
    said = explained(Request.of("GET", "/users/7"), here)
    assert said["answer"] == {"mock": "workspace/mocks/b", "response": None, "status": 200}
    assert [(one["mock"], one["matched"]) for one in said["candidates"]] == [
        ("workspace/mocks/a", False), ("workspace/mocks/b", True),
    ]  # fmt: skip
    slow = world(load(plant(tmp_path, {
        "workspace/mocks/c.toml": mock("/c", response='delay = { recorded = "c.json" }\nfault = "reset"'),
        "workspace/mocks/c.json": "[80]",
    })))  # fmt: skip
    assert explained(Request.of("GET", "/c"), slow)["answer"] == {
        "mock": "workspace/mocks/c", "response": None, "status": 200,
        "delay_ms": 80.0, "delay_from": "workspace/mocks/c.json", "fault": "reset",
    }  # fmt: skip
    missed = explained(Request.of("GET", "/user/7"), here)
    assert (missed["answer"], missed["status"], missed["error"]) == (None, 404, "no-mock")
    assert missed["candidates"][0]["mock"] == "workspace/mocks/b"
    assert explained(Request.of("GET", "/x", {"prefer": "code=99"}), here)["status"] in (400, 404)
