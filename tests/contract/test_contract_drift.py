from __future__ import annotations

from pathlib import Path

import pytest
from contracted_shop import shop

from keymock.contract.drift import drifts, operations_of, path_of, unmocked


@pytest.mark.parametrize(
    ("mock", "codes"),
    [
        ('operation = "getUser"\n[response]\njson = { id = 1, name = "Ada" }\nheaders.X-Version = "1"', []),
        ('[request]\npath = "/users/:id"\n[response]\njson = { id = "1", name = "A" }', ["drift-body", "drift-body"]),
        ('[request]\npath = "/users/me"\n[response]\nstatus = 418', ["drift-status", "drift-request"]),
        ('[request]\npath = "/v1/users/{x}"\n[response]\nbody = "x"', ["drift-type"]),
        ('[request]\npath = "/usrs"', ["drift-operation"]),
        ('[request]\npath = "/users/:id<int>"\nquery.expnd = "a"\n[response]\njson = { id = 1, name = "Ada" }',
         ["drift-request"]),
        ('[request]\nmethod = "POST"\npath = "/users"\nbody.json = { nam = "x" }\n[response]\nstatus = 201\n'
         'json = { id = 1, name = "Ada" }', ["drift-request"]),
        ('operation = "getUser"\n[response]\njson = { id = "{{ request.params.id }}" }', ["drift-body"]),
        ('operation = "getUser"\n[response]\njson = { id = "{{ request.params.id }}", name = "Ada" }', []),
        ('operation = "getUser"\n[[responses]]\nname = "a"\nstatus = 404\njson = { no = 1 }\n[[responses]]\n'
         'json = { id = 1, name = "Ada" }', ["drift-body"]),
        ('operation = "deleteUser"\n[response]\nstatus = 204', []),
        ('operation = "getUser"\n[response]\njson = { id = 1, name = "Ada" }\nheaders.X-Version = "three"',
         ["drift-header"]),
        ('operation = "getUser"\n[request]\nquery.expand = "all"\n[response]\njson = { id = 1, name = "Ada" }',
         ["drift-request"]),
        ('operation = "getUser"\n[request]\nquery.expand = { one_of = ["orders", "all"] }\n[response]\n'
         'json = { id = 1, name = "Ada" }', ["drift-request"]),
        ('operation = "getUser"\n[request]\nquery.expand = "none"\nparams.id = "7"\n[response]\n'
         'json = { id = 1, name = "Ada" }', []),
        ('operation = "getUser"\n[request]\nparams.id = "seven"\n[response]\njson = { id = 1, name = "Ada" }',
         ["drift-request"]),
        ('operation = "getUser"\n[[responses]]\nname = "a"\nwhen.query.expnd = "x"\njson = { id = 1, name = "Ada" }\n'
         '[[responses]]\nname = "b"\njson = { id = 1, name = "Ada" }', ["drift-request"]),
        ('operation = "createUser"\n[request]\nbody.json = { name = "E" }\n[response]\nstatus = 201\n'
         'json = { id = 1, name = "Ada" }', ["drift-request"]),
        ('operation = "createUser"\n[request]\nbody.json = { name = "Eve" }\nquery.x = { present = false }\n'
         '[response]\nstatus = 201\njson = { id = 1, name = "Ada" }', []),
    ],
)  # fmt: skip
def test_each_difference_is_found(tmp_path: Path, mock: str, codes: list[str]) -> None:
    service = shop(tmp_path, get=mock)
    served = service.world.contracts["projects/shop"][0]
    routes = [route for route in service.catalog.routes.values() if not route.contract]
    assert service.catalog.problems == ()
    found = list(drifts(served, routes))
    assert [each.code for each in found] == codes
    assert all(served.contract.library.line(each.file, each.pointer) > 1 for each in found)


def test_what_is_left_unmocked(tmp_path: Path) -> None:
    service = shop(tmp_path, get='operation = "getUser"\n[response]\nfrom = "contract"')
    served = service.world.contracts["projects/shop"][0]
    routes = list(service.catalog.routes.values())
    assert [(each.operation.id, each.statuses, each.mocked) for each in unmocked(served, routes)] == [
        ("getUser", ("404",), True), ("deleteUser", ("204", "401"), False), ("createUser", ("201", "422"), False),
    ]  # fmt: skip
    mine = next(route for route in routes if not route.contract)
    assert [each.key for each in operations_of(served, mine)] == ["GET /users/{id}"]


def test_who_declares_no_answer_says_nothing_about_answers(tmp_path: Path) -> None:
    document = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {}}}\n"
    service = shop(tmp_path, document=document, get='[request]\npath = "/a"\n[response]\nstatus = 418\n')
    served = service.world.contracts["projects/shop"][0]
    routes = [route for route in service.catalog.routes.values() if not route.contract]
    assert list(drifts(served, routes)) == []


def test_the_place_in_the_document_is_that_of_the_member(tmp_path: Path) -> None:
    service = shop(tmp_path, get='operation = "getUser"\n[response]\njson = { id = "x", name = "Ada" }\n')
    served = service.world.contracts["projects/shop"][0]
    (found,) = drifts(served, [route for route in service.catalog.routes.values() if not route.contract])
    assert (found.pointer, found.where) == (
        ("components", "schemas", "User", "properties", "id"), ("response", "body", "id"),
    )  # fmt: skip


def test_the_way_to_a_member() -> None:
    assert path_of("/rows/0/0", {"rows": [{"0": 1}]}) == ("rows", 0, "0")
    assert path_of("", {}) == ()
