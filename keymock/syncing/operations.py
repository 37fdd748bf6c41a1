"""Two versions of a document: which operation has become which, which are new, which are gone."""

from __future__ import annotations

from typing import NamedTuple

from keymock.contract import Contract, Stub
from keymock.contract.revisions import route_of


class Operations(NamedTuple):
    """What became of the operations. `renamed` have another id, or another method or path."""

    added: tuple[Stub, ...]
    removed: tuple[Stub, ...]
    renamed: tuple[tuple[Stub, Stub], ...]


class Versions:
    """A document as it was and as it is. One that kept its method and path, or its id, is the same operation."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self.old = old
        self.new = new
        self._old_routes = {_route(stub): stub for stub in old.outline.stubs}
        self._new_routes = {_route(stub): stub for stub in new.outline.stubs}

    def now(self, key: str, *, by_name: bool = False) -> Stub | None:
        """What an operation of the old version is in the new one; None if it is gone.

        Method and path count before the id, unless it is looked for `by_name`.
        """
        stub = self.old.stubs[key]
        there = self._new_routes.get(_route(stub))
        named = self.new.by_id.get(_named(stub)) if _named(stub) else None
        if by_name:
            return named or there
        if there is None and named is not None and _route(named) in self._old_routes:
            return None  # the id went over to an operation that was there before
        return there or named

    def was(self, name: str) -> Stub | None:
        """What an operation was, by the id or the key that it has now; None if it is new, or not there."""
        now = self.new.by_id.get(name) or self.new.stubs.get(name)
        if now is None:
            return None
        return next((stub for stub in self.old.outline.stubs if self.now(stub.key) == now), None)

    def operations(self) -> Operations:
        """The operations that are not what they were."""
        pairs = [(stub, self.now(stub.key)) for stub in self.old.outline.stubs]
        kept = {now.key for _, now in pairs if now is not None}
        return Operations(
            added=tuple(stub for stub in self.new.outline.stubs if stub.key not in kept),
            removed=tuple(was for was, now in pairs if now is None),
            renamed=tuple(
                (was, now) for was, now in pairs
                if now is not None and (_named(now) != _named(was) or _route(now) != _route(was))
            ),
        )  # fmt: skip


def _route(stub: Stub) -> str:
    return route_of(stub.method, stub.path)


def _named(stub: Stub) -> str:
    """The id that the document gives it; empty for one that is called by its method and path."""
    return stub.id if stub.id != stub.key else ""
