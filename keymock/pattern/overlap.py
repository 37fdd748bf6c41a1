"""What two patterns share: whether they have a path in common, answered by walking two automata side by side."""

from __future__ import annotations

from typing import Literal

import msgspec

from keymock.pattern.automaton import NOTHING, Piece, TooHard, chars, either, filled, repeat, sequence, verbatim
from keymock.pattern.characters import ANY, single
from keymock.pattern.expressions import INT, UUID
from keymock.pattern.matching import match
from keymock.pattern.regex_automaton import regex
from keymock.pattern.shape import LITERAL, PLAIN, Path, Pattern, text_of
from keymock.pattern.walk import shared_text


class Overlap(msgspec.Struct, frozen=True):
    """Whether one path can match both patterns. On "yes", `witness` is such a path, tried on both.

    "no" is proven. "maybe" is left for regular expressions that look at their surroundings or are too intricate.
    """

    verdict: Literal["yes", "no", "maybe"]
    witness: Path = ()


DISJOINT = Overlap("no")
UNDECIDED = Overlap("maybe")


def overlap(a: Pattern, b: Pattern) -> Overlap:
    """Whether one path can match both patterns, with such a path as proof."""
    if set(a.shape + b.shape) <= {LITERAL, PLAIN}:
        return _simple_overlap(a, b)
    for alone, other in ((a, b), (b, a)):
        if set(alone.shape) == {LITERAL}:
            path = tuple(text for _, text in alone.fixed)
            return Overlap("yes", path) if _matches(path, other) else DISJOINT
    separator = "/" if a.regex or b.regex else "\0"
    try:
        text = shared_text(_whole(a, separator), _whole(b, separator), separator)
    except TooHard:
        candidates = (witness(a), witness(b))
    else:
        if text is None:
            return DISJOINT
        candidates = (_split(text, separator), None)
    return next((Overlap("yes", path) for path in candidates if path and _matches(path, a, b)), UNDECIDED)


def witness(pattern: Pattern) -> Path | None:
    """A path that the pattern matches, short and readable; None where none was found."""
    separator = "/" if pattern.regex else "\0"
    try:
        text = shared_text(_whole(pattern, separator), repeat(chars((*ANY, single(separator))), 0, None), separator)
    except TooHard:
        return None
    path = _split(text, separator) if text else None
    return path if path and _matches(path, pattern) else None


def _simple_overlap(a: Pattern, b: Pattern) -> Overlap:
    """Of literals and plain parameters alone: by far the most, and no need of automata."""
    if a.length != b.length:
        return DISJOINT
    path = []
    for one, other in zip(a.segments, b.segments, strict=True):
        left, right = text_of(one), text_of(other)
        if left is not None and right is not None and left != right:
            return DISJOINT
        text = "x" if left is None and right is None else left if left is not None else right
        if not text and (left is None or right is None):
            return DISJOINT
        path.append(text or "")
    return Overlap("yes", tuple(path))


def _matches(path: Path, *patterns: Pattern) -> bool:
    return all(match(pattern)(path) is not None for pattern in patterns)


def _split(text: str, separator: str) -> Path:
    return tuple(text[1:].split(separator))


# A path is walked as text, each segment behind its separator: NUL, which no segment can hold. Where a whole-path
# regex takes part it is `/`, as the regex sees it. An automaton may take more than its pattern does (`\b`, `\p{…}`),
# never less: then "no" is proven, and "yes" is tried on the real matchers. (Left aside: a regex that takes nothing but
# `.` or `..` behind a slash, and a client that sends that slash as %2F.)
def _whole(pattern: Pattern, separator: str) -> Piece:
    slash = verbatim(separator)
    pieces: list[Piece] = []
    for segment in pattern.segments:
        pieces.append(slash)
        pieces += [verbatim(part) if isinstance(part, str) else _typed(part.type) for part in segment]
    if pattern.regex:
        pieces.append(regex(pattern.regex))
    if pattern.rest:
        rest = sequence((slash, repeat(chars((*ANY, single(separator))), 1, None)))
        none = NOTHING if pattern.segments else slash
        pieces.append(either(rest, none) if pattern.rest_optional else rest)
    return sequence(pieces)


def _typed(kind: str) -> Piece:
    if not kind:
        return repeat(chars(ANY), 1, None)
    if kind == "int":
        return regex(INT.pattern)
    if kind == "uuid":
        return regex(UUID.pattern)
    return filled(regex(kind[3:]))
