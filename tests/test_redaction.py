"""What is secret is hidden, by its name or by its shape; everything else leaves as it came."""

from __future__ import annotations

import pytest

from keymock import redaction
from keymock.redaction import HIDDEN

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.sig-nature_1"


@pytest.mark.parametrize(
    "name", ["password", "Client-Secret", "access_token", "idToken", "x-api-key", "PWD", "sessionId"]
)
def test_names_of_secrets(name: str) -> None:
    assert redaction.is_secret(name)


@pytest.mark.parametrize("name", ["name", "nextPageToken", "tokens_used", "secretary", "page_token", "key", "author"])
def test_names_of_nothing_secret(name: str) -> None:
    assert not redaction.is_secret(name)


def test_secret_headers_are_hidden_whole_and_others_lose_only_tokens() -> None:
    given = [(b"authorization", b"Bearer x"), (b"cookie", b"s=1"), (b"x-api-key", b"k"), (b"accept", b"\xff"),
             (b"x-forwarded", f"a {JWT} b".encode())]  # fmt: skip
    assert redaction.headers(given) == [
        ["authorization", HIDDEN], ["cookie", HIDDEN], ["x-api-key", HIDDEN], ["accept", "\ufffd"],
        ["x-forwarded", f"a {HIDDEN} b"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "token",
    [
        JWT, "ghp_" + "a1" * 18, "github_pat_" + "a" * 30, "glpat-" + "a" * 20, "xoxb-123456789012-abc",
        "AKIA" + "ABCD1234" * 2, "AIza" + "b" * 35, "sk_live_" + "c" * 20, "sk-" + "proj-" + "d" * 30,
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    ],
)  # fmt: skip
def test_tokens_are_known_by_their_shape(token: str) -> None:
    assert redaction.text(f"before {token} after") == f"before {HIDDEN} after"


def test_the_password_of_an_address() -> None:
    assert redaction.text("see https://ada:pw@api.test/x") == f"see https://{HIDDEN}@api.test/x"


def test_a_query_keeps_its_spelling() -> None:
    assert redaction.query("a=1&token=x&b=%20&api%5Fkey=2&flag&token=") == (
        f"a=1&token={HIDDEN}&b=%20&api%5Fkey={HIDDEN}&flag&token="
    )


def test_json_loses_what_stands_under_secret_names_at_any_depth() -> None:
    body = b'{"user":"ada","password":"pw","deep":[{"client_secret":{"a":1},"token":null}],"n":1}'
    hidden = f'{{"user":"ada","password":"{HIDDEN}","deep":[{{"client_secret":"{HIDDEN}","token":null}}],"n":1}}'
    assert redaction.body(body, "application/json").decode() == hidden


@pytest.mark.parametrize("body", [b'{ "a" : 1,\n "b": [true] }', b"plain", b"\xff\xfe", b"[1, 2]", b""])
def test_a_body_without_secrets_stays_as_it_came(body: bytes) -> None:
    assert redaction.body(body, "application/json") == body


def test_json_that_was_cut_off_and_forms() -> None:
    assert redaction.body(b'{"password":"very secr').decode() == f'{{"password":"{HIDDEN}"'
    form = "application/x-www-form-urlencoded; charset=utf-8"
    assert redaction.body(b"user=ada&password=pw", form).decode() == f"user=ada&password={HIDDEN}"


MORE = redaction.with_names(["X-Internal-Token"], ["iban", "passport_no"])


def test_a_workspace_adds_names_of_its_own() -> None:
    given = [(b"x-internal-token", b"t"), (b"authorization", b"b"), (b"x-other", b"o")]
    assert redaction.headers(given, MORE) == [
        ["x-internal-token", HIDDEN], ["authorization", HIDDEN], ["x-other", "o"],
    ]  # fmt: skip
    assert redaction.query("PassportNo=1&a=2&pin=3", MORE) == f"PassportNo={HIDDEN}&a=2&pin={HIDDEN}"
    body = b'{"who":[{"IBAN":"CH93","passport-no":7,"name":"ada"}]}'
    assert redaction.body(body, "application/json", MORE).decode() == (
        f'{{"who":[{{"IBAN":"{HIDDEN}","passport-no":"{HIDDEN}","name":"ada"}}]}}'
    )
    assert redaction.body(body[:20], "application/json", MORE).decode() == f'{{"who":[{{"IBAN":"{HIDDEN}"'
    assert redaction.body(body, "application/json") == body


@pytest.mark.parametrize("name", ["größe", "Größe", "GRÖSSE_"])
def test_a_name_of_other_letters_is_found_in_any_case(name: str) -> None:
    assert redaction.with_names([], ["Größe"]).key(name)
