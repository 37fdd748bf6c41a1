"""Callbacks of a document: the requests that follow an answer, to the addresses that its runtime expressions give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from keymock.contract.asking import asked
from keymock.contract.document import Contract
from keymock.contract.expressions import Told, filled, reads_body
from keymock.contract.library import Spot, Unresolved
from keymock.contract.model import METHODS, Operation, Stub
from keymock.contract.operations import operation as read_operation
from keymock.exchange import Call

MOST = 20
"""Callbacks of one operation that are sent."""


class Callback(NamedTuple):
    """One request of a callback: what it is called, the text of its address, and what is sent."""

    name: str
    address: str
    operation: Operation


def callbacks(contract: Contract, operation: Operation) -> tuple[Callback, ...]:
    """The callbacks that an operation declares."""
    found: list[Callback] = []
    for name, given in operation.spot.child("callbacks").items():
        callback = _followed(contract, given)
        for address, entry in callback.items() if callback is not None else ():
            item = _followed(contract, entry)
            if item is None or address.startswith("x-"):
                continue
            for method, spot in _methods(item):
                stub = Stub(f"{method.upper()} {address}", name, method.upper(), "/", "", item, spot)
                made = read_operation(contract.library, contract.outline.root, contract.outline.version, stub)
                found.append(Callback(name, address, msgspec.structs.replace(made, security=())))
    return tuple(found[:MOST])


def _methods(item: Spot) -> Iterator[tuple[str, Spot]]:
    return ((key, spot) for key, spot in item.items() if key in METHODS and isinstance(spot.value, dict))


def _followed(contract: Contract, spot: Spot) -> Spot | None:
    try:
        return contract.library.follow(spot)
    except Unresolved:
        return None  # told when the document was read


def by_body(found: tuple[Callback, ...]) -> bool:
    """Whether the body of the request says where one of them goes."""
    return any(reads_body(each.address) for each in found)


def calls(contract: Contract, found: tuple[Callback, ...], told: Told, mock: str) -> tuple[Call, ...]:
    """What is sent after an answer: each callback with what it requires, its body an example or made up."""
    return tuple(_call(contract, each, number, told, mock) for number, each in enumerate(found, 1))


def _call(contract: Contract, callback: Callback, number: int, told: Told, mock: str) -> Call:
    method = callback.operation.method
    url = filled(callback.address, told)
    if url is None:
        wrong = f"the callback {callback.name} has no address: `{callback.address}` gives none for this request"
        return Call(mock, number, 0, method, callback.address, (), b"", fault=wrong, declared=True)
    try:
        request = asked(contract, callback.operation)
    except ValueError as fault:
        wrong = f"the callback {callback.name} cannot be made up: {fault}"
        return Call(mock, number, 0, method, url, (), b"", fault=wrong, declared=True)
    query = request.query_string.decode("latin-1")
    url = f"{url}{'&' if '?' in url else '?'}{query}" if query else url
    headers = tuple(
        (name.decode("latin-1"), value.decode("utf-8", "replace"))
        for name, value in request.headers
        if name not in (b"host", b"content-length")
    )
    return Call(mock, number, 0, method, url, headers, request.body or b"", declared=True)
