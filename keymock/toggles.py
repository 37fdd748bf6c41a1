"""What is switched by hand: single mocks by `keymock use`, many by a preset; for everybody, or for one session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from keymock.exchange import Malformed
from keymock.index import Route
from keymock.index.switch import Pinned, Switch, Switches, named_answer
from keymock.layout import resolve_id
from keymock.problems import did_you_mean

NONE = "none"
"""In the place of a preset's name: no preset, whatever is set farther away."""

Mode = Literal["mock"]
"""Where answers come from."""


class Toggles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `keymock use` has set: the JSON of `GET /toggles`, and of the file that keeps it."""

    default: Mode = "mock"
    projects: dict[str, Mode] = {}
    mocks: dict[str, Switch] = {}
    flows: dict[str, Mode] = {}
    preset: str = ""


class Preset(msgspec.Struct, frozen=True):
    """A named set of answers, with those that it extends. `faults` are fault profiles by space; empty: everywhere."""

    switches: Mapping[str, Switch] = {}
    faults: Mapping[str, str] = {}


Presets = Mapping[str, Preset]


class InForce(NamedTuple):
    """What toggles and presets come to for a request: switched mocks, and the fault profiles that are on, by space."""

    switches: Switches = frozenset()
    faults: Mapping[str, str] = {}

    def profile(self, space: str) -> str:
        """The fault profile that is on for the mocks of a space; empty for none."""
        return self.faults.get(space) or self.faults.get("", "")


NOTHING = InForce()


def in_force(levels: Sequence[Toggles], presets: Presets, asked: str = "") -> InForce:
    """What holds for a request. `levels` are toggles, the farthest first; `asked` is the preset that it names itself.

    One preset is on, the nearest. Of one mock the nearest word counts: of the preset that the request asks for, then
    level by level, there what was said of the single mock before what a preset says.
    """
    chosen = max((place for place, level in enumerate(levels) if level.preset), default=-1) if not asked else -1
    merged: dict[str, Switch] = {}
    for place, level in enumerate(levels):
        if place == chosen:
            merged |= presets.get(level.preset, _EMPTY).switches
        merged |= level.mocks
    on = presets.get(asked or (levels[chosen].preset if chosen >= 0 else ""), _EMPTY)
    if asked:
        merged |= on.switches
    return InForce(frozenset(merged.items()), on.faults) if merged or on.faults else NOTHING


_EMPTY = Preset()


def by_name(presets: Iterable[tuple[str, Preset]]) -> dict[str, Preset]:
    """Presets of one name in several spaces are one: each says of its own space what it says. Ids → names."""
    found: dict[str, Preset] = {}
    for name, preset in sorted(presets, key=lambda pair: _NEARNESS[pair[0].partition("/")[0]]):
        known = found.get(name_of(name), _EMPTY)
        found[name_of(name)] = Preset({**known.switches, **preset.switches}, {**known.faults, **preset.faults})
    return found


_NEARNESS = {"workspace": 0, "projects": 1, "private": 2}


def name_of(preset: str) -> str:
    """`projects/shop/presets/payments-down` → `payments-down`."""
    return preset.partition("/presets/")[2]


def checked(wanted: Toggles, before: Toggles, routes: Mapping[str, Route], presets: Presets) -> Toggles:
    """The toggles that somebody wants, mocks by their full ids. Raises Malformed for a name that means nothing.

    What was switched before stays as it is, even if its mock has gone since.
    """
    if wanted.preset not in ("", NONE, before.preset, *presets):
        raise no_preset(wanted.preset, presets)
    mocks = {
        name if before.mocks.get(name) == switch else _checked(name, switch, routes): switch
        for name, switch in wanted.mocks.items()
    }
    return msgspec.structs.replace(wanted, mocks=mocks)


def no_preset(name: str, presets: Iterable[str]) -> Malformed:
    """The refusal of a preset that is not there."""
    known = ", ".join(f"`{one}`" for one in sorted(presets)) or "there are none"
    hint = did_you_mean(name, presets) or known
    return Malformed(f"there is no preset `{name[:64]}`: {hint}", code="no-such-preset")


def _checked(wanted: str, switch: Switch, routes: Mapping[str, Route]) -> str:
    found = resolve_id(wanted, routes)
    if len(found) > 1:
        raise Malformed(f"`{wanted}` is ambiguous: {', '.join(found[:5])}", code="ambiguous-name")
    if not found:
        tails = ("/".join(name.split("/")[-length:]) for name in routes for length in (1, 2))
        hint = did_you_mean(wanted, [*tails, *routes])
        raise Malformed(f"there is no mock `{wanted}`" + (f": {hint}" if hint else ""), code="no-such-mock")
    if isinstance(switch, Pinned) and named_answer(routes[found[0]], switch.answer) is None:
        raise Malformed(f"{found[0]} {no_answer(routes[found[0]], switch.answer)}", code="no-such-answer")
    return found[0]


def no_answer(route: Route, wanted: str | int) -> str:
    """What to say of a mock that lacks an answer: ``has no answer `emtpy`: did you mean `empty`?``"""
    known = [answer.name or str(answer.status) for answer in route.answers]
    guess = did_you_mean(str(wanted), known) if not str(wanted).isdecimal() else ""
    hint = guess or "it has " + ", ".join(f"`{one}`" for one in dict.fromkeys(known))
    return f"has no answer `{wanted}`: {hint}"


def in_words(toggles: Toggles) -> list[str]:
    """What is switched, for people: `preset down`, `projects/shop/mocks/pay off`, `… answers declined`."""
    preset = [f"preset {toggles.preset}"] if toggles.preset else []
    return preset + [f"{mock} {switch_text(switch)}" for mock, switch in sorted(toggles.mocks.items())]


def switch_text(switch: Switch) -> str:
    """`off`, or `answers empty`."""
    return f"answers {switch.answer}" if isinstance(switch, Pinned) else switch
