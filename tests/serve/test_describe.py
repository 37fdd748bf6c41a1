"""`/openapi.json` says everything that the table of routes says, and stands on its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import msgspec
from standin import FAULT, Service, call

from keymock.serve.describe import ANYWHERE, openapi
from keymock.serve.routes import ROUTES

DOCUMENT: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(openapi(ROUTES)))


def test_every_route_is_described_with_its_answer_its_errors_and_the_token() -> None:
    described = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert described == {(route.method, route.path) for route in ROUTES}
    assert DOCUMENT["security"] == [{"token": []}]
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            assert operation["summary"].endswith(".")
            assert {"200", *map(str, ANYWHERE)} <= set(operation["responses"])
    for response in DOCUMENT["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len(set(names)) == len(names)
    assert "getStatus" in names
    assert "getOpenapiJson" in names


def test_every_reference_leads_somewhere() -> None:
    found = list(references(DOCUMENT))
    assert found
    for reference in found:
        _, _, kind, name = reference.split("/")
        assert name in DOCUMENT["components"][kind], reference


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_parameters_are_those_of_the_query() -> None:
    wait = {each["name"]: each for each in DOCUMENT["paths"]["/wait"]["get"]["parameters"]}
    assert wait["generation"]["required"] is True
    assert wait["timeout"]["required"] is False
    assert wait["timeout"]["schema"]["maximum"] == 600
    assert DOCUMENT["paths"]["/status"]["get"]["parameters"] == []


def test_answers_hold_against_the_schemas_they_are_described_with() -> None:
    targets = {"/status": "Status", "/routes": "Routes", "/journal": "Exchanges", "/wait?generation=1": "Reached"}
    for target, name in targets.items():
        answer = call(Service(), "GET", target).json
        schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
        jsonschema_rs.validator_for(schema).validate(answer)


def test_a_problem_is_described_with_every_field_that_check_prints() -> None:
    assert set(DOCUMENT["components"]["schemas"]["ProblemShown"]["properties"]) == set(FAULT)
