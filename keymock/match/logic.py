"""`not`, `all_of`, `any_of`: matchers made of matchers. They look at all values, so `not` is the exact opposite."""

# ruff: noqa: SIM110  (flat loops: a generator costs more than the comparison in it)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ForwardRef

from keymock.match.member import Matcher, Member, Samples, Style, Test, Wrong, clean_each

_VALUE = ForwardRef("Value")  # keymock.match.values knows it: a matcher is made of matchers


def _clean(argument: Any, style: Style) -> Matcher:
    return style.clean(argument)


def _clean_many(argument: list[Any], style: Style) -> list[Matcher]:
    if not argument:
        raise Wrong("the list is empty", "list at least one matcher")
    return clean_each(argument, style)


def _not(argument: Matcher, style: Style) -> Test:
    test = style.compile(argument)
    return lambda values, now: not test(values, now)


def _all(argument: list[Matcher], style: Style) -> Test:
    tests = tuple(style.compile(item) for item in argument)

    def all_of(values: Sequence[Any], now: float) -> bool:
        for test in tests:
            if not test(values, now):
                return False
        return True

    return all_of


def _any(argument: list[Matcher], style: Style) -> Test:
    tests = tuple(style.compile(item) for item in argument)

    def any_of(values: Sequence[Any], now: float) -> bool:
        for test in tests:
            if test(values, now):
                return True
        return False

    return any_of


def _words_not(argument: Matcher, style: Style) -> str:
    return f"not ({style.words(argument)})" if len(argument) > 1 else f"not {style.words(argument)}"


def _joined(word: str, argument: list[Matcher], style: Style) -> str:
    return "(" + f" {word} ".join(style.words(item) for item in argument) + ")"


def _samples_not(_argument: Matcher, _style: Style) -> Samples:
    return Samples(((), ("x",), ("other",), (0,)))


NOT = Member(
    name="not",
    spelling=_VALUE,
    says="no value fulfils this; holds also where there is none",
    compile=_not,
    words=_words_not,
    clean=_clean,
    samples=_samples_not,
    whole=True,
)
ALL_OF = Member(
    name="all_of",
    spelling=list[_VALUE],  # type: ignore[valid-type]  # a forward reference, for msgspec
    says="each of these matchers holds (of several values, each may be met by another)",
    compile=_all,
    words=lambda argument, style: _joined("and", argument, style),
    clean=_clean_many,
    whole=True,
)
ANY_OF = Member(
    name="any_of",
    spelling=list[_VALUE],  # type: ignore[valid-type]  # a forward reference, for msgspec
    says="at least one of these matchers holds",
    compile=_any,
    words=lambda argument, style: _joined("or", argument, style),
    clean=_clean_many,
    whole=True,
)
