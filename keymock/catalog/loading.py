"""The whole tree: from files to settings, roles, projects and one unit a mock; again and again, at the price of change.

Loading with the catalog from before reads only what changed. While serving (`keep_good`), a file that broke keeps
its own last good version, and everything else goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET

from keymock import document, roles, spec, units, upstream
from keymock.catalog import bare, datafiles
from keymock.catalog.contexts import Contexts, headers_of
from keymock.catalog.environments import Names, SavedEnvironment, lies_in
from keymock.catalog.loaded import Catalog, Read, is_special
from keymock.catalog.making import Tree, Unit, holds, keep, make_all, siblings
from keymock.catalog.opened import NAMES, Opened, by_space
from keymock.catalog.presets import PresetFile, is_preset
from keymock.catalog.recorded import Reader
from keymock.catalog.shelf import Later, Shelf, digest_of
from keymock.catalog.source import MAX_DOCUMENT, MAX_ROLES, Source, Stamp, content
from keymock.index import BodyFault
from keymock.index.headers import faults as header_faults
from keymock.layout import Item, Layout, project_name
from keymock.problems import Problem, error, warning

T = TypeVar("T")

Crew = Callable[[Callable[[Sequence[Item]], list[Unit]], Sequence[Item]], Mapping[str, Unit]]
"""Makes the units of many mocks, by their ids; how many hands it has is its own business."""


def alone(make: Callable[[Sequence[Item]], list[Unit]], items: Sequence[Item]) -> dict[str, Unit]:
    """The crew of one."""
    return {item.id: unit for item, unit in zip(items, make(items), strict=True)}


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
        reader = self._recordings()
        settings = reader.placed(settings, "keymock.toml", "workspace")
        for name, folder in layout.projects.items():
            projects[name] = reader.placed(projects[name], f"{folder}/project.toml", folder)
        for item in special:
            folder = item.file.rpartition("/")[0]
            if item.kind == "defaults" and not item.overlay:
                defaults[folder] = reader.placed(defaults[folder], item.file, layout.folder_of(item.space))
        self.notes += reader.problems
        contexts = Contexts(settings, projects, defaults, layout, Names(settings, projects, environments), reader.kept)
        usable = self._usable_overlays(special, policy)
        overlays = {item.id: item.file for item in usable if item.kind == "mock"}
        documents, contracts = self._contracts(tree, projects, contexts, special)
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
            tuple(self.notes), preset_files, data_files, contracts, environments, reader.kept, frozenset(reader.files),
        )  # fmt: skip

    def _recordings(self) -> Reader:
        before = self.before.recordings if self.before is not None and self.keep_good else {}
        return Reader(self.source, self.files, before)

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
            return items, list(filter(is_special, items.values()))
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

        def made(items: Sequence[Item]) -> list[Unit]:
            over = {item.file: overlays.get(item.id, "") for item in items} if overlays else {}
            return make_all(tree, [(item, *contexts.of(item), over.get(item.file, "")) for item in items])

        if self.before is None and not self.known:
            return self.crew(made, mocks)
        held = {item.id: self._held(tree, item, contexts, overlays) for item in mocks}
        units = self.crew(made, [item for item in mocks if held[item.id] is None])
        if self.before is not None and self.keep_good:
            units = {name: keep(unit, self.before.units.get(name)) for name, unit in units.items()}
        return together(units, {name: unit for name, unit in held.items() if unit is not None}, held)

    def _contracts(
        self, tree: Tree, projects: Mapping[str, spec.Project], contexts: Contexts, special: Iterable[Item]
    ) -> tuple[dict[str, Unit], tuple[Opened, ...]]:
        """The contracts of the projects, each with its unit."""
        if not any(project.contract for project in projects.values()) and not any(
            item.file.rpartition("/")[2] in NAMES for item in special
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


def together(
    units: Mapping[str, Unit], others: Mapping[str, Unit], names: Iterable[str] | None = None
) -> Mapping[str, Unit]:
    """Both, in the order of `names` if it is given; what lies on a shelf stays there."""
    if isinstance(units, Shelf):
        return units.with_others(others, names)
    every = {**units, **others}
    return every if names is None else {name: every[name] for name in names}


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
