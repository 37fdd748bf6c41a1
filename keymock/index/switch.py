"""Mocks as they are switched: off, or pinned to one of their answers. A switched mock is another Route, no more."""

from __future__ import annotations

from typing import Literal

import msgspec

from keymock.index.route import Answer, Route


class Pinned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pinned to one answer: its name, or its status."""

    answer: str | int


Switch = Literal["off"] | Pinned
Switches = frozenset[tuple[str, Switch]]
"""Ids of mocks, each with what it is switched to."""


def switched(route: Route, switch: Switch) -> Route:
    """The mock as the switch leaves it; as it is, if it does not have the answer that it is pinned to.

    A pinned mock gives that answer whatever its conditions and whoever's turn it is, and moves nothing. The other
    answers stay, for a caller who asks for one by `Prefer`.
    """
    if switch == "off":
        return msgspec.structs.replace(route, enabled=False)
    first = named_answer(route, switch.answer)
    if first is None:
        return route
    others = (answer for answer in route.answers if answer is not first)
    answers = tuple(map(_free, (first, *others)))
    return msgspec.structs.replace(route, answers=answers, select="rules", sets="")


def named_answer(route: Route, wanted: str | int) -> Answer | None:
    """The answer of a mock with that name, else with that status."""
    text = str(wanted)
    by_name = (answer for answer in route.answers if answer.name == text and text)
    by_status = (answer for answer in route.answers if str(answer.status) == text)
    return next(by_name, None) or next(by_status, None)


def _free(answer: Answer) -> Answer:
    play = msgspec.structs.replace(answer.play, sets="", times=0, until=0.0)
    return msgspec.structs.replace(answer, conditions=(), play=play)
