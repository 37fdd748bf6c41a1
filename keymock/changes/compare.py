"""Two trees → their changes, as callers will see them; what nobody sees is counted, not told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from keymock.catalog import Catalog
from keymock.changes import around, contracts, mocks
from keymock.changes.change import SEVERITIES, Change, Detail, Place
from keymock.changes.lines import Lines
from keymock.changes.order import Side, taken
from keymock.changes.words import code
from keymock.index import Route, Views
from keymock.layout import project_of
from keymock.pattern import PatternError, normal, parse

Sees = Callable[[str], bool]
"""Whether the reader may know of a mock, by its id, or of a setting beneath a project."""


class Comparison(msgspec.Struct, frozen=True):
    """What is different between two trees: the gravest first, then by project and route."""

    changes: tuple[Change, ...]
    withheld: int = 0
    """How many mocks and settings that the reader may not see are different."""

    @property
    def breaking(self) -> bool:
        """Whether anything breaks that nobody accepted."""
        return any(change.breaking for change in self.changes)


def compare(
    before: Catalog,
    after: Catalog,
    *,
    sees_before: Sees = lambda _: True,
    sees_after: Sees = lambda _: True,
    accepted: Mapping[str, str] | None = None,
) -> Comparison:
    """All changes. `accepted` are breaks that are meant: a route as written (`GET /users/:id`), and why."""
    olds = {name: route for name, route in before.routes.items() if sees_before(name)}
    news = {name: route for name, route in after.routes.items() if sees_after(name)}
    hidden = _hidden(before, after, olds, news)
    pairing = mocks.paired(_different(olds, news), _different(news, olds))
    broken = _unreadable(before, after, olds, news)
    still = [change.mock for change in broken]
    pairing = pairing._replace(
        gone=[one for one in pairing.gone if one.id not in still],
        new=[one for one in pairing.new if one.id not in still],
    )
    touched = {route.id for pair in pairing.same if mocks.is_reached_otherwise(*pair) for route in pair}
    touched |= {route.id for route in (*pairing.gone, *pairing.new)}
    sides = Side(olds, Views(olds, before.addresses)), Side(news, Views(news, after.addresses))
    took = taken(*sides, touched, pairing.moved)
    others = [(olds[name], news[name]) for name in took if olds.get(name) is news.get(name) and name in olds]
    pairing = pairing._replace(same=[*pairing.same, *others])
    documents = contracts.compare(before, after)
    around_mocks = [*around.compare(before, after), *documents.documents]
    found = [one for one in around_mocks if not one.project or (sees_before(one.about) and sees_after(one.about))]
    hidden += len(around_mocks) - len(found)
    found += broken
    of_mocks = mocks.changes(pairing, took, Lines(before), Lines(after))
    seen = _seen(documents, sees_before, sees_after)
    unseen = set(documents.operations) - set(seen.operations)
    hidden += sum(before.routes.get(name) == after.routes.get(name) for name in unseen)
    found += contracts.joined(seen, of_mocks, olds, news)
    meant = {_route_key(route): reason for route, reason in (accepted or {}).items()}
    done = (_accepted(_in_order(change), meant) for change in found)
    return Comparison(tuple(sorted(done, key=_rank)), hidden)


def _different(routes: Mapping[str, Route], others: Mapping[str, Route]) -> dict[str, Route]:
    """The mocks that are not the very same in the other tree; a unit that was not made anew is the same object."""
    return {
        name: route for name, route in routes.items() if (other := others.get(name)) is not route and other != route
    }


def _seen(compared: contracts.Compared, before: Sees, after: Sees) -> contracts.Compared:
    """Without the operations that the reader may not know of."""
    kept = {name: one for name, one in compared.operations.items() if before(name) and after(name)}
    return compared._replace(operations=kept)


def _hidden(before: Catalog, after: Catalog, olds: Mapping[str, Route], news: Mapping[str, Route]) -> int:
    """How many mocks that differ are kept from the reader."""
    return sum(
        before.routes.get(name) != after.routes.get(name) for name in {*before.routes, *after.routes} - {*olds, *news}
    )


def _unreadable(before: Catalog, after: Catalog, olds: Mapping[str, Route], news: Mapping[str, Route]) -> list[Change]:
    """Mocks whose file is there in both trees, and could be read in only one of them."""
    found = []
    for name in sorted({*olds, *news}):
        if name in olds and name in news:
            continue
        route = olds.get(name) or news[name]
        unit = (after if name in olds else before).units.get(name)
        if unit is None or unit.routes:
            continue
        wrong = next((one for one in unit.problems if one.severity == "error"), None)
        place = Place(wrong.path, wrong.line) if wrong is not None else Place(route.file)
        here = Place(route.file, route.line)
        if name in olds:
            why = f" ({code(wrong.message)})" if wrong is not None else ""
            says = f"it cannot be read any more{why}"
            detail = Detail("unreadable", "breaking", says, {}, here, place)
        else:
            detail = Detail("unreadable", "addition", "it can be read again", {}, place, here)
        about = f"{' '.join(route.methods)} {normal(route.patterns[0])}"
        ends = (here, place) if name in olds else (place, here)
        found.append(Change("changed", about, name, "", detail.says, (detail,), *ends, project_of(route.space)))
    return found


def _in_order(change: Change) -> Change:
    """With the gravest details first."""
    ranked = sorted(change.details, key=lambda detail: SEVERITIES.index(detail.severity))
    return msgspec.structs.replace(change, details=tuple(ranked))


def _rank(change: Change) -> tuple[int, bool, str, str, str]:
    at = SEVERITIES.index(change.severity)
    return at, not change.about, change.project, change.about or change.route.partition(" ")[2], change.mock


def _accepted(change: Change, meant: Mapping[tuple[str, str], str]) -> Change:
    if change.severity != "breaking" or not meant:
        return change
    reason = next((meant[key] for key in _keys_of(change) if key in meant), None)
    return change if reason is None else msgspec.structs.replace(change, accepted=reason or "meant so")


def _keys_of(change: Change) -> Iterator[tuple[str, str]]:
    """The ways in which somebody may name a change: by its route, by the routes it had, by its mock or setting."""
    yield _route_key(change.route)
    yield "", change.mock
    yield "", change.about
    method = change.route.partition(" ")[0]
    for detail in change.details:
        paths = detail.data.get("before") if detail.kind == "path" else None
        yield from (_route_key(f"{method} {path}") for path in paths or ())


def _route_key(route: str) -> tuple[str, str]:
    """A route without the names of its parameters; anything else as it is."""
    method, _, path = route.strip().partition(" ")
    if not path.startswith("/"):
        return "", route.strip()
    try:
        return method, "|".join(normal(pattern, names=False) for pattern in parse(path.strip()))
    except PatternError:
        return method, path
