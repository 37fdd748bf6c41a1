"""An exchange as the saved request that asks it again."""

from __future__ import annotations

from typing import Any

import pytest

from keymock.journal.asked import secrets_of, tables_of


def entry(body: str | None = None, *headers: tuple[str, str], method: str = "POST", **request: Any) -> dict[str, Any]:
    given = [list(pair) for pair in headers]
    asked = {"query": "", "headers": [["host", "shop.localhost"], ["accept", "*/*"], *given], **request}
    return {"method": method, "path": "/a", "session": "s", "request": asked | ({"body": body} if body else {})}


def made(shown: dict[str, Any], path: str = "/a") -> dict[str, Any]:
    return tables_of(shown, "{{ base_url }}", path)[0]


JSON = ("content-type", "application/json")


def test_what_every_client_adds_is_gone() -> None:
    goes = ("user-agent", "traceparent", "x-keymock-session", "sec-fetch-mode", "x-forwarded-for", "origin")
    headers = [*((name, "x") for name in goes), ("x-tenant", "t1"), ("accept-language", "de")]
    told = made(entry(None, *headers, method="GET", query="a=1&b=x+y&a=2"))
    assert told == {
        "method": "GET", "url": "{{ base_url }}/a", "query": {"a": ["1", "2"], "b": "x y"},
        "headers": {"X-Tenant": "t1", "Accept-Language": "de"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ('{"password":"•••","n":1}', "application/json", {"json": {"password": "{{ secret.PASSWORD }}", "n": 1}}),
        ("a=1&clientSecret=•••", "application/x-www-form-urlencoded",
         {"form": {"a": "1", "clientSecret": "{{ secret.CLIENT_SECRET }}"}}),
        ("plain •••", "text/plain", {"body": "plain {{ secret.BODY }}"}),
    ],
)  # fmt: skip
def test_what_was_hidden_is_a_secret_by_its_name(body: str, kind: str, expected: dict[str, Any]) -> None:
    told = made(entry(body, ("content-type", kind)))
    assert {key: told[key] for key in expected} == expected


def test_credentials_cookies_and_paths_that_were_hidden() -> None:
    hidden = [("authorization", "•••"), ("cookie", "•••"), ("x-api-key", "•••")]
    told = made(entry(None, *hidden, method="GET", query="token=•••"), "/k/•••")
    assert told["url"] == "{{ base_url }}/k/{{ secret.IN_PATH }}"
    assert told["query"] == {"token": "{{ secret.TOKEN }}"}
    assert told["headers"] == {
        "Authorization": "{{ secret.AUTHORIZATION }}", "X-Api-Key": "{{ secret.X_API_KEY }}",
        "Cookie": "{{ secret.COOKIE }}",
    }  # fmt: skip
    assert sorted(secrets_of(told)) == ["AUTHORIZATION", "COOKIE", "IN_PATH", "TOKEN", "X_API_KEY"]


def test_nothing_that_came_is_taken_for_a_template() -> None:
    told = made(entry('{"a{{":"{% x"}', JSON, ("x-a", "{{ y }}"), query="q=%7B%7Bz"), "/a/{{b")
    assert told["headers"]["X-A"] == '{{ "{{" }} y }}'
    assert told["query"] == {"q": '{{ "{{" }}z'}
    assert told["url"] == '{{ base_url }}/a/{{ "{{" }}b'
    assert not {"json", "body"} & told.keys()


def test_a_body_that_is_long_no_text_or_full_of_braces_is_a_file() -> None:
    for body, extension in (('{"a":"' + "x" * 3_000 + '"}', "json"), ('{"a":"{{ •••"}', "json")):
        told, data, kind = tables_of(entry(body, JSON), "", "/a")
        assert (data, kind, told["headers"]["Content-Type"]) == (
            body.replace("•••", "redacted").encode(), extension, "application/json",
        )  # fmt: skip
    told, data, kind = tables_of(entry(body_base64="/wA="), "", "/a")
    assert (data, kind, told["method"]) == (b"\xff\0", "bin", "POST")
