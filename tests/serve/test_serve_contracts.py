from __future__ import annotations

from pathlib import Path

from contracted_shop import OPENAPI, ask, json_of, shop

from keymock.serve.contracts import served


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
