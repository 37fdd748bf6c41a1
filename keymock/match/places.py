"""Places in a request: the table of them, and what can be asked of any condition."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from keymock.exchange import NOT_JSON, Request
from keymock.match import (
    auth,
    digest,
    fields,
    graphql,
    json_body,
    jsonpath,
    jsonrpc,
    moment,
    origin,
    parts,
    pointer,
    schema,
    text,
    xml,
)
from keymock.match.condition import Condition, Fault, Mismatch, Observation
from keymock.match.member import cut
from keymock.match.place import Place, ReadFile, literal
from keymock.match.spelling import Conditions

PLACES: dict[str, Place] = {
    place.where: place
    for place in (
        fields.PARAMS,
        fields.QUERY,
        fields.QUERY_ONLY,
        fields.HEADERS,
        fields.COOKIES,
        fields.FORM,
        origin.HOST,
        origin.SCHEME,
        origin.CLIENT,
        auth.BASIC,
        auth.BEARER,
        auth.JWT,
        text.TEXT,
        json_body.JSON,
        json_body.JSON_EQUALS,
        jsonpath.JSONPATH,
        pointer.POINTER,
        schema.SCHEMA,
        xml.XML,
        xml.XPATH,
        graphql.GRAPHQL,
        jsonrpc.JSONRPC,
        parts.PARTS,
        digest.SHA256,
        moment.STATE,
        moment.CALL,
        moment.FILE,
    )
}


def read(conditions: Conditions, read_file: ReadFile | None = None) -> tuple[tuple[Condition, ...], tuple[Fault, ...]]:
    """The conditions that a table spells, cleaned, and everything that is wrong with it.

    `read_file(name)` hands over a file that `body.schema` names. A fault's path starts below the table itself.
    """
    found: list[Condition] = []
    faults: list[Fault] = []
    for place in PLACES.values():
        for item in place.read(conditions, read_file):
            if isinstance(item, Fault):
                faults.append(item)
                continue
            found.append(item)
            if len(item.matcher) > 1 and place.doubt(item):  # a matcher of one key is as good as its argument
                faults.append(_never(place, item))
    return tuple(found), tuple(faults)


def _never(place: Place, condition: Condition) -> Fault:
    path = (*condition.where.split("."), *([condition.name] if condition.name else []))
    return Fault(
        path,
        f"this can never hold: {cut(place.expected(condition))}",
        "all keys of a matcher must hold for one value; `any_of` takes one or the other",
        "never-matches",
        "warning",
    )


def compile(condition: Condition) -> Callable[[Request], bool]:
    """A plain function that says whether a request fulfils the condition. It never raises."""
    return PLACES[condition.where].compile(condition)


def observe(condition: Condition, request: Request) -> Observation:
    """The condition beside what came, found the slow way: a line of a tick list."""
    place = PLACES[condition.where]
    ok, actual = place.observe(condition, request)
    return Observation(condition.where, condition.name, cut(place.expected(condition)), cut(actual), ok)


def explain(condition: Condition, request: Request) -> Mismatch | None:
    """Why the condition does not hold; None exactly when its compiled function is true."""
    seen = observe(condition, request)
    return None if seen.ok else Mismatch(seen.where, seen.name, seen.expected, seen.actual)


def count(conditions: Iterable[Condition]) -> int:
    """How many conditions these are when mocks are ranked: an array counts each of its leaves."""
    return sum(condition.weight for condition in conditions)


def cost(condition: Condition) -> int:
    """How dear the condition is to try: a number to sort by, the cheapest first."""
    return PLACES[condition.where].cost


def needs_body(condition: Condition) -> bool:
    """Whether the body must have been read before the condition is tried."""
    return PLACES[condition.where].body


Key = tuple[str, str | tuple[str, ...]]


def discriminator(condition: Condition) -> tuple[Key, Hashable] | None:
    """`(key, value)` of a condition that only wants one literal value, else None.

    A condition with a discriminator holds exactly when its value is among `discriminator_values(key, request)`.
    So candidates that share a key are found by looking up each of those values in a dict; there may be several
    (a repeated parameter or header), and candidates without that key must be tried besides.
    """
    wanted = literal(condition)
    if condition.where == "body.json":
        if wanted is None or isinstance(wanted, str | int | float):
            return ("body.json", condition.path), _hashable(wanted)
    elif condition.where in ("params", "query", "headers", "cookies") and isinstance(wanted, str):
        return (condition.where, condition.name), wanted
    return None


def discriminator_values(key: Key, request: Request) -> tuple[Hashable, ...]:
    """The values that a request has under a discriminator's key: none, one, or several."""
    where, name = key
    if isinstance(name, tuple):
        return _json_values(request.json, name)
    if where == "query":
        return tuple(request.query.get(name, ()))
    if where == "headers":
        return tuple(request.header_map.get(name, ()))
    if where == "cookies":
        return tuple(request.cookies.get(name, ()))
    value = request.params.get(name)
    return () if value is None else (value,)


def _json_values(value: object, path: tuple[str, ...]) -> tuple[Hashable, ...]:
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return ()
        value = value[key]
    if value is NOT_JSON or not (value is None or isinstance(value, str | int | float)):
        return ()
    return (_hashable(value),)


def _hashable(value: object) -> Hashable:
    """JSON tells true from 1 and 1 not from 1.0; a dict of Python takes all three for one key."""
    return (value,) if isinstance(value, bool) else value
