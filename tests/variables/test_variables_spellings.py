"""keymock/variables/spellings: a text is found however those who pass it on have written it."""

from __future__ import annotations

import json
import re
import shlex
from base64 import b64encode, urlsafe_b64encode
from functools import reduce
from html import escape
from urllib.parse import quote, quote_plus, urlencode
from xml.sax.saxutils import quoteattr

import msgspec
import pytest
import tomli_w
from hypothesis import given, settings, strategies

from keymock.problems import printable
from keymock.variables.spellings import THOROUGH, pattern_of, usual

ODD = "pä ss\"w/ö+rd\\n%2e&<é😀'\tx\ny"


@pytest.mark.parametrize(
    "text",
    [
        ODD,
        json.dumps(ODD),
        json.dumps(json.dumps({"inner": ODD})),
        json.dumps(ODD).replace("/", "\\/").replace("<", "\\u003C").replace("&", "\\u0026"),
        msgspec.json.encode([ODD]).decode(),
        tomli_w.dumps({"a": ODD}),
        repr(ODD),
        ascii(ODD),
        printable(ODD),
        quote(ODD),
        quote(ODD, safe="").lower(),
        quote(quote(ODD)),
        quote_plus(ODD),
        urlencode({"k": ODD}),
        "".join(f"%{byte:02X}" for byte in ODD.encode()),
        escape(ODD),
        escape(escape(ODD)),
        quoteattr(ODD),
        "".join(f"&#x{ord(char):x};" for char in ODD),
        "".join(f"&#{ord(char)};" for char in ODD),
        shlex.quote(f"a {ODD} b"),
        ODD.encode().decode("latin-1"),
        json.dumps(ODD.encode().decode("latin-1")),
        ODD.encode().hex(),
        ODD.encode("latin-1", "replace").decode("utf-8", "replace").replace("?", "\ufffd"),
    ],
)
def test_it_is_found_in_every_spelling(text: str) -> None:
    assert pattern_of(ODD).search(text), text


@pytest.mark.parametrize("before", ["", "a", "ab", "user:", "Aladdin:"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_it_is_found_within_base64(before: str, encode: object) -> None:
    code = (b64encode if encode is b64encode else urlsafe_b64encode)(f"{before}{ODD}:more".encode()).decode()
    for text in (code, quote(code, safe=""), code.rstrip("="), json.dumps(code).replace("/", "\\/")):
        found = pattern_of(ODD).search(text)
        assert found, text
        assert len(found[0]) >= len(ODD.encode()) * 8 // 6 - 3


@pytest.mark.parametrize("deep", range(5))
def test_backslashes_are_shared_with_what_stands_behind_them(deep: int) -> None:
    for secret in ('C:\\"x', "\\\\é/", "a\\"):
        for spelled in (secret, ascii(secret)[1:-1].replace("\\x", "\\u00"), secret.encode().decode("latin-1")):
            text = reduce(lambda inner, _: json.dumps(inner)[1:-1], range(deep), spelled)
            assert pattern_of(secret).sub("•", f"<{text}>") == "<•>", text


def test_what_is_like_it_is_not_it() -> None:
    pattern = pattern_of("hunter-22")
    for text in ("hunter22", "hunter 22", "Hunter-22", "hunter-2", "hunter.22", quote("hunter 22")):
        assert not pattern.search(text), text


def test_an_escaped_ampersand_is_taken_whole() -> None:
    assert pattern_of("a&&b").sub("•", "x a&amp;&amp;b %25") == "x • %25"
    assert pattern_of("a%").sub("•", "a%25 a%") == "• •"


def test_a_long_one_is_found_in_the_spellings_that_are_usual() -> None:
    key = "-----BEGIN PRIVATE KEY-----\n" + "aB3/+x\n" * 60 + "-----END PRIVATE KEY-----\n"
    assert len(key) > THOROUGH
    for text in (key, json.dumps(key), quote(key), quote_plus(key), escape(key), b64encode(key.encode()).decode()):
        assert pattern_of(key).search(text), text


@pytest.mark.parametrize(
    "text",
    ["\\" * 20_000, "&amp;" * 4_000, "%25" * 6_000, "a" * 20_000, "\\\\x5c" * 4_000, ("\\" * 31 + "u0061") * 500],
)
@pytest.mark.parametrize(
    "secret", ["\\\\\\\\a", '\\"\\"\\"', "&&&&&&&", "%%%%%%%", "aaaaaaaaab", "\\a" * 20, "\\é" * 9]
)
def test_no_text_takes_long(secret: str, text: str) -> None:
    """Each case is over in a moment; with choices that multiply it would not end at all."""
    assert len(pattern_of(secret).sub("", text)) <= len(text)


def test_the_usual_spellings_are_found_by_the_pattern() -> None:
    assert all(re.search(pattern_of(ODD), each) for each in usual(ODD))


@settings(max_examples=200)
@given(strategies.text(min_size=3, max_size=30))
def test_whatever_it_is_made_of(secret: str) -> None:
    pattern = pattern_of(secret)
    data = secret.encode("utf-8", "surrogatepass") if not secret.isprintable() else secret.encode()
    for text in (secret, json.dumps(secret), escape(secret), quote(data), printable(secret)):
        assert pattern.search(text), text
