"""What is wrong between mocks that are each fine: clashes, mocks that can never answer, routes written twice.

One file a check; the table of them is here. Each looks at mocks made ready to serve, never at files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from keymock.catalog import Catalog
from keymock.checks import addresses, ambiguous, breaking, covering, duplicate, never, unfilled, unheard, unreachable
from keymock.checks.served import Served
from keymock.index import Route
from keymock.problems import Problem

Check = Callable[[Served], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    addresses.check,
    ambiguous.check,
    duplicate.check,
    never.check,
    unreachable.check,
)


def run(
    catalog: Catalog, routes: Iterable[Route] | None = None, *, now: float = 0.0, breaks: bool = True
) -> tuple[Problem, ...]:
    """Everything that these checks find, by place; what was wrong with single files is in `catalog.problems`.

    `routes` are those that the reader may see, for problems name mocks; left out, all of the catalog's. `now`, in
    epoch seconds, is for conditions that depend on the clock. `breaks` says whether this system can break connections
    as faults want it.
    """
    seen = catalog.routes.values() if routes is None else routes
    seen = [route for route in seen if not route.contract]  # a contract lies beneath all mocks, and that is no clash
    served = Served.of(seen, catalog.addresses, catalog.tree.layout, now)
    found = {problem for check in CHECKS for problem in check(served)}
    if not breaks:
        found.update(breaking.check(served, catalog.settings.faults))
    found.update(covering.check(served, catalog))
    found.update(unheard.check(catalog))
    found.update(unfilled.check(served, catalog))
    return tuple(sorted(found))


__all__ = ["CHECKS", "Check", "Served", "run"]
