"""The text of a seed file."""

from __future__ import annotations

import pytest

from keymock.store.entries import SeedError, decode


def test_marks_and_line_ends_of_windows_are_taken_off() -> None:
    assert decode("\ufeffa\r\né".encode()) == "a\né"


def test_another_encoding_is_told_with_its_line() -> None:
    with pytest.raises(SeedError, match="0xE9 is not UTF-8") as told:
        decode("a\nb é".encode("latin-1"))
    assert told.value.line == 2
