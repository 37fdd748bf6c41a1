"""Whether a path matches a pattern, and the parameters that it gives."""

from __future__ import annotations

from collections.abc import Callable

from keymock.pattern.expressions import INT, UUID, compiled
from keymock.pattern.shape import CONSTRAINED, Param, Path, Pattern, Segment, letter, text_of

PathMatch = Callable[[Path], dict[str, str] | None]
"""Segments → parameters, or None. A path without parameters gives `{}`, so compare with None."""


def params(pattern: Pattern) -> tuple[str, ...]:
    """Names of the parameters in the order they stand; of a regex, its named groups."""
    names = tuple(part.name for segment in pattern.segments for part in segment if isinstance(part, Param))
    if pattern.regex:
        return (*names, *compiled(pattern.regex).groupindex)
    return (*names, pattern.rest) if pattern.rest else names


def match(pattern: Pattern, *, literals_checked: bool = False) -> PathMatch:
    """A function from segments to parameters, or to None where the pattern does not match.

    With `literals_checked` the caller has found the pattern by number of segments (unless it ends in a rest) and by
    its literals; those are then not compared again. A regex is always matched in full.

    No parameter is empty. A rest is its segments joined by `/`; empty ones among them stay, but a single empty one
    is no rest: `/files/*rest` does not take `/files/`. `*rest?` that takes nothing is the empty text; with nothing
    in front of it, it takes `/` so. A group of a regex that took no part is left out.
    """
    read = _reader(pattern)
    if literals_checked and not pattern.regex:
        return read
    fixed, length = pattern.fixed, pattern.length
    open_end = bool(pattern.rest or pattern.regex)

    def checked(segments: Path) -> dict[str, str] | None:
        if len(segments) < length or (len(segments) > length and not open_end):
            return None
        for at, text in fixed:
            if segments[at] != text:
                return None
        return read(segments)

    return checked


def _reader(pattern: Pattern) -> PathMatch:
    if pattern.regex:
        return _regex_reader(pattern)
    if pattern.rest:
        return _rest_reader(pattern)
    return _segments_reader(pattern.segments)


def _segments_reader(segments: tuple[Segment, ...]) -> PathMatch:
    """Reads the parameters out of their places. The first two are the common case, and worth their own lines."""
    if any(letter(segment) == CONSTRAINED for segment in segments):
        return _constrained_reader(segments)
    places = [(at, part.name) for at, segment in enumerate(segments) for part in segment if isinstance(part, Param)]
    if not places:
        return lambda _: {}
    if len(places) == 1:
        [(place, only)] = places

        def one(path: Path) -> dict[str, str] | None:
            value = path[place]
            return {only: value} if value else None

        return one

    def several(path: Path) -> dict[str, str] | None:
        found = {}
        for at, name in places:
            value = path[at]
            if not value:
                return None
            found[name] = value
        return found

    return several


def _constrained_reader(segments: tuple[Segment, ...]) -> PathMatch:
    fillers = [(at, _filler(segment)) for at, segment in enumerate(segments) if text_of(segment) is None]

    def read(path: Path) -> dict[str, str] | None:
        found: dict[str, str] = {}
        for at, fill in fillers:
            if not fill(path[at], found):
                return None
        return found

    return read


def _rest_reader(pattern: Pattern) -> PathMatch:
    before = _segments_reader(pattern.segments)
    length, name, optional = pattern.length, pattern.rest, pattern.rest_optional
    nothing: tuple[Path, ...] = ()
    if optional:
        nothing = ((), ("",)) if length == 0 else ((),)

    def read(path: Path) -> dict[str, str] | None:
        if len(path) < length:
            return None
        rest = path[length:]
        if rest in ((), ("",)) and rest not in nothing:
            return None
        found = before(path)
        if found is not None:
            found[name] = "/".join(rest)
        return found

    return read


def _regex_reader(pattern: Pattern) -> PathMatch:
    before = _segments_reader(pattern.segments)
    length, fullmatch = pattern.length, compiled(pattern.regex).fullmatch

    def read(path: Path) -> dict[str, str] | None:
        found = before(path)
        groups = fullmatch("".join("/" + segment for segment in path[length:])) if found is not None else None
        if groups is None or found is None:
            return None
        return found | {name: value for name, value in groups.groupdict().items() if value is not None}

    return read


def _accepts(kind: str) -> Callable[[str], object]:
    """Whether a value is of a type; the answer is only true or false in an `if`."""
    if not kind:
        return bool
    if kind == "int":
        return INT.fullmatch
    if kind == "uuid":
        return UUID.fullmatch
    fullmatch = compiled(kind[3:]).fullmatch
    return lambda value: value and fullmatch(value)


def _filler(segment: Segment) -> Callable[[str, dict[str, str]], bool]:
    """A function that writes a segment's parameters into the dict, or says that it does not match."""
    before, first, middle, second, after = _around(segment)
    head, tail, takes_first = len(before), len(after), _accepts(first.type)

    def one(text: str, found: dict[str, str]) -> bool:
        if not (text.startswith(before) and text.endswith(after)):
            return False
        value = text[head : len(text) - tail]
        if not takes_first(value):
            return False
        found[first.name] = value
        return True

    if second is None:
        return one
    last, takes_second = second, _accepts(second.type)

    def two(text: str, found: dict[str, str]) -> bool:
        if not (text.startswith(before) and text.endswith(after)):
            return False
        inner = text[head : len(text) - tail]
        at = inner.find(middle, 1)
        while at > 0:  # non-greedy: the first parameter takes as little as will do
            left, right = inner[:at], inner[at + len(middle) :]
            if takes_first(left) and takes_second(right):
                found[first.name], found[last.name] = left, right
                return True
            at = inner.find(middle, at + 1)
        return False

    return two


def _around(segment: Segment) -> tuple[str, Param, str, Param | None, str]:
    """Literal, parameter, literal, parameter, literal; what is not there is empty or None."""
    texts = [""]
    found: list[Param] = []
    for part in segment:
        if isinstance(part, Param):
            found.append(part)
            texts.append("")
        else:
            texts[-1] = part
    if len(found) == 1:
        return texts[0], found[0], "", None, texts[1]
    return texts[0], found[0], texts[1], found[1], texts[2]
