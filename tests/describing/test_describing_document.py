from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from mocks import routes
from openapi_spec_validator import validate
from tree_answers import plant

from keymock import engine
from keymock.describing.answering import Answered
from keymock.describing.document import Described, Mounted, described
from keymock.describing.exchanges import Exchange
from keymock.exchange import NOT_JSON, Reply, Request
from keymock.lone import LoneDocument
from keymock.serve.options import Options
from keymock.serve.service import Service

EXAMPLE = Path(__file__).parents[2] / "example-workspace"

SHOP = {
    "users/get-user": 'name = "A user"\ntags = ["users"]\n[request]\npath = "/users/:id<int>"\nquery.expand = "all"\n'
    '[[responses]]\nname = "ada"\njson = { id = 1, name = "Ada" }\n[[responses]]\nname = "none"\n'
    'when.params.id = "9"\nstatus = 404\njson = { error = "no such user" }\n',
    "users/get-user-short": '[request]\npath = "/users/{user}"\n[response]\njson = { id = 2 }\nheaders.X-Left = "3"\n',
    "users/post": '[request]\nmethod = "POST"\npath = "/users"\nbody.json = { name = "Eve" }\n'
    '[response]\nstatus = 201\n[guard]\nauth.bearer = "t"\n',
    "csv": '[request]\npath = "/users.csv"\n[response]\nbody = "a,b"\ncontent_type = "text/csv"\n',
}


def made(root: Path, files: Mapping[str, str], mount: str = "", seen: tuple[Exchange, ...] = ()) -> Described:
    found = described((Mounted(each, mount) for each in routes(root, **files)), "Shop", [{"url": "http://a"}], seen)
    validate(found.document)
    return found


def test_mocks_of_one_method_and_path_are_one_operation(tmp_path: Path) -> None:
    document = made(tmp_path, SHOP).document
    assert list(document["paths"]) == ["/users", "/users.csv", "/users/{id}"]
    operation = document["paths"]["/users/{id}"]["get"]
    assert (operation["operationId"], operation["summary"], operation["tags"]) == ("getUser", "A user", ["users"])
    assert operation["parameters"] == [
        {"name": "id", "in": "path", "required": True, "example": "9",
         "schema": {"anyOf": [{"type": "integer"}, {"type": "string"}]}},
        {"name": "expand", "in": "query", "schema": {"type": "string", "examples": ["all"]}},
    ]  # fmt: skip
    ok = operation["responses"]["200"]
    assert ok["headers"] == {"X-Left": {"schema": {"type": "integer"}, "example": 3}}
    media = ok["content"]["application/json"]
    assert media["schema"] == {
        "type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}, "required": ["id"],
    }  # fmt: skip
    assert media["examples"] == {"ada": {"value": {"id": 1, "name": "Ada"}}, "get-user-short": {"value": {"id": 2}}}
    assert operation["responses"]["404"]["description"] == "Not Found"


def test_what_a_mock_wants_is_required_where_no_other_answers(tmp_path: Path) -> None:
    document = made(tmp_path, SHOP).document
    post = document["paths"]["/users"]["post"]
    assert post["requestBody"]["required"]
    assert post["requestBody"]["content"]["application/json"]["schema"] == {
        "type": "object", "properties": {"name": {"type": "string", "examples": ["Eve"]}}, "required": ["name"],
    }  # fmt: skip
    assert post["security"] == [{"bearer": []}]
    assert document["components"]["securitySchemes"] == {"bearer": {"type": "http", "scheme": "bearer"}}
    assert sorted(post["responses"]) == ["201", "401"]


def test_the_same_mocks_make_the_same_document(tmp_path: Path) -> None:
    one, other = made(tmp_path / "a", SHOP), made(tmp_path / "b", dict(reversed(SHOP.items())))
    assert json.dumps(one.document) == json.dumps(other.document)


def test_a_mount_stands_before_every_path(tmp_path: Path) -> None:
    assert "/shop/users" in made(tmp_path, SHOP, "/shop").document["paths"]


def test_what_openapi_has_no_words_for_is_named(tmp_path: Path) -> None:
    found = made(tmp_path, {
        "regex": '[request]\npath = { regex = "^/a+$" }\n', "rest": '[request]\npath = "/files/*rest"\n',
        "talk": '[request]\npath = "/talk"\n[websocket]\n', "host": '[request]\npath = "/h"\nhost = "x.example"\n',
        "purge": '[request]\npath = "/p"\nmethod = ["PURGE", "GET"]\n',
    })  # fmt: skip
    assert dict(found.notes) == {
        "workspace/mocks/regex": "its path is a regular expression",
        "workspace/mocks/rest": "a path parameter of OpenAPI ends at the next slash, and its path takes all that "
        "follows",
        "workspace/mocks/talk": "a WebSocket is no operation of OpenAPI",
        "workspace/mocks/host": "that it asks for a host is not said",
        "workspace/mocks/purge": "OpenAPI has no method PURGE",
    }
    assert sorted(found.document["paths"]) == ["/h", "/p"]


