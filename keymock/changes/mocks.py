"""Mocks before and after: which is which, and what is different about each."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from keymock.changes import answers, order, requests, resources
from keymock.changes.bodies import body_of
from keymock.changes.change import Change, Detail, Kind, Severity
from keymock.changes.lines import Lines
from keymock.changes.words import code, counted, listed
from keymock.checks.served import title
from keymock.exchange import BodyFile
from keymock.index import Answer, Route
from keymock.layout import project_of
from keymock.pattern import normal


class Pairing(NamedTuple):
    """Mocks of two trees: those that are the same one (by their ids before and after), and the rest."""

    same: list[tuple[Route, Route]]
    gone: list[Route]
    new: list[Route]

    @property
    def moved(self) -> dict[str, str]:
        """What mocks that have another id now are called."""
        return {one.id: other.id for one, other in self.same if one.id != other.id}


def paired(before: Mapping[str, Route], after: Mapping[str, Route]) -> Pairing:
    """By id; else a mock that is gone is the new one that answers the same requests, or has the same answers."""
    same = [(route, after[name]) for name, route in before.items() if name in after]
    gone = [route for name, route in before.items() if name not in after]
    new = [route for name, route in after.items() if name not in before]
    for key in (_content, _requests_there, _requests):
        known: dict[Hashable, list[Route]] = {}
        for route in new:
            known.setdefault(key(route), []).append(route)
        for route in list(gone):
            found = known.get(key(route), [])
            if len(found) == 1 and sum(key(other) == key(route) for other in gone) == 1:
                same.append((route, found[0]))
                gone.remove(route)
                new.remove(found.pop())
    return Pairing(same, gone, new)


def _content(route: Route) -> Hashable:
    """All that callers see of a mock, whatever it is called."""
    return msgspec.msgpack.encode(msgspec.structs.replace(route, id="", file="", line=0, name="", space=""))


def _requests_there(route: Route) -> Hashable:
    return route.space, _requests(route)


def _requests(route: Route) -> Hashable:
    """The requests that it takes."""
    conditions = msgspec.msgpack.encode(route.conditions, order="deterministic")
    return tuple(sorted(title_paths(route))), tuple(sorted(route.methods)), conditions


def title_paths(route: Route) -> list[str]:
    """Its paths without the names of parameters."""
    return [normal(pattern, names=False) for pattern in route.patterns]


def is_reached_otherwise(before: Route, after: Route) -> bool:
    """Whether the two may take other requests, or rank otherwise."""
    fields = ("id", "methods", "patterns", "priority", "conditions", "enabled", "scope", "bare", "space")
    return any(getattr(before, name) != getattr(after, name) for name in fields) or [
        answer.conditions for answer in before.answers
    ] != [answer.conditions for answer in after.answers]


def changes(
    pairing: Pairing, taken: Mapping[str, Iterable[order.Took]], before: Lines, after: Lines
) -> Iterator[Change]:
    """One change for each mock that callers, or reviewers, see differently."""
    for one, other in pairing.same:
        details = [*_of_pair(one, other), *order.details(taken.get(other.id, ()), one, other)]
        if details:
            kind: Kind = "moved" if one.id != other.id else "changed"
            yield _change(kind, one, other, details, before, after)
    for route in pairing.gone:
        found = [_gone(route), *order.details(taken.get(route.id, ()), route, None)]
        yield _change("removed", route, None, found, before, after)
    for route in pairing.new:
        found = [_new(route), *order.details(taken.get(route.id, ()), None, route)]
        yield _change("added", None, route, found, before, after)


def _of_pair(one: Route, other: Route) -> Iterator[Detail]:
    if one is other:
        return
    if one.id != other.id:
        yield _moved(one, other)
    yield from requests.compare(one, other)
    if one.resource is None and other.resource is None:
        yield from answers.compare(one, other)
    yield from resources.compare(one, other)


def _moved(one: Route, other: Route) -> Detail:
    """A mock of another name; in another project it has another address."""
    data = {"before": one.id, "after": other.id}
    was, now = project_of(one.space), project_of(other.space)
    if was == now:
        return Detail(
            "moved", "note", f"it is called {code(order.short(other))} now, was {code(order.short(one))}", data
        )
    severity: Severity = "breaking" if now else "change"
    return Detail("moved", severity, f"it belongs to {code(other.space)} now, was in {code(one.space)}", data)


def _gone(route: Route) -> Detail:
    if not route.enabled:
        return Detail("removed", "note", "it was switched off already")
    return Detail("removed", "breaking", f"it answered {outline(route)}")


def _new(route: Route) -> Detail:
    if not route.enabled:
        return Detail("added", "note", "it is switched off")
    return Detail("added", "addition", f"it answers {outline(route)}")


def outline(route: Route) -> str:
    """A mock's answers in a few words: `200 with JSON {"id": 1}`, `3 answers: 200, 404 and 500`."""
    if route.resource is not None:
        return f"from the records {code(route.resource.definition.resource)}"
    if route.websocket is not None:
        return "with a WebSocket"
    if len(route.answers) > 1:
        names = [
            answers.spelled(answers.status_of(answer)) + (f" {code(answer.name)}" if answer.name else "")
            for answer in route.answers
        ]
        return f"in {counted(len(names), 'way')}: {listed(names[:4])}" + (" …" if len(names) > 4 else "")
    answer = route.answers[0]
    return answers.spelled(answers.status_of(answer)) + _body(answer)


def _body(answer: Answer) -> str:
    body = body_of(answer)
    if body.events is not None:
        return " with events"
    if body.empty:
        return ""
    if isinstance(body.content, BodyFile) or (body.text is None and not body.live):
        return f" with {counted(body.length, 'byte')}"
    text = body.text if body.text is not None else msgspec.json.encode(body.json).decode()
    return f" with {code(text)}"


def _change(
    kind: Kind, one: Route | None, other: Route | None, details: list[Detail], before: Lines, after: Lines
) -> Change:
    route = other or one
    if route is None:
        raise AssertionError("a change is of something")
    placed = [
        msgspec.structs.replace(detail, before=before.of_detail(one, detail), after=after.of_detail(other, detail))
        for detail in details
    ]
    return Change(
        kind, title(route), route.id, "", _says(kind, route), tuple(placed), before.of_mock(one), after.of_mock(other),
        project_of(route.space),
    )  # fmt: skip


def _says(kind: Kind, route: Route) -> str:
    word = {"added": "is new", "removed": "is gone", "moved": "has moved", "changed": "answers differently"}[kind]
    return f"{title(route)} {word}"
