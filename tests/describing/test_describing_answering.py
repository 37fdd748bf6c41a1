from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mocks import route, routes
from tree_answers import plant

from keymock.describing.answering import NOTHING, answers_of, body_value, known, of_resource, reason
from keymock.describing.inferring import Unknown
from keymock.index.resource import prototype

GET = '[request]\npath = "/a"\n'


def only(root: Path, response: str) -> tuple[Any, ...]:
    (found,) = answers_of(route(root, f"{GET}[response]\n{response}"))
    return found.status, found.kind, found.value, found.shown


@pytest.mark.parametrize(
    ("response", "answered"),
    [
        ("status = 204", ("204", "", NOTHING, False)),
        ("json = { a = 1 }", ("200", "application/json", {"a": 1}, True)),
        ('body = "hello"', ("200", "text/plain", "hello", True)),
        ('body = "{"\ncontent_type = "application/json"', ("200", "application/json", Unknown({}), False)),
        ('json = { a = "{{ request.query.n | int }}", b = "x{{ now() }}", c = "{{ request.query.n }}" }',
         ("200", "application/json", {"a": Unknown({"type": "integer"}), "b": Unknown({"type": "string"}),
                                      "c": Unknown({})}, False)),
        ("json_text = '{\"a\": \"{{ request.path }}\"}'", ("200", "application/json", {"a": Unknown({})}, False)),
        ('body = "it is {{ now() }}"', ("200", "text/plain", Unknown({"type": "string"}), False)),
        ('status = "{{ request.query.code | int }}"\nbody = "x"', ("default", "text/plain", "x", True)),
    ],
)  # fmt: skip
def test_an_answer(tmp_path: Path, response: str, answered: tuple[Any, ...]) -> None:
    assert only(tmp_path, response) == answered


def test_headers_and_the_refusal_of_a_guard(tmp_path: Path) -> None:
    text = GET + '[response]\nheaders.X-A = "1"\nheaders.X-B = "{{ request.path }}"\n[guard]\nauth.bearer = "t"\n'
    answer, refused = answers_of(route(tmp_path, text))
    assert {name.lower(): value for name, value in answer.headers.items()} == {"x-a": "1", "x-b": Unknown({})}
    assert (refused.status, refused.name) == ("401", "refused")


def test_bytes_as_values() -> None:
    assert body_value(b'{"a": 1}', json=True) == ({"a": 1}, True)
    assert body_value(b"\xff\x00", json=False) == (Unknown({"type": "string", "format": "binary"}), False)
    assert body_value(b"x" * 20_000, json=False)[1] is False


def test_a_tree_without_templates_is_known() -> None:
    assert known({"a": ["x", 1, None]}) == {"a": ["x", 1, None]}


def test_what_a_status_says() -> None:
    assert [reason(status) for status in ("404", "599", "default")] == ["Not Found", "Status 599", "Any other answer"]


def test_records(tmp_path: Path) -> None:
    plant(tmp_path, {"workspace/data/users.json": '[{"id": 1, "name": "Ada"}]'})
    listed, single = routes(tmp_path, users='[data]\nresource = "users"\nseed = "users.json"\n')
    assert listed.resource is not None
    assert single.resource is not None
    records = list(prototype(listed.resource))
    (all_of_them,) = of_resource(listed.resource, "GET", records)
    assert (all_of_them.status, all_of_them.value) == ("200", [{"id": 1, "name": "Ada"}])
    assert [each.status for each in of_resource(single.resource, "DELETE", records)] == ["204", "404"]
    assert list(answers_of(listed)) == []
