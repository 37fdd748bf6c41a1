"""Which records a query asks for: `?status=paid&total:gt=10&q=ada`. Names lead into records, values stay what they are.

Two spellings of an operator mean the same, `total:gt=10` and the older `total_gt=10`; the second gives way to a field
that is really called `total_gt`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from keymock.match.member import canonical
from keymock.problems import did_you_mean

Record = Mapping[str, Any]
Reach = Callable[[Record], Sequence[Any]]
"""The values that a name leads to in a record: none, one, or each element of an array."""

Test = Callable[[Any], bool]
"""Whether one value is what a text asks for."""


class Unclear(ValueError):
    """A query that cannot be meant. `parameter` is the one at fault."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(f"{parameter}: {message}")
        self.parameter = parameter


_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", re.ASCII)


def number(text: str) -> int | float | None:
    """The number that a text spells as JSON does, or None."""
    found = _NUMBER.fullmatch(text) if len(text) <= 64 else None
    if not found:
        return None
    if not found[2] and not found[3]:
        return int(text)
    value = float(text)
    return value if isfinite(value) else None


def reach(name: str) -> Reach:
    """`customer.city` leads into an object, `items.sku` into each element of an array, `items.0` to one of them.

    A field whose own name has dots comes first.
    """
    steps = name.split(".")

    def at_the_top(record: Record) -> Sequence[Any]:
        if name not in record:
            return ()
        value = record[name]
        return value if value.__class__ is list else (value,)

    def deeper(record: Record) -> Sequence[Any]:
        if name in record:
            return at_the_top(record)
        value: Any = record
        for depth, step in enumerate(steps):
            if value.__class__ is not dict:
                return _branching([value], steps[depth:])
            if step not in value:
                return ()
            value = value[step]
        return value if value.__class__ is list else (value,)

    return at_the_top if len(steps) == 1 else deeper


def _branching(values: list[Any], steps: Sequence[str]) -> list[Any]:
    for step in steps:
        values = [inner for value in values for inner in _into(value, step)]
    return [inner for value in values for inner in (value if isinstance(value, list) else (value,))]


def _into(value: Any, step: str) -> Iterator[Any]:
    if isinstance(value, Mapping):
        if step in value:
            yield value[step]
    elif isinstance(value, list):
        if step.isascii() and step.isdigit() and len(step) < 10:
            yield from value[int(step) : int(step) + 1]
        else:
            for element in value:
                yield from _into(element, step)


# ---- operators ---------------------------------------------------------------------------------------------------


def _equals(text: str) -> Test:
    wanted = number(text)

    def test(value: Any) -> bool:
        if value.__class__ is str:
            return bool(value == text)
        if value is None or value.__class__ is bool:
            return text == ("null" if value is None else canonical(value))
        return wanted is not None and bool(value == wanted)

    return test


def _one_of(text: str) -> Test:
    tests = [_equals(part) for part in text.split(",")]
    return lambda value: any(test(value) for test in tests)


def _ordered(compare: Callable[[Any, Any], Any]) -> Callable[[str], Test]:
    """Numbers by size, also those that a file holds as text; any other text by its characters, so dates too."""

    def against(text: str) -> Test:
        wanted = number(text)

        def test(value: Any) -> bool:
            if value.__class__ is str:
                size = number(value) if wanted is not None else None
                return bool(compare(value, text) if size is None else compare(size, wanted))
            return value.__class__ in (int, float) and wanted is not None and bool(compare(value, wanted))

        return test

    return against


def _text(part_of: Callable[[str, str], bool]) -> Callable[[str], Test]:
    """Text and numbers by their characters, upper case like lower."""

    def against(text: str) -> Test:
        folded = text.casefold()
        return lambda value: value.__class__ in (str, int, float) and part_of(canonical(value).casefold(), folded)

    return against


OPERATORS: dict[str, Callable[[str], Test]] = {
    "eq": _equals,
    "ne": _equals,
    "gt": _ordered(operator.gt),
    "gte": _ordered(operator.ge),
    "lt": _ordered(operator.lt),
    "lte": _ordered(operator.le),
    "in": _one_of,
    "contains": _text(operator.contains),
    "like": _text(operator.contains),
    "startsWith": _text(str.startswith),
    "endsWith": _text(str.endswith),
}


# ---- a whole query -----------------------------------------------------------------------------------------------


def has_field(records: Iterable[Record], name: str) -> bool:
    """Whether any record has something under a name."""
    found = reach(name)
    return any(found(record) for record in records)


def keep(records: Sequence[Record], query: Mapping[str, list[str]], controls: Iterable[str] = ()) -> list[Any]:
    """The records that every parameter lets through. Of several values of a parameter, one is enough; `ne` wants all.

    `controls` are parameters that are no filters: a misspelt one is no filter either. Raises Unclear.
    """
    kept = list(records)
    for parameter, texts in query.items():
        name, word = _spelt(records, parameter)
        if name.startswith("_") and not has_field(records, name):
            if hint := did_you_mean(name, controls):
                raise Unclear(parameter, f"there is no such parameter and no such field; {hint}")
            continue  # `?_=1718` keeps caches away, and asks for nothing
        find, tests = reach(name), [OPERATORS[word](text) for text in texts]
        if word == "ne":
            kept = [record for record in kept if not _any(tests, find(record))]
        else:
            kept = [record for record in kept if _any(tests, find(record))]
    return kept


def _any(tests: list[Test], values: Sequence[Any]) -> bool:
    for test in tests:
        for value in values:
            if test(value):
                return True
    return False


def _spelt(records: Sequence[Record], parameter: str) -> tuple[str, str]:
    """The field and the operator that a parameter names."""
    name, colon, word = parameter.rpartition(":")
    if colon and word in OPERATORS:
        return name, word
    older, underscore, last = parameter.rpartition("_")
    if older and underscore and last in OPERATORS and not has_field(records, parameter):
        return older, last
    if colon and not has_field(records, parameter):
        hint = did_you_mean(word, OPERATORS) or f"there are {', '.join(OPERATORS)}"
        raise Unclear(parameter, f"`{word}` is no operator; {hint}")
    return parameter, "eq"


def search(records: Iterable[Record], texts: Iterable[str]) -> list[Any]:
    """The records that hold each text somewhere, in a text or a number, upper case like lower."""
    kept = list(records)
    for text in texts:
        folded = text.casefold()
        kept = [record for record in kept if _holds(record, folded)]
    return kept


def _holds(value: Any, folded: str) -> bool:
    for inner in value.values() if value.__class__ is dict else value:
        kind = inner.__class__
        if kind is str:
            if folded in inner.casefold():
                return True
        elif kind is dict or kind is list:
            if _holds(inner, folded):
                return True
        elif (kind is int or kind is float) and folded in canonical(inner):
            return True
    return False
