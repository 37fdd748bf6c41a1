"""Which requests a mock takes, before and after: method, path, conditions, rank, guard, scenario, on or off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from keymock.changes import words
from keymock.changes.change import Detail, Severity
from keymock.index import Route
from keymock.index.route import Barrier
from keymock.match import Condition
from keymock.pattern import normal


def compare(before: Route, after: Route) -> Iterator[Detail]:
    """All that is different about being reached."""
    yield from _enabled(before, after)
    yield from _methods(before, after)
    yield from _paths(before, after)
    yield from _conditions(before.conditions, after.conditions)
    yield from _rank(before, after)
    yield from _guard(before.barrier, after.barrier)
    yield from _scenario(before, after)
    if before.cors != after.cors:
        yield Detail("cors", "change", "which other origins may call it is different")
    if before.name != after.name:
        data = {"before": before.name, "after": after.name}
        was = f", was {words.code(before.name)}" if before.name else ""
        says = f"it is named {words.code(after.name)}{was}" if after.name else f"it has no name any more{was}"
        yield Detail("title", "note", says, data)
    if before.tags != after.tags:
        yield Detail("tags", "note", f"its tags are {words.codes(after.tags) if after.tags else 'none'}")


def _enabled(before: Route, after: Route) -> Iterator[Detail]:
    if before.enabled and not after.enabled:
        yield Detail("enabled", "breaking", "it is switched off", {"before": True, "after": False})
    elif after.enabled and not before.enabled:
        yield Detail("enabled", "addition", "it is switched on", {"before": False, "after": True})


def _methods(before: Route, after: Route) -> Iterator[Detail]:
    was, now = set(before.methods), set(after.methods)
    if was == now:
        return
    data = {"before": list(before.methods), "after": list(after.methods)}
    gone = sorted(was - now) if "*" not in now else []
    new = sorted(now - was) if "*" not in was else []
    if gone:
        yield Detail("method", "breaking", f"it takes {words.codes(gone)} no longer", data)
    if new:
        name = "any method" if new == ["*"] else f"{words.codes(new)} too" if not gone else words.codes(new)
        yield Detail("method", "addition" if not gone else "change", f"it takes {name} now", data)


def _paths(before: Route, after: Route) -> Iterator[Detail]:
    """Paths compared without the names of their parameters; those alone are seen by templates and conditions only."""
    was = {normal(pattern, names=False): normal(pattern) for pattern in before.patterns}
    now = {normal(pattern, names=False): normal(pattern) for pattern in after.patterns}
    data = {"before": list(was.values()), "after": list(now.values())}
    gone = [was[key] for key in was if key not in now]
    new = [now[key] for key in now if key not in was]
    if gone and new:
        yield Detail("path", "breaking", f"it answers {words.codes(new)}, no longer {words.codes(gone)}", data)
    elif gone:
        yield Detail("path", "breaking", f"it answers {words.codes(gone)} no longer", data)
    elif new:
        yield Detail("path", "addition", f"it answers {words.codes(new)} too", data)
    elif data["before"] != data["after"]:
        says = f"its path is written {words.codes(now.values())}, was {words.codes(was.values())}"
        yield Detail("path", "note", says, data)


def _conditions(before: Iterable[Condition], after: Iterable[Condition]) -> Iterator[Detail]:
    was, now = _by_place(before), _by_place(after)
    for key, one in was.items():
        other = now.get(key)
        if other is None:
            says = f"it no longer asks for {words.subject(one)}: {words.expected(one)}"
            yield _condition("change", says, words.expected(one), None, one)
        elif _encoded(one) != _encoded(other):
            says = f"it asks for {words.subject(other)}: {words.expected(other)}, was {words.expected(one)}"
            yield _condition("breaking", says, words.expected(one), words.expected(other), other)
    for key, other in now.items():
        if key not in was:
            says = f"it asks for {words.subject(other)}: {words.expected(other)}; requests without that miss it"
            yield _condition("breaking", says, None, words.expected(other), other)


def _condition(severity: Severity, says: str, before: str | None, after: str | None, of: Condition) -> Detail:
    where = f"{of.where}.{of.name}" if of.name else of.where
    return Detail("condition", severity, says, {"where": where, "before": before, "after": after})


def _by_place(conditions: Iterable[Condition]) -> dict[tuple[str, str], Condition]:
    """The scenario's state is told with the scenario."""
    return {(one.where, one.name): one for one in conditions if one.where != "state"}


def _encoded(condition: Condition) -> bytes:
    return msgspec.msgpack.encode(condition, order="deterministic")


def _rank(before: Route, after: Route) -> Iterator[Detail]:
    if before.priority != after.priority:
        data = {"before": before.priority, "after": after.priority}
        yield Detail("priority", "change", f"its priority is {after.priority}, was {before.priority}", data)
    if before.bare != after.bare:
        word = "is written without TOML now" if after.bare else "has a TOML file now"
        yield Detail("bare", "note", f"it {word}")


def _guard(before: Barrier | None, after: Barrier | None) -> Iterator[Detail]:
    if before == after:
        return
    if before is None and after is not None:
        asked = words.conditions(after.conditions) if after.conditions else "callers show more"
        says = f"a guard asks that {asked}, and else answers {after.otherwise.status}"
        yield Detail("guard", "breaking", says, {"status": after.otherwise.status})
    elif after is None:
        yield Detail("guard", "change", "no guard stands before it any more")
    else:
        yield Detail("guard", "breaking", "the guard before it asks, or answers, otherwise")


def _scenario(before: Route, after: Route) -> Iterator[Detail]:
    was, now = _states(before), _states(after)
    if was != now:
        says = f"in the scenario {words.code(after.scenario or before.scenario)} it {_moves(now)}, was: {_moves(was)}"
        yield Detail("scenario", "change", says, {"before": list(was), "after": list(now)})


def _states(route: Route) -> tuple[str, str]:
    """The state that it needs, and the one that it goes to."""
    needs = next((words.expected(one) for one in route.conditions if one.where == "state"), "")
    return needs, route.sets


def _moves(states: tuple[str, str]) -> str:
    needs, sets = states
    said = ([f"needs {needs}"] if needs else []) + ([f"goes to {words.code(sets)}"] if sets else [])
    return words.listed(said) or "plays no part"
