from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mocks import route

from keymock.describing.asking import asked_by, bodies_of, guards_of, schemes_of, titled, without_values

PATH = '[request]\npath = "/a/:id"\nmethod = "POST"\n'


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ('query.q = "x"', ("query", "q", {"type": "string", "enum": ["x"]}, "x", True)),
        ("query.q = { present = true }", ("query", "q", {}, None, True)),
        ('headers.X-Tenant = "acme"', ("header", "X-Tenant", {"type": "string", "enum": ["acme"]}, "acme", True)),
        ('cookies.mood = "slow"', ("cookie", "mood", {"type": "string", "enum": ["slow"]}, "slow", True)),
        ('params.id = "7"', ("path", "id", {"type": "string", "enum": ["7"]}, "7", True)),
        ('headers.X-Token = "geheim"', ("header", "X-Token", {"type": "string"}, None, True)),
    ],
)
def test_what_a_mock_asks_for(tmp_path: Path, condition: str, asked: tuple[Any, ...]) -> None:
    assert list(map(tuple, asked_by(route(tmp_path, PATH + condition)))) == [asked]


@pytest.mark.parametrize("condition", ["query.q = { present = false }", 'headers.Accept = "a/b"', 'host = "x.example"'])
def test_what_is_no_parameter(tmp_path: Path, condition: str) -> None:
    assert list(asked_by(route(tmp_path, PATH + condition))) == []


def test_what_a_variant_asks_for_is_not_needed(tmp_path: Path) -> None:
    made = route(tmp_path, PATH + '[[responses]]\nname = "a"\nwhen.query.q = "x"\n[[responses]]\nname = "b"\n')
    assert [each.needed for each in asked_by(made)] == [False]


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ('[guard]\nauth.basic = { user = "a", password = "b" }', ("basic", {"type": "http", "scheme": "basic"})),
        ("[guard]\nauth.bearer = { present = true }", ("bearer", {"type": "http", "scheme": "bearer"})),
        ('[guard]\nauth.jwt.sub = "ada"', ("jwt", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})),
        (
            '[guard]\nheaders.X-Api-Key = "k"',
            ("header-X-Api-Key", {"type": "apiKey", "in": "header", "name": "X-Api-Key"}),
        ),
        ('[guard]\nquery.api_key = "k"', ("query-api_key", {"type": "apiKey", "in": "query", "name": "api_key"})),
        ('[guard]\nauth.bearer = "{{ vars.token }}"', ("bearer", {"type": "http", "scheme": "bearer"})),
    ],
)
def test_guards_are_credentials(tmp_path: Path, text: str, scheme: tuple[str, dict[str, str]]) -> None:
    if "vars" in text:
        (tmp_path / "environments").mkdir()
        (tmp_path / "environments/local.toml").write_text('token = "t"\n')
    made = route(tmp_path, PATH + text)
    assert list(map(tuple, schemes_of(made))) == [scheme]
    assert list(asked_by(made)) == []
    assert len(guards_of(made)) == 1


def test_an_open_mock_wants_no_credentials(tmp_path: Path) -> None:
    assert schemes_of(route(tmp_path, PATH)) == []


@pytest.mark.parametrize(
    ("condition", "kind", "schema"),
    [
        ('body.json = { a = { b = 1 }, c = "x" }', "application/json", {
            "type": "object", "required": ["a", "c"], "properties": {
                "a": {"type": "object", "required": ["b"], "properties": {"b": {"type": "integer", "examples": [1]}}},
                "c": {"type": "string", "examples": ["x"]}}}),
        ('body.json_equals = [{ a = 1 }]', "application/json", {"type": "array", "items": {
            "type": "object", "properties": {"a": {"type": "integer", "examples": [1]}}, "required": ["a"]}}),
        ('body.json = { password = "x" }', "application/json", {
            "type": "object", "required": ["password"], "properties": {"password": {"type": "string"}}}),
        ('form.user = "ada"', "application/x-www-form-urlencoded", {
            "type": "object", "required": ["user"], "properties": {"user": {"type": "string", "examples": ["ada"]}}}),
        ('body.schema = { type = "object" }', "application/json", {"type": "object"}),
        ('body.jsonpath."$.a" = 1', "application/json", {}),
        ('body.text = "x"', "text/plain", {"type": "string"}),
        ('body.xml = "<a/>"', "application/xml", {}),
        ('body.parts.file = { filename = "a.png" }', "multipart/form-data", {
            "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}),
    ],
)  # fmt: skip
def test_bodies(tmp_path: Path, condition: str, kind: str, schema: dict[str, Any]) -> None:
    assert bodies_of(route(tmp_path, PATH + condition)) == ({kind: schema}, True)


def test_bodies_of_variants_need_nothing_and_are_one(tmp_path: Path) -> None:
    made = route(tmp_path, PATH + '[[responses]]\nname = "a"\nwhen.body.json = { a = 1 }\n[[responses]]\nname = "b"\n'
                 'when.body.json = { b = 1 }\n[[responses]]\nname = "c"\n')  # fmt: skip
    properties = {name: {"type": "integer", "examples": [1]} for name in "ab"}
    assert bodies_of(made) == ({"application/json": {"type": "object", "properties": properties}}, False)
    assert bodies_of(route(tmp_path / "other", PATH)) == ({}, False)


def test_names_of_headers_and_values_of_secrets() -> None:
    assert [titled(name) for name in ("etag", "x-api-version")] == ["ETag", "X-Api-Version"]
    assert without_values({"type": "string", "enum": ["a"], "pattern": "b"}) == {"type": "string"}
