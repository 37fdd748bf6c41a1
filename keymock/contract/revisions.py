"""Two revisions of a document → what a client sees differently, and what of it breaks one that was content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from keymock.contract.document import Contract
from keymock.contract.library import Spot
from keymock.contract.model import Media, Operation, Parameter, Response
from keymock.contract.paths import as_mock
from keymock.contract.schemas import Direction, Schema, whole
from keymock.contract.styles import kinds_of
from keymock.problems import printable

Severity = Literal["breaking", "change", "addition"]

MOST_DEPTH = 12
LONGEST = 60
"""Characters of a name or value that a sentence shows."""


class Revision(NamedTuple):
    """One difference. `says` is a sentence without its full stop, about the operation `key`."""

    severity: Severity
    key: str
    says: str
    before: Spot | None = None
    after: Spot | None = None

    @property
    def breaking(self) -> bool:
        """Whether a client that was content may fail now."""
        return self.severity == "breaking"


def revisions(before: Contract, after: Contract) -> list[Revision]:
    """Everything that is different, by operation. Renamed path parameters are no difference."""
    old = {route_of(stub.method, stub.path): stub.key for stub in before.outline.stubs}
    new = {route_of(stub.method, stub.path): stub.key for stub in after.outline.stubs}
    found: list[Revision] = []
    for route, key in old.items():
        if route not in new:
            found.append(Revision("breaking", key, "the operation is gone", before.stubs[key].spot))
        else:
            one, other = before.operation(key), after.operation(new[route])
            found += _Comparing(before, after, one, other).run()
    found += [
        Revision("addition", key, "the operation is new", None, after.stubs[key].spot)
        for route, key in new.items()
        if route not in old
    ]
    return list({(each.severity, each.key, each.says): each for each in found}.values())


def _code(text: object) -> str:
    """What comes out of a document stands between backticks, on one line, and cannot end them."""
    shown = printable(" ".join(str(text).split())).replace("`", "'")
    return f"`{shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + '…'}`"


def _word(text: str) -> str:
    """A status or type as it is; between backticks if it is none."""
    return text if text.isalnum() else _code(text)


def route_of(method: str, path: str) -> str:
    """Method and path, whatever the parameters are called."""
    text, parts = as_mock(path), []
    for part in text.split("{"):
        _, brace, rest = part.partition("}")
        parts.append(rest if brace else part)
    return f"{method} {'{}'.join(parts)}"


class _Comparing:
    def __init__(self, before: Contract, after: Contract, old: Operation, new: Operation) -> None:
        self.before = before
        self.after = after
        self.old = old
        self.new = new

    def run(self) -> Iterator[Revision]:
        yield from self._parameters()
        yield from self._body()
        yield from self._responses()
        if self.new.security and not self.old.security:
            yield self._say("breaking", "credentials are needed now")
        elif self.old.security and not self.new.security:
            yield self._say("change", "credentials are no longer needed")

    def _say(self, severity: Severity, says: str, old: Spot | None = None, new: Spot | None = None) -> Revision:
        return Revision(severity, self.new.key, says, old or self.old.spot, new or self.new.spot)

    # ---- what goes in --------------------------------------------------------------------------------------------

    def _parameters(self) -> Iterator[Revision]:
        old, new = _by_place(self.old), _by_place(self.new)
        for place, parameter in new.items():
            called = f"{parameter.place} parameter {_code(parameter.name)}"
            last = old.get(place)
            if last is None and parameter.place != "path":
                needed = parameter.required
                says = f"the {called} is new{' and required' if needed else ''}"
                yield self._say("breaking" if needed else "addition", says, None, parameter.spot)
            elif last is not None:
                if parameter.required and not last.required:
                    yield self._say("breaking", f"the {called} is required now", last.spot, parameter.spot)
                yield from self._schemas(last.schema, parameter.schema, "request", f"the {called}")
        for place, parameter in old.items():
            if place not in new and parameter.place != "path":
                yield self._say(
                    "change", f"the {parameter.place} parameter {_code(parameter.name)} is gone", parameter.spot
                )

    def _body(self) -> Iterator[Revision]:
        if self.new.body_required and not self.old.body_required:
            yield self._say("breaking", "a body is required now", self.old.body_spot, self.new.body_spot)
        yield from self._content(self.old.body, self.new.body, "request", "the body")

    # ---- what comes out ------------------------------------------------------------------------------------------

    def _responses(self) -> Iterator[Revision]:
        old = {each.status: each for each in self.old.responses}
        new = {each.status: each for each in self.new.responses}
        for status, response in old.items():
            if status not in new:
                severity: Severity = "breaking" if status[0] == "2" else "change"
                yield self._say(severity, f"it answers no {_word(status)} any longer", response.spot)
                continue
            yield from self._content(response.content, new[status].content, "response", f"the {_word(status)}")
            yield from self._headers(response, new[status])
        for status, response in new.items():
            if status not in old:
                yield self._say("addition", f"it may answer {_word(status)} now", None, response.spot)

    def _headers(self, old: Response, new: Response) -> Iterator[Revision]:
        kept = {header.name.lower() for header in new.headers}
        for header in old.headers:
            if header.name.lower() not in kept:
                yield self._say(
                    "breaking", f"the {_word(old.status)} lost its header {_code(header.name)}", header.spot, new.spot
                )

    def _content(
        self, old: tuple[Media, ...], new: tuple[Media, ...], direction: Direction, of: str
    ) -> Iterator[Revision]:
        by_type = {media.type: media for media in new}
        for media in old:
            if media.type not in by_type:
                yield self._say("breaking", f"{of} is {_code(media.type)} no longer")
            else:
                yield from self._schemas(media.schema, by_type[media.type].schema, direction, of)
        known = {media.type for media in old}
        for media in new:
            if media.type not in known and old:
                yield self._say("addition", f"{of} may be {_code(media.type)} now")

    # ---- schemas -------------------------------------------------------------------------------------------------

    def _schemas(self, old: Spot | None, new: Spot | None, direction: Direction, of: str) -> Iterator[Revision]:
        if old is None or new is None:
            return
        one, other = self.before.schemas.bundle(old, direction), self.after.schemas.bundle(new, direction)
        if one == other:
            return
        for severity, says in _differences(one, other, one, other, direction, "", 0):
            yield self._say(severity, f"{of}{says}", old, new)


def _by_place(operation: Operation) -> dict[tuple[str, str], Parameter]:
    return {(each.place, each.name): each for each in operation.parameters}


_Difference = tuple[Severity, str]


def _differences(
    old_root: Schema, new_root: Schema, old: Any, new: Any, direction: Direction, at: str, depth: int
) -> Iterator[_Difference]:
    """What is different beneath a place, as ends of sentences: ` lost `email``."""
    if depth > MOST_DEPTH:
        return
    one, other = whole(old, old_root), whole(new, new_root)
    where = f" at {_code(at)}" if at else ""
    answers = direction == "response"
    yield from _types(old_root, new_root, one, other, answers, where)
    yield from _values(one, other, answers, where)
    yield from _properties(one, other, answers, where)
    for name, schema in one.get("properties", {}).items():
        if name in other.get("properties", {}):
            inner = f"{at}.{name}" if at else name
            yield from _differences(old_root, new_root, schema, other["properties"][name], direction, inner, depth + 1)
    if isinstance(one.get("items"), Mapping) and isinstance(other.get("items"), Mapping):
        yield from _differences(old_root, new_root, one["items"], other["items"], direction, f"{at}[]", depth + 1)


def _types(
    old_root: Schema, new_root: Schema, one: Schema, other: Schema, answers: bool, where: str
) -> Iterator[_Difference]:
    had, has = kinds_of(one, old_root), kinds_of(other, new_root)
    if had and has and had != has:
        widened = has >= had
        safe = widened if not answers else has <= had
        yield "change" if safe else "breaking", f"{where} is {_kinds(has)}, no longer {_kinds(had)}"


def _kinds(kinds: set[str]) -> str:
    return " or ".join(sorted(map(_word, kinds)))


def _values(one: Schema, other: Schema, answers: bool, where: str) -> Iterator[_Difference]:
    had, has = one.get("enum"), other.get("enum")
    if isinstance(had, list) and isinstance(has, list):
        for value in (each for each in had if each not in has):
            yield "change" if answers else "breaking", f"{where} has no value {_code(value)} any longer"
        for value in (each for each in has if each not in had):
            yield "change" if answers else "addition", f"{where} may be {_code(value)} now"
    for key, tighter in (("minimum", 1), ("minLength", 1), ("minItems", 1), ("maximum", -1), ("maxLength", -1),
                         ("maxItems", -1)):  # fmt: skip
        before, after = _number(one.get(key)), _number(other.get(key))
        if before == after:
            continue
        narrowed = before is None or (after is not None and (after - before) * tighter > 0)
        breaks = narrowed and not answers
        yield "breaking" if breaks else "change", f"{where} has {key} {after}, no longer {before}"
    if one.get("pattern") != other.get("pattern") and other.get("pattern") is not None:
        yield "change" if answers else "breaking", f"{where} has another pattern"


def _number(value: Any) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _properties(one: Schema, other: Schema, answers: bool, where: str) -> Iterator[_Difference]:
    had, has = one.get("properties", {}), other.get("properties", {})
    needed_then, needed = set(one.get("required", ())), set(other.get("required", ()))
    for name in had:
        if name not in has:
            yield "breaking" if answers else "change", f"{where} lost {_code(name)}"
    for name in has:
        if name not in had:
            required = name in needed and not answers
            yield (
                "breaking" if required else "addition",
                f"{where} has {_code(name)} now{', required' if required else ''}",
            )
        elif name in needed and name not in needed_then and not answers:
            yield "breaking", f"{where} needs {_code(name)} now"
        elif name in needed_then and name not in needed and answers:
            yield "breaking", f"{where} may lack {_code(name)} now"
