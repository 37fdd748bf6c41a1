"""Environments: which of them reach a space, which one counts, and what gives values to names there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from keymock import spec
from keymock.document import Parsed
from keymock.layout import Item, project_of
from keymock.overlay import is_removal, merge
from keymock.problems import Stop
from keymock.template import has_template
from keymock.variables import Level, Outside, Variables

LIKELY = "local"
"""The environment that counts if several could and none is named."""


class SavedEnvironment(NamedTuple):
    """An environment of one space as it was read: variables by name. `values` are empty if it is broken."""

    item: Item
    parsed: Parsed[dict[str, Any]]

    @property
    def name(self) -> str:
        """`local`, for `environments/local.toml`."""
        return self.item.file.rpartition("/")[2].removesuffix(".toml")

    @property
    def values(self) -> Mapping[str, Any]:
        return self.parsed.value or {}


def lies_in(item: Item, folder: str) -> bool:
    """Whether a document lies in a folder of its space: `requests`, `environments`, `flows`."""
    start = f"{item.space}/{folder}/" if item.space else f"{folder}/"
    return item.id_path.startswith(start)


def names_of(environments: Iterable[SavedEnvironment], space: str) -> list[str]:
    """The environments that can be chosen in a space: its own, the actor's, the workspace's."""
    return list(dict.fromkeys(each.name for each in environments if _reaches(each.item, space)))


def usual(names: Sequence[str]) -> str:
    """The one that counts if none is asked for: the only one, else `local`, else none."""
    return names[0] if len(names) == 1 else LIKELY if LIKELY in names else ""


def levels_of(environments: Iterable[SavedEnvironment], space: str, name: str) -> list[Level]:
    """The levels of one environment in a space, the nearest first."""
    chosen = [each for each in environments if each.name == name and _reaches(each.item, space)]
    chosen.sort(key=lambda each: _rank(each.item))
    return [_level(f"{_KINDS[_rank(each.item)]} {name}", each, chosen) for each in chosen]


class Names(NamedTuple):
    """What templates of mocks may name, besides the request: variables by any environment, process variables."""

    settings: spec.Workspace
    projects: Mapping[str, spec.Project]
    environments: Sequence[SavedEnvironment]

    def variables(self, space: str) -> tuple[str, ...]:
        """Every variable that some environment, or the settings, give a value in a space."""
        found = {*self.settings.variables}
        project = self.projects.get(project_of(space))
        if project is not None:
            found |= {*project.variables}
        for each in self.environments:
            if _reaches(each.item, space):
                found |= {*each.values}
        return tuple(sorted(found))


def variables_of_mocks(names: Names, space: str, environment: str, outside: Outside) -> dict[str, Any]:
    """What the mocks of a space read as `vars`. A variable that comes to nothing here is left out."""
    chosen = environment or usual(names_of(names.environments, space))
    project = names.projects.get(project_of(space))
    levels = [
        *levels_of(names.environments, space, chosen),
        *([Level("project.toml", project.variables)] if project is not None else []),
        Level("keymock.toml", names.settings.variables),
    ]
    merged = {name: value for level in reversed(levels) for name, value in level.values.items()}
    if not _any_template(merged):
        return merged
    variables = Variables(levels, outside)
    found: dict[str, Any] = {}
    for name in merged:
        try:
            found[name] = variables.value(name)
        except Stop:  # `keymock check` tells of it, and a mock that reads it says so
            continue
    return found


def _any_template(value: Any) -> bool:
    if isinstance(value, str):
        return has_template(value)
    if isinstance(value, Mapping):
        return any(map(_any_template, value.values()))
    return isinstance(value, list) and any(map(_any_template, value))


_KINDS = ("private environment", "private environment", "project environment", "workspace environment")
"""What the levels of an environment are called, the nearest first: an overlay goes before one's own."""


def _rank(item: Item) -> int:
    if item.owner:
        return 0 if item.overlay else 1
    return 2 if project_of(item.space) else 3


def _reaches(item: Item, space: str) -> bool:
    """Whether an environment gives values to the names of a space."""
    return item.space == space or item.space in ("", "workspace") or (bool(item.owner) and not item.overlay)


def _level(name: str, environment: SavedEnvironment, chosen: Iterable[SavedEnvironment]) -> Level:
    """An environment as a level. An overlay's tables lie over those of its base; what it removes, the base loses."""
    values = dict(environment.values)
    for other in chosen:
        if other.item.overlay == environment.item.overlay or other.item.id_path != environment.item.id_path:
            continue
        if environment.item.overlay:
            values = merge({key: other.values[key] for key in values if key in other.values}, values)
        else:
            values = {key: value for key, value in values.items() if not is_removal(other.values.get(key))}
    return Level(name, {key: value for key, value in values.items() if not is_removal(value)}, environment.parsed)
