"""Routes written in one line, for the tests of the index."""

from __future__ import annotations

from typing import Any

import msgspec

from keymock import match
from keymock.exchange import Request
from keymock.index import Answer, Cors, Route
from keymock.layout import scope_of
from keymock.pattern import from_regex, parse


def conditions(**tables: Any) -> tuple[match.Condition, ...]:
    """Conditions by the tables of `[request]`."""
    found, faults = match.read(msgspec.convert(tables, match.Conditions))
    assert not faults
    return found


def route(
    name: str,
    *paths: str,
    space: str = "workspace",
    methods: tuple[str, ...] = ("GET",),
    priority: int = 0,
    whens: tuple[tuple[match.Condition, ...], ...] = ((),),
    enabled: bool = True,
    **tables: Any,
) -> Route:
    """A route; a path that starts with `~` is a regex. `whens` are the conditions of its answers."""
    own = conditions(**tables)
    patterns = [one for path in paths for one in ((from_regex(path[1:]),) if path[0] == "~" else parse(path))]
    answers = tuple(Answer(str(at), 200, (), conditions=when) for at, when in enumerate(whens))
    return Route(
        id=f"{space}/mocks/{name}", file=f"{space}/mocks/{name}.toml", line=1, name="", space=space,
        scope=scope_of(space), methods=methods, patterns=tuple(patterns), priority=priority, conditions=own,
        count=match.count(own), answers=answers, cors=Cors(), enabled=enabled,
    )  # fmt: skip


def get(target: str = "/", body: bytes | None = b"", method: str = "GET", **headers: str) -> Request:
    """A request as it goes over the wire."""
    path, _, query = target.partition("?")
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(method, path.encode(), query.encode(), pairs, body)


def names(candidates: Any) -> list[str]:
    """The last part of each candidate's id."""
    return [one.route.id.rpartition("/")[2] for one in candidates]
