"""keymock/template/functions/codec.py: texts written in another way, and hashes as others compute them."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from filling import BODY, filled, refusal

from keymock.template.functions.codec import HASHES


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ 'é' | b64encode }} {{ 'é' | b64encode(url=true) }} {{ '>>>?' | b64encode(url=true) }}",
         "w6k= w6k Pj4-Pw"),
        ("{{ 'w6k' | b64decode }} {{ 'w6k=' | b64decode }} {{ 'w 6\nk=' | b64decode }} {{ 'Pj4-Pw' | b64decode }}",
         "é é é >>>?"),
        ("{{ 'a b/é' | urlencode }} {{ 'a+b%20c' | urldecode }}", "a%20b%2F%C3%A9 a b c"),
        ("{{ ['a b', 'c'] | urlencode }} {{ {'t': ['a', 'b'], 'q r': 1} | urlencode }}",
         "%5B%22a%20b%22%2C%22c%22%5D t=a&t=b&q+r=1"),
        ("""{{ '<a href="x">' | escape }} {{ "it's & so" | escape }}""",
         "&lt;a href=&quot;x&quot;&gt; it&#x27;s &amp; so"),
        ("{{ 'é' | hex }} {{ 5 | hex }}", "c3a9 35"),
    ],
)  # fmt: skip
def test_texts_are_written_in_another_way(source: str, text: str) -> None:
    assert filled(source) == text


@pytest.mark.parametrize("name", ["sha256", "sha384", "sha512", "sha1", "md5"])
def test_hashes_are_those_of_the_bytes(name: str) -> None:
    assert name in HASHES
    assert filled("{{ 'é' | " + name + " }}") == hashlib.new(name, "é".encode()).hexdigest()


def test_a_signature_as_webhooks_send_it() -> None:
    signed = hmac.new(b"secret", BODY.encode(), hashlib.sha256).hexdigest()
    assert filled("sha256={{ request.body | hmac('secret') }}") == "sha256=" + signed


def test_a_signature_in_base64() -> None:
    """The second test case of RFC 2202."""
    signed = filled("{{ 'what do ya want for nothing?' | hmac('Jefe', 'sha1', encoding='base64') }}")
    assert base64.b64decode(signed).hex() == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"


@pytest.mark.parametrize(
    ("source", "column", "message", "hint"),
    [
        ("{{ '!' | b64decode }}", 10, "`b64decode`: this is not Base64 of a UTF-8 text", ""),
        ("{{ '/w==' | b64decode }}", 13, "`b64decode`: this is not Base64 of a UTF-8 text", ""),
        ("{{ 5 | b64decode }}", 8, "`b64decode`: it has to be a text, and is a number", "add `| string`"),
        ("{{ 5 | urldecode }}", 8, "`urldecode`: it has to be a text, and is a number", "add `| string`"),
        ("{{ 'x' | hmac('k', 'sha3') }}", 10, "`hmac`: `algorithm` cannot be `sha3`", "did you mean `sha384`?"),
        ("{{ 'x' | hmac('k', encoding='base32') }}", 10, "`hmac`: `encoding` cannot be `base32`",
         "did you mean `base64`?"),
        ("{{ 'x' | hmac(5) }}", 10, "`hmac`: the key has to be a text, and is a number", "add `| string`"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_so_is_refused(source: str, column: int, message: str, hint: str) -> None:
    fault = refusal(source)
    assert (fault.column, fault.message, fault.hint) == (column, message, hint)
