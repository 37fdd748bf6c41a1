"""The whole tree: from files to settings, roles, projects and one unit a mock; again and again, at the price of change.

Loading with the catalog from before reads only what changed. While serving (`keep_good`), a file that broke keeps
its own last good version, and everything else goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET

from keymock import document, roles, spec, units, upstream
from keymock.catalog import bare, datafiles
from keymock.catalog.contexts import Contexts, headers_of
from keymock.catalog.environments import Names, SavedEnvironment, lies_in
from keymock.catalog.making import Tree, Unit, holds, make, make_all
from keymock.catalog.opened import NAMES, Opened, by_space
from keymock.catalog.presets import Compiled, PresetFile, compile_presets, is_preset
from keymock.catalog.shelf import Later, Scene, Shelf, digest_of
from keymock.catalog.source import MAX_DOCUMENT, MAX_ROLES, Source, Stamp, content
from keymock.index import Address, BodyFault, Route
from keymock.index.headers import faults as header_faults
from keymock.layout import Item, Layout, body_stem, project_name
from keymock.problems import Problem, error, warning
from keymock.upstream import Upstream

T = TypeVar("T")

Crew = Callable[[Callable[[Sequence[Item]], list[Unit]], Sequence[Item]], Mapping[str, Unit]]
"""Makes the units of many mocks, by their ids; how many hands it has is its own business."""


def alone(make: Callable[[Sequence[Item]], list[Unit]], items: Sequence[Item]) -> dict[str, Unit]:
    """The crew of one."""
    return {item.id: unit for item, unit in zip(items, make(items), strict=True)}


class Read(NamedTuple):
    """One settings document as it was last read. `good` is the newest version without a fault, None if none was."""

    stamp: Stamp
    good: Any
    problems: tuple[Problem, ...]
    lines: Mapping[str, int] = {}
    """Of a project: the line of each address of its upstream."""


class Catalog(msgspec.Struct, frozen=True, dict=True):
    """A workspace as it is now. `units` has one entry for each mock; `overlays` those files of the actor in use."""

    tree: Tree
    settings: spec.Workspace
    projects: Mapping[str, spec.Project]
    policy: roles.Roles
    contexts: Contexts
    units: Mapping[str, Unit]
    overlays: Mapping[str, str]
    items: Mapping[str, Item]
    reads: Mapping[str, Read]
    notes: tuple[Problem, ...]
    preset_files: Mapping[str, PresetFile] = {}
    data_files: Mapping[str, Mapping[str, Any]] = {}
    """What templates read as `data`, by space and name: the files of `data/` folders."""
    contracts: tuple[Opened, ...] = ()
    environments: Sequence[SavedEnvironment] = ()

    @property
    def names(self) -> Names:
        """What templates may name besides the request."""
        return Names(self.settings, self.projects, self.environments)

    @cached_property
    def routes(self) -> Mapping[str, Route]:
        """The mocks that can be served, by id; last good versions included, disabled ones too."""
        if isinstance(self.units, Shelf):
            return self.units.stock()
        return {route.id: route for unit in self.units.values() for route in unit.routes}

    @cached_property
    def presets(self) -> Compiled:
        """The presets by id, and what is wrong with them."""
        return compile_presets(self.preset_files, self.routes, self.units, self.settings.faults)

    @cached_property
    def upstream_lines(self) -> Mapping[str, int]:
        """The line of each address of an upstream, by `project environment`."""
        found: dict[str, int] = {}
        for name in self.projects:
            read = self.reads.get(f"{self.tree.layout.projects[name]}/project.toml")
            for environment, line in read.lines.items() if read is not None else ():
                found[f"{name} {environment}"] = line
        return found

    def upstreams(self, environment: str = "") -> dict[str, Upstream]:
        """The real APIs by project, at the addresses that they have in an environment; else at their usual ones."""
        found: dict[str, Upstream] = {}
        for name, project in self.projects.items():
            given = project.upstream
            chosen = upstream.chosen(given, environment) if given is not UNSET else ""
            if given is not UNSET and chosen:
                file = f"{self.tree.layout.projects[name]}/project.toml"
                place = f"{file}:{self.upstream_lines.get(f'{name} {chosen}', 1)}"
                url = given.urls[chosen].rstrip("/")
                timeout = float(given.timeout) if given.timeout is not UNSET else upstream.TIMEOUT
                found[name] = Upstream(name, url, chosen, given.mode, place, timeout)
        return found

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of the tree, by place."""
        found = {*self.notes}
        for read in self.reads.values():
            found.update(read.problems)
        if isinstance(self.units, Shelf):
            found.update(self.units.problems())
        else:
            found.update(chain.from_iterable(unit.problems for unit in self.units.values()))
        found.update(self.presets.problems)
        return tuple(sorted(found))

    @cached_property
    def addresses(self) -> dict[str, Address]:
        """Where each project answers."""
        return {
            name: Address(
                mount=project.mount,
                host=project.host.lower() if isinstance(project.host, str) else "",
                port=project.port if project.port is not UNSET else 0,
            )
            for name, project in self.projects.items()
        }


