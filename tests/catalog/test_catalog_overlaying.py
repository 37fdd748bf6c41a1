from __future__ import annotations

from pathlib import Path

import pytest
from contracted_shop import shop

from keymock.pattern import normal


def test_an_operation_stands_for_method_and_path(tmp_path: Path) -> None:
    catalog = shop(tmp_path, get='operation = "deleteUser"\n[response]\nstatus = 204').catalog
    route = catalog.routes["projects/shop/mocks/get"]
    assert route.methods == ("DELETE",)
    assert [normal(pattern) for pattern in route.patterns] == ["/v1/users/:id", "/users/:id"]
    assert route.operation == "DELETE /users/{id}"


@pytest.mark.parametrize("name", ["getUser", "GET /users/{id}", "projects/shop/openapi.yaml#getUser"])
def test_an_operation_has_several_names(tmp_path: Path, name: str) -> None:
    catalog = shop(tmp_path, get=f'operation = "{name}"').catalog
    assert catalog.problems == ()
    assert catalog.routes["projects/shop/mocks/get"].operation == "GET /users/{id}"


@pytest.mark.parametrize(
    ("mock", "code", "line"),
    [
        ('operation = "getUsr"', "no-such-operation", 1),
        ('operation = "getUser"\n[request]\npath = "/a"', "two-paths", 3),
        ('[request]\npath = "/a"\n[response]\nfrom = "contract"', "no-such-operation", 4),
        ('operation = "getUser"\n[response]\nfrom = "contract"\njson = {}', "two-bodies", 4),
        ('operation = "getUser"\n[response]\nfrom = "contract"\nstatus = 500', "no-such-answer", 3),
        ('operation = "getUser"\n[response]\nfrom = "contract"\nset."$[" = 1', "bad-jsonpath", 4),
        ('operation = "deleteUser"\n[response]\nfrom = "contract"\nremove = ["$.a"]', "not-json", 3),
        ('[request]\npath = "/users/:id"\n[response]\nremove = ["$.a"]', "no-origin", 4),
    ],
)
def test_mistakes_are_told_at_their_line(tmp_path: Path, mock: str, code: str, line: int) -> None:
    problems = shop(tmp_path, get=mock).catalog.problems
    assert [(problem.code, problem.line) for problem in problems] == [(code, line)]


def test_a_mock_by_path_finds_its_operation_whatever_the_names(tmp_path: Path) -> None:
    mock = '[request]\npath = "/users/{user}"\n[response]\nfrom = "contract"\nset."$.id" = 7'
    catalog = shop(tmp_path, get=mock).catalog
    assert catalog.problems == ()
    assert b'"id":7' in catalog.routes["projects/shop/mocks/get"].answers[0].body


def test_without_a_contract_nothing_can_be_named(tmp_path: Path) -> None:
    catalog = shop(tmp_path, document="openapi: [", get='operation = "getUser"').catalog
    assert {problem.code for problem in catalog.problems} == {"contract-syntax", "no-contract"}
