"""An exchange as the mock that answers the same again."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from keymock.journal.answered import NotKept, wish_of
from keymock.redaction import USUAL, with_names


def entry(mock: str | None = "workspace/mocks/a", **response: Any) -> dict[str, Any]:
    return {
        "id": 7, "method": "POST", "mock": mock, "source": "mock" if mock else None, "status": 201,
        "response": {"headers": [["content-type", "application/json"], ["x-keymock-mock", "a"]], "size": 2, **response},
    }  # fmt: skip


def test_what_was_answered_is_answered_again() -> None:
    wish = wish_of(entry(body="{}"), "/users/7", USUAL)
    assert (wish.methods, wish.path, wish.status, wish.body) == (("POST",), "/users/:id", 201, b"{}")
    assert dict(wish.headers) == {"content-type": ["application/json"]}
    assert wish_of(entry(body_base64=b64encode(b"\xff").decode()), "/a", USUAL).body == b"\xff"
    real = entry(None, body="{}") | {"source": "real"}
    assert wish_of(real, "/a", USUAL).status == 201


def test_what_nobody_answered_is_answered_with_200() -> None:
    wish = wish_of(entry(None, body='{"title": "no mock"}'), "/a", USUAL)
    assert (wish.methods, wish.status, wish.body) == (("POST",), 200, b"")


def test_names_of_secrets_hold_here_too() -> None:
    shown = entry(body='{"pin": "1234", "password": "p"}', size=33)
    body = wish_of(shown, "/a", with_names((), ("pin",))).body
    assert b"1234" not in body
    assert b'"p"' not in body


def test_a_body_that_was_not_kept_is_not_made_up() -> None:
    with pytest.raises(NotKept, match="did not keep the body of exchange 7"):
        wish_of(entry(), "/a", USUAL)
