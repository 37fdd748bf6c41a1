"""An answer held against the operation that its contract declares: one check a violation, with both places."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from keymock.contract import Contract, Operation, Spot
from keymock.contract.library import Unresolved
from keymock.contract.replying import wrong_with
from keymock.contract.types import bare, fits
from keymock.contract.validating import Violation
from keymock.flows.drifting import Spoken
from keymock.flows.result import Check
from keymock.sending import Incoming, Outgoing

WHAT = "contract"


def held(spoken: Spoken | None, outgoing: Outgoing, came: Incoming, place: str) -> tuple[Check, ...]:
    """What the contract says of an answer. `place` is the line of the flow that wants it to be asked."""
    if spoken is None:
        url = outgoing.url.partition("?")[0]
        return (Check(WHAT, "an address of a project with a contract", url, ok=False, place=place),)
    contract, operation = spoken
    if operation is None:
        came_for = f"{outgoing.method} {outgoing.url.partition('?')[0]}"
        paths = Spot(contract.file, ("paths",), None)
        return (Check(WHAT, "an operation of the contract", f"none has {came_for}", ok=False, place=place,
                      declared=_line(contract, paths)),)  # fmt: skip
    headers = [(name.lower().encode("latin-1", "replace"), value.encode("utf-8", "replace"))
               for name, value in came.headers]  # fmt: skip
    body = None if outgoing.method == "HEAD" else came.body
    wrong = wrong_with(contract, operation, came.status, headers, body)
    if wrong:
        return tuple(_checks(contract, operation, wrong, came, place))
    response = operation.response(came.status)
    declared = _line(contract, response.spot if response is not None else operation.spot)
    return (Check(WHAT, f"{operation.key} {came.status} as declared", "", ok=True, place=place, declared=declared),)


def _checks(
    contract: Contract, operation: Operation, wrong: list[Violation], came: Incoming, place: str
) -> Iterator[Check]:
    for each in wrong:
        where = each.where.removeprefix("response.")
        expected = f"{operation.key} {came.status} as declared"
        declared = _line(contract, _spot(contract, operation, where, came))
        yield Check(WHAT, expected, f"{where}: {each.message}", ok=False, place=place, declared=declared)


def _spot(contract: Contract, operation: Operation, where: str, came: Incoming) -> Spot:
    """The part of the document that a violation is about."""
    response = operation.response(came.status)
    if response is None:
        return operation.spot.child("responses")
    kind, _, path = where.partition("/")
    key, _, name = kind.partition(".")
    if key == "headers":
        return next((header.spot for header in response.headers if header.name == name), response.spot)
    content = contract.library.follow(response.spot).child("content")
    if key != "body":
        return content if content.value is not None else response.spot
    sent = came.header("content-type")
    media = next((each for each in response.content if fits(bare(sent), each.type)), None)
    if media is None or media.schema is None:
        return content
    return _below(contract, media.schema, path.split("/") if path else [])


def _below(contract: Contract, schema: Spot, path: list[str]) -> Spot:
    """The schema of a member, as far as plain `properties` and `items` lead there."""
    found = schema
    try:
        for step in path:
            here = contract.library.follow(found)
            steps = ("properties", step) if here.child("properties", step).value is not None else ("items",)
            inner = here.child(*steps)
            if inner.value is None:
                return here
            found = inner
        return contract.library.follow(found)
    except Unresolved:
        return found


def _line(contract: Contract, spot: Spot) -> str:
    with suppress(Unresolved):
        spot = contract.library.follow(spot)
    return f"{spot.file}:{contract.library.line(spot.file, spot.pointer)}"
