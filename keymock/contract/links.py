"""Links of a document honoured: who follows one gets an answer about what it was followed for.

A link says that the value at some place of an answer is a parameter of another operation. So the place is known where
an answer of that operation has the parameter's value, and it is put there: `/users/7` answers with the id 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from keymock.contract.answering import Made
from keymock.contract.document import Contract
from keymock.contract.expressions import at, parsed, steps
from keymock.contract.library import Spot, Unresolved
from keymock.contract.model import Operation, Response
from keymock.contract.styles import coerced
from keymock.contract.types import fits, kind_of
from keymock.exchange import NOT_JSON, Request, read_json


class Echo(NamedTuple):
    """A place of an operation's answer that has the value of a path or query parameter. `sure`: it may be put there."""

    parameter: str
    pointer: str
    sure: bool


class Links:
    """The links of a contract, read when the first answer is wanted."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._echoes: dict[str, tuple[Echo, ...]] | None = None

    def echoes(self, operation: Operation) -> tuple[Echo, ...]:
        """The places of an operation's answers that a link makes out to be parameters of it."""
        if self._echoes is None:
            self._echoes = self._read()
        return self._echoes.get(operation.key, ())

    def about(
        self, operation: Operation, response: Response | None, made: Made, request: Request, params: Mapping[str, str]
    ) -> Made:
        """The answer with the values that the request has, where a link says that they stand, and they are valid."""
        echoes = self.echoes(operation)
        if not echoes or response is None:
            return made
        kind = next((value.decode("latin-1") for name, value in made.headers if name == b"content-type"), "")
        media = next((each for each in response.content if fits(kind, each.type)), None)
        body = read_json(made.body) if media is not None and kind_of(kind) == "json" else NOT_JSON
        if media is None or body is NOT_JSON:
            return made
        given = {**{name: values[0] for name, values in request.query.items() if values}, **params}
        changed = echoed(body, echoes, given, lambda one: not self.contract.objections(media.schema, "response", one))
        return made if changed is None else made._replace(body=msgspec.json.encode(changed))

    def _read(self) -> dict[str, tuple[Echo, ...]]:
        found: dict[str, dict[Echo, None]] = {}
        for source, target, link in self._links():
            for given_name, given in link.child("parameters").items():
                expression = parsed(given.value)
                if expression is None:
                    continue
                placed = given_name.startswith(("path.", "query."))
                name = given_name.partition(".")[2] if placed else given_name
                own = found.setdefault(target, {})
                if _is_last(target, name):
                    own[Echo(name, "/id", sure=False)] = None
                if expression.of != "response" or expression.source != "body":
                    continue
                same = name == (steps(expression.name) or ("",))[-1]
                own[Echo(name, expression.name, sure=same)] = None
                beneath = _path(target).startswith(_path(source) + "/")
                if same and (beneath or expression.name.count("/") == 1):
                    found.setdefault(source, {})[Echo(name, expression.name, sure=True)] = None
        return {key: tuple(sorted(echoes, key=lambda one: not one.sure)) for key, echoes in found.items()}

    def _links(self) -> Iterator[tuple[str, str, Spot]]:
        """Every link: the operation whose answer has it, the one that it leads to, and itself."""
        for stub in self.contract.outline.stubs:
            for given in dict(stub.spot.child("responses").items()).values():
                response = self._followed(given)
                links = dict(response.child("links").items()) if response is not None else {}
                for each in links.values():
                    link = self._followed(each)
                    target = self._target(link) if link is not None else ""
                    if link is not None and target:
                        yield stub.key, target, link

    def _target(self, link: Spot) -> str:
        """The key of the operation that a link leads to; empty for none of this document."""
        name, reference = link.child("operationId").value, link.child("operationRef").value
        if isinstance(name, str):
            stub = self.contract.by_id.get(name)
            return stub.key if stub is not None else ""
        if not isinstance(reference, str) or not reference.startswith("#/paths/"):
            return ""
        path, _, method = reference.removeprefix("#/paths/").rpartition("/")
        key = f"{method.upper()} {''.join(steps('/' + path))}"
        return key if key in self.contract.stubs else ""

    def _followed(self, spot: Spot) -> Spot | None:
        try:
            return self.contract.library.follow(spot)
        except Unresolved:
            return None  # told when the document was read


def _path(key: str) -> str:
    return key.partition(" ")[2]


def _is_last(key: str, name: str) -> bool:
    """Whether a path ends with this parameter, and it is an id by its name: then the answer is what has that id."""
    return _path(key).endswith(f"/{{{name}}}") and name.lower().endswith("id")


def echoed(body: Any, echoes: tuple[Echo, ...], given: Mapping[str, str], valid: Callable[[Any], bool]) -> Any | None:
    """The body with the values of parameters at their places, as far as it is still valid then; None if it is the same.

    A place that is not there is made only where the echo is sure of it.
    """
    changed = False
    told: set[str] = set()
    for echo in echoes:
        text, known = given.get(echo.parameter), at(body, echo.pointer)
        way = steps(echo.pointer)
        unlikely = known is None and not (echo.sure and way and isinstance(at(body, _above(echo.pointer)), dict))
        if text is None or unlikely or isinstance(known, dict | list) or (echo.parameter in told and not echo.sure):
            continue
        for value in dict.fromkeys((coerced(text, {"type": _kind(known)}, {}), coerced(text, _NUMBER, {}), text)):
            if value == known and _kind(value) == _kind(known):
                told.add(echo.parameter)
                break
            tried = _with(body, way, value)
            if valid(tried):
                body, changed = tried, True
                told.add(echo.parameter)
                break
    return body if changed else None


_NUMBER = {"type": "number"}


def _above(pointer: str) -> str:
    return pointer.rpartition("/")[0]


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "string"


def _with(tree: Any, way: tuple[str, ...], value: Any) -> Any:
    """The tree with another value at a place; the last step may be new."""
    if not way:
        return value
    step, rest = way[0], way[1:]
    if isinstance(tree, list):
        return [_with(each, rest, value) if str(number) == step else each for number, each in enumerate(tree)]
    return {**tree, step: _with(tree.get(step), rest, value)}
