"""`[data]`: the two routes of a resource over a file of records, `PATH` and `PATH/:id`."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from keymock.exchange import read_json
from keymock.index.report import Bodies, Context, KeyPath, Report
from keymock.index.route import Answer, Resource, Route
from keymock.match.member import Wrong
from keymock.pattern import Pattern, PatternError
from keymock.pattern import parse as parse_path
from keymock.spec import Data

if TYPE_CHECKING:
    from keymock.store import Store

ITEM = "id"
"""The path parameter that names a record."""


def routes_of(route: Route, data: Data, context: Context, bodies: Bodies, note: Report) -> tuple[Route, ...]:
    """The routes of a resource, made from the mock's own (its name, scope, guard …). Reports a seed that is broken."""
    from keymock import store  # noqa: PLC0415  (10 ms, and most workspaces have no records)

    resource = _resource(data, bodies, note)
    try:
        listed, single = _patterns(data, context)
    except PatternError as fault:
        note(("data", "path"), "bad-path", str(fault), fault.hint, part="value", character=fault.offset)
        return ()
    if resource is None:
        return ()
    answers = (_around(route.answers[0]),)
    change = msgspec.structs.replace
    return (
        change(route, patterns=listed, methods=tuple(store.LIST_METHODS), answers=answers, resource=resource),
        change(
            route,
            id=f"{route.id}#{ITEM}",
            patterns=single,
            methods=tuple(store.RECORD_METHODS),
            answers=answers,
            resource=change(resource, item=ITEM),
        ),
    )


def paths_of(data: Data, context: Context) -> tuple[Pattern, ...]:
    """The paths of both; none if they cannot be read, which `routes_of` tells."""
    try:
        return tuple(chain.from_iterable(_patterns(data, context)))
    except PatternError:
        return ()


def _patterns(data: Data, context: Context) -> tuple[tuple[Pattern, ...], tuple[Pattern, ...]]:
    """The paths of the list, and those of one record. Raises PatternError."""
    path = data.path if data.path is not UNSET else f"/{data.resource}"
    listed = parse_path(path, base_path=context.base_path)
    return listed, parse_path(f"{path.rstrip('/')}/:{ITEM}", base_path=context.base_path)


def _around(answer: Answer) -> Answer:
    """What defaults and `[response]` say around records: headers, waits, faults, limits; never a body or a type."""
    headers = tuple(pair for pair in answer.headers if pair[0] != b"content-type")
    play = msgspec.structs.replace(answer.play, texts=None, events=None)
    return Answer("", 200, headers, play=play)


def _resource(data: Data, bodies: Bodies, note: Report) -> Resource | None:
    from keymock import store  # noqa: PLC0415  (as in routes_of)

    found_seed = _file(data.seed, ("data", "seed"), bodies, note) if data.seed is not UNSET else ("", b"")
    found_schema = _file(data.schema, ("data", "schema"), bodies, note) if data.schema is not UNSET else ("", b"")
    if found_seed is None or found_schema is None:
        return None
    (seed_file, seed), (_, schema) = found_seed, found_schema
    name = data.seed if isinstance(data.seed, str) else ""
    made = Resource(data, name, seed, schema, store.identity(data, seed, schema), seed_file=seed_file)
    try:
        prototype(made)
    except store.SeedError as fault:
        where = f"{name}:{fault.line}: " if fault.line else f"{name}: "
        note(("data", "seed"), "invalid-seed", where + fault.message, part="value")
    except Wrong as fault:
        note(("data", "schema"), fault.code, fault.message, fault.hint, part="value")
    return made


def _file(name: str, where: KeyPath, bodies: Bodies, note: Report) -> tuple[str, bytes] | None:
    """Where a file lies, beside the mock or in the `data/` folder of its space, and its content."""
    try:
        return _content(name, bodies)
    except ValueError as fault:
        try:
            return _content(bodies.in_data(name), bodies)
        except ValueError:
            note(where, "body-missing", str(fault), "it is looked for beside the mock, and in data/", part="value")
            return None


def _content(name: str, bodies: Bodies) -> tuple[str, bytes]:
    content = bodies.named(name)
    return bodies.beside(name), content


@lru_cache(maxsize=256)
def prototype(resource: Resource) -> Store:
    """The records as their file has them. Copy it: each session has its own. Raises SeedError and Wrong."""
    from keymock import store  # noqa: PLC0415  (as in routes_of)

    schema = read_json(resource.schema) if resource.schema else None
    if not (schema is None or isinstance(schema, dict | bool)):
        raise Wrong("the schema is no JSON object", code="invalid-schema")
    records = store.seed(resource.seed, resource.seed_name, resource.definition, schema) if resource.seed else ()
    return store.Store(resource.definition, records, schema)