def load(
    source: Source,
    *,
    actor: str | None,
    private: bool = True,
    before: Catalog | None = None,
    known: Mapping[str, Unit] | None = None,
    keep_good: bool = False,
    unclosed: Collection[str] = (),
    crew: Crew = alone,
) -> Catalog:
    """Reads a workspace as `actor` has it: the shared files and, with `private`, the actor's own folder.

    `before` is the catalog that the tree had last: what is unchanged since is taken from it. `known` are units from
    a cache on disk, trusted as far as their stamps are those of today. `unclosed` are files that somebody is writing:
    they stay as they were before. `crew` makes the units that must be made.
    """
    return _Loading(source, actor, private, before, known or {}, keep_good, unclosed, crew).run()


def policy_of(source: Source) -> roles.Policy:
    """Who may do what in a tree, without reading anything but its ROLES and keymock.toml.

    What cannot be read gives nobody anything, as in `load`.
    """
    return _Loading(source, None, False, None, {}, False, (), alone).policy()


def owner_of(actor: str | None) -> str:
    """The name of an actor's private folder; empty for nobody."""
    return (roles.private_folder(actor) or "") if actor else ""


def update(catalog: Catalog, changed: Collection[str], *, keep_good: bool = True) -> Catalog | None:
    """The catalog after these files changed; None if only loading the whole tree can tell.

    For mocks and their bodies, that is for nearly every edit, at a price that does not grow with the tree.
    """
    tree = catalog.tree
    items: dict[str, Item | None] = {file: tree.layout.classify(file) for file in changed}
    if any(item is not None and not _alone(item) for item in items.values()):
        return None
    files = dict(tree.files)
    for file in changed:
        stamp = tree.source.stamp(file)
        if stamp is None and file not in files:
            continue
        if (stamp is not None and stamp[0] != "f") or (items[file] is None):
            return None
        if stamp is None:
            del files[file]
        else:
            files[file] = stamp
    return _Updating(catalog, files, {file: item for file, item in items.items() if item is not None}, keep_good).run()


def _alone(item: Item) -> bool:
    """Whether a change of this file can be told without looking at the whole tree."""
    if item.kind == "mock":
        return not bare.in_place_of(item)  # with it comes, or goes, what lies beneath
    if item.kind == "asset":
        return not bare.misnamed([item]) and not datafiles.name_of(item)
    return item.kind in ("bare", "body")


