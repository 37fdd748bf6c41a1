"""What a story is handed of the world: who sends, what time it is, chance, and who is told how it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from keymock.flows.result import Check, StepRun
from keymock.preparing import Prepared
from keymock.sending import Incoming, Outgoing
from keymock.spec import Mode
from keymock.variables import Level, Variables

T = TypeVar("T")


class Together(Protocol):
    """Runs jobs at the same time, or one after the other, and returns what each came to, in order."""

    def __call__(self, jobs: Sequence[Callable[[], T]], /) -> list[T]: ...


Hold = Callable[[Outgoing, Incoming, str], tuple[Check, ...]]
"""Holds an answer against its contract; the text is the place in the flow that asks for it."""


def _unheard(_trail: tuple[str, ...], _number: int, _of: int) -> None:
    """Nobody listens."""


class Stage(NamedTuple):
    """The world of one run. Times are in seconds.

    `variables(space, target, nearer)` are the names of a space with levels in front; `target_url` in them follows the
    target. `send(prepared, target, request)` raises Unsent; `request` is the id of the saved one, if it is one.
    `spread()` is a number from 0 to 1, drawn anew each time.
    `contract(space, name)` is the operation that is called so, or of no name whichever a request is for; it raises
    LookupError with a sentence and a hint.
    `tried(trail, number, of)` tells which try, or which round, of a step begins; `of` is 0 where nobody knows how many.
    `stopped()` says that somebody wants it to end: no further step begins. `began` and `ended` tell of a step by the
    ids that lead to it; `choose(flow, step, own)` says which target a step has, `own` being what its flow says.
    """

    variables: Callable[[str, Mode, Sequence[Level]], Variables]
    send: Callable[[Prepared, Mode, str], Incoming]
    choose: Callable[[str, Mode | None, Mode], Mode]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    spread: Callable[[], float]
    together: Together
    stopped: Callable[[], bool]
    began: Callable[[tuple[str, ...]], None]
    ended: Callable[[tuple[str, ...], StepRun], None]
    contract: Callable[[str, str], Hold]
    tried: Callable[[tuple[str, ...], int, int], None] = _unheard
