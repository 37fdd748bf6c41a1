"""One rendering under way: what it reads, what it has set, and how much it may still do.

Two budgets bound it, whatever the template says. Steps bound the time: a part of the template, a turn of a loop and
every 4 KiB that a function works through are a step each. Room bounds the memory: every text and every collection that
the template makes is paid for by its size, so that what it holds at any moment is less than what it has paid in all.
What comes from the request, the state and the data is only pointed at, and costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from keymock.template.errors import Refused

if TYPE_CHECKING:
    from keymock.template.values import Values

STEPS = 50_000
ROOM = 16 * 1024 * 1024
OUTPUT = 1024 * 1024
"""Characters of a rendered text."""

A_STEP = 4096
_A_WALK = 64


class Run(msgspec.Struct, eq=False, gc=False):
    """See above. `locals` are what `set` and `for` have named."""

    values: Values
    steps: int = STEPS
    room: int = ROOM
    locals: dict[str, Any] = {}

    def step(self, count: int = 1) -> None:
        """Pays for work."""
        self.steps -= count
        if self.steps < 0:
            raise Refused(
                f"the template does more than {STEPS:,} steps", "make its loops shorter, or the values they work on"
            )

    def make(self, size: int) -> None:
        """Pays for a text of `size` characters, before it is made."""
        self.room -= size
        if self.room < 0:
            raise Refused(
                f"the template makes values of more than {ROOM >> 20} MiB", "make the texts and lists shorter"
            )
        if size > A_STEP:
            self.step(size // A_STEP)

    def work(self, value: Any) -> None:
        """Pays for a walk through a value that is there already."""
        if isinstance(value, (str, list, dict)) and len(value) > A_STEP:
            self.step(len(value) // A_STEP)

    def walk(self, value: Any, weight: int = 1) -> None:
        """Pays for a walk through everything inside a value, by the number of things there and the work for each."""
        if not isinstance(value, (list, dict)):
            return self.work(value)
        waiting: list[Any] = [value]
        count = 0
        while waiting:
            one = waiting.pop()
            if isinstance(one, (list, dict)):
                count += 1 + len(one)
                if count > _A_WALK:
                    self.step(count * weight // _A_WALK)
                    count = 0
                waiting += one.values() if isinstance(one, dict) else one
        return None

    def made(self, value: Any) -> Any:
        """Pays for a value that was just made, all that is inside it included; gives it back."""
        if value.__class__ is str:
            size = len(value)
            if size > A_STEP or size > self.room:
                self.make(size)
            else:
                self.room -= size  # as `make` does, which nearly every template would call
        elif isinstance(value, (list, dict)):
            self._pay_for_tree(value)
        return value

    def _pay_for_tree(self, value: Any) -> None:
        waiting = [value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, str):
                self.make(len(one) + 16)
            elif isinstance(one, dict):
                self.make(64 + 16 * len(one))
                waiting += one
                waiting += one.values()
            elif isinstance(one, list):
                self.make(64 + 8 * len(one))
                waiting += one