class _Loading:
    """One run of `load`: the arguments, and what is known so far."""

    def __init__(
        self,
        source: Source,
        actor: str | None,
        private: bool,
        before: Catalog | None,
        known: Mapping[str, Unit],
        keep_good: bool,
        unclosed: Collection[str],
        crew: Crew,
    ) -> None:
        self.source = source
        self.crew = crew
        self.unclosed = unclosed
        self.actor = actor
        self.owner = owner_of(actor) if private else ""
        self.before = before
        self.known = known
        self.keep_good = keep_good
        self.files: Mapping[str, Stamp] = {}
        self.reads: dict[str, Read] = {}
        self.notes: list[Problem] = []

    def run(self) -> Catalog:
        settings_stamp = self.source.stamp("keymock.toml")
        self.files = {"keymock.toml": settings_stamp} if settings_stamp is not None else {}
        settings = self._document("keymock.toml", spec.Workspace, spec.Workspace())
        self.files = self._as_before(self.source.files(settings.projects))
        if self.before is not None and self._is_as_before(self.before):
            return self.before
        self.notes += self.source.notes
        layout = Layout(self._project_folders(settings))
        projects = {
            name: self._document(f"{folder}/project.toml", spec.Project, spec.Project())
            for name, folder in layout.projects.items()
        }
        shelf = self._as_they_were()
        items, special = self._items(layout, shelf)
        defaults = {
            item.file.rpartition("/")[0]: self._document(item.file, spec.Defaults, spec.Defaults())
            for item in special
            if item.kind == "defaults" and not item.overlay
        }
        tree = Tree(self.source, self.files, layout, Later(lambda: siblings(items.values())), self.owner)
        policy = self._policy()
        environments = self._environments(special, policy)
        contexts = Contexts(settings, projects, defaults, layout, Names(settings, projects, environments))
        usable = self._usable_overlays(special, policy)
        overlays = {item.id: item.file for item in usable if item.kind == "mock"}
        documents, contracts = self._contracts(tree, projects, contexts)
        tree = msgspec.structs.replace(tree, contracts=by_space(contracts))
        if shelf is not None and shelf.fits(overlays):
            units: Mapping[str, Unit] = shelf.of_mocks()
        else:
            mocks = [item for item in items.values() if item.kind == "mock" and not item.overlay]
            units = self._units(tree, mocks, contexts, overlays)
        for name, file in list(overlays.items()):
            if name not in units and name not in documents:
                del overlays[name]
                self.notes.append(overlay_without_base(file, f"{name}.toml"))
        others = dict(documents)
        for name, files in bare.groups(item for item in special if not item.overlay or item in usable).items():
            if files[0].overlay:
                self.notes += [overlay_without_base(item.file, item.id_path) for item in files]
            elif name not in units:  # a TOML file of that name takes over
                others[name] = self._bare_unit(tree, files, contexts)
                overlays.update((name, item.file) for item in files if item.overlay)
        self.notes += bare.misnamed(special)
        preset_files = self._preset_files(special, usable)
        data_files = self._data_files(special)
        return Catalog(
            tree, settings, projects, policy, contexts, together(units, others), overlays, items, self.reads,
            tuple(self.notes), preset_files, data_files, contracts, environments,
        )  # fmt: skip

    def _as_they_were(self) -> Shelf | None:
        """The units that are known, if every file is as it was when they were made, and for the same actor."""
        known = self.known if self.before is None else None
        scene = known.scene if isinstance(known, Shelf) else None
        if scene is None or scene.actor != self.actor or scene.owner != self.owner:
            return None
        return known if scene.files == digest_of(self.files) else None  # type: ignore[return-value]

    def _items(self, layout: Layout, shelf: Shelf | None) -> tuple[Mapping[str, Item], Sequence[Item]]:
        """What each file is; and those that are more than a shared mock or its body."""
        if shelf is None or shelf.scene is None:
            items = self._classified(layout, self.files)
            return items, [item for item in items.values() if is_special(item)]
        special = self._classified(layout, shelf.scene.special)
        return Later(lambda: self._classified(layout, self.files)), list(special.values())

    def policy(self) -> roles.Policy:
        """The rights alone."""
        stamps = {file: self.source.stamp(file) for file in ("keymock.toml", "ROLES")}
        self.files = {file: stamp for file, stamp in stamps.items() if stamp is not None}
        settings = self._document("keymock.toml", spec.Workspace, spec.Workspace())
        return roles.Policy(self._policy(), enforce=settings.roles == "full")

    def _as_before(self, files: Mapping[str, Stamp]) -> Mapping[str, Stamp]:
        """The listing, with files that are being written in the state they had."""
        if not self.unclosed:
            return files
        before = self.before.tree.files if self.before is not None else {}
        kept = {file: before[file] for file in self.unclosed if file in before}
        return {file: stamp for file, stamp in files.items() if file not in self.unclosed} | kept

    def _is_as_before(self, before: Catalog) -> bool:
        """Whether no file is another than before. Documents of contracts may lie where no listing goes."""
        if before.tree.actor != self.owner or before.contracts or before.notes or self.source.notes:
            return False
        return before.tree.files == self.files

    def _project_folders(self, settings: spec.Workspace) -> dict[str, str]:
        """The projects, by name: folders of `projects/`, and those that the globs of keymock.toml find."""
        found: dict[str, str] = {}
        for folder in sorted({"/".join(file.split("/", 2)[:2]) for file in self.files if file.startswith("projects/")}):
            if folder not in self.files:
                found[folder.removeprefix("projects/")] = folder
        for pattern in settings.projects:
            for folder in sorted(folders_matching(pattern.strip("/"), self.files)):
                title = self._document(f"{folder}/project.toml", spec.Project, spec.Project()).name
                name = project_name(folder, title)
                if found.setdefault(name, folder) != folder:
                    message = f"{folder} and {found[name]} are both the project `{name}`"
                    hint = "give one of them a `name` of its own in its project.toml"
                    self.notes.append(error(f"{folder}/project.toml", "two-projects", message, hint=hint))
        return found

    def _classified(self, layout: Layout, files: Iterable[str]) -> dict[str, Item]:
        """Those of the files that keymock knows, by their names. What was classified before is not classified again."""
        same = self.before is not None and self.before.tree.layout == layout
        known = self.before.items if self.before is not None and same else {}
        found: dict[str, Item] = {}
        for file in files:
            item = known.get(file) or layout.classify(file)
            if item is not None and (not item.owner or item.owner == self.owner):
                found[file] = item
        return found

    def _usable_overlays(self, items: Iterable[Item], policy: roles.Roles) -> list[Item]:
        """The actor's overlays on mocks and presets that the actor may use."""
        if not self.owner:
            return []
        rights = roles.Policy(policy).for_actor(self.actor)
        found: list[Item] = []
        for item in items:
            if not item.overlay or not (item.kind in ("mock", "bare") or is_preset(item)):
                continue
            if rights.may("use", item.id_path):
                found.append(item)
            else:
                message = f"lies over {item.id_path}, which you may not use: not in use"
                self.notes.append(warning(item.file, "overlay-not-allowed", message))
        return found

    def _environments(self, items: Iterable[Item], policy: roles.Roles) -> list[SavedEnvironment]:
        """The environments, and the actor's overlays on those that they may use."""
        found = []
        rights = roles.Policy(policy).for_actor(self.actor)
        for item in items:
            if item.kind != "document" or not lies_in(item, "environments"):
                continue
            if not item.overlay or rights.may("use", item.id_path):
                done = self.reads[item.file] = self._read(item.file, dict[str, Any], with_text=True)
                if done.good is not None:
                    found.append(SavedEnvironment(item, done.good))
        return sorted(found, key=lambda each: each.item.file)

    def _preset_files(self, items: Iterable[Item], usable: Iterable[Item]) -> dict[str, PresetFile]:
        """The presets by id, each with its overlay."""
        overlays = {item.id: item for item in usable if is_preset(item)}
        found: dict[str, PresetFile] = {}
        for item in items:
            if not is_preset(item) or item.overlay:
                continue
            over = overlays.pop(item.id, None)
            own = self._preset(item.file)
            if own is not None:
                found[item.id] = PresetFile(item, own, self._preset(over.file) if over is not None else None)
        self.notes += [overlay_without_base(item.file, item.id_path) for item in overlays.values()]
        return found

    def _data_files(self, items: Iterable[Item]) -> dict[str, dict[str, Any]]:
        """What the files of each space's `data/` folder hold; a broken one what it last held."""
        found: dict[str, dict[str, Any]] = {}
        for item in items:
            name = datafiles.name_of(item)
            if name:
                done = self.reads[item.file] = self._data_file(item.file)
                if done.good is not None:
                    found.setdefault(item.space, {})[name] = done.good
        return found

    def _data_file(self, file: str) -> Read:
        stamp = self.files[file]
        last = self.before.reads.get(file) if self.before is not None else None
        if last is not None and last.stamp == stamp:
            return last
        try:
            value, problems = datafiles.read(content(self.source, self.files, file, datafiles.MOST), file)
        except BodyFault as fault:
            value, problems = None, (error(file, fault.code, fault.message, hint=fault.hint),)
        good = last.good if value is None and last is not None and self.keep_good else value
        return Read(stamp, good, problems)

    def _preset(self, file: str) -> document.Parsed[spec.Preset] | None:
        done = self.reads[file] = self._read(file, spec.Preset, with_text=True)
        preset: document.Parsed[spec.Preset] | None = done.good
        return preset

    def _document(self, file: str, kind: type[T], default: T) -> T:
        """A settings file, or `default` where there is none. A broken one counts as it last was good, if ever."""
        done = self.reads.get(file)
        if done is None:
            done = self.reads[file] = self._read(file, kind)
        return done.good if done.good is not None else default

    def _read(self, file: str, kind: type[Any], *, with_text: bool = False) -> Read:
        """Reads a document anew if it changed. `with_text` keeps its text too, for problems that are found later."""
        stamp = self.files.get(file)
        last = self.before.reads.get(file) if self.before is not None else None
        if stamp is None:
            return Read(("x", 0, 0, 0), None, ())
        if last is not None and last.stamp == stamp:
            return last
        good = last.good if last is not None and self.keep_good else None
        try:
            data = content(self.source, self.files, file, MAX_DOCUMENT)
        except BodyFault as fault:
            return Read(stamp, good, (error(file, fault.code, fault.message, hint=fault.hint),))
        parsed = document.parse(data, file, kind, dec_hook=units.dec_hook, reader=document.AT_HAND)
        refused = tuple(
            document.problem_at(parsed, (*where, fault.name), fault.code, fault.message, fault.hint)
            for where, headers in headers_of(parsed.value)
            for fault in header_faults(headers)
        )
        project = parsed.value if isinstance(parsed.value, spec.Project) else None
        lines: dict[str, int] = {}
        if project is not None and project.upstream is not UNSET:
            refused += tuple(
                document.problem_at(parsed, fault.where, fault.code, fault.message, fault.hint, part="value")
                for fault in upstream.faults(project.upstream)
            )
            lines = {name: document.place(parsed, ("upstream", "urls", name)).line for name in project.upstream.urls}
        if parsed.value is not None and not refused:
            good = parsed if with_text else parsed.value
        return Read(stamp, good, (*parsed.problems, *refused), lines)

    def _policy(self) -> roles.Roles:
        """Who may do what. Unreadable from the start: nobody may; unreadable later: as it last was."""
        stamp = self.files.get("ROLES")
        last = self.before.reads.get("ROLES") if self.before is not None else None
        if stamp is None:
            return roles.Roles()
        if last is None or last.stamp != stamp:
            last = self._read_roles(stamp, last)
        self.reads["ROLES"] = last
        policy: roles.Roles = last.good
        return policy

    def _read_roles(self, stamp: Stamp, last: Read | None) -> Read:
        try:
            policy, problems = roles.parse(content(self.source, self.files, "ROLES", MAX_ROLES), "ROLES")
        except BodyFault as fault:
            policy = roles.Roles(broken=True)
            problems = (error("ROLES", fault.code, fault.message, hint=fault.hint),)
        if policy.broken and last is not None and self.keep_good:
            return Read(stamp, last.good, problems)
        return Read(stamp, policy, (*problems, *roles.warnings(policy)))

    def _units(
        self, tree: Tree, mocks: Sequence[Item], contexts: Contexts, overlays: Mapping[str, str]
    ) -> Mapping[str, Unit]:
        """The unit of each mock: as it was, if all that it was made of still is; else made anew, by the crew."""
        first = self.before is None and not self.known
        held = {item.id: None if first else self._held(tree, item, contexts, overlays) for item in mocks}
        missing = mocks if first else [item for item in mocks if held[item.id] is None]

        def made(items: Sequence[Item]) -> list[Unit]:
            return make_all(tree, [(item, *contexts.of(item), overlays.get(item.id, "")) for item in items])

        units = self.crew(made, missing)
        if self.before is not None and self.keep_good:
            units = {name: keep(unit, self.before.units.get(name)) for name, unit in units.items()}
        return together(units, {name: unit for name, unit in held.items() if unit is not None}, held)

    def _contracts(
        self, tree: Tree, projects: Mapping[str, spec.Project], contexts: Contexts
    ) -> tuple[dict[str, Unit], tuple[Opened, ...]]:
        """The contracts of the projects, each with its unit."""
        if not any(project.contract for project in projects.values()) and not any(
            file.rpartition("/")[2] in NAMES for file in self.files
        ):
            return {}, ()
        from keymock.catalog import contracts  # noqa: PLC0415  (20 ms, for workspaces that have one)

        before = {each.named.id: each for each in self.before.contracts} if self.before is not None else {}
        self.notes += contracts.wrong_names(projects, tree.layout.projects)
        units: dict[str, Unit] = {}
        found: list[Opened] = []
        for name in contracts.named(projects, tree.layout.projects, self.files):
            last = self.before.units.get(name.id) if self.before is not None else None
            known = (last, self.known.get(name.id))
            unit, opened = contracts.opened(
                name, tree, contexts, projects[name.project], known, keep_good=self.keep_good
            )
            units[name.id] = unit
            same = unit is last and name.id in before and before[name.id].named == name
            found.append(before[name.id] if same else opened)
        return units, tuple(found)

    def _held(self, tree: Tree, item: Item, contexts: Contexts, overlays: Mapping[str, str]) -> Unit | None:
        name = item.id
        last = self.before.units.get(name) if self.before is not None else None
        for candidate in (last, self.known.get(name)):
            if candidate is not None and holds(candidate, tree, contexts.of(item)[1], overlays.get(name, "")):
                return candidate
        return None

    def _bare_unit(self, tree: Tree, files: bare.Files, contexts: Contexts) -> Unit:
        context, digest = contexts.of(files[0])
        last = self.before.units.get(files[0].id) if self.before is not None else None
        for candidate in (last, self.known.get(files[0].id)):
            if candidate is not None and bare.same(candidate, files) and holds(candidate, tree, digest, ""):
                return candidate
        unit = bare.make(tree, files, context, digest)
        return keep(unit, last) if self.keep_good else unit


