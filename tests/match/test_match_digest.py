"""`sha256`."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
from asking import ask

from keymock import match


def test_digest_of_the_bytes() -> None:
    body = bytes(range(256))
    digest = hashlib.sha256(body).hexdigest()
    assert ask({"body": {"sha256": digest}}, body=body)
    assert ask({"body": {"sha256": digest.upper()}}, body=body)
    assert not ask({"body": {"sha256": digest}}, body=body[:-1])


def test_a_digest_has_64_digits() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"body": {"sha256": "abc"}}, match.Conditions)
