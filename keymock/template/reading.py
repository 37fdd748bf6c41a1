"""Reading a value at a path: `request.query.q`, `state.cart.items[0]`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from keymock.problems import did_you_mean
from keymock.template.errors import DEFAULT, Absent, Missing, TemplateError
from keymock.template.operators import kind, to_text
from keymock.template.run import Run
from keymock.template.values import BY_NAME, REQUEST, ROOTS

Evaluate = Callable[[Run], Any]


def of_root(words: tuple[str, ...], offsets: tuple[int, ...]) -> Evaluate:
    """The value at a path from one of the names that come from outside."""
    root = words[0]
    if root == "request":
        return _of_request(words, offsets)
    if root in ROOTS:
        read = ROOTS[root][0]
        return _onward(lambda run: read(run.values), words, offsets, 1)

    def more(run: Run) -> Any:
        try:
            return run.values.more[root]
        except KeyError:
            raise Missing(f"there is no `{root}` yet", offsets[0], DEFAULT) from None
        except Absent as absent:
            raise absent.at(offsets[0]) from None

    return _onward(more, words, offsets, 1)


def _of_request(words: tuple[str, ...], offsets: tuple[int, ...]) -> Evaluate:
    member = words[1] if len(words) > 1 else ""
    if len(words) > 2 and member in BY_NAME:
        return _onward(_by_name(member, words[2], offsets[2]), words, offsets, 3)
    read = REQUEST[member][0] if member in REQUEST else None

    def evaluate(run: Run) -> Any:
        try:
            if read is not None:
                return read(run.values)
        except KeyError:
            pass
        message = "the body is not JSON" if member == "json" else f"there is no `request.{member}`"
        raise Missing(message, offsets[min(1, len(offsets) - 1)], DEFAULT)

    return _onward(evaluate, words, offsets, 2)


def _by_name(member: str, name: str, offset: int) -> Evaluate:
    read, whole = BY_NAME[member], REQUEST[member][0]

    def evaluate(run: Run) -> Any:
        try:
            return read(run.values, name)
        except KeyError:
            raise missing(f"request.{member}", whole(run.values), name, offset) from None

    return evaluate


def _onward(of: Evaluate, words: tuple[str, ...], offsets: tuple[int, ...], start: int) -> Evaluate:
    for at in range(start, len(words)):
        of = member(of, ".".join(words[:at]), words[at], offsets[at])
    return of


def member(of: Evaluate, spelled: str, key: str, offset: int) -> Evaluate:
    """`of.key`; there are no methods, so that every key of an object can be read."""

    def evaluate(run: Run) -> Any:
        value = of(run)
        if isinstance(value, Mapping):
            try:
                return value[key]
            except KeyError:
                raise missing(spelled, value, key, offset) from None
            except Absent as absent:
                raise absent.at(offset) from None
        raise missing(spelled, value, key, offset)

    return evaluate


def item(of: Evaluate, spelled: str, key: Evaluate, offset: int) -> Evaluate:
    """`of[key]`: a key of an object, a position in a list or a text; negative ones count from the end."""

    def evaluate(run: Run) -> Any:
        value, at = of(run), key(run)
        try:
            if isinstance(value, Mapping) and isinstance(at, str):
                return value[at]
            if isinstance(value, (list, str)) and at.__class__ is int:
                return value[at]
        except (KeyError, IndexError):
            pass
        raise missing(spelled, value, at, offset)

    return evaluate


def part(of: Evaluate, first: Evaluate | None, last: Evaluate | None, offset: int) -> Evaluate:
    """`of[first:last]` of a list or a text."""

    def evaluate(run: Run) -> Any:
        value = of(run)
        start, stop = (None if bound is None else bound(run) for bound in (first, last))
        if not isinstance(value, (list, str)):
            raise TemplateError(f"{kind(value)} has no parts `[from:to]`", offset, "texts and lists have")
        if not all(bound is None or bound.__class__ is int for bound in (start, stop)):
            raise TemplateError("`[from:to]` takes whole numbers", offset, "`| int` makes one of a text")
        return run.made(value[start:stop])

    return evaluate


def missing(spelled: str, value: Any, key: Any, offset: int) -> TemplateError:
    """The error for a value that is not there; a plain one where there could never be any."""
    if isinstance(value, Mapping):
        near = did_you_mean(key, islice(value, 200)) if isinstance(key, str) else ""
        return Missing(f"`{spelled}` has no `{to_text(key)}`", offset, near or DEFAULT)
    if isinstance(value, (list, str)) and key.__class__ is int:
        return Missing(f"`{spelled}` has no position {key}: it has {len(value)}", offset, DEFAULT)
    if isinstance(value, (list, str)) and isinstance(key, str):
        hint = "`| first`, `[0]` and `for` read lists" if isinstance(value, list) else f"filters are written `| {key}`"
        return Missing(f"`{spelled}` is {kind(value)}, which has no `{key}`", offset, hint)
    return Missing(f"`{spelled}` is {kind(value)}, and has nothing inside", offset, DEFAULT)