class _Updating:
    """One run of `update`: which units the changed files are part of, and those made anew."""

    def __init__(
        self, catalog: Catalog, files: Mapping[str, Stamp], changed: Mapping[str, Item], keep_good: bool
    ) -> None:
        self.catalog = catalog
        self.files = files
        self.changed = changed
        self.keep_good = keep_good

    def run(self) -> Catalog | None:
        catalog = self.catalog
        items = {**catalog.items, **self.changed}
        for file in self.changed:
            if file not in self.files:
                del items[file]
        if any(item.overlay or (item.owner and item.owner != catalog.tree.actor) for item in self.changed.values()):
            return None
        bodies = catalog.tree.bodies
        if any(item.kind == "body" for item in self.changed.values()):
            bodies = siblings(items.values())
        tree = msgspec.structs.replace(catalog.tree, files=self.files, bodies=bodies)
        units = dict(catalog.units)
        touched = self._touched()
        if any(name in units and units[name].trees for name in touched):
            return None
        for name in touched:
            last, unit = units.pop(name, None), self._made(name, tree, items)
            if unit is not None:
                unit = keep(unit, last) if self.keep_good else unit
                units[name] = last if last is not None and unit == last else unit  # events may come late, or twice
        return msgspec.structs.replace(catalog, tree=tree, units=units, items=items)

    def _made(self, name: str, tree: Tree, items: Mapping[str, Item]) -> Unit | None:
        """The mock of that name as its files are now; None if there are none."""
        catalog = self.catalog
        item = items.get(self._file_of(name))
        files = self._bare_files(name, items) if item is None or item.kind == "bare" else ()
        if files:
            return bare.make(tree, files, *catalog.contexts.of(files[0]))
        if item is None:
            return None
        return make(tree, item, *catalog.contexts.of(item), catalog.overlays.get(name, ""))

    def _bare_files(self, name: str, items: Mapping[str, Item]) -> bare.Files:
        """The files of a mock without TOML: those that it had, and those that changed."""
        unit = self.catalog.units.get(name)
        known = [file for file, _ in unit.inputs] if unit is not None else []
        found = (items.get(file) for file in dict.fromkeys([*known, *self.changed]))
        return bare.in_order(item for item in found if item is not None and item.kind == "bare" and item.id == name)

    def _file_of(self, name: str) -> str:
        unit = self.catalog.units.get(name)
        return unit.inputs[0][0] if unit else self.catalog.tree.layout.file_of(name + ".toml")

    def _touched(self) -> set[str]:
        """The ids of the mocks that any changed file is a part of."""
        touched = {item.id for item in self.changed.values() if item.kind in ("mock", "bare")}
        others = {file for file, item in self.changed.items() if item.kind != "mock"}
        if others:
            stems = {body_stem(file) for file in others}
            touched.update(name for name, unit in self.catalog.units.items() if self._is_made_of(unit, others, stems))
        return touched

    def _is_made_of(self, unit: Unit, others: Collection[str], stems: Collection[str]) -> bool:
        """Whether changed files are, or would be, among those that a unit was made of."""
        if any(file in others for file, _ in unit.inputs) or any(stem in stems for stem, _ in unit.siblings):
            return True
        return any(file.startswith(f"{folder}/") for folder, _ in unit.folders for file in self.changed)


