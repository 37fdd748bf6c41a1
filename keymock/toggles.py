"""What is switched by hand: single mocks by `keymock use`, many by a preset; for everybody, or for one session."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from keymock.exchange import Malformed
from keymock.index import Route
from keymock.index.switch import Pinned, Switch, Switches, named_answer
from keymock.layout import project_of, resolve_id
from keymock.problems import did_you_mean
from keymock.spec import Mode

NONE = "none"
"""In the place of a preset's name: no preset, whatever is set farther away."""

Setting = Switch | Mode
"""What a mock can be set to: off, pinned to an answer, or where the answers to its requests come from."""


class Toggles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `keymock use` has set: the JSON of `GET /toggles`, and of the file that keeps it.

    `default` is where answers come from in the whole workspace; empty: as each project.toml says.
    """

    default: Mode | Literal[""] = ""
    projects: dict[str, Mode] = {}
    mocks: dict[str, Literal["off", "mock", "real", "fallback"] | Pinned] = {}
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
    merged: dict[str, Setting] = {}
    for place, level in enumerate(levels):
        if place == chosen:
            merged |= presets.get(level.preset, _EMPTY).switches
        merged |= level.mocks
    on = presets.get(asked or (levels[chosen].preset if chosen >= 0 else ""), _EMPTY)
    if asked:
        merged |= on.switches
    switches = frozenset((mock, each) for mock, each in merged.items() if isinstance(each, Pinned) or each == "off")
    return InForce(switches, on.faults) if switches or on.faults else NOTHING


def mode_of(levels: Sequence[Toggles], own: Mode, *, project: str, mock: str = "", flow: str = "") -> Mode:
    """Where an answer comes from, by the nearest word; `own` is that of project.toml. `levels` as for `in_force`.

    Within a level the flow comes first, then the mock, the project, the workspace. A mock that is pinned to an answer
    gives it, so it is not asked about here.
    """
    for level in reversed(levels):
        said = level.flows.get(flow) or _mode(level.mocks.get(mock)) or level.projects.get(project) or level.default
        if said:
            return said
    return own


def _mode(setting: Setting | None) -> Mode | None:
    return setting if setting == "mock" or setting == "real" or setting == "fallback" else None  # noqa: PLR1714  (mypy)


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


class Known(NamedTuple):
    """What can be switched: mocks and flows by id, presets by name; `upstreams` are the projects that have one."""

    routes: Mapping[str, Route]
    presets: Presets
    projects: Collection[str] = ()
    upstreams: Collection[str] = ()
    flows: Collection[str] = ()


def checked(wanted: Toggles, before: Toggles, known: Known) -> Toggles:
    """The toggles that somebody wants, mocks and flows by their full ids. Raises Malformed for a name without meaning.

    What was switched before stays as it is, even if its mock has gone since.
    """
    routes, presets = known.routes, known.presets
    if wanted.preset not in ("", NONE, before.preset, *presets):
        raise no_preset(wanted.preset, presets)
    mocks = {
        name if before.mocks.get(name) == switch else _checked(name, switch, routes): switch
        for name, switch in wanted.mocks.items()
    }
    flows = {
        name if before.flows.get(name) == mode else _flow(name, known.flows): mode
        for name, mode in wanted.flows.items()
    }
    for name, mode in wanted.projects.items():
        if before.projects.get(name) != mode:
            _check_project(name, mode, known)
    for name, setting in mocks.items():
        if before.mocks.get(name) != setting and setting in ("real", "fallback"):
            _check_project(project_of(routes[name].space), setting, known, name)
    if wanted.default not in ("", "mock", before.default) and not known.upstreams:
        hint = 'write one into a project.toml: [upstream] urls.local = "http://127.0.0.1:3000"'
        raise Malformed(f"no project has an upstream, so there is nothing {wanted.default}: {hint}", code="no-upstream")
    return msgspec.structs.replace(wanted, mocks=mocks, flows=flows)


def _flow(wanted: str, flows: Collection[str]) -> str:
    found = resolve_id(wanted, flows)
    if len(found) > 1:
        raise Malformed(f"`{wanted}` is ambiguous: {', '.join(found[:5])}", code="ambiguous-name")
    if not found:
        tails = [name.partition("/flows/")[2] for name in flows]
        hint = did_you_mean(wanted, [*tails, *flows]) or "what there is: keymock flow ls"
        raise Malformed(f"there is no flow `{wanted}`: {hint}", code="no-such-flow")
    return found[0]


def _check_project(name: str, mode: str, known: Known, mock: str = "") -> None:
    """That a project is there and, for what needs one, has an upstream. `mock` is the one whose project it is."""
    if not mock and name not in known.projects:
        hint = did_you_mean(name, known.projects) or f"there are: {', '.join(sorted(known.projects)) or 'none'}"
        raise Malformed(f"there is no project `{name}`: {hint}", code="no-such-project")
    if mode != "mock" and name not in known.upstreams:
        whose = f"the project of {mock}" if mock and name else mock or f"the project `{name}`"
        hint = 'write one into its project.toml: [upstream] urls.local = "http://127.0.0.1:3000"'
        raise Malformed(f"{whose} has no upstream: {hint}", code="no-upstream")


def no_preset(name: str, presets: Iterable[str]) -> Malformed:
    """The refusal of a preset that is not there."""
    known = ", ".join(f"`{one}`" for one in sorted(presets)) or "there are none; one is a file, presets/NAME.toml"
    hint = did_you_mean(name, presets) or known
    return Malformed(f"there is no preset `{name[:64]}`: {hint}", code="no-such-preset")


def _checked(wanted: str, switch: Setting, routes: Mapping[str, Route]) -> str:
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
    return [f"{what} {switch}".strip() for what, switch in rows(toggles)]


def rows(toggles: Toggles) -> list[tuple[str, str]]:
    """What is switched, each with what it is switched to; the widest first."""
    found = [("preset", toggles.preset)] if toggles.preset else []
    found += [("everything", toggles.default)] if toggles.default else []
    found += [(f"project {name}", mode) for name, mode in sorted(toggles.projects.items())]
    found += [(mock, switch_text(switch)) for mock, switch in sorted(toggles.mocks.items())]
    return found + [(f"flow {name}", mode) for name, mode in sorted(toggles.flows.items())]


def switch_text(switch: Setting) -> str:
    """`off`, `real`, or `answers empty`."""
    return f"answers {switch.answer}" if isinstance(switch, Pinned) else switch
