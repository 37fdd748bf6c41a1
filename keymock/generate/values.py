"""Text and numbers within the bounds of a schema."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

from keymock.chance import Stream
from keymock.generate import words
from keymock.generate.facts import Dead, Facts, exact
from keymock.generate.patterns import NoPattern, matching
from keymock.generate.validity import matches

MOST_LENGTH = 200_000
_WIDTH = 1_000


def text(facts: Facts, name: str, stream: Stream, bold: int) -> str:
    """Text of a schema: by its patterns, its format, or the name of its field; never too short or too long."""
    least, most = facts.counts.get("minLength", 0), facts.counts.get("maxLength", MOST_LENGTH)
    if least > most or least > MOST_LENGTH:
        raise Dead
    if facts.patterns:
        return _by_patterns(facts, stream, least, most)
    made = words.by_format(facts.format, stream)
    if made is not None:
        if least <= len(made) <= most:
            return made
        if bold == 0 and facts.format not in ("password", "binary", "byte"):
            return made  # the validator may object, and then the length decides
    else:
        made = words.text(name, stream)
    return fitted(made, least, most, stream)


def fitted(made: str, least: int, most: int, stream: Stream) -> str:
    """Text made longer by words, or cut."""
    while len(made) < least:
        made += (" " if len(made) + 3 < least else "") + stream.choice(words.WORDS)
        if least > 2_000:
            made += "x" * (least - len(made))
    if least <= len(made) <= most:
        return made
    return made[:most].rstrip() if len(made[:most].rstrip()) >= least else made[:most].replace(" ", "-")


def _by_patterns(facts: Facts, stream: Stream, least: int, most: int) -> str:
    last = ""
    for at in range(60):
        pattern = facts.patterns[at % len(facts.patterns)]
        try:
            last = matching(pattern, stream, grow=(at // 2) ** 2 if len(last) < least else 0)
        except NoPattern:
            continue
        if at and len(facts.patterns) > 1:
            last = "".join(_drawn(each, stream) for each in facts.patterns)
        if len(last) < least:
            for longer in (fitted(last, least, most, stream), fitted(last[::-1], least, most, stream)[::-1]):
                if all(matches(each, longer) for each in facts.patterns):
                    return longer
        if least <= len(last) <= most and all(matches(each, last) for each in facts.patterns):
            return last
    made = words.by_format(facts.format, stream)
    if made is not None and all(matches(each, made) for each in facts.patterns):
        return made
    return last or "a"


def _drawn(pattern: str, stream: Stream) -> str:
    try:
        return matching(pattern, stream)
    except NoPattern:
        return ""


def matching_or_empty(pattern: str, stream: Stream, grow: int) -> str:
    """Text in which a pattern is found. Raises Dead."""
    for _ in range(8):
        try:
            made = matching(pattern, stream, grow)
        except NoPattern:
            raise Dead from None
        if matches(pattern, made):
            return made
    raise Dead


def number(facts: Facts, name: str, stream: Stream, whole: bool, bold: int) -> int | float:
    """A number of a schema: one that fits the name of its field if it may, else one between its bounds."""
    step = facts.step
    if whole:
        step = Fraction(1) if step is None else _whole(step)
    low, high = _least(facts, step), _most(facts, step)
    if low is not None and high is not None and low > high:
        raise Dead
    if not bold:
        usual = exact(words.number(name, stream, whole))
        if step is not None:
            usual = Fraction(floor(usual / step)) * step
        if (low is None or usual >= low) and (high is None or usual <= high):
            return _plain(usual, whole)
    return _plain(_between(low, high, step, stream), whole)


def _whole(step: Fraction) -> Fraction:
    """The smallest multiple of a step that is whole."""
    return Fraction(step.numerator)


def _least(facts: Facts, step: Fraction | None) -> Fraction | None:
    found = facts.low
    if facts.above is not None and (found is None or facts.above >= found):
        if step is not None:
            return (Fraction(floor(facts.above / step)) + 1) * step
        return facts.above + _nudge(facts.above, facts.high if facts.high is not None else facts.below)
    if found is not None and step is not None:
        return Fraction(ceil(found / step)) * step
    return found


def _most(facts: Facts, step: Fraction | None) -> Fraction | None:
    found = facts.high
    if facts.below is not None and (found is None or facts.below <= found):
        if step is not None:
            return (Fraction(ceil(facts.below / step)) - 1) * step
        return facts.below - _nudge(facts.below, facts.low if facts.low is not None else facts.above)
    if found is not None and step is not None:
        return Fraction(floor(found / step)) * step
    return found


def _nudge(bound: Fraction, other: Fraction | None) -> Fraction:
    """How far to stay away from a bound that is excluded."""
    room = abs(other - bound) / 4 if other is not None and other != bound else Fraction(1)
    return min(room, Fraction(1, 2))


def _between(low: Fraction | None, high: Fraction | None, step: Fraction | None, stream: Stream) -> Fraction:
    if low is None and high is None:
        low, high = Fraction(0), Fraction(_WIDTH)
        if step is not None:
            high = max(high, step * 10)
    elif low is None and high is not None:
        low = high - (step or 1) * _WIDTH
    elif high is None and low is not None:
        high = low + (step or 1) * _WIDTH
    assert low is not None  # noqa: S101  (the three cases above)
    assert high is not None  # noqa: S101
    if step is not None:
        first, last = ceil(low / step), floor(high / step)
        if first > last:
            raise Dead
        return (first + stream.below(min(last - first, 10**12) + 1)) * step
    drawn = low + (high - low) * Fraction(stream.below(10_001), 10_000)
    rounded = Fraction(round(drawn, 2))
    return rounded if low <= rounded <= high else drawn


def _plain(value: Fraction, whole: bool) -> int | float:
    if value.denominator == 1 and (whole or abs(value) < 10**15):
        return int(value)
    try:
        return float(value)
    except OverflowError:
        raise Dead from None


def may_be(facts: Facts, value: Any) -> bool:
    """Whether a value has one of the types, as far as they are known."""
    if facts.types is None:
        return True
    kind = kind_of(value)
    return (
        kind in facts.types
        or (kind == "integer" and "number" in facts.types)
        or (isinstance(value, float) and value.is_integer() and "integer" in facts.types)
    )


def kind_of(value: Any) -> str:
    """The type of a JSON value, by the name that schemas have for it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