def together(
    units: Mapping[str, Unit], others: Mapping[str, Unit], names: Iterable[str] | None = None
) -> Mapping[str, Unit]:
    """Both, in the order of `names` if it is given; what lies on a shelf stays there."""
    if isinstance(units, Shelf):
        return units.with_others(others, names)
    every = {**units, **others}
    return every if names is None else {name: every[name] for name in names}


def is_special(item: Item) -> bool:
    """Whether a file is more than a shared mock or its body, so that every load has to look at it."""
    return item.overlay or item.kind not in ("mock", "body")


def scene_of(catalog: Catalog, actor: str | None) -> Scene:
    """What the units of a catalog were made in, for the next start."""
    items = catalog.items.values()
    mocks = {item.id for item in items if item.kind == "mock" and not item.overlay}
    overlaid = {item.file: item.id for item in items if item.kind == "mock" and item.overlay}
    return Scene(
        actor=actor,
        owner=catalog.tree.actor or "",
        files=digest_of(catalog.tree.files),
        special=tuple(item.file for item in items if is_special(item)),
        overlays={overlaid[file]: file for file in catalog.overlays.values() if file in overlaid},
        others=tuple(name for name in catalog.units if name not in mocks),
    )


def keep(unit: Unit, last: Unit | None) -> Unit:
    """A unit that is broken, with the routes that it last had."""
    if not unit.routes and last is not None and last.routes:
        return msgspec.structs.replace(unit, routes=last.routes)
    return unit


def siblings(items: Iterable[Item]) -> dict[str, tuple[str, ...]]:
    """Body files by the path before `.body.`."""
    found: dict[str, tuple[str, ...]] = {}
    for item in items:
        if item.kind == "body":
            stem = body_stem(item.file)
            found[stem] = (*found.get(stem, ()), item.file)
    return found


def overlay_without_base(file: str, shared: str) -> Problem:
    return warning(
        file,
        "overlay-without-base",
        f"lies over {shared}, which is not there: not in use",
        hint="move it under mocks/ of your private folder to serve it as a mock of your own",
    )


def folders_matching(pattern: str, files: Iterable[str]) -> set[str]:
    """The folders above any file whose path fits a glob; `*` stays within one segment."""
    wanted = pattern.split("/")
    found: set[str] = set()
    for file in files:
        parts = file.split("/")
        if len(parts) > len(wanted) and all(map(fnmatchcase, parts, wanted)):
            found.add("/".join(parts[: len(wanted)]))
    return found
