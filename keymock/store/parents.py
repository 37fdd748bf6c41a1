"""Resources beneath another: `/users/:userId/orders` has the orders whose `userId` the path says, and makes such."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keymock.store import ids
from keymock.store.records import Misfit, Record, Store, Unfit, pointer
from keymock.store.relations import Stores, references


class Within:
    """What a path says of the records that it leads to: parameters that are fields of theirs."""

    def __init__(self, store: Store, said: Mapping[str, str], others: Stores) -> None:
        self._texts = said
        self._values = {name: _typed(store, name, text, others) for name, text in said.items()}
        self.orphan = next((name for name, text in said.items() if _is_gone(name, text, others)), "")
        """The parameter whose record, of a resource that there is, does not exist; empty if none is missing."""

    def of(self, store: Store) -> tuple[Record, ...]:
        """The records of a store that lie beneath the path."""
        return tuple(filter(self.holds, store)) if self._values else tuple(store)

    def holds(self, record: Record) -> bool:
        """Whether a record lies beneath the path."""
        return all(record.get(name) == value for name, value in self._values.items())

    def filled(self, record: Record) -> Record:
        """A record as it is kept beneath the path. Raises Unfit for one that says that it lies elsewhere."""
        for name, value in self._values.items():
            if name in record and record[name] != value:
                raise Unfit(Misfit(pointer(name), f"the address says {self._texts[name]}"))
        return {**record, **self._values}


def _typed(store: Store, name: str, text: str, others: Stores) -> Any:
    """The value that a field has where a path says it: of the kind that the parents' ids, or other records, have."""
    for resource, parent in others.items():
        if name in references(resource):
            key = ids.from_text(parent.id.kind, text)
            return text if key is None else key
    known = next((record[name] for record in store if name in record), None)
    whole = ids.from_text("integer", text)
    return text if whole is None or isinstance(known, str) else whole


def _is_gone(name: str, text: str, others: Stores) -> bool:
    parents = [parent for resource, parent in others.items() if name in references(resource)]
    return bool(parents) and all(parent.find(text) is None for parent in parents)
