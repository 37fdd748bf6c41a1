"""What two versions of a document answer to one call: the example that a mock was made from, or what is made up."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from keymock.contract import Contract, Media, Operation, Spot, members
from keymock.contract.answering import Answering, Made, NotAcceptable
from keymock.contract.drift import path_of
from keymock.contract.schemas import Schema
from keymock.contract.types import bare, fits, kind_of
from keymock.exchange import NOT_JSON, read_json
from keymock.syncing.members import Path, settled


class Said(NamedTuple):
    """What a document answers: its headers without the content type, that type, the body, and that body's schema."""

    headers: dict[str, str]
    kind: str
    body: bytes
    value: Any
    """The body as JSON; NOT_JSON if it is none."""
    made_up: bool
    schema: Spot | None


class Side:
    """One operation of one version of a document. `stable` is the name that what is made up is drawn by."""

    def __init__(self, contract: Contract, key: str, stable: str = "") -> None:
        self.contract = contract
        self.operation: Operation = contract.operation(key)
        self._drawn = msgspec.structs.replace(self.operation, key=stable or key)

    @cached_property
    def _answering(self) -> Answering:
        return Answering(self.contract)

    def said(self, status: int, kind: str, like: Any) -> Said | None:
        """The answer of a status in a content type, by the example that is most like a value; None if there is none."""
        response = self.operation.response(status)
        if response is None:
            return None
        media = next((each for each in response.content if kind and fits(kind, each.type)), None)
        media = media or next(iter(response.content), None)
        example = _nearest(media, like) if media is not None else ""
        try:
            made = self._answering.answer(self._drawn, status, response, bare(media.type) if media else "", example)
        except NotAcceptable:
            return None
        return None if made.problem else _read(made, media)

    def wrong(self, schema: Spot | None, value: Any) -> list[tuple[Path, str]]:
        """Where a value is not what a schema says, and how."""
        found = self.contract.objections(schema, "response", value)
        return [(path_of(where, value), message) for where, message in found]

    def declares(self, schema: Spot | None, where: Path) -> bool:
        """Whether a schema has a member of that name at all; one that names none has all."""
        return members.declares(self._bundle(schema), where)

    def needs(self, schema: Spot | None, where: Path) -> bool:
        """Whether a member is required."""
        return members.needs(self._bundle(schema), where)

    def _bundle(self, schema: Spot | None) -> Schema:
        return self.contract.schemas.bundle(schema, "response") if schema is not None else {}

    def spelled(self, schema: Spot | None) -> set[str]:
        """The values that a schema itself spells out: examples, defaults, constants; as JSON."""
        return {msgspec.json.encode(value).decode() for value in _spelled(self._bundle(schema))}


def settle(new: Side, before: Said, after: Said) -> Any:
    """The new answer's value, with all that was only drawn differently as it was."""
    if not after.made_up or before.value is NOT_JSON or after.value is NOT_JSON:
        return after.value
    spelled = new.spelled(after.schema)

    def said(value: Any) -> bool:
        return msgspec.json.encode(value).decode() in spelled

    return settled(before.value, after.value, lambda value: [at for at, _ in new.wrong(after.schema, value)], said)


def _read(made: Made, media: Media | None) -> Said:
    headers = {name.decode("latin-1"): value.decode("utf-8", "replace") for name, value in made.headers}
    kind = headers.pop("content-type", "")
    value = read_json(made.body) if made.body and kind_of(kind) == "json" else NOT_JSON
    schema = media.schema if media is not None else None
    return Said(headers, kind, made.body, value, media is not None and not media.examples, schema)


def _nearest(media: Media, like: Any) -> str:
    """The name of the example that has most in common with a value; the first of those that have as much."""
    if like is NOT_JSON or not any(each.name for each in media.examples):
        return ""
    wanted = set(_leaves(like))
    common = [len(wanted & set(_leaves(each.value))) for each in media.examples]
    return media.examples[common.index(max(common))].name if any(common) else ""


def _leaves(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every place of a value with what stands there."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not isinstance(value, dict | list):
        yield at, msgspec.json.encode(value).decode()
    for key, each in children:
        yield from _leaves(each, (*at, str(key)))


def _spelled(schema: Any) -> Iterator[Any]:
    """What stands in a schema as data."""
    pending = [schema]
    while pending:
        each = pending.pop()
        if not isinstance(each, dict):
            pending += each if isinstance(each, list) else ()
            continue
        for key, value in each.items():
            if key in ("default", "const") or (key == "examples" and isinstance(value, list)):
                yield from _scalars(value)
            elif key != "enum":
                pending.append(value)


def _scalars(value: Any) -> Iterator[Any]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    if children is None:
        yield value
    for each in children or ():
        yield from _scalars(each)
