"""What requests leave behind: scenarios, positions of sequences, call counts, captured values. One object a session.

Everything belongs to a space (a scenario called `order` of one project is not that of another) and to a session.
Files own their part of it: what no file names any longer is forgotten, everything else survives every reload.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from typing import Any

STARTED = "Started"
"""The first state of every scenario."""

Key = tuple[str, str]
"""(space, name) of a scenario; (mock id, response name) of a counted answer."""

_LASTING = ("name", "seed", "frozen", "faults", "overrides", "overridden", "used")


class Session:
    """The state of one session. `seed` is what its random choices follow from."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self.seed = seed
        self.scenarios: dict[Key, str] = {}
        self.values: dict[str, dict[str, Any]] = {}
        """Captured values by space."""
        self.calls: dict[str, int] = {}
        self.given: dict[Key, int] = {}
        """How often each answer that counts was given."""
        self.positions: dict[str, tuple[tuple[str, ...], int]] = {}
        """Of each sequence: the names of its answers, and how many were given."""
        self.limits: dict[Key, tuple[float, float]] = {}
        """Token buckets of rate limits, by mock and caller: tokens left, and when."""
        self.stores: dict[Key, Any] = {}
        # What follows was said to the session, not left behind by requests: `reset` and `snapshot` leave it alone.
        self.frozen: float | None = None
        """The moment that every request of the session belongs to, in epoch seconds."""
        self.faults = ""
        """The fault profile that is on for its requests."""
        self.overrides: Any = None
        """Mocks of its own, which go before all others: an `index.Views`, or None."""
        self.overridden = 0
        """How many of those there have been."""
        self.used = 0
        """When it was last asked for, in nanoseconds since the epoch."""

    # ---- scenarios -----------------------------------------------------------------------------------------------

    def scenario(self, space: str, name: str) -> str:
        """The state that a scenario is in."""
        return self.scenarios.get((space, name), STARTED)

    def move(self, space: str, name: str, state: str) -> None:
        """Puts a scenario into a state."""
        self.scenarios[space, name] = state

    # ---- counting ------------------------------------------------------------------------------------------------

    def call(self, mock: str) -> int:
        """The number of the call that comes next, from 1."""
        return self.calls.get(mock, 0) + 1

    def called(self, mock: str) -> int:
        """Counts a call and returns its number, from 1."""
        number = self.calls[mock] = self.calls.get(mock, 0) + 1
        return number

    def uncounted(self, mock: str) -> None:
        """Takes back the last call: where answers may be kept, none of them is counted."""
        self.calls[mock] = self.calls.get(mock, 0) - 1

    def times(self, mock: str, response: str) -> int:
        """How often an answer was given."""
        return self.given.get((mock, response), 0)

    def gave(self, mock: str, response: str) -> None:
        """Counts an answer."""
        self.given[mock, response] = self.given.get((mock, response), 0) + 1

    def step(self, mock: str, names: tuple[str, ...]) -> int:
        """How many answers of a sequence were given; 0 after its list of names changed."""
        known, position = self.positions.get(mock, ((), 0))
        return position if known == names else 0

    def stepped(self, mock: str, names: tuple[str, ...]) -> None:
        """Moves a sequence on by one."""
        self.positions[mock] = (names, self.step(mock, names) + 1)

    # ---- rate limits ---------------------------------------------------------------------------------------------

    def take(self, mock: str, caller: str, *, size: float, per_second: float, now: float) -> tuple[bool, float]:
        """Takes one token from a caller's bucket. True with the tokens left, or False with the seconds to wait."""
        tokens, then = self.limits.get((mock, caller), (size, now))
        tokens = min(size, tokens + max(0.0, now - then) * per_second)
        if tokens < 1:
            self.limits[mock, caller] = (tokens, now)
            return False, (1 - tokens) / per_second
        self.limits[mock, caller] = (tokens - 1, now)
        return True, tokens - 1

    # ---- as a whole ----------------------------------------------------------------------------------------------

    def captured(self, space: str) -> dict[str, Any]:
        """The values that mocks of a space have captured; write into it to capture more."""
        return self.values.setdefault(space, {})

    def reset(self) -> None:
        """Forgets everything; the seed stays."""
        kept = {name: getattr(self, name) for name in _LASTING}
        self.__init__(self.name, self.seed)  # type: ignore[misc]  # the one list of what there is to forget
        vars(self).update(kept)

    def snapshot(self) -> dict[str, Any]:
        """A copy of everything, for `restore`."""
        return {name: copy.deepcopy(value) for name, value in vars(self).items() if name not in _LASTING}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Puts back what a snapshot holds."""
        for name, value in snapshot.items():
            setattr(self, name, copy.deepcopy(value))

    def keep_only(self, scenarios: Collection[Key], stores: Collection[Key]) -> None:
        """Forgets scenarios and stores that no file names any longer."""
        for key in [key for key in tuple(self.scenarios) if key not in scenarios]:  # requests add to it meanwhile
            del self.scenarios[key]
        for key in [key for key in tuple(self.stores) if key not in stores]:
            del self.stores[key]
