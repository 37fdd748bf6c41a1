"""Path syntax: which paths a mock's `path` matches, how it ranks, and what it shares with another.

To serve, paths are read and matched. What two of them share is asked by checks and commands, which import it where it
is used (`from keymock.pattern.overlap import overlap, witness`), not from here.
"""

from keymock.pattern.matching import PathMatch, match, params
from keymock.pattern.reading import from_regex, parse
from keymock.pattern.shape import (
    CONSTRAINED,
    LITERAL,
    OPTIONAL_REST,
    PLAIN,
    REGEX,
    REST,
    Param,
    Path,
    Pattern,
    PatternError,
    Segment,
    outline,
)
from keymock.pattern.spelling import literal, normal

__all__ = [
    "CONSTRAINED",
    "LITERAL",
    "OPTIONAL_REST",
    "PLAIN",
    "REGEX",
    "REST",
    "Param",
    "Path",
    "PathMatch",
    "Pattern",
    "PatternError",
    "Segment",
    "from_regex",
    "literal",
    "match",
    "normal",
    "outline",
    "params",
    "parse",
]
