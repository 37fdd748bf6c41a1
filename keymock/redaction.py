"""What is secret in an exchange, found and hidden: by the name that it goes by, or by its own shape.

What leaves keymock (the journal's answers, files, terminals, recordings) goes through here; what is matched does not.
A hidden value becomes `HIDDEN`, everything around it stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from keymock.exchange import NOT_JSON, Headers, read_json

HIDDEN = "•••"

SECRET_HEADERS = frozenset({
    b"authorization", b"cookie", b"proxy-authorization", b"set-cookie", b"x-amz-security-token", b"x-api-key",
    b"x-auth-token", b"x-csrf-token", b"x-keymock-token", b"x-xsrf-token",
})  # fmt: skip

_NAMES = frozenset({
    "apikey", "auth", "authorization", "credential", "credentials", "cvc", "cvv", "jwt", "passcode", "passphrase",
    "passwd", "password", "pin", "privatekey", "pwd", "secret", "sessionid", "signature", "token",
})  # fmt: skip
_ENDINGS = ("password", "secret", "token", "apikey", "privatekey", "secretkey", "accesskey")
_PAGES = frozenset({"continuationtoken", "nextpagetoken", "nexttoken", "pagetoken", "prevpagetoken"})
"""Tokens that open nothing: they say where the next page begins."""

_SHAPES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"  # a JSON Web Token
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_-]{20,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bAKIA[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}"
    r"|\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|\bsk-[A-Za-z0-9_-]{20,}"
)
_USERINFO = re.compile(r"(?<=://)[^/\s:@?#]{1,256}:[^/\s@?#]{1,256}(?=@)")
_JSON_PAIR = re.compile(r'("([^"\\]{1,64})"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s,}\]"\[{]+)')


class SecretNames(msgspec.Struct, frozen=True):
    """The names that a workspace adds to those that go for secrets everywhere: `[redact]` of keymock.toml, read."""

    headers: frozenset[bytes] = frozenset()
    keys: frozenset[str] = frozenset()

    def header(self, name: bytes) -> bool:
        """Whether a header of that name, in small letters, is not shown."""
        return name in SECRET_HEADERS or name in self.headers

    def key(self, name: str) -> bool:
        """Whether a field, a parameter or a cookie of that name holds a secret."""
        plain = _plain(name)
        return plain in self.keys or (plain not in _PAGES and (plain in _NAMES or plain.endswith(_ENDINGS)))


USUAL = SecretNames()
"""Nothing but the names that go for secrets everywhere: `password`, `client_secret`, `idToken`."""


def with_names(headers: Iterable[str], keys: Iterable[str]) -> SecretNames:
    """More names, as somebody wrote them. Case does not matter, nor what is neither a letter nor a digit in a key."""
    return SecretNames(
        frozenset(name.lower().encode("latin-1", "replace") for name in headers), frozenset(map(_plain, keys))
    )


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def is_secret(name: str, names: SecretNames = USUAL) -> bool:
    """Whether a field, a parameter or a cookie of that name holds a secret: `password`, `client_secret`, `idToken`."""
    return names.key(name)


def text(value: str) -> str:
    """Text without what looks like a token, a private key, or the password of an address."""
    return _USERINFO.sub(f"{HIDDEN}", _SHAPES.sub(HIDDEN, value))


def shapes(value: str) -> list[tuple[int, str]]:
    """What of a text looks like a token, a private key, or the password of an address: where it begins, and itself."""
    found = [*_SHAPES.finditer(value), *_USERINFO.finditer(value)]
    return sorted((match.start(), match[0]) for match in found)


def headers(pairs: Headers, names: SecretNames = USUAL) -> list[list[str]]:
    """Headers as text, `[name, value]` each."""
    return [
        [name.decode("latin-1"), HIDDEN if names.header(name) else text(value.decode("utf-8", "replace"))]
        for name, value in pairs
    ]


def query(raw: str, names: SecretNames = USUAL) -> str:
    """A query string, or a urlencoded form."""
    parts = []
    for part in raw.split("&"):
        name, equals, value = part.partition("=")
        hide = equals and value and names.key(unquote_plus(name))
        parts.append(f"{name}={HIDDEN}" if hide else text(part))
    return "&".join(parts)


def body(data: bytes, content_type: str = "", names: SecretNames = USUAL) -> bytes:
    """A body; as it came, to the byte, if nothing in it is secret. What is not UTF-8 is not looked into."""
    try:
        decoded = data.decode()
    except UnicodeDecodeError:
        return data
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        return query(decoded, names).encode()
    value = read_json(data)
    if value is NOT_JSON or not isinstance(value, dict | list):
        # JSON that was cut off, too
        return text(_JSON_PAIR.sub(lambda pair: _hidden_pair(pair, names), decoded)).encode()
    clean = json(value, names)
    return data if clean == value else msgspec.json.encode(clean)


def json(value: Any, names: SecretNames = USUAL) -> Any:
    """A JSON value: what stands under a secret name, whole, and what is a token by its shape."""
    if isinstance(value, dict):
        return {name: _member(name, each, names) for name, each in value.items()}
    if isinstance(value, list):
        return [json(each, names) for each in value]
    return text(value) if isinstance(value, str) else value


def _member(name: str, value: Any, names: SecretNames) -> Any:
    return HIDDEN if value not in (None, "", True, False) and names.key(name) else json(value, names)


def _hidden_pair(found: re.Match[str], names: SecretNames) -> str:
    hide = names.key(found[2]) and found[3] not in ('""', "null", "true", "false")
    return f'{found[1]}"{HIDDEN}"' if hide else found[0]
