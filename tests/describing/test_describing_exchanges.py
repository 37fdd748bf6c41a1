from __future__ import annotations

from typing import Any

import pytest

from keymock.describing.exchanges import exchanges, template_of, text_schema
from keymock.exchange import NOT_JSON
from keymock.redaction import HIDDEN


def entry(**more: Any) -> dict[str, Any]:
    request = {"query": "page=2", "headers": [["content-type", "application/json"]], "body": '{"a": 1}'}
    response = {"error": None, "headers": [["content-type", "application/json; charset=utf-8"], ["x-left", "3"]],
                "body": '{"id": 7}'}  # fmt: skip
    return {"id": 5, "mock": "workspace/mocks/a", "source": "mock", "method": "POST", "path": "/a", "status": 201,
            "request": request, "response": response, **more}  # fmt: skip


def test_an_exchange() -> None:
    (found,) = exchanges([entry()])
    assert (found.mock, found.method, found.query, found.kind, found.body) == (
        "workspace/mocks/a", "POST", {"page": "2"}, "application/json", {"a": 1},
    )  # fmt: skip
    answer = found.answer
    assert (answer.status, answer.name, answer.kind, answer.value, answer.shown) == (
        "201", "journal-5", "application/json", {"id": 7}, True,
    )  # fmt: skip
    assert answer.headers == {"x-left": "3"}


def test_what_keymock_answers_itself_teaches_nothing_and_the_real_api_does() -> None:
    response = entry()["response"]
    assert list(exchanges([entry(mock=None, source=None, response={**response, "error": "no-mock"})])) == []
    assert [each.mock for each in exchanges([entry(mock=None, source="real")])] == [""]


def test_what_was_hidden_is_no_example() -> None:
    response = {**entry()["response"], "body": f'{{"token": "{HIDDEN}"}}'}
    (found,) = exchanges([entry(response=response)])
    assert not found.answer.shown


def test_bodies_that_were_not_kept() -> None:
    (found,) = exchanges([entry(request={"query": "", "headers": []}, response={"error": None, "headers": []})])
    assert (found.body, found.answer.value, found.answer.shown) == (NOT_JSON, NOT_JSON, False)


def test_ids_in_addresses_are_parameters() -> None:
    assert template_of("/users/7/orders/12") == ("/users/{user_id}/orders/{order_id}", ["user_id", "order_id"])
    assert template_of("/users") == ("/users", [])


@pytest.mark.parametrize(
    ("values", "schema"),
    [
        (["1", "-2"], {"type": "integer"}),
        (["true", "false"], {"type": "boolean"}),
        (["2026-01-01"], {"type": "string", "format": "date"}),
        (["1", "x"], {"type": "string"}),
        (["12345678901234567890"], {"type": "string"}),
        ([], {"type": "string"}),
    ],
)
def test_text_as_what_it_spells(values: list[str], schema: dict[str, str]) -> None:
    assert text_schema(values) == schema
