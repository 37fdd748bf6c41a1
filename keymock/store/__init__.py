"""Records of a seed file as a REST resource, changed in memory only: `seed` → `Store` → `answer`."""

from keymock.store.answers import LIST_METHODS, RECORD_METHODS, answer
from keymock.store.entries import SeedError
from keymock.store.records import Full, Record, Store, Taken, Unfit, dump, identity
from keymock.store.seeds import seed
from keymock.store.writing import written

__all__ = [
    "LIST_METHODS",
    "RECORD_METHODS",
    "Full",
    "Record",
    "SeedError",
    "Store",
    "Taken",
    "Unfit",
    "answer",
    "dump",
    "identity",
    "seed",
    "written",
]
