"""The conditions of two mocks on one footing: path parameters go by their place, whatever each mock calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from keymock.index import Route
from keymock.match import Condition
from keymock.pattern import Param, Path, Pattern, Segment, normal

REST = "rest"
STATE = "state"
"""The place of conditions on the state of a scenario."""


def names_by_place(pattern: Pattern) -> dict[str, str]:
    """For each parameter of a pattern, a name that only depends on where it stands.

    Parameters of two patterns have one such name only if they take the same part of every path that both match.
    """
    found: dict[str, str] = {}
    for at, segment in enumerate(pattern.segments):
        params = [part for part in segment if isinstance(part, Param)]
        if len(segment) == 1 and params:
            found[params[0].name] = str(at)
            continue
        spelled = normal(Pattern((segment,)), names=False)
        found.update((param.name, f"{at} {spelled} {number}") for number, param in enumerate(params))
    if pattern.rest:
        found[pattern.rest] = f"{len(pattern.segments)} {REST}"
    return found


def aligned(conditions: Sequence[Condition], pattern: Pattern) -> tuple[Condition, ...]:
    """The conditions with the parameters of `pattern` named by place."""
    names: dict[str, str] | None = None
    found = []
    for condition in conditions:
        if condition.where == "params":
            names = names_by_place(pattern) if names is None else names
            place = names.get(condition.name, f"{condition.name} of {normal(pattern)}")
            condition = msgspec.structs.replace(condition, name=place)  # noqa: PLW2901
        found.append(condition)
    return tuple(found)


def ways(route: Route, pattern: Pattern) -> Iterator[tuple[Condition, ...]]:
    """The sets of conditions under which a mock answers: its own, with those of a variant where it has no default."""
    own = aligned(route.conditions, pattern)
    if not all(answer.conditions for answer in route.answers):
        yield own
        return
    for answer in route.answers:
        yield (*own, *aligned(answer.conditions, pattern))


def states_of(conditions: Sequence[Condition]) -> dict[str, str] | None:
    """The states of scenarios that the conditions ask for; None if one scenario would be in two states at once."""
    found: dict[str, str] = {}
    for condition in conditions:
        if condition.where == STATE and condition.matcher.keys() == {"equals"}:
            state = condition.matcher["equals"]
            if found.setdefault(condition.name, state) != state:
                return None
    return found


def filled(pattern: Pattern, path: Path, values: Mapping[str, str]) -> Path:
    """A path that `pattern` matches, with other values for the parameters that are named by place in `values`."""
    segments = list(path)
    names = names_by_place(pattern)
    for at, segment in enumerate(pattern.segments):
        params = [part for part in segment if isinstance(part, Param)]
        if any(names[param.name] in values for param in params):
            segments[at] = _spelled(segment, segments[at], values, names)
    rest = values.get(f"{len(pattern.segments)} {REST}") if pattern.rest else None
    if rest is not None:
        segments[len(pattern.segments) :] = rest.split("/")
    return tuple(segments)


def _spelled(segment: Segment, text: str, values: Mapping[str, str], names: Mapping[str, str]) -> str:
    """One segment with its parameters filled in; what has no value there keeps the text it had, as far as that goes."""
    if len(segment) == 1:
        only = segment[0]
        return values.get(names[only.name], text) if isinstance(only, Param) else only
    return "".join(part if isinstance(part, str) else values.get(names[part.name], "1") for part in segment)
