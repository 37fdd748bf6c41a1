"""A contract as the rest of a catalog sees it: its name, its files, and the document once somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from keymock.contract import Contract

NAMES = ("openapi.yaml", "openapi.yml", "openapi.json")
"""Documents that a project has without saying so."""


class Named(NamedTuple):
    """A document that a project names: what it is called, and where it lies."""

    id: str
    project: str
    space: str
    file: str


class Opened(NamedTuple):
    """A contract that can be asked. `files` are all that it was made of, `bases` where its operations answer."""

    named: Named
    files: tuple[str, ...]
    contract: Callable[[], Contract | None]
    base_path: str = ""
    validate: str = ""
    """How strictly it is kept, where more than the project says so."""


def by_space(contracts: Iterable[Opened]) -> dict[str, tuple[Opened, ...]]:
    """The contracts of each space."""
    found: dict[str, tuple[Opened, ...]] = {}
    for each in contracts:
        found[each.named.space] = (*found.get(each.named.space, ()), each)
    return found
