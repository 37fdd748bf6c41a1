"""Which requests go to another mock now: what was added, removed or ranked anew takes them, or leaves them.

Mocks are asked for a request of their own in both trees. That is done for those whose way of being reached is
different, and for those that lie on their paths; the thousands of others cannot have changed hands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from keymock.changes import answers
from keymock.changes.asking import Asked, answered, requests_for, sample_path
from keymock.changes.change import Detail, gravest
from keymock.changes.words import QUOTE, code, cut
from keymock.index import Route, Table, Views
from keymock.layout import project_of


class Side(NamedTuple):
    """A tree, as requests find it."""

    routes: Mapping[str, Route]
    views: Views


class Took(NamedTuple):
    """A request, and who answers it before and after; None is nobody."""

    request: str
    before: Route | None
    after: Route | None
    view: str = ""
    """The project in whose view that is so, for a mock of the workspace."""


def taken(before: Side, after: Side, touched: Collection[str], moved: Mapping[str, str]) -> dict[str, list[Took]]:
    """By mock, the requests of it that have another mock now.

    `touched` are ids of either tree that are reached otherwise than before; `moved` says what an id is called now.
    """
    found: dict[str, list[Took]] = {}
    back = {new: old for old, new in moved.items()}
    for name in sorted(_asked_about(before, after, touched) - moved.keys()):
        was, now = before.routes.get(back.get(name, name)), after.routes.get(name)
        told: list[Took] = []
        for view, tables in _tables(before, after, now or was):
            told += [one._replace(view=view) for one in _took(was, now, tables, moved) if one not in told]
        if told:
            found[name] = told
    return found


def _took(
    was: Route | None, now: Route | None, tables: tuple[Table, Table], moved: Mapping[str, str]
) -> Iterator[Took]:
    """The requests of one mock, as it was and as it is, that have changed hands."""
    asked: dict[str, Asked] = {}
    for route in (was, now):
        if route is not None and route.enabled:
            asked |= {one.spelled: one for one in requests_for(route)}
    for spelled, one in asked.items():
        first, second = answered(tables[0], one), answered(tables[1], one)
        names = moved.get(first.id, first.id) if first else "", second.id if second else ""
        if names[0] != names[1] and (first is was or second is now):
            yield Took(spelled, first, second)


def _tables(before: Side, after: Side, route: Route | None) -> Iterator[tuple[str, tuple[Table, Table]]]:
    """The views in which the mock is reached: its project's; of the workspace's mocks also those of the projects."""
    project = project_of(route.space) if route is not None else ""
    shared = before.views.projects.keys() & after.views.projects.keys()
    for name in [project] if project else ["", *sorted(shared)]:
        group = (name,) if name else ()
        yield ("" if project else name), (before.views.table(*group), after.views.table(*group))


def _asked_about(before: Side, after: Side, touched: Collection[str]) -> set[str]:
    """The touched mocks, and every mock on whose path one of them lies."""
    found = set(touched)
    if not touched:
        return found
    tables = [Table(side.routes[name] for name in touched if name in side.routes) for side in (before, after)]
    for name, route in after.routes.items():
        if name not in found and any(_lies_on(table, route) for table in tables):
            found.add(name)
    return found


def _lies_on(table: Table, route: Route) -> bool:
    for pattern in route.patterns:
        path = sample_path(pattern)
        if path is not None and next(table.paths(path), None) is not None:
            return True
    return False


def details(took: Iterable[Took], was: Route | None, now: Route | None) -> Iterator[Detail]:
    """What a mock's requests meet now, in words. `was` and `now` are the mock itself.

    Where nobody answers any more, the mock's own changes have said why.
    """
    for one in took:
        before, after = one.before, one.after
        names = before.id if before else None, after.id if after else None
        data = {"request": one.request, "before": names[0], "after": names[1], "view": one.view}
        view = f"in {code(one.view)} " if one.view else ""
        request = f"{view}`{cut(one.request, 90).replace('`', QUOTE)}`"
        if after is not None and after is now:
            if before is not None and was is None:
                says = f"{request} went to {_named(before, now)} until now"
                yield Detail("order", "change", says, data)
        elif after is not None and now is not None and now.enabled:
            yield _other(f"{request} is answered by {_named(after, now)} now, not by this mock", one, data)
        elif after is not None:
            yield _other(f"{request} falls to {_named(after, was)} now", one, data)


def _other(says: str, one: Took, data: dict[str, str | None]) -> Detail:
    """Callers of a mock that another one answers for see what is different between the two."""
    if one.before is None or one.after is None:
        return Detail("order", "breaking", says, data)
    found = gravest([detail.severity for detail in answers.compare(one.before, one.after)])
    return Detail("order", "breaking" if found == "breaking" else "change", says, data)


def short(route: Route) -> str:
    """A mock as people name it: the end of its id."""
    return route.id.partition("/mocks/")[2] or route.id


def _named(route: Route, beside: Route | None) -> str:
    """Another mock, by the end of its id if it lies in the same space, and its status."""
    name = short(route) if beside is not None and beside.space == route.space else route.id
    default = answers.default_of(route) or route.answers[0]
    return f"{code(name)} ({answers.spelled(answers.status_of(default))})"
