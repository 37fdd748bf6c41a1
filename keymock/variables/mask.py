"""Secrets out of sight: every text that leaves keymock passes a mask, which knows the secrets that were used."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, unquote_plus

from keymock.redaction import USUAL, SecretNames
from keymock.variables.spellings import pattern_of, usual

MASKED = "•••"
ELLIPSIS = "…"
LEAST = 3
"""Characters of the shortest secret that is looked for: a shorter one stands in half of all words."""


class Mask:
    """Remembers secrets, and takes them out of texts, also where they are escaped or encoded."""

    def __init__(self, secrets: Iterable[str] = (), names: SecretNames = USUAL) -> None:
        self.names = names
        """The names whose values are secret, whatever they are."""
        self._patterns: dict[str, re.Pattern[str]] = {}
        for secret in secrets:
            self.add(secret)

    def under(self, names: SecretNames) -> Mask:
        """The same secrets with other names."""
        made = Mask(names=names)
        made._patterns = self._patterns
        return made

    def add(self, secret: str) -> None:
        """From now on this text is not shown; nor what it becomes in URLs, JSON, XML, TOML, shells and base64."""
        for text in (secret, unquote(secret), unquote_plus(secret)):  # it may have been put into a URL as it is
            self._learn(text)

    def _learn(self, text: str) -> None:
        if len(text) >= LEAST and text not in self._patterns:
            found = {**self._patterns, text: pattern_of(text)}
            self._patterns = dict(sorted(found.items(), key=lambda pair: len(pair[0]), reverse=True))

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def __contains__(self, secret: str) -> bool:
        return secret in self._patterns

    def __len__(self) -> int:
        return len(self._patterns)

    def text(self, text: str, *, cut: bool = False) -> str:
        """The text without any secret. Of one that was `cut` off, its end too, if a secret may begin there; `…` at its
        end says so as well.
        """
        if not self._patterns:
            return text
        for pattern in self._patterns.values():
            text = pattern.sub(MASKED, text)
        if cut or text.endswith(ELLIPSIS):
            rest = text.removesuffix(ELLIPSIS)
            return self._without_beginning(rest) + text[len(rest) :]
        return text

    def data(self, data: bytes, *, cut: bool = False) -> bytes:
        """The bytes without any secret, as `text`."""
        if not self._patterns:
            return data
        text = data.decode("utf-8", "surrogateescape")
        shown = self.text(text, cut=cut)
        return data if shown == text else shown.encode("utf-8", "surrogateescape")

    def tree(self, value: Any) -> Any:
        """Plain values without any secret, in keys neither; a number that is one becomes text."""
        if not self._patterns:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.tree(key): self.tree(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.tree(inner) for inner in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return MASKED if self.hides(str(value)) else value
        return value

    def hides(self, text: str) -> bool:
        """Whether there is a secret in a text."""
        return any(pattern.search(text) for pattern in self._patterns.values())

    def within(self, texts: Iterable[str]) -> list[str]:
        """The secrets that are in any of these texts."""
        known = list(texts)
        return [secret for secret, pattern in self._patterns.items() if any(map(pattern.search, known))]

    def _without_beginning(self, text: str) -> str:
        for secret in self._patterns:
            for spelled in usual(secret):
                for length in range(min(len(spelled) - 1, len(text)), LEAST - 1, -1):
                    if text.endswith(spelled[:length]):
                        return text[:-length] + MASKED
        return text
