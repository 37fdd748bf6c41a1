"""`auth.basic`, `auth.bearer`, `auth.jwt`."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from asking import ask, make_request, read_table, why, wrong

from keymock import match


def basic(credentials: str | bytes) -> dict[str, str]:
    data = credentials if isinstance(credentials, bytes) else credentials.encode()
    return {"authorization": "Basic " + base64.b64encode(data).decode()}


def jwt(claims: Any, scheme: str = "Bearer") -> dict[str, str]:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return {"authorization": f"{scheme} e30.{payload}.sig"}


def test_basic() -> None:
    table = {"auth": {"basic": {"user": "ada", "password": {"starts_with": "x:"}}}}
    assert ask(table, headers=basic("ada:x:y"))
    assert not ask(table, headers=basic("ada:y"))
    assert not ask(table, headers=basic("bob:x:y"))
    assert ask({"auth": {"basic": {}}}, headers=basic(":"))


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Basic %%%"}, basic("no colon"), basic(b"\xff:\xff"), {"authorization": "Basic"}]
)
def test_no_basic(headers: dict[str, str]) -> None:
    assert not ask({"auth": {"basic": {}}}, headers=headers)


def test_a_password_is_not_repeated() -> None:
    table = {"auth": {"basic": {"user": "ada", "password": "hunter2"}}}
    (condition,) = read_table(table)
    seen = why(table, headers=basic("ada:hunter3"))
    assert seen == 'user "ada", password given'
    assert "hunter" not in match.observe(condition, make_request()).expected


def test_bearer() -> None:
    assert ask({"auth": {"bearer": "t"}}, headers={"authorization": "bearer t"})
    assert not ask({"auth": {"bearer": {"present": True}}}, headers={"authorization": "Basic t"})
    assert ask({"auth": {"bearer": {"present": False}}})


def test_jwt_claims() -> None:
    table = {"auth": {"jwt": {"sub": "ada", "$.roles": {"contains": "admin"}, "level": {"gt": 2}}}}
    assert ask(table, headers=jwt({"sub": "ada", "roles": ["admin"], "level": 3}))
    assert why(table, headers=jwt({"sub": "ada", "roles": ["user"], "level": 3})) == '$.roles is ["user"]'
    assert not ask(table, headers=jwt({"sub": "ada", "roles": ["admin"], "level": "3"}))


def test_jwt_expiry_by_the_clock_of_the_request() -> None:
    table = {"auth": {"jwt": {"until": {"after": "now"}}}}
    assert ask(table, headers=jwt({"until": "1970-01-02"}), now=0.0)
    assert not ask(table, headers=jwt({"until": "1970-01-02"}), now=1e9)


@pytest.mark.parametrize(
    "headers", [{}, jwt([1]), jwt({}, "Basic"), {"authorization": "Bearer a.b"}, {"authorization": "Bearer a.é.c"}]
)
def test_no_jwt(headers: dict[str, str]) -> None:
    assert not ask({"auth": {"jwt": {"sub": {"present": False}}}}, headers=headers)


def test_faults() -> None:
    assert wrong({"auth": {"basic": {"user": {"regex": "("}}}}).path == ("auth", "basic", "user", "regex")
    assert wrong({"auth": {"bearer": {"regex": "("}}}).path == ("auth", "bearer", "regex")
    assert wrong({"auth": {"jwt": {"$.a[": "x"}}}).path == ("auth", "jwt", "$.a[")
