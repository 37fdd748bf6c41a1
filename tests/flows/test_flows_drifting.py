"""Document, mock and reality by shape."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from stageplay import answer

from keymock import contract
from keymock.flows.drifting import Row, Spoken, StepDrift, drifts, junit, words
from keymock.flows.result import FlowRun, StepRun
from keymock.sending import Incoming
from keymock.variables import Mask

SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": ["string", "null"]},
        "when": {"type": "string", "format": "date"},
        "token": {"type": "string", "maxLength": 3},
        "rows": {
            "type": "array",
            "items": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
        },
    },
}


def spoken(schema: Any = SCHEMA, **response: Any) -> Spoken:
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": {
        "200": {"description": "", "content": {"application/json": {"schema": schema}}, **response},
        "404": {"description": ""}}}}}}  # fmt: skip
    made, faults = contract.load("openapi.yaml", lambda _: json.dumps(document).encode())
    assert made is not None
    assert faults == []
    return Spoken(made, made.operation("GET /a"))


def ran(came: Incoming | None, state: str = "passed") -> FlowRun:
    return FlowRun(flow="f", steps=(StepRun(id="a", state=state if came is None else "passed", response=came),))  # type: ignore[arg-type]


def compared(mock: Any, real: Any = None, known: Spoken | None = None, **headers: str) -> StepDrift:
    """The one step of a flow, mock and real API having answered these."""
    known = known or spoken()
    mocked = mock if isinstance(mock, Incoming) else answer(mock, *headers.items())
    other = None if real is None else ran(real if isinstance(real, Incoming) else answer(real))
    (one,) = drifts(ran(mocked), other, lambda _: known)
    return one


def told(one: StepDrift) -> list[tuple[str, str, str, str]]:
    return [(row.where, row.document, row.mock, row.real) for row in one.rows]


def test_three_that_agree_have_nothing_to_tell() -> None:
    one = compared({"id": 1, "rows": [{"a": "x"}]}, {"id": 2, "rows": [{"a": "y"}, {"a": "z"}]})
    assert (one.rows, one.operation, one.drifted) == ((), "GET /a", False)


@pytest.mark.parametrize(
    ("mock", "real", "row", "says"),
    [
        ({"id": "1"}, {"id": 1}, ("body $.id", "a whole number, required", "text", "a number"),
         "the mock differs from document and real API"),
        ({"id": 1}, {"id": "1"}, ("body $.id", "a whole number, required", "a number", "text"),
         "the real API differs from document and mock"),
        ({"id": "1"}, {"id": "2"}, ("body $.id", "a whole number, required", "text", "text"),
         "mock and real API differ from the document"),
        ({"id": 1}, {"id": 1, "more": 1}, ("body $.more", "not declared", "nothing", "a number"),
         "the real API differs from document and mock"),
        ({}, {"id": 1}, ("body $.id", "a whole number, required", "nothing", "a number"),
         "the mock differs from document and real API"),
        ({"id": 1, "rows": [{}]}, {"id": 1, "rows": [{"a": "x"}]},
         ("body $.rows[].a", "text, required", "nothing", "text"), "the mock differs from document and real API"),
        ({"id": 1, "when": "today"}, {"id": 1, "when": "2026-01-01"},
         ("body $.when", "text (date), optional", "text", "text"), "the mock differs from document and real API"),
    ],
)  # fmt: skip
def test_who_differs_from_whom(mock: Any, real: Any, row: tuple[str, ...], says: str) -> None:
    one = compared(mock, real)
    assert told(one) == [row]
    assert words(one.rows[0], three=True) == says
    assert one.drifted


def test_what_the_document_leaves_open_is_told_and_is_no_drift() -> None:
    one = compared({"id": 1, "name": "Ada"}, {"id": 1, "name": None, "when": "2026-01-01"})
    assert told(one) == [
        ("body $.name", "text or null, optional", "text", "null"),
        ("body $.when", "text (date), optional", "nothing", "text"),
    ]
    assert {words(row, three=True) for row in one.rows} == {"mock and real API differ, and the document allows both"}
    assert not one.drifted


def test_what_no_schema_speaks_of_is_a_drift_where_mock_and_reality_differ() -> None:
    one = compared({"id": 1}, {"id": "1"}, Spoken(spoken().contract, None))
    assert told(one) == [("operation", "not declared", "200", "200"), ("body $.id", "not declared", "a number", "text")]
    (elsewhere,) = drifts(ran(answer({"id": 1})), ran(answer({"id": "1"})), lambda _: None)
    assert told(elsewhere) == [("body $.id", "no document", "a number", "text")]
    assert elsewhere.drifted


def test_statuses_and_types() -> None:
    one = compared(404, {"id": 1})
    assert told(one)[0] == ("status", "200, 404", "404", "200")
    assert one.drifted
    undeclared = compared(500, {"id": 1})
    assert undeclared.rows[0].departs == ("mock",)
    assert undeclared.rows[0].says == "500 is not declared: 200, 404 is"
    html = Incoming(200, "", (("Content-Type", "text/html"),), b"<p>", "")
    assert told(compared(html, {"id": 1}))[0] == (
        "header content-type",
        "application/json",
        "text/html",
        "application/json",
    )


def test_headers() -> None:
    known = spoken(headers={"X-Left": {"required": True, "schema": {"type": "integer"}}, "X-More": {"schema": {}}})
    one = compared({"id": 1}, {"id": 1}, known, **{"X-Left": "many", "X-More": "1"})
    assert told(one) == [
        ("header x-left", "required", "many", "nothing"),
        ("header x-more", "optional", "1", "nothing"),
    ]
    assert [row.departs for row in one.rows] == [("mock", "real"), ()]
    assert [row.allowed for row in one.rows] == [False, True]


def test_document_and_mock_alone() -> None:
    one = compared({"id": "x"})
    assert told(one) == [("body $.id", "a whole number, required", "text", "")]
    assert words(one.rows[0], three=False) == "the mock differs from the document"


def test_a_step_that_one_of_them_did_not_answer() -> None:
    (one,) = drifts(ran(answer({"id": 1})), ran(None, "failed"), lambda _: spoken())
    assert told(one) == [("answer", "an answer", "200", "failed")]
    assert words(one.rows[0], three=True) == "the real API differs from document and mock"
    assert drifts(ran(None, "skipped"), ran(None, "not-run"), lambda _: spoken()) == ()


def test_the_way_to_a_place_is_a_pointer_and_the_document_knows_its_own() -> None:
    (row,) = compared({"id": 1, "rows": [{"a": 1}]}).rows
    assert row.pointer == "/rows/-/a"
    assert row.spot is not None
    assert row.spot.pointer[-1] == "schema"


def test_values_of_secrets_are_not_told() -> None:
    (row,) = compared({"id": 1, "token": "geheim"}).rows
    assert (row.where, row.says) == ("body $.token", "the document does not allow it")


def test_junit_has_a_case_a_step_and_a_failure_a_drift() -> None:
    found = [compared({"id": "x"}), compared({"id": 1})]
    suite = ElementTree.fromstring(junit("f", found, three=False, mask=Mask()))[0]  # noqa: S314  (written just now)
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    (failure,) = suite.iter("failure")
    assert str(failure.get("message")).startswith("body $.id: the mock differs from the document")


def test_rows_of_one_step_are_bounded() -> None:
    one = compared({f"x{number}": 1 for number in range(100)})
    assert len(one.rows) == 40
    assert all(isinstance(row, Row) for row in one.rows)
