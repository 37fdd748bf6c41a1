from __future__ import annotations

from pathlib import Path

from contracted_shop import OPENAPI, shop
from tree_answers import load, plant

from keymock.catalog import Catalog, Unit
from keymock.workspace import Workspace


def _catalog(root: Path, settings: str, **files: str) -> Catalog:
    plant(root, {"keymock.toml": "", "projects/shop/project.toml": settings, **files})
    return load(root)


def test_each_operation_is_a_route_of_the_documents_unit(tmp_path: Path) -> None:
    catalog = shop(tmp_path).catalog
    unit = catalog.units["projects/shop/openapi.yaml"]
    assert [(route.id.partition("#")[2], route.line) for route in unit.routes] == [
        ("getUser", 9), ("deleteUser", 32), ("createUser", 39),
    ]  # fmt: skip
    assert unit.routes[0].operation == "GET /users/{id}"
    assert [answer.status for route in unit.routes for answer in route.answers] == [200, 204, 201]


def test_a_project_may_name_several_documents_elsewhere(tmp_path: Path) -> None:
    catalog = _catalog(
        tmp_path, 'contract = ["../../api/a.json", "sub/b.yaml"]',
        **{"api/a.json": '{"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {}}}}}',
           "projects/shop/sub/b.yaml": OPENAPI},
    )  # fmt: skip
    assert set(catalog.units) == {"projects/shop/a.json", "projects/shop/sub/b.yaml"}
    assert catalog.problems == ()


def test_a_document_outside_of_the_workspace_is_refused(tmp_path: Path) -> None:
    catalog = _catalog(tmp_path, 'contract = "../../../openapi.yaml"')
    assert [problem.code for problem in catalog.problems] == ["contract-ref-outside"]
    catalog = _catalog(tmp_path, 'contract = "gone.yaml"')
    assert [problem.code for problem in catalog.problems] == ["contract-missing"]


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    catalog = shop(tmp_path).catalog
    name = "projects/shop/openapi.yaml"
    again = load(tmp_path, before=catalog)
    assert again.units[name] is catalog.units[name]
    assert again.contracts[0] is catalog.contracts[0]
    known: dict[str, Unit] = dict(catalog.units)
    warm = Workspace(tmp_path, None).load(known=known)
    assert warm.units[name] is catalog.units[name]
    opened = warm.contracts[0].contract()
    assert opened is not None
    assert opened.by_id["getUser"].path == "/users/{id}"


def test_defaults_of_the_project_hold_for_its_contract(tmp_path: Path) -> None:
    catalog = _catalog(
        tmp_path, 'base_path = "/api"\n[defaults]\nheaders.X-All = "1"\ndelay = "20ms"',
        **{"projects/shop/openapi.yaml": OPENAPI},
    )  # fmt: skip
    route = catalog.routes["projects/shop/openapi.yaml#getUser"]
    assert route.answers[0].headers == ((b"x-all", b"1"),)
    assert route.answers[0].play.wait.first == 0.02
    assert len(route.patterns) == 3


def test_a_broken_document_that_nobody_touched_is_what_it_was(tmp_path: Path) -> None:
    first = load(plant(tmp_path, {"projects/shop/openapi.yaml": "openapi: 3.1.0\npaths: [\n"}))
    again = load(tmp_path, before=first)
    assert again.units["projects/shop/openapi.yaml"] is first.units["projects/shop/openapi.yaml"]
    assert (again.contracts, again.problems) == (first.contracts, first.problems)
    assert len(again.problems) == 1
