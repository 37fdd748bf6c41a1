from __future__ import annotations

from typing import Any

import pytest
from files import api, opened

from keymock.chance import Chance
from keymock.contract.answering import Answering, NotAcceptable, has_pairs, paired, refusal, usual


def _operation(responses: dict[str, Any], **more: Any) -> tuple[Answering, Any]:
    contract = opened(api({"/a": {"get": {"responses": responses, **more}}}))
    return Answering(contract), contract.operation("GET /a")


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["404", "201", "200"], 200), (["2XX", "400"], 200), (["default"], 200), (["302", "400"], 302),
        (["4XX"], 400), ([], 200), (["100", "101"], 200),
    ],
)  # fmt: skip
def test_the_usual_status(statuses: list[str], expected: int) -> None:
    _, operation = _operation({status: {"description": ""} for status in statuses})
    assert usual(operation)[0] == expected


def test_the_declared_refusal() -> None:
    _, operation = _operation({status: {"description": ""} for status in ("200", "400", "4XX")})
    found = refusal(operation, (422, 400))
    assert found is not None
    assert found[0] == 400
    assert refusal(operation, (401,)) == (401, operation.responses[2])
    _, bare = _operation({"200": {"description": ""}})
    assert refusal(bare, (401,)) is None


def test_the_first_example_that_fits_is_taken() -> None:
    content = {"application/json": {"schema": {"type": "integer"}, "examples": {
        "wrong": {"value": "x"}, "right": {"value": 3}}}}  # fmt: skip
    answering, operation = _operation({"200": {"description": "", "content": content}})
    made = answering.answer(operation, 200, operation.responses[0])
    assert (made.body, made.example) == (b"3", "right")
    assert answering.answer(operation, 200, operation.responses[0], example="wrong").body == b'"x"'
    assert answering.answer(operation, 200, operation.responses[0]) is made
    drawn = answering.answer(operation, 200, operation.responses[0], streams=Chance(1).stream)
    assert drawn.body != b"3"


def test_types_ranges_and_streams() -> None:
    content = {"text/event-stream": {"itemSchema": {"type": "object", "properties": {"data": {"const": "x"}},
                                                    "required": ["data"]}}, "image/*": {}}  # fmt: skip
    answering, operation = _operation({"200": {"description": "", "content": content}})
    assert answering.answer(operation, 200, operation.responses[0]).body == b"data: x\n\n"
    image = answering.answer(operation, 200, operation.responses[0], "image/png")
    assert (b"content-type", b"image/png") in image.headers
    with pytest.raises(NotAcceptable, match="image"):
        answering.answer(operation, 200, operation.responses[0], "text/html")


def test_what_cannot_be_made_up_is_told() -> None:
    content = {"application/json": {"schema": False}}
    answering, operation = _operation({"200": {"description": "", "content": content}})
    assert "GET /a" in answering.answer(operation, 200, operation.responses[0]).problem


def test_requests_are_paired_with_responses_by_name() -> None:
    content = {"application/json": {"examples": {"a": {"value": 1}, "b": {"value": 2}}}}
    parameters = [{"name": "q", "in": "query", "examples": {"a": {"value": "x"}, "b": {"value": "y"}}}]
    _, operation = _operation({"200": {"description": "", "content": content}}, parameters=parameters)
    assert has_pairs(operation)
    assert paired(operation, operation.responses[0], {"query.q": "y"}, None, "") == "b"
    assert paired(operation, operation.responses[0], {"query.q": "z"}, None, "") == ""
