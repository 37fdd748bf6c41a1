"""What a place is: where in a request a condition looks, and how it is read, compiled and explained there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from keymock.exchange import Request
from keymock.match import values
from keymock.match.condition import Condition, Fault
from keymock.match.dates import uses_now
from keymock.match.member import Wrong, show_all
from keymock.match.solve import solve, want
from keymock.match.spelling import Conditions
from keymock.match.values import Value

T = TypeVar("T")

ReadFile = Callable[[str], bytes]
"""Hands over a file named in a mock. Raises OSError or ValueError, said to the user as they are."""

Path = tuple[str | int, ...]
Found = Sequence[Any] | None
"""Values found, none if nothing is there; None if the request has no such thing at all (a body that is no JSON)."""

Find = Callable[[Request], Found]
Holds = Callable[[Request], bool]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One place. `cost` orders conditions, cheapest first; `body` says that the body must have been read.

    `read` gives the conditions and faults of the TOML's Structs, `compile` a plain fast function, `observe` the same
    answer found slowly, and what came in words; `expected` what was wanted.
    """

    where: str
    cost: int
    read: Callable[[Conditions, ReadFile | None], Iterable[Condition | Fault]]
    compile: Callable[[Condition], Holds]
    observe: Callable[[Condition, Request], tuple[bool, str]]
    expected: Callable[[Condition], str]
    body: bool = False
    doubt: Callable[[Condition], bool] = lambda _condition: False
    """Whether no value at all fulfils the condition, where that is easy to see."""


def now_of(request: Request) -> float:
    """The moment that a request belongs to, in epoch seconds, as whoever made it has set `request.now`."""
    return float(getattr(request, "now", 0.0))


def cleaned(where: str, name: str, value: Value, path: Path, *, json: bool = False) -> Condition | Fault:
    """The condition that one matcher makes, or what is wrong with it."""
    try:
        return Condition(where, name, values.clean(value, json=json))
    except Wrong as wrong:
        return fault(wrong, path)


def entries(
    where: str,
    table: Mapping[str, Value],
    path: Path,
    *,
    json: bool = False,
    check: Callable[[str], object] = lambda _name: None,
) -> Iterator[Condition | Fault]:
    """One condition for each entry of a table of matchers. `check(name)` raises Wrong for a name that cannot be."""
    for name, value in table.items():
        try:
            check(name)
        except Wrong as wrong:
            yield fault(wrong, (*path, name))
        else:
            yield cleaned(where, name, value, (*path, name), json=json)


def fault(wrong: Wrong, path: Path) -> Fault:
    """`wrong`, with the place in the file where it was found."""
    return Fault((*path, *wrong.path), wrong.message, wrong.hint, wrong.code)


def of_values(
    *,
    where: str,
    cost: int,
    read: Callable[[Conditions, ReadFile | None], Iterable[Condition | Fault]],
    find: Callable[[Condition], Find],
    nothing: Callable[[Request], str] = lambda _request: "nothing",
    json: bool = False,
    body: bool = False,
    compile: Callable[[Condition], Holds | None] = lambda _condition: None,
) -> Place:
    """A place whose conditions are matchers of values. `find(condition)(request)` finds them.

    `compile` may know a faster way for some conditions, and gives None for the rest. `nothing` says what is missing
    where `find` gives None.
    """

    def compile_(condition: Condition) -> Holds:
        return compile(condition) or bind(find(condition), values.compile(condition.matcher, json=json), condition)

    def observe(condition: Condition, request: Request) -> tuple[bool, str]:
        found = find(condition)(request)
        if found is None:
            return False, nothing(request)
        return values.holds(condition.matcher, found, now_of(request), json=json), show_all(found)

    return Place(
        where=where,
        cost=cost,
        read=read,
        compile=compile_,
        observe=observe,
        expected=lambda condition: values.words(condition.matcher, json=json),
        body=body,
        doubt=lambda condition: solve([want(condition.matcher, json=json)]).impossible,
    )


def bind(find: Find, test: values.Test, condition: Condition) -> Holds:
    """`test` on what `find` finds; the clock is looked at only where the condition depends on it."""
    if uses_now(condition.matcher):

        def holds_now(request: Request) -> bool:
            found = find(request)
            return found is not None and test(found, now_of(request))

        return holds_now

    def holds(request: Request) -> bool:
        found = find(request)
        return found is not None and test(found, 0.0)

    return holds


def literal(condition: Condition) -> Any:
    """The single value that a condition wants to be equal to, or `NO_LITERAL`."""
    matcher = condition.matcher
    return matcher["equals"] if len(matcher) == 1 and "equals" in matcher else NO_LITERAL


NO_LITERAL = object()


def once(request: Request, key: str, make: Callable[[Request], T]) -> T:
    """What `make` reads from a request, read at the first condition that asks and kept with the request."""
    kept = request.__dict__
    name = f"match.{key}"
    if name not in kept:
        kept[name] = make(request)
    value: T = kept[name]
    return value
