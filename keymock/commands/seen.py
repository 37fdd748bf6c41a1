"""The workspace as the actor sees it: what they may not see is not there, whichever command looks."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from keymock.catalog import Catalog, owner_of
from keymock.commands.invocation import Actor, Invocation, actor_of, root_of
from keymock.commands.printing import from_here
from keymock.consent import ConsentFile, variables
from keymock.disk import RUNTIME, state_folder
from keymock.index import Route
from keymock.index.switch import Switch
from keymock.layout import Item, resolve_id
from keymock.problems import Problem, Stop, did_you_mean, error
from keymock.repo.past import Past
from keymock.roles import Rights
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.toggle_file import ToggleFile
from keymock.unit_cache import UnitCache
from keymock.workspace import Workspace


class Seen:
    """A workspace read for one actor, by the same service that serves it: the two cannot disagree.

    `at` is a revision of git; empty for the work tree, with the actor's private folder and what is switched by hand.
    """

    def __init__(self, invocation: Invocation, root: Path, actor: Actor, at: str = "") -> None:
        self.invocation = invocation
        self.root = root
        self.actor = actor
        self.past = Past(root, invocation.environ, at, actor.name) if at else None
        self.workspace = Workspace(root, actor.name)
        if self.past is not None:
            options = Options(workspace=str(root), actor=actor.name, private=False, today=self.past.today())
            self.service = Service(options, time.time_ns, self.past)
            return
        known = UnitCache(root / RUNTIME, state_folder(invocation.environ)).read()
        toggles, _ = ToggleFile(root / RUNTIME).read()  # a file that is broken is for `up` and `use` to tell
        consent = ConsentFile(state_folder(invocation.environ), root).read()
        env = variables(consent, invocation.environ)
        options = Options(workspace=str(root), actor=actor.name, toggles=toggles, env=env)
        self.service = Service(options, time.time_ns, self.workspace, known)

    def shown(self, file: str) -> str:
        """A file as a path that works in the current folder; of a revision, as git names it: `v1:ROLES`."""
        return self.past.named(file) if self.past is not None else from_here(self.invocation, self.root, file)

    @property
    def catalog(self) -> Catalog:
        return self.service.catalog

    @property
    def rights(self) -> Rights:
        return self.service.rights

    @property
    def owner(self) -> str:
        """The name of the actor's private folder; empty for nobody."""
        return owner_of(self.actor.name)

    @property
    def routes(self) -> Mapping[str, Route]:
        """The mocks that work, by id; disabled ones too."""
        return self.service.world.views.routes

    @cached_property
    def switches(self) -> dict[str, Switch]:
        """What `keymock use` has switched, presets included, by the id of the mock."""
        return dict(self.service.world.in_force.switches)

    @cached_property
    def ids(self) -> list[str]:
        """All mocks, broken ones too, and the operations of contracts."""
        return sorted(name for name in self._names() if self.rights.may("see", f"{name}.toml"))

    def _names(self) -> Iterator[str]:
        for name, unit in self.catalog.units.items():
            if unit.trees:
                yield from (route.id for route in unit.routes)
            else:
                yield name

    @cached_property
    def projects(self) -> list[str]:
        """The projects of which there is something to see."""
        within = {name.split("/")[1] for name in self.ids if name.startswith("projects/")}
        return sorted(
            name for name in self.catalog.projects if name in within or self.rights.may("see", f"projects/{name}/")
        )

    @property
    def withheld(self) -> int:
        """How many mocks ROLES keeps from the actor."""
        return sum(1 for _ in self._names()) - len(self.ids)

    def sees(self, file: str) -> bool:
        """Whether the actor may know of a file: settings of the top, and what they may see beneath."""
        item = self.catalog.items.get(file) or self.catalog.tree.layout.classify(file)
        if item is None:
            return "/" not in file or self.rights.may("see", file)
        if item.owner:
            return item.owner == self.owner
        return not item.space or self.rights.may("see", item.id_path)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What loading the tree found wrong in files that the actor may know of."""
        return tuple(problem for problem in self.catalog.problems if self.sees(problem.path))

    def items(self) -> Iterator[Item]:
        """Every file that the actor may know of, in order."""
        return (item for file, item in sorted(self.catalog.items.items()) if self.sees(file))

    # ---- one mock, by what somebody typed ------------------------------------------------------------------------

    def named(self, wanted: str) -> str:
        """The id of the mock that is meant: a path in the current folder, an id, or the unique end of one."""
        name = self._from_here(wanted)
        found = [name] if name in self.ids else resolve_id(wanted, self.ids)
        if len(found) == 1:
            return found[0]
        if found:
            message = f"`{wanted}` is ambiguous: {', '.join(found[:5])}" + (", …" if found[5:] else "")
            raise Stop(error("keymock", "ambiguous-name", message, hint="write more of it, from the left"))
        raise Stop(error("keymock", "no-such-mock", f"there is no mock `{wanted}`", hint=self._nearest(wanted)))

    def route(self, wanted: str) -> Route:
        """The mock that is meant. Raises Stop with its problems if it is broken."""
        name = self.named(wanted)
        if name in self.routes and self.routes[name].contract:
            return self.routes[name]
        unit = self.catalog.units[name]
        if not unit.routes:
            raise Stop(*unit.problems, exit_code=1)
        return unit.routes[0]

    def _from_here(self, wanted: str) -> str:
        for spelling in (wanted, f"{wanted}.toml"):
            file = self.file_at(spelling)
            item = self.catalog.items.get(file) if file else None
            if item is not None and item.id in self.ids:
                return item.id
        return ""

    def file_at(self, path: str) -> str:
        """A path as typed in the current folder → the file as the workspace names it; empty if it is outside."""
        parts: list[str] = []
        for part in (self.invocation.folder / path).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        file = Path(*parts)
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else ""

    def _nearest(self, wanted: str) -> str:
        tails = {"/".join(name.split("/")[-length:]): name for name in self.ids for length in (1, 2)}
        return did_you_mean(wanted, [*tails, *self.ids]) or "what there is: keymock ls"


def look(invocation: Invocation, at: str = "") -> Seen:
    """The workspace that the command line means, as its actor sees it, or a revision of it. Raises Stop."""
    root = root_of(invocation)
    return Seen(invocation, root, actor_of(invocation, root), at)
