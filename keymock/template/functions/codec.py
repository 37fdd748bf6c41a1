"""Filters that write texts in another way: Base64, percent-encoding, hashes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

from keymock.template.errors import Refused
from keymock.template.functions.function import Call, filter_, one_of, text
from keymock.template.operators import to_text
from keymock.template.run import Run

HASHES: dict[str, Callable[..., Any]] = {
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
    "sha1": hashlib.sha1,
    "md5": hashlib.md5,
}


def _bytes(value: Any) -> bytes:
    return to_text(value).encode("utf-8", "replace")


def _b64encode(run: Run, value: Any, url: Any = False) -> str:
    """Base64; with `url=true` in the alphabet of URLs, without padding."""
    given = _bytes(value)
    run.make(2 * len(given))
    if url:
        return base64.urlsafe_b64encode(given).decode().rstrip("=")
    return base64.b64encode(given).decode()


def _b64decode(run: Run, value: Any) -> str:
    """The UTF-8 text in Base64, of either alphabet, padded or not."""
    given = text(value).translate(_PLAIN_ALPHABET).rstrip("=")
    run.make(len(given))
    try:
        return base64.b64decode(given + "=" * (-len(given) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise Refused("this is not Base64 of a UTF-8 text") from None


_PLAIN_ALPHABET = str.maketrans("-_", "+/", " \r\n")


def _digest(name: str) -> Call:
    make = HASHES[name]

    def digest(run: Run, value: Any) -> str:
        given = _bytes(value)
        run.step(len(given) // 1024)
        return str(make(given, usedforsecurity=False).hexdigest())

    return digest


def _hmac(run: Run, value: Any, key: Any, algorithm: Any = "sha256", encoding: Any = "hex") -> str:
    """The keyed hash of a text, in hex or Base64, as webhooks sign what they send."""
    given = _bytes(value)
    run.step(len(given) // 1024)
    signed = hmac.digest(_bytes(text(key, "the key")), given, one_of(algorithm, "`algorithm`", HASHES))
    way = one_of(encoding, "`encoding`", ("hex", "base64"))
    return signed.hex() if way == "hex" else base64.b64encode(signed).decode()


def _check_hmac(key: Any = "", algorithm: Any = "sha256", encoding: Any = "hex") -> None:
    text(key, "the key")
    one_of(algorithm, "`algorithm`", HASHES)
    one_of(encoding, "`encoding`", ("hex", "base64"))


def _urlencode(run: Run, value: Any) -> str:
    """A text so that it fits into one part of a path or a query; an object as a whole query."""
    run.walk(value)
    if not isinstance(value, dict):
        given = to_text(value)
        run.make(3 * len(given))
        return quote(given, safe="")
    pairs = [(key, one) for key, many in value.items() for one in (many if isinstance(many, list) else [many])]
    run.make(3 * sum(len(key) + len(to_text(one)) + 2 for key, one in pairs))
    return "&".join(f"{quote_plus(key)}={quote_plus(to_text(one))}" for key, one in pairs)


def _urldecode(run: Run, value: Any) -> str:
    run.make(len(text(value)))
    return unquote_plus(value)


def _escape(run: Run, value: Any) -> str:
    """`& < > " '` written for HTML and XML."""
    given = to_text(value)
    run.make(6 * len(given))
    return escape(given)


def _hex(run: Run, value: Any) -> str:
    given = _bytes(value)
    run.make(2 * len(given))
    return given.hex()


FILTERS = (
    filter_("b64encode", _b64encode),
    filter_("b64decode", _b64decode),
    filter_("hex", _hex),
    *(filter_(name, _digest(name)) for name in HASHES),
    filter_("hmac", _hmac, _check_hmac),
    filter_("urlencode", _urlencode),
    filter_("urldecode", _urldecode),
    filter_("escape", _escape),
)
