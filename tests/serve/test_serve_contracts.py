from __future__ import annotations

import time
from pathlib import Path

from asgi_driver import ask as asked
from contracted_shop import OPENAPI, ask, json_of, shop
from conversation import Said

from keymock.serve.app import MockApp
from keymock.serve.contracts import served
from keymock.serve.options import Options
from keymock.serve.service import Service


def test_a_document_is_followed_and_keeps_its_last_good_version(tmp_path: Path) -> None:
    service = shop(tmp_path)
    file = tmp_path / "projects/shop/openapi.yaml"
    assert json_of(ask(service, "GET", "/users/1"))["name"] == "Ada"
    file.write_text(OPENAPI.replace("name: Ada", "name: Zoe"))
    assert service.rescan()
    assert json_of(ask(service, "GET", "/users/1"))["name"] == "Zoe"
    file.write_text("openapi: [")
    service.rescan(["projects/shop/openapi.yaml"])
    assert json_of(ask(service, "GET", "/users/1"))["name"] == "Zoe"
    assert [problem.code for problem in service.problems] == ["contract-syntax"]
    file.write_text(OPENAPI.replace("name: Ada", "name: Kim"))
    service.rescan(["projects/shop/openapi.yaml"])
    assert json_of(ask(service, "GET", "/users/1"))["name"] == "Kim"
    assert service.problems == ()


def test_a_referred_file_is_followed_wherever_it_lies(tmp_path: Path) -> None:
    document = OPENAPI.replace("$ref: '#/components/schemas/Error'", "$ref: '../../common/error.yaml'")
    (tmp_path / "common").mkdir()
    (tmp_path / "common/error.yaml").write_text("{type: object, required: [a], properties: {a: {const: 1}}}")
    service = shop(tmp_path, document=document)
    assert json_of(ask(service, "GET", "/users/1", headers={"Prefer": "code=404"})) == {"a": 1}
    (tmp_path / "common/error.yaml").write_text("{type: object, required: [b], properties: {b: {const: 22}}}")
    service.rescan()
    assert json_of(ask(service, "GET", "/users/1", headers={"Prefer": "code=404"})) == {"b": 22}


def test_an_edit_of_a_mock_leaves_the_contract_open(tmp_path: Path) -> None:
    service = shop(tmp_path, get='[request]\npath = "/x"\n')
    before = service.world.contracts["projects/shop"]
    (tmp_path / "projects/shop/mocks/get.toml").write_text('[request]\npath = "/y"\n')
    service.rescan()
    assert service.world.contracts["projects/shop"] is before or (
        service.world.contracts["projects/shop"][0] is before[0]
    )
    again = served(service.catalog, None)
    assert again.by_place["projects/shop"][0] is not before[0]


def test_settings_of_the_project_are_followed(tmp_path: Path) -> None:
    service = shop(tmp_path)
    assert ask(service, "GET", "/users/x").status == 200
    (tmp_path / "projects/shop/project.toml").write_text('validate = "enforce"\n')
    service.rescan()
    assert ask(service, "GET", "/users/x").status == 422


def test_operations_are_counted_whoever_answers_them(tmp_path: Path) -> None:
    """By the contract, by a mock written by hand, and by keymock's own refusal."""
    seven = "[request]\npath = '/users/7'\n[response]\njson = { id = 7, name = 'Seven' }\n"
    service = shop(tmp_path, 'validate = "enforce"\n', seven=seven)
    app = MockApp(service, time.time_ns, time.perf_counter_ns, None)
    for path, status in (("/users/1", 200), ("/users/1", 200), ("/users/7", 200), ("/users/ada", 422), ("/none", 404)):
        assert asked(app, Said("GET", path, (), b"")).status == status
    report = service.remembered.coverage(service.remembered.declared())
    used = {one.route: one for one in report.operations}
    assert {route: one.used for route, one in used.items()} == {
        "GET /users/{id}": 4, "DELETE /users/{id}": 0, "POST /users": 0,
    }  # fmt: skip
    name, own = "projects/shop/openapi.yaml#getUser", used["GET /users/{id}"]
    assert own.operation == name
    assert {status.status: status.used for status in own.statuses} == {"200": 3, "404": 0, "422": 1}
    assert {(one.mock, one.response, one.status): one.used for one in own.given} == {
        (name, "ada", 200): 2, ("projects/shop/mocks/seven", "", 200): 1, (name, "invalid-request", 422): 1,
    }  # fmt: skip


def test_operations_that_the_actor_may_not_see_are_in_no_report(tmp_path: Path) -> None:
    shop(tmp_path)
    (tmp_path / "ROLES").write_text("/workspace/  member:ada@example.com\n")
    hidden = Service(Options(workspace=str(tmp_path), actor="ada@example.com"), time.time_ns)
    assert hidden.remembered.declared() == []
