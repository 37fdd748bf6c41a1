"""Presets of a tree: files `presets/<name>.toml` → what each switches, with what it extends laid under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from keymock import document, spec
from keymock.index import Route
from keymock.index.switch import Pinned, Switch, named_answer
from keymock.layout import Item, scope_of
from keymock.problems import Problem, did_you_mean
from keymock.toggles import Preset, name_of, no_answer


class PresetFile(NamedTuple):
    """One preset as it was read, and the overlay that lies over it, if there is one."""

    item: Item
    own: document.Parsed[spec.Preset]
    over: document.Parsed[spec.Preset] | None = None

    @property
    def said(self) -> Iterable[document.Parsed[spec.Preset]]:
        """The documents, the nearer first."""
        return [parsed for parsed in (self.over, self.own) if parsed is not None and parsed.value is not None]


class Compiled(NamedTuple):
    """Presets by id, and what is wrong with what they name."""

    presets: Mapping[str, Preset]
    problems: tuple[Problem, ...]


def is_preset(item: Item) -> bool:
    """Whether a document is one, by where it lies."""
    return item.kind == "document" and item.id_path.startswith(f"{item.space}/presets/")


def compile_presets(
    files: Mapping[str, PresetFile], routes: Mapping[str, Route], mocks: Iterable[str], profiles: Iterable[str]
) -> Compiled:
    """All presets of a tree. `mocks` are the ids of all mocks, broken ones too; `profiles` the fault profiles."""
    if not files:
        return Compiled({}, ())
    compiling = _Compiling(files, routes, list(mocks), list(profiles))
    return Compiled({name: compiling.preset(name) for name in files}, tuple(compiling.problems))


class _Compiling:
    """One run of `compile_presets`."""

    def __init__(
        self, files: Mapping[str, PresetFile], routes: Mapping[str, Route], mocks: list[str], profiles: list[str]
    ) -> None:
        self.files = files
        self.routes = routes
        self.profiles = profiles
        self.problems: list[Problem] = []
        self.tails = _by_tail(mocks, {name for file in files.values() for said in file.said for name in _used(said)})
        self.mocks = mocks
        self._done: dict[str, Preset] = {}
        self._open: list[str] = []

    def preset(self, name: str) -> Preset:
        """One preset with all that it extends."""
        if name not in self._done:
            self._open.append(name)
            self._done[name] = self._preset(self.files[name])
            self._open.pop()
        return self._done[name]

    def _preset(self, file: PresetFile) -> Preset:
        base = self._extended(file)
        switches, faults = dict(base.switches), dict(base.faults)
        scope = scope_of(file.item.space)
        for said in reversed([*file.said]):
            switches |= self._switches(file.item.space, said)
            profile = said.value.faults if said.value is not None else ""
            if profile and self._is_known(said, profile):
                faults[file.item.space if scope == "project" else ""] = profile
        return Preset(switches, faults)

    def _extended(self, file: PresetFile) -> Preset:
        """What the preset starts from: one of its own space, else of the workspace."""
        said = next((each for each in file.said if each.value is not None and each.value.extends), None)
        if said is None or said.value is None:
            return Preset()
        wanted = said.value.extends
        spaces = dict.fromkeys((file.item.space, "workspace"))
        found = next((name for space in spaces if (name := f"{space}/presets/{wanted}") in self.files), "")
        if found in self._open:
            circle = " → ".join(map(name_of, (*self._open[self._open.index(found) :], found)))
            self._note(said, ("extends",), "preset-cycle", f"presets extend each other in a circle: {circle}")
        elif found:
            return self.preset(found)
        else:
            known = [name_of(name) for name in self.files if name.partition("/presets/")[0] in spaces]
            message = f"there is no preset `{wanted}` in {' or '.join(spaces)}"
            self._note(said, ("extends",), "no-such-preset", message, did_you_mean(wanted, known))
        return Preset()

    def _switches(self, space: str, said: document.Parsed[spec.Preset]) -> dict[str, Switch]:
        found: dict[str, Switch] = {}
        for wanted, answer in said.value.use.items() if said.value is not None else ():
            mock = self._mock(space, wanted, said)
            if mock and answer == "off":
                found[mock] = "off"
            elif mock:
                route = self.routes.get(mock)
                if route is not None and named_answer(route, answer) is None:
                    message, _, hint = f"{mock} {no_answer(route, answer)}".partition(": ")
                    self._note(said, ("use", wanted), "no-such-answer", message, hint, part="value")
                else:
                    found[mock] = Pinned(answer)
        return found

    def _mock(self, space: str, wanted: str, said: document.Parsed[spec.Preset]) -> str:
        """The mock that is meant: one of the preset's own space; of any, for a preset that is no project's."""
        found = self.tails.get(wanted, [])
        own = [name for name in found if name.startswith(space + "/")]
        found = own if own or scope_of(space) == "project" else found
        if len(found) == 1:
            return found[0]
        if found:
            self._note(said, ("use", wanted), "ambiguous-name", f"`{wanted}` is ambiguous: {', '.join(found[:5])}")
            return ""
        known = [name for name in self.mocks if scope_of(space) != "project" or name.startswith(space + "/")]
        tails = ["/".join(name.split("/")[-length:]) for name in known for length in (1, 2)]
        self._note(said, ("use", wanted), "no-such-mock", f"there is no mock `{wanted}`", did_you_mean(wanted, tails))
        return ""

    def _is_known(self, said: document.Parsed[spec.Preset], profile: str) -> bool:
        if profile in self.profiles:
            return True
        message = f"there is no fault profile `{profile}` in keymock.toml"
        self._note(said, ("faults",), "no-such-profile", message, did_you_mean(profile, self.profiles), part="value")
        return False

    def _note(
        self,
        said: document.Parsed[spec.Preset],
        where: document.KeyPath,
        code: str,
        message: str,
        hint: str = "",
        *,
        part: document.Part = "key",
    ) -> None:
        self.problems.append(document.problem_at(said, where, code, message, hint, part=part))


def _used(said: document.Parsed[spec.Preset]) -> Iterable[str]:
    return said.value.use if said.value is not None else ()


def _by_tail(mocks: Iterable[str], wanted: set[str]) -> dict[str, list[str]]:
    """The mocks whose id is, or ends in, each of these names. One walk over the mocks, however many names there are."""
    found: dict[str, list[str]] = {}
    for mock in mocks:
        at = 0
        while True:
            if mock[at:] in wanted:
                found.setdefault(mock[at:], []).append(mock)
            at = mock.find("/", at) + 1
            if not at:
                break
    return found
