"""Whether two sets of conditions can hold for one request, and a request that proves it."""

from __future__ import annotations

from typing import Any

from keymock.match.condition import Condition


def witness(conditions: tuple[Condition, ...]) -> dict[str, Any] | None:
    """Parts of a request that fulfil all the conditions, or None if none was found.

    Keys, where the conditions ask for them: `params`, `query`, `headers`, `cookies` (texts by name), `host`,
    `scheme`, `client` (texts), `body` (bytes).
    """
    raise NotImplementedError


def overlap(left: tuple[Condition, ...], right: tuple[Condition, ...]) -> bool | None:
    """True if one request fulfils both (see `witness(left + right)`), False if none can, None if neither is proven.

    A name that comes twice in one request, once for each side, does not count as a proof.
    """
    raise NotImplementedError
