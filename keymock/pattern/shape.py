"""A path once it is read: segments and parameters, its rank, and the error where it cannot be read.

A path is a tuple of decoded segments, as `exchange.split_path` makes them: `/` is `("",)`, `/a/` is `("a", "")`.
"""

from __future__ import annotations

import msgspec

Path = tuple[str, ...]

LITERAL, CONSTRAINED, PLAIN, REST, OPTIONAL_REST, REGEX = "LMPRSZ"
"""The letters of `Pattern.shape`. They stand in the alphabet as product.md §3 ranks them: comparing is ranking."""


class PatternError(ValueError):
    """A path that cannot be read. `offset` counts characters from the start of the text, 0 being the first."""

    def __init__(self, message: str, offset: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


class Param(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A path parameter. `type` is empty for a plain one, else `int`, `uuid` or `re:…`."""

    name: str
    type: str = ""


Segment = tuple[str | Param, ...]
"""What is between two slashes: `("users",)`, `(Param("id"),)`, `("v", Param("major"), ".", Param("minor"))`."""


class Pattern(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One path as a mock asks for it; two are equal if they were spelled to mean the same, names included.

    `rest` is the name that takes what follows `segments`, if any. `regex`, for `path = { regex = "…" }`, is matched
    against all that follows `segments`, which then hold the base path.
    """

    segments: tuple[Segment, ...] = ()
    rest: str = ""
    rest_optional: bool = False
    regex: str = ""

    @property
    def length(self) -> int:
        """How many segments there are, `rest` not counted."""
        return len(self.segments)

    @property
    def shape(self) -> str:
        """One letter a segment; of two patterns that match one path, the smaller shape goes first."""
        if self.regex:
            return REGEX
        end = (OPTIONAL_REST if self.rest_optional else REST) if self.rest else ""
        return "".join(letter(segment) for segment in self.segments) + end

    @property
    def fixed(self) -> tuple[tuple[int, str], ...]:
        """Position and value of each literal segment."""
        texts = ((at, text_of(segment)) for at, segment in enumerate(self.segments))
        return tuple((at, text) for at, text in texts if text is not None)


def outline(pattern: Pattern) -> tuple[str, tuple[str, ...]]:
    """The shape, and the values of the literal segments: all in one look, for there are thousands."""
    if pattern.regex:
        return REGEX, ()
    shape, values = "", []
    for segment in pattern.segments:
        only = segment[0]
        if len(segment) > 1:
            shape += CONSTRAINED
        elif isinstance(only, str):
            shape += LITERAL
            values.append(only)
        else:
            shape += CONSTRAINED if only.type else PLAIN
    if pattern.rest:
        shape += OPTIONAL_REST if pattern.rest_optional else REST
    return shape, tuple(values)


def text_of(segment: Segment) -> str | None:
    """The text of a literal segment, None for any other."""
    return segment[0] if len(segment) == 1 and isinstance(segment[0], str) else None


def letter(segment: Segment) -> str:
    """How a segment ranks: its letter in `Pattern.shape`."""
    if text_of(segment) is not None:
        return LITERAL
    only = segment[0]
    return PLAIN if len(segment) == 1 and isinstance(only, Param) and not only.type else CONSTRAINED
