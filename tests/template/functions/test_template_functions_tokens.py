"""keymock/template/functions/tokens.py: JSON Web Tokens as their standard says, and read back."""

from __future__ import annotations

import base64
import hmac
import json

import pytest
from filling import NOON, filled, refusal


def _read(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize(("algorithm", "hashed"), [("HS256", "sha256"), ("HS384", "sha384"), ("HS512", "sha512")])
def test_a_token_is_what_its_standard_says(algorithm: str, hashed: str) -> None:
    claims = "{'sub': 'ada', 'iat': 5}"
    token = filled(
        "{{ jwt(" + claims + ", 'key', expires_in='1h', algorithm='" + algorithm + "', header={'kid': 'k'}) }}"
    )
    head, payload, signature = token.split(".")
    assert json.loads(_read(head)) == {"alg": algorithm, "typ": "JWT", "kid": "k"}
    assert json.loads(_read(payload)) == {"iat": 5, "sub": "ada", "exp": int(NOON) + 3600}
    assert _read(signature) == hmac.digest(b"key", f"{head}.{payload}".encode(), hashed)
    assert "=" not in token


@pytest.mark.parametrize(
    "source",
    [
        "{{ jwt({'sub': 'ada'}, 'key') | jwt_claims }}",
        "{{ {'sub': 'ada'} | jwt('key') | jwt_claims }}",
        "{{ jwt_claims('Bearer ' ~ jwt({'sub': 'ada'}, 'key')) }}",
    ],
)
def test_its_claims_are_read_back(source: str) -> None:
    assert json.loads(filled(source)) == {"iat": int(NOON), "sub": "ada"}


def test_claims_that_are_given_stay() -> None:
    assert filled("{{ jwt({'exp': 1, 'iat': 0}, 'key', expires_in='1h') | jwt_claims }}") == '{"iat":0,"exp":1}'


def test_a_signature_is_not_looked_at() -> None:
    assert filled("{{ 'e30.eyJhIjoxfQ.forged' | jwt_claims }}") == '{"a":1}'


@pytest.mark.parametrize(
    "token",
    ["", "a.b", "a.e30=.c.d", "a.!.c", "a.WzFd.c"],
    ids=["nothing", "two parts", "four parts", "no Base64", "a list"],
)
def test_what_is_no_token(token: str) -> None:
    fault = refusal("{{ jwt_claims('" + token + "') }}")
    assert (fault.column, fault.message) == (4, "`jwt_claims`: this is no JSON Web Token")


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        ("{}, 'key', algorithm='RS256'", "`jwt`: `algorithm` cannot be `RS256`", "invalid-template"),
        ("{}, 'key', expires_in='soon'", "`jwt`: `soon` is no span of time", "invalid-template"),
        ("{}, 'key', header=5", "`jwt`: `header` has to be an object, and is a number", "template-failed"),
        ("{}, 5", "`jwt`: the secret has to be a text, and is a number", "template-failed"),
    ],
)
def test_what_no_token_is_made_of(arguments: str, message: str, code: str) -> None:
    fault = refusal("{{ jwt(" + arguments + ") }}")
    assert (fault.column, fault.message, fault.code) == (4, message, code)
