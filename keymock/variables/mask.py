"""Secrets out of sight: every text that leaves keymock passes a mask, which knows the secrets that were used."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from keymock.redaction import USUAL, SecretNames

MASKED = "•••"
LEAST = 3
"""Characters of the shortest secret that is looked for: a shorter one stands in half of all words."""


class Mask:
    """Remembers secrets, and takes them out of texts, also where they are escaped or encoded."""

    def __init__(self, secrets: Iterable[str] = (), names: SecretNames = USUAL) -> None:
        self.names = names
        """The names whose values are secret, whatever they are."""
        self._spelled: dict[str, None] = {}
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """From now on this text is not shown; nor what it becomes in URLs, JSON, TOML and base64."""
        if len(secret) >= LEAST:
            found = dict.fromkeys((*self._spelled, *_spellings(secret)))
            self._spelled = dict.fromkeys(sorted(found, key=len, reverse=True))

    def __bool__(self) -> bool:
        return bool(self._spelled)

    def text(self, text: str) -> str:
        """The text without any secret."""
        for secret in self._spelled:
            if secret in text:
                text = text.replace(secret, MASKED)
        return text

    def data(self, data: bytes) -> bytes:
        """The bytes without any secret."""
        for secret in self._spelled:
            spelled = secret.encode("utf-8", "surrogateescape")
            if spelled in data:
                data = data.replace(spelled, MASKED.encode())
        return data

    def tree(self, value: Any) -> Any:
        """Plain values without any secret, in keys neither."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.tree(key): self.tree(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.tree(inner) for inner in value]
        return value


def _spellings(secret: str) -> Iterable[str]:
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    data = secret.encode("utf-8", "surrogateescape")
    for encode in (b64encode, urlsafe_b64encode):
        yield encode(data).decode().rstrip("=")
