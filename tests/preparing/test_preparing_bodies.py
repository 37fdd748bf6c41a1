"""keymock/preparing/bodies: seven ways to write a body, each filled in, and its type."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.message import Message

import pytest
from prepared_requests import prepared, refused

START = 'method = "POST"\nurl = "{{ base_url }}/"\n'


def sent(text: str) -> tuple[bytes, str]:
    outgoing = prepared(START + text).outgoing
    return outgoing.body, dict(outgoing.headers).get("Content-Type", "")


@pytest.mark.parametrize(
    ("text", "body", "kind"),
    [
        ("", b"", ""),
        ('body = "hi {{ user }}"', b"hi ada", "text/plain; charset=utf-8"),
        ('body = "hi {{ user }}"\ntemplate = false', b"hi {{ user }}", "text/plain; charset=utf-8"),
        ('body = "<a/>"\ncontent_type = "application/xml"', b"<a/>", "application/xml"),
        ('json = { n = "{{ n }}", s = "n{{ n }}" }', b'{"n":3,"s":"n3"}', "application/json"),
        ("json_text = '{\"n\": \"{{ n }}\", \"x\": null}'", b'{"n":3,"x":null}', "application/json"),
        ("json_text = '{\"n\": \"{{ n }}\"}'\ntemplate = false", b'{"n": "{{ n }}"}', "application/json"),
        ('body_file = "order.json"', b'{"n": "{{ n }}"}', "application/json"),
        ('body_file = "order.json"\ntemplate = true', b'{"n":3}', "application/json"),
        ('body_file = "note.txt"\ntemplate = true', b"hello ada", "text/plain; charset=utf-8"),
        ('body_file = "logo.png"', b"\x89PNG", "image/png"),
        ('form = { a = "x y&", b = [1, true], c = "{{ user }}" }', b"a=x+y%26&b=1&b=true&c=ada",
         "application/x-www-form-urlencoded"),
    ],
)  # fmt: skip
def test_a_body_is_sent_with_its_type(text: str, body: bytes, kind: str) -> None:
    assert sent(text) == (body, kind)


def test_a_header_of_ones_own_goes_before() -> None:
    outgoing = prepared(START + 'json = {}\nheaders.content-type = "application/vnd.api+json"\n').outgoing
    assert [value for name, value in outgoing.headers if name.lower() == "content-type"] == ["application/vnd.api+json"]


def test_graphql_is_json() -> None:
    body, kind = sent('[graphql]\nquery = "query U { user { id } }"\noperation = "U"\nvariables = { id = "{{ n }}" }\n')
    assert kind == "application/json"
    assert json.loads(body) == {"query": "query U { user { id } }", "operationName": "U", "variables": {"id": 3}}
    assert json.loads(sent('graphql.query_file = "user.graphql"')[0]) == {"query": "query U { user { id } }"}


def test_multipart_is_read_by_others_as_it_was_meant() -> None:
    body, kind = sent(
        '[parts]\nnote = "hi {{ user }}"\nn = 1\nmeta = { json = { a = "{{ n }}" } }\n'
        'logo = { file = "logo.png", filename = "l\\"o.png" }\n'
        'more = [{ body = "a" }, { body = "b", content_type = "text/x-b" }]\n'
    )
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    parts = message.get_payload()
    assert isinstance(parts, list)
    assert all(isinstance(part, Message) for part in parts)
    found = [
        (part.get_param("name", header="content-disposition"), part.get_filename(), part.get_content_type(),
         part.get_payload(decode=True))
        for part in parts if isinstance(part, Message)
    ]  # fmt: skip
    assert found == [
        ("note", None, "text/plain", b"hi ada"),
        ("n", None, "text/plain", b"1"),
        ("meta", None, "application/json", b'{"a":3}'),
        ("logo", "l%22o.png", "image/png", b"\x89PNG"),
        ("more", None, "text/plain", b"a"),
        ("more", None, "text/x-b", b"b"),
    ]


def test_the_boundary_is_the_same_for_the_same_parts() -> None:
    assert sent('[parts]\na = "b"\n') == sent('[parts]\na = "b"\n')
    assert sent('[parts]\na = "b"\n')[1] != sent('[parts]\na = "c"\n')[1]


@pytest.mark.parametrize(
    ("text", "at", "code", "message"),
    [
        ('body_file = "ordr.json"', "requests/a.toml:3:13", "body-missing", "there is no file ordr.json"),
        ('[parts]\na = { file = "x.png" }', "requests/a.toml:4:14", "body-missing", "there is no file x.png"),
        ('graphql.query_file = "x"', "requests/a.toml:3:22", "body-missing", "there is no file x"),
        ('body_file = "{{ user }}.json"', "requests/a.toml:3:13", "body-outside",
         "the name of a file is never a template"),
        ('body_file = "latin.txt"\ntemplate = true', "requests/a.toml:3:13", "not-utf8",
         "the file is not UTF-8, so nothing can be filled in"),
        ('body = "a"\njson = {}', "requests/a.toml:4:1", "two-bodies",
         "a request has one body, and `body` and `json` are two"),
        ('json = { a = "{{ nn }}" }', "requests/a.toml:3:18", "unresolved-variable", "there is no variable `nn`"),
    ],
)  # fmt: skip
def test_mistakes_are_told_at_their_place(text: str, at: str, code: str, message: str) -> None:
    problem = refused(START + text)
    assert (problem.place, problem.code, problem.message) == (at, code, message)
