"""What a matcher of values is made of: its spelling, how it is cleaned, compiled, said in words, and sampled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from keymock.problems import printable

Matcher = dict[str, Any]
"""A cleaned table of matcher keys: plain data, ready for msgpack, e.g. `{"contains": "json"}`."""

Test = Callable[[Sequence[Any], float], bool]
"""`test(values, now)`: every value that was found (none, one, or several), and the moment in epoch seconds."""

One = Callable[[Any, float], bool]
"""`one(value, now)`: a test of a single value."""

SHOWN = 200


class Wrong(ValueError):
    """A matcher that cannot be meant. `path` leads from the matcher's own place to the key at fault."""

    def __init__(self, message: str, hint: str = "", path: tuple[str | int, ...] = (), code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.code = code or "invalid-matcher"

    def below(self, *path: str | int) -> Wrong:
        """The same, seen from further out: `path` leads to where it was found."""
        return Wrong(self.message, self.hint, (*path, *self.path), self.code)


@contextmanager
def within(*path: str | int) -> Iterator[None]:
    """Whatever is wrong inside lies below `path`."""
    try:
        yield
    except Wrong as wrong:
        raise wrong.below(*path) from None


class Style(msgspec.Struct, frozen=True):
    """How values are read: as text or as JSON, and what the modifiers beside a matcher say.

    `clean`, `compile`, `words` do for a nested matcher what `keymock.match.values` does for the outer one.
    """

    json: bool
    ignore_case: bool
    engine: str
    clean: Callable[[Any], Matcher]
    compile: Callable[[Matcher], Test]
    words: Callable[[Matcher], str]

    def fold(self, value: Any) -> Any:
        """A text without its case where case is ignored; anything else as it is."""
        return value.casefold() if self.ignore_case and isinstance(value, str) else value


def clean_each(argument: list[Any], style: Style) -> list[Matcher]:
    """Matchers that stand in a list. Raises Wrong."""
    cleaned = []
    for position, item in enumerate(argument):
        with within(position):
            cleaned.append(style.clean(item))
    return cleaned


class Samples(msgspec.Struct, frozen=True):
    """Values that may fulfil a matcher. `complete`: no other value can, so a failure of all is a proof."""

    values: tuple[Any, ...]
    complete: bool = False


def as_it_is(argument: Any, _style: Style) -> Any:
    """The cleaning of an argument that its spelling has checked already."""
    return argument


def no_samples(_argument: Any, _style: Style) -> Samples:
    """A matcher that nobody has taught to give examples."""
    return Samples(())


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One matcher key. A member that is `whole` tests all values at once, any other one value at a time.

    `spelling` is the type of its argument in TOML, `says` what editors show. `clean` raises Wrong. `samples` are
    single values, or tuples of values for a `whole` member.
    """

    name: str
    spelling: Any
    says: str
    compile: Callable[[Any, Style], Any]
    words: Callable[[Any, Style], str]
    clean: Callable[[Any, Style], Any] = as_it_is
    samples: Callable[[Any, Style], Samples] = no_samples
    whole: bool = False


def canonical(value: Any) -> str:
    """The text that a bare number or boolean stands for outside of JSON: `1`, `1.5`, `true`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def show(value: Any) -> str:
    """A value as people read it: compact JSON, printable, cut at 200 characters."""
    if isinstance(value, str):
        text = '"' + value[: SHOWN + 1] + '"' if '"' not in value[: SHOWN + 1] else "'" + value[: SHOWN + 1] + "'"
    else:
        text = _json(value)
    return cut(text)


def show_all(values: Sequence[Any]) -> str:
    """All values found, `absent` if there are none."""
    if not values:
        return "absent"
    shown = ", ".join(show(value) for value in values[:10])
    return cut(shown if len(values) <= 10 else f"{shown}, … ({len(values)} in all)")


def cut(text: str) -> str:
    """At most 200 characters, none of which does anything to a terminal."""
    text = printable(text[: 2 * SHOWN])
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _json(value: Any) -> str:
    try:
        return msgspec.json.encode(value).decode("utf-8", "replace")
    except (msgspec.MsgspecError, TypeError, RecursionError, OverflowError):
        return str(type(value).__name__)
