"""`graphql`: operation, query and variables of a GraphQL request, by POST or GET. Needs the extra `[graphql]`.

Two queries are the same if they differ in white space, comments, commas, the order of fields, arguments, variables,
object keys, directives' arguments, or definitions only. graphql-core takes 380 ms to import, so it is imported here.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET

from keymock.exchange import Request, read_json
from keymock.match import shape, values
from keymock.match.condition import Condition, Fault
from keymock.match.json_body import said
from keymock.match.member import Matcher, Wrong, cut, show, show_all, within
from keymock.match.place import Holds, Place, ReadFile, fault, now_of, once
from keymock.match.shape import Rules
from keymock.match.spelling import Conditions, GraphQL

MAX_TOKENS = 4_000
MAX_QUERY = 64 * 1024
MISSING = 'GraphQL needs a package that is not installed: pip install "keymock[graphql]"'

_SUBSET = Rules()


class Came(msgspec.Struct, frozen=True):
    """A GraphQL request as it came: its operation's name (empty if it has none), normalised query, and variables."""

    operation: str
    query: str
    variables: dict[str, Any]


def normalise(query: str) -> tuple[str, tuple[str, ...]]:
    """A query in its one normal form, and the names of its operations. Raises Wrong."""
    if len(query) > MAX_QUERY:
        raise Wrong(f"a GraphQL query of more than {MAX_QUERY // 1024} KiB", code="invalid-graphql")
    return _normalise(query)


@functools.lru_cache(maxsize=128)  # clients send the same few queries again and again, and parsing takes 0.5 ms
def _normalise(query: str) -> tuple[str, tuple[str, ...]]:
    try:
        from graphql import language  # noqa: PLC0415  (heavy, and optional: see the top of this file)
        from graphql.error import GraphQLError  # noqa: PLC0415
    except ImportError:
        raise Wrong(MISSING, code="missing-extra") from None
    try:
        document = language.parse(query, no_location=True, max_tokens=MAX_TOKENS)
        names = tuple(
            definition.name.value if definition.name else ""
            for definition in document.definitions
            if isinstance(definition, language.OperationDefinitionNode)
        )
        return language.print_ast(_sorted(document)[0]), names
    except GraphQLError as reason:
        raise Wrong(f"this GraphQL cannot be read: {reason.message}", code="invalid-graphql") from None
    except RecursionError:
        raise Wrong("this GraphQL is nested too deeply", code="invalid-graphql") from None


_UNORDERED = ("definitions", "selections", "arguments", "variable_definitions", "fields")


def _sorted(node: Any) -> tuple[Any, str]:
    """The node with everything sorted whose order means nothing, and the key that it sorts by itself.

    Keys grow from the leaves up: printing each node to compare it would be quadratic in a query's depth.
    """
    from graphql import language  # noqa: PLC0415  (imported already by whoever parsed the node)

    changed: dict[str, Any] = {}
    key = node.kind
    for name in node.keys:
        inside = getattr(node, name, None)
        if isinstance(inside, language.Node):
            changed[name], below = _sorted(inside)
            key += f" {name} {below}"
        elif isinstance(inside, list | tuple):
            pairs = [_sorted(item) for item in inside]
            if name in _UNORDERED:
                pairs.sort(key=lambda pair: pair[1])
            changed[name] = tuple(item for item, _ in pairs)
            key += f" {name} [{' '.join(below for _, below in pairs)}]"
        elif name != "loc":
            key += f" {inside!r}"
    return dataclasses.replace(node, **changed), f"({key})"


def read_graphql(request: Request) -> Came | str:
    """The GraphQL request, or the reason why it is none."""
    return once(request, "graphql", _read_graphql)


def _read_graphql(request: Request) -> Came | str:
    query, operation, variables = _envelope(request)
    if not isinstance(query, str):
        return "no GraphQL: there is no `query`"
    try:
        normal, names = normalise(query)
    except Wrong as wrong:
        return wrong.message
    if not isinstance(operation, str) or not operation:
        operation = names[0] if len(names) == 1 else ""
    return Came(operation, normal, variables if isinstance(variables, dict) else {})


def _envelope(request: Request) -> tuple[object, object, object]:
    """query, operationName and variables: of the JSON body, of the query string, or of a body that is the query."""
    if request.content_type == "application/graphql":
        return request.text, None, None
    if request.body:
        body = request.json
        if isinstance(body, dict):
            return body.get("query"), body.get("operationName"), body.get("variables")
        return None, None, None

    query, operation, variables = (request.query.get(name, [""])[0] for name in ("query", "operationName", "variables"))
    return query or None, operation, read_json(variables.encode("utf-8", "replace"))


def _read(conditions: Conditions, _read_file: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.body is UNSET or conditions.body.graphql is UNSET:
        return
    try:
        matcher = _clean(conditions.body.graphql)
    except Wrong as wrong:
        yield fault(wrong, ("body", "graphql"))
    else:
        yield Condition("body.graphql", "", matcher, max(1, len(matcher)))


def _clean(given: GraphQL) -> Matcher:
    matcher: Matcher = {}
    normalise("{ a }")  # the package must be there, whatever is asked
    if given.operation is not UNSET:
        with within("operation"):
            matcher["operation"] = values.clean(given.operation)
    if given.query is not UNSET:
        with within("query"):
            matcher["query"] = normalise(given.query)[0]
    if given.variables is not UNSET:
        with within("variables"):
            matcher["variables"] = shape.clean(given.variables)
    return matcher


def _compile(condition: Condition) -> Holds:
    matcher = condition.matcher
    operation = values.compile(matcher["operation"]) if "operation" in matcher else None
    query = matcher.get("query")
    variables = shape.compile(matcher["variables"], _SUBSET) if "variables" in matcher else None

    def holds(request: Request) -> bool:
        came = read_graphql(request)
        if isinstance(came, str):
            return False
        now = now_of(request)
        return (
            (operation is None or operation((came.operation,) if came.operation else (), now))
            and (query is None or came.query == query)
            and (variables is None or variables((came.variables,), now))
        )

    return holds


def _observe(condition: Condition, request: Request) -> tuple[bool, str]:
    came = read_graphql(request)
    if isinstance(came, str):
        return False, came
    matcher, now = condition.matcher, now_of(request)
    named = (came.operation,) if came.operation else ()
    if "operation" in matcher and not values.holds(matcher["operation"], named, now):
        return False, f"operation is {show_all(named)}"
    if "query" in matcher and came.query != matcher["query"]:
        return False, f"query is {_line(came.query)}"
    if "variables" in matcher:
        differs = shape.difference(matcher["variables"], _SUBSET, (came.variables,), now, "variables")
        if differs is not None:
            return False, said(differs)
    return True, f"{show_all(named)} {show(came.variables)}"


def _line(query: str) -> str:
    return " ".join(query.split())


def _expected(condition: Condition) -> str:
    matcher = condition.matcher
    wanted = []
    if "operation" in matcher:
        wanted.append(f"operation {values.words(matcher['operation'])}")
    if "query" in matcher:
        wanted.append(f"query {_line(matcher['query'])}")
    if "variables" in matcher:
        wanted.append(f"variables {shape.words(matcher['variables'])}")
    return cut(", ".join(wanted) or "a GraphQL request")


GRAPHQL = Place(
    where="body.graphql",
    cost=75,
    read=_read,
    compile=_compile,
    observe=_observe,
    expected=_expected,
    body=True,
)
