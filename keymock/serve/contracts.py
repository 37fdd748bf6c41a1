"""The contracts of a catalog as requests are held against them, each kept for as long as it is the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import UNSET

from keymock.catalog import Catalog
from keymock.catalog.opened import Opened
from keymock.contract.replying import Served
from keymock.contract.rules import Rules, levels


class Contracts(NamedTuple):
    """Every contract with what it was made of; and the same by id and by space, as requests ask for them."""

    made: Mapping[str, tuple[Opened, Rules, Served]]
    by_place: Mapping[str, tuple[Served, ...]]


def served(catalog: Catalog, before: Contracts | None) -> Contracts:
    """The contracts that can be served. What a request has opened once stays open over edits of other files."""
    made: dict[str, tuple[Opened, Rules, Served]] = {}
    places: dict[str, tuple[Served, ...]] = {}
    for opened in catalog.contracts:
        name = opened.named
        unit = catalog.units.get(name.id)
        if unit is None or not unit.trees:
            continue  # it never was good
        project = catalog.projects[name.project]
        own = () if project.validate is UNSET else (project.validate,)
        rules = Rules(levels(opened.validate) or own, project.contract_answers, project.rewrite_links)
        last = before.made.get(name.id) if before is not None else None
        if last is not None and last[0] is opened and last[1] == rules:
            one = last
        else:
            one = (opened, rules, Served(opened.contract, rules, opened.base_path, name.id))
        made[name.id] = one
        places[name.id] = (one[2],)
        places[name.space] = (*places.get(name.space, ()), one[2])
    return Contracts(made, places)
