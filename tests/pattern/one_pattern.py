"""A pattern from its text, for the tests of patterns."""

from __future__ import annotations

from keymock.pattern import Pattern, parse


def one(text: str, base_path: str = "") -> Pattern:
    [pattern] = parse(text, base_path=base_path)
    return pattern
