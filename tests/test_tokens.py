"""Tokens: what is kept of them, and whose they are."""

from __future__ import annotations

import pytest

from keymock.tokens import actor_of, by_digest, digest, text_of, token

SECRET = bytes(range(36))
TEXT = text_of(SECRET)


def test_a_token_is_its_id_and_256_bits() -> None:
    assert "kmt_00010203_" + bytes(range(4, 36)).hex() == TEXT


def test_what_is_kept_does_not_tell_the_token() -> None:
    kept = token(TEXT, "ada@example.com", now=1_000, seconds=60, by="ops@example.com")
    assert (kept.id, kept.actor, kept.issued, kept.expires, kept.by) == (
        "00010203", "ada@example.com", 1_000, 1_060, "ops@example.com",
    )  # fmt: skip
    assert kept.digest == digest(TEXT)
    assert bytes(range(4, 36)).hex() not in repr(kept)


def test_whose_it_is_until_it_expires() -> None:
    known = by_digest([token(TEXT, "ada@example.com", now=1_000, seconds=60)])
    assert actor_of(TEXT, known, 1_059.9) == "ada@example.com"
    assert actor_of(TEXT, known, 1_060) is None
    assert actor_of(text_of(bytes(36)), known, 1_000) is None


@pytest.mark.parametrize("text", ["", "kmt_", TEXT[:-1], TEXT + "0", TEXT.upper(), digest(TEXT), f" {TEXT}", "é" * 77])
def test_what_is_no_token_is_nobodys(text: str) -> None:
    known = by_digest([token(TEXT, "ada@example.com", now=0, seconds=60)])
    assert actor_of(text, known, 1) is None
    with pytest.raises(ValueError, match="no token"):
        token(text, "ada", now=0, seconds=1)
