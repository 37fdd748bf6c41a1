"""Values that several matchers take at once, or the proof that there are none: by trying what they name themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from keymock.match import values
from keymock.match.member import Matcher, Samples, Test, canonical

Values = tuple[Any, ...]

_ANYTHING: tuple[Values, ...] = ((), ("x",), ("1",), ("",), (1,), (True,), (None,), ({},), ([],))
_BIGGEST = float("inf")


class Want(msgspec.Struct, frozen=True):
    """One matcher's part: its test, values that may pass it, and itself, where it is a plain matcher of values."""

    test: Test
    samples: Samples
    matcher: Matcher
    json: bool


class Solution(msgspec.Struct, frozen=True):
    """`found` values that pass every test; `impossible` says that there are none. Neither: nothing is proven."""

    found: Values | None = None
    impossible: bool = False


def want(matcher: Matcher, *, json: bool = False) -> Want:
    """What a cleaned matcher of values asks for."""
    return Want(values.compile(matcher, json=json), values.samples(matcher, json=json), matcher, json)


def solve(wants: Sequence[Want], now: float = 0.0) -> Solution:
    """Values for all wants at once, a single one if that will do."""
    for candidate in _candidates(wants):
        if all(one.test(candidate, now) for one in wants):
            return Solution(candidate)
    return Solution(impossible=any(one.samples.complete for one in wants) or _contradict(wants))


def _candidates(wants: Sequence[Want]) -> Iterable[Values]:
    """Everything that any of them names, then what often passes. The shortest text is tried before none at all."""
    named = [candidate for one in wants for candidate in one.samples.values]
    joined = [(first[0] + second[0],) for first in named for second in named if _texts(first, second)]
    if any(key in one.matcher for one in wants for key in ("includes", "exactly")):
        joined.extend(first + second for first in named for second in named)
    for candidate in (*named, *joined[:400], *_ANYTHING):
        if all(one.json for one in wants):
            yield candidate
        elif all(isinstance(value, str | int | float) for value in candidate):
            yield tuple(value if isinstance(value, str) else canonical(value) for value in candidate)


def _texts(first: Values, second: Values) -> bool:
    return len(first) == len(second) == 1 and isinstance(first[0], str) and isinstance(second[0], str)


def _contradict(wants: Sequence[Want]) -> bool:
    return _no_number(wants) or _no_kind(wants) or _no_edge(wants)


def _no_number(wants: Sequence[Want]) -> bool:
    """Bounds that leave no number between them."""
    low, high, open_ended = -_BIGGEST, _BIGGEST, False
    for one in wants:
        for key, argument in one.matcher.items():
            if key not in ("gt", "gte", "lt", "lte", "between") or isinstance(argument, str):
                continue
            bounds = argument if key == "between" else [argument]
            if any(isinstance(bound, str) for bound in bounds):
                continue
            if key in ("gt", "gte", "between") and bounds[0] >= low:
                open_ended |= key == "gt"
                low = bounds[0]
            if key in ("lt", "lte", "between") and bounds[-1] <= high:
                open_ended |= key == "lt"
                high = bounds[-1]
    return low > high or (low == high and open_ended)


def _no_kind(wants: Sequence[Want]) -> bool:
    """Two types that no value has at once."""
    kinds = {one.matcher["type"] for one in wants if one.json and "type" in one.matcher}
    return len(kinds) > 1 and kinds != {"number", "integer"}


def _no_edge(wants: Sequence[Want]) -> bool:
    """Two beginnings, or two endings, neither of which contains the other."""
    starts = [one.matcher["starts_with"] for one in wants if _exact(one, "starts_with")]
    ends = [one.matcher["ends_with"] for one in wants if _exact(one, "ends_with")]
    return any(not a.startswith(b) and not b.startswith(a) for a in starts for b in starts) or any(
        not a.endswith(b) and not b.endswith(a) for a in ends for b in ends
    )


def _exact(one: Want, key: str) -> bool:
    return key in one.matcher and not one.matcher.get("ignore_case", False)
