"""Sets of characters, as ranges of code points: what they share, what they leave, one of them to read."""

from __future__ import annotations

Ranges = tuple[tuple[int, int], ...]  # code points, both ends included

ANY: Ranges = ((0x01, 0xD7FF), (0xE000, 0x10FFFF))  # what UTF-8 can carry and a path may hold
DIGITS: Ranges = ((0x30, 0x39),)
WORD: Ranges = (*DIGITS, (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Ranges = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
READABLE = "x1aX-_~"


def single(char: str) -> tuple[int, int]:
    """The range of one character."""
    return ord(char), ord(char)


def holds(ranges: Ranges, char: str) -> bool:
    """Whether a character is in one of the ranges."""
    return any(low <= ord(char) <= high for low, high in ranges)


def pick(ranges: Ranges, first: str) -> str:
    """A character that people can read, `first` if possible. A dot only where nothing else will do: any other
    character leaves at least as many ways open."""
    for char in first + READABLE:
        if holds(ranges, char):
            return char
    return next((chr(code) for low, high in ranges for code in (low, high) if chr(code) != "."), ".")


def common(some: Ranges, others: Ranges) -> Ranges:
    """What is in both."""
    return tuple((max(a, c), min(b, d)) for a, b in some for c, d in others if max(a, c) <= min(b, d))


def without(ranges: Ranges) -> Ranges:
    """All that a path may hold but these."""
    left = []
    low = 0
    for start, end in (*sorted(ranges), (0x110000, 0x110000)):
        if low < start:
            left.append((low, start - 1))
        low = max(low, end + 1)
    return common(ANY, tuple(left))