def test_every_method_has_an_operation_of_its_own_name(tmp_path: Path) -> None:
    document = made(tmp_path, {"a": '[request]\npath = "/a"\nmethod = "*"\n'}).document
    assert {method: each["operationId"] for method, each in document["paths"]["/a"].items()} == {
        "get": "getA", "put": "putA", "post": "postA", "delete": "deleteA", "patch": "patchA",
    }  # fmt: skip


def test_names_that_are_taken_take_their_folders_along(tmp_path: Path) -> None:
    one, two = '[request]\npath = "/one"\n', '[request]\npath = "/two"\n'
    document = made(tmp_path, {"a/get": one, "b/get": two}).document
    assert [each["get"]["operationId"] for each in document["paths"].values()] == ["get", "bGet"]


def test_records_are_five_operations(tmp_path: Path) -> None:
    plant(tmp_path, {"workspace/data/users.json": '[{"id": 1, "name": "Ada"}]'})
    document = made(tmp_path, {"users": '[data]\nresource = "users"\nseed = "users.json"\n'}).document
    assert {path: sorted(each) for path, each in document["paths"].items()} == {
        "/users": ["get", "post"], "/users/{id}": ["delete", "get", "patch", "put"],
    }  # fmt: skip
    schema = document["paths"]["/users"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["items"]["properties"] == {"id": {"type": "integer"}, "name": {"type": "string"}}


def _seen(mock: str, path: str, value: Any, **more: Any) -> Exchange:
    answer = Answered("200", "journal-1", {}, "application/json", value, shown=True, json=True)
    return Exchange(mock, "GET", path, more.get("query", {}), "", more.get("body", NOT_JSON), answer)


def test_what_was_seen_widens_what_is_said(tmp_path: Path) -> None:
    name = "workspace/mocks/csv"
    seen = (
        _seen("workspace/mocks/users/get-user-short", "/users/2", {"id": 2, "born": "1815-12-10"}, query={"page": "2"}),
        _seen("", "/orders/77", {"id": 77}),
        _seen("private/ada@example.com/mocks/mine", "/mine", {"secret": 1}),
        _seen(name, "/users.csv", {"a": 1}),
    )
    paths = made(tmp_path, SHOP, "", seen).document["paths"]
    user = paths["/users/{id}"]["get"]
    schema = user["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"]["born"] == {"type": "string", "format": "date"}
    assert {"name": "page", "in": "query", "schema": {"type": "integer"}} in user["parameters"]
    assert paths["/orders/{id}"]["get"]["operationId"] == "getOrdersId"
    assert "/mine" not in paths
    assert sorted(paths["/users.csv"]["get"]["responses"]["200"]["content"]) == ["application/json", "text/csv"]


# ---- there and back ------------------------------------------------------------------------------------------------


def _service(root: Path) -> Service:
    return Service(Options(workspace=str(root), actor="ops@example.com", private=False), time.time_ns)


@pytest.fixture(scope="module")
def example() -> Described:
    service = _service(EXAMPLE)
    shared = [each for each in service.world.views.routes.values() if not each.contract and each.enabled]
    return described((Mounted(each) for each in shared), "Example", [])


def test_the_example_workspace_is_a_valid_document_whose_examples_fit_its_schemas(example: Described) -> None:
    validate(example.document)
    number = 0
    for path in example.document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                for media in response.get("content", {}).values():
                    validator = jsonschema_rs.Draft202012Validator(media["schema"])
                    for one in media.get("examples", {}).values():
                        number += 1
                        assert validator.is_valid(one["value"])
    assert number > 30


def test_served_again_the_document_answers_with_the_same_statuses_and_types(example: Described, tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(example.document))
    service = Service(Options(workspace=str(file)), time.time_ns, LoneDocument(file))
    assert [problem for problem in service.problems if problem.severity == "error"] == []
    number = 0
    for path, methods in example.document["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                if not status.isdigit():
                    continue
                for kind in response.get("content", {"": {}}):
                    headers = {"Prefer": f"code={status}", **({"Accept": kind} if kind else {})}
                    request = Request.of(method.upper(), path.replace("{", "").replace("}", ""), headers, b"")
                    request.session = service.session("")
                    reply = engine.answer(request, service.world)
                    assert isinstance(reply, Reply)
                    given = dict(reply.headers).get(b"content-type", b"").decode().partition(";")[0]
                    assert (reply.status, given) == (int(status), kind), (path, method, reply)
                    number += 1
    assert number > 50
