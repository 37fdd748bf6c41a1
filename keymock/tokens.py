"""Tokens that say who calls, where one keymock serves several people. Of a token only its digest is kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

import msgspec

HEADER = b"x-keymock-token"
COOKIE = "x-keymock-token"

PREFIX = "kmt_"
"""So that people and scanners see what it is."""

_TEXT = re.compile(r"kmt_([0-9a-f]{8})_[0-9a-f]{64}")


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One token. `issued` and `expires` are in seconds since 1970; `by` is who issued it, empty for nobody."""

    id: str
    digest: str
    actor: str
    issued: int
    expires: int
    by: str = ""


def text_of(secret: bytes) -> str:
    """The token itself, made of 36 random bytes; its first four are its id."""
    return f"{PREFIX}{secret[:4].hex()}_{secret[4:].hex()}"


def token(text: str, actor: str, *, now: int, seconds: int, by: str = "") -> Token:
    """What is kept of a token that is issued now."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError("this is no token")
    return Token(found[1], digest(text), actor, now, now + seconds, by)


def digest(text: str) -> str:
    """A token has 256 bits of chance, so that one round of SHA-256 is as good as many."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def by_digest(tokens: Iterable[Token]) -> dict[str, Token]:
    """The tokens as `actor_of` wants them."""
    return {each.digest: each for each in tokens}


def actor_of(text: str, known: Mapping[str, Token], now: float) -> str | None:
    """Whose token this is, None if it is nobody's, or has expired."""
    found = known.get(digest(text)) if _TEXT.fullmatch(text) else None
    return found.actor if found is not None and now < found.expires else None
