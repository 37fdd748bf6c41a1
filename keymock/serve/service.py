"""The live state of one worker: the world that answers, how it follows the disk, and what is known of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from keymock import explain, roles
from keymock.catalog import Catalog, Stamp, Unit, update
from keymock.engine import Refusal, World, explained
from keymock.exchange import Malformed, Request
from keymock.index import Route, Views
from keymock.journal import Forgetful, Journal
from keymock.journal.forewarning import Forewarning
from keymock.problems import Problem
from keymock.serve import wire
from keymock.serve.callbacks import Callbacks
from keymock.serve.gitlock import GitState
from keymock.serve.hints import LONGEST_BURST, REOPENED, UNCLOSED
from keymock.serve.options import Options, Tree
from keymock.serve.origins import Origins
from keymock.serve.reach import Reach
from keymock.serve.remembered import Remembered
from keymock.serve.sessions import Sessions
from keymock.serve.sight import sight
from keymock.spec import Mode
from keymock.state import Session
from keymock.toggles import Known, Toggles, checked, in_force, in_words, mode_of
from keymock.variables import Mask
from keymock.workspace import Workspace

if TYPE_CHECKING:
    from keymock.serve.drafts import Drafts
    from keymock.serve.session_control import SessionControl
    from keymock.serve.state_control import StateControl

LOOKS = 3
"""How often the tree is read while git goes on changing it, before a mix is better than nothing."""
LONGEST_LOOK = 60 * 10**9
"""Nanoseconds that reading a tree can take."""

MAX_WAITING_EVENTS = 1_000
MOST_SECRETS = 200
"""Texts that are hidden. None is ever forgotten for another one: it would be seen again."""
CHECKED_WHILE_SERVING = 2_000
"""Mocks beyond which only `keymock check` looks for clashes: it would take processor time away from requests."""


class Service:
    """One workspace, served. `world` is replaced whole, by one assignment, when something on disk changed."""

    def __init__(
        self,
        options: Options,
        now: Callable[[], int],
        tree: Tree | None = None,
        known: Mapping[str, Unit] | None = None,
        *,
        generation: int = 1,
        before: Catalog | None = None,
    ) -> None:
        self.options = options
        self.tree: Tree = tree or Workspace(Path(options.workspace), options.actor, private=options.private)
        self._now = now
        self.since = now()
        self.journal = _journal(options)
        self.journal_file: Callable[[], dict[str, Any] | None] = lambda: None
        """How the file of `--journal-to` is doing; whoever keeps it says."""
        self.secrets = Mask()
        """What those who send secrets here have told, for as long as this process lives."""
        self.sessions = Sessions(options.seed, now, idle=options.session_idle)
        self.remembered = Remembered(self.journal, self, now)
        self.catalog = self.tree.load(before, known, keep_good=before is not None)
        self.clashes: tuple[Problem, ...] = ()
        """What `keymock check` says of mocks beside each other, as `look_for_clashes` last found it."""
        self._checked: Catalog | None = None
        self._lock = threading.Lock()
        self._listeners: list[Callable[[dict[str, Any]], None]] = []
        self.unclosed: Callable[[], frozenset[str]] = frozenset
        """The files that somebody is writing right now; whoever watches the tree says."""
        self.git_state: Callable[[], GitState] = GitState
        """Whether git is in the middle of a checkout, or has made one; whoever watches the tree says."""
        self.looked: Callable[[], None] = lambda: None
        """Called when the disk was looked at, or something was switched; whoever serves others besides says."""
        self._sight = sight(self.catalog, options)
        self.toggles = msgspec.structs.replace(options.toggles, preset=options.preset or options.toggles.preset)
        self.session_toggles: dict[str, Toggles] = {}
        self.keep_toggles: Callable[[Toggles], None] = lambda _: None
        """Keeps toggles for the next start; whoever has a place for them says."""
        self.keeping: list[Callable[[], None]] = []
        """Forgets the answers that somebody keeps ready; each who does adds one."""
        self._contracts: Any = None
        """The contracts as they are served, kept as long as they are the same."""
        self.world = self._first_world(generation)
        self.reach = Reach(
            lambda: self.catalog.settings, options.allow_outbound, offline=options.offline,
            upstreams=lambda: [one.url for one in self.catalog.upstreams(options.environment).values()],
        )  # fmt: skip
        self.origins = Origins(self, Path(options.workspace))
        self.callbacks = Callbacks(self.reach, now, self._tell, lambda: self.mask)

    @cached_property
    def session_control(self) -> SessionControl:
        """What the control plane does with sessions."""
        from keymock.serve.session_control import SessionControl  # noqa: PLC0415  (10 ms, when it is first asked)

        return SessionControl(self, self.remembered, self._now)

    @cached_property
    def state_control(self) -> StateControl:
        """What the control plane does with records and snapshots."""
        from keymock.serve.state_control import StateControl  # noqa: PLC0415  (as above)

        return StateControl(self)

    @cached_property
    def drafts(self) -> Drafts:
        """What exchanges become."""
        from keymock.serve.drafts import Drafts  # noqa: PLC0415  (as above)

        return Drafts(self)

    @property
    def rights(self) -> roles.Rights:
        """What the actor may do with what is served."""
        return self._sight.rights

    @property
    def commit(self) -> str:
        """The commit that is served; empty for the work tree."""
        return self.options.commit

    @property
    def mask(self) -> Mask:
        """What is shown to nobody: the names that keymock.toml has now, and the secrets that were told."""
        return self.secrets.under(self.catalog.settings.redact.names)

    def session(self, name: str) -> Session:
        """The session of that name, made at first use. Raises Malformed when there are too many."""
        return self.sessions.at(name)

    async def forget(self, session: str) -> Session | None:
        """Ends a session: its state, overrides, toggles and journal go with it. None if there was none."""
        ended = self.sessions.end(session)
        self.journal.clear(session)
        self.renew()
        if session in self.session_toggles:
            await asyncio.to_thread(self._unswitch, session)
        return ended

    async def forget_idle(self) -> None:
        """Ends the sessions that nobody has asked for in a while."""
        for name in self.sessions.idle():
            await self.forget(name)

    def renew(self) -> None:
        """Makes whoever keeps answers ready make them anew."""
        for forget in self.keeping:
            forget()

    def moment(self) -> float:
        """Now, in epoch seconds; or the frozen moment."""
        return self._now() / 1e9 if self.options.frozen is None else self.options.frozen

    # ---- following the disk --------------------------------------------------------------------------------------

    def rescan(self, files: Collection[str] | None = None) -> bool:
        """Reads what changed (`files`, or whatever it is), and swaps it in. True if what is served changed.

        Safe to call from any one thread; requests in flight keep the world they began with.
        """
        with self._lock:
            before = self.catalog
            after = update(before, files) if files else None
            changed = self._take(before, after or self._loaded(before))
        self.looked()
        return changed

    def _loaded(self, before: Catalog) -> Catalog:
        """The whole tree as it is now; read again if git was at work meanwhile, but not for ever."""
        for _ in range(LOOKS):
            state = self.git_state()
            after = self.tree.load(before, keep_good=True, unclosed=self.unclosed())
            if not state.held and self.git_state() == state:
                break
        return after

    @property
    def rescanning(self) -> bool:
        """Whether another thread is at it, so that a rescan here would have to wait."""
        return self._lock.locked()

    async def settle(self) -> None:
        """Rescans, but not while anything that changed may still be half written. For when events do not tell.

        A file is whole once it has rested for `UNCLOSED` seconds. All of it waits together: a mix of old and new
        files is nothing that anybody wrote.
        """
        tries = 0
        while tries * UNCLOSED <= LONGEST_BURST:
            if self.git_state().held:
                await asyncio.sleep(REOPENED)
                continue
            if await asyncio.to_thread(self._rescan_if_settled):
                return
            await asyncio.sleep(UNCLOSED)
            tries += 1
        await asyncio.to_thread(self.rescan)

    def _rescan_if_settled(self) -> bool:
        with self._lock:
            before, began, state = self.catalog, self._now(), self.git_state()
            after = self.tree.load(before, keep_good=True, unclosed=self.unclosed())
            mixed = state.held or self.git_state() != state
            if mixed or self.unclosed() or _fresh(before.tree.files, after.tree.files, began):
                return False
            self._take(before, after)
        self.looked()
        return True

    def _take(self, before: Catalog, after: Catalog) -> bool:
        if before is after:
            return False
        self.catalog = after
        self._sight = self._sight._replace(catalog=after)
        changed = self._swap(before, after)
        self._announce(before.problems, after.problems)
        if changed:
            self._tell({"event": "reload", "generation": self.world.generation, "mocks": len(self.world.views.routes)})
        return changed

    def _swap(self, before: Catalog, after: Catalog) -> bool:
        settled = (
            before.settings == after.settings
            and before.projects == after.projects
            and before.policy == after.policy
            and before.environments == after.environments
        )
        gone = _routes_not_in(before, after)
        come = _routes_not_in(after, before)
        same = before.presets.presets == after.presets.presets and before.upstream_lines == after.upstream_lines
        same = same and before.data_files == after.data_files and before.contracts == after.contracts
        if settled and not gone and not come and same:
            return False
        if settled:
            seen = [route for route in come if self._sight.sees(route)]
            ids = {route.id for route in gone}
            refused = {name: why for name, why in self.world.refused.items() if name not in ids}
            views = self.world.views.changed(ids, seen)
            if views.projects != self._sight.addresses(views.routes):
                views = self._sight.views(views.routes)
        else:
            self._sight = sight(after, self.options)
            seen = [route for route in after.routes.values() if self._sight.sees(route)]
            refused = {}
            views = self._sight.views({route.id: route for route in seen})
            views.warm(self.world.views)
        if settled and any(route.scenario for route in gone):
            self._forget_scenarios(after)
        for route in seen:
            refusal = self._sight.refusal(route)
            if refusal is not None:
                refused[route.id] = refusal
        self.world = self._with_toggles(self._world(views, refused, self.world.generation + 1))
        for session in self.sessions:
            if session.overrides is not None:
                session.overrides = self.session_control.carried_over(session.overrides)
        return True

    def _forget_scenarios(self, catalog: Catalog) -> None:
        """Scenarios that no file names any longer end, in every session."""
        named = {(route.space, route.scenario) for route in catalog.routes.values() if route.scenario}
        own = f"private/{catalog.tree.actor}"
        for session in self.sessions:
            others = {key for key in session.scenarios if key[0].startswith("private/") and key[0] != own}
            session.keep_only(named | others, session.stores)

    def _first_world(self, generation: int) -> World:
        views, refused = self._sight.whole()
        views.mounts(views.project("localhost"))
        return self._with_toggles(self._world(views, refused, generation))

    def _world(self, views: Views, refused: Mapping[str, Refusal], generation: int) -> World:
        world = self._sight.world(views, refused, generation, self.moment())
        if not self.catalog.contracts:
            return world
        from keymock.serve.contracts import served  # noqa: PLC0415  (30 ms, for workspaces with a contract)

        self._contracts = served(self.catalog, self._contracts)
        return msgspec.structs.replace(world, contracts=self._contracts.by_place)

    # ---- toggles -------------------------------------------------------------------------------------------------

    def switch(self, wanted: Toggles, session: str = "") -> Toggles:
        """Sets what is switched, for everybody or for one session, and returns it with mocks by their full ids.

        Raises Malformed for a mock, an answer or a preset that is not there. Waits for a rescan that is under way.
        """
        with self._lock:
            before = self.session_toggles.get(session, Toggles()) if session else self.toggles
            every = self.world.views.routes.items()
            routes = {name: route for name, route in every if not (route.resource and route.resource.item)}
            known = Known(routes, self.world.presets, self.catalog.projects, self.world.upstreams, self._sight.flows())
            toggles = checked(wanted, before, known)
            if session:
                self.session(session)
                self.session_toggles[session] = toggles
            else:
                self.toggles = toggles
                named = toggles.preset if toggles.preset != self.options.preset else ""
                self.keep_toggles(msgspec.structs.replace(toggles, preset=named))
            self.world = self._with_toggles(self.world)
        self.looked()
        self._tell({"event": "toggles", "session": session, "switched": in_words(toggles)})
        return toggles

    def _unswitch(self, session: str) -> None:
        """Forgets the toggles of a session that is no more. Waits for a rescan that is under way."""
        with self._lock:
            self.session_toggles.pop(session, None)
            self.world = self._with_toggles(self.world)
        self.looked()

    @property
    def modes(self) -> dict[str, Mode]:
        """Where the answers of each project with an upstream come from, for a request that says nothing else."""
        upstreams = self.world.upstreams
        return {name: mode_of((self.toggles,), one.mode, project=name) for name, one in upstreams.items()}

    def switched(self, session: str = "") -> Toggles:
        """What is switched for everybody, or for one session on top of that."""
        return self.session_toggles.get(session, Toggles()) if session else self.toggles

    def follow(self, other: Service) -> None:
        """Takes on the generation and the switches of another service, which serves the same files to somebody else."""
        with self._lock:
            world = self.world
            same = world.generation == other.world.generation and world.toggles == other.world.toggles
            if same and world.sessions == self.session_toggles:
                return
            self.toggles = other.toggles
            world = msgspec.structs.replace(world, generation=other.world.generation)
            self.world = self._with_toggles(world)

    def _with_toggles(self, world: World) -> World:
        presets = self._sight.presets()
        now = in_force((self.toggles,), presets)
        world.views.switched(now.switches)
        return msgspec.structs.replace(
            world, presets=presets, toggles=self.toggles, sessions=dict(self.session_toggles), in_force=now,
            upstreams=self._sight.upstreams(),
        )  # fmt: skip

    def look_for_clashes(self) -> None:
        """Checks the mocks against each other, if they have changed since; takes a while, so never on the loop."""
        catalog = self.catalog
        if catalog is self._checked or len(catalog.routes) > CHECKED_WHILE_SERVING:
            return
        from keymock import checks  # noqa: PLC0415  (nobody waits for them at the start)

        before, self._checked = self.clashes, catalog
        seen = self.world.views.routes.values()
        self.clashes = checks.run(catalog, seen, now=self.moment(), breaks=wire.supported())
        self._announce(before, self.clashes)

    def _announce(self, before: Collection[Problem], after: Collection[Problem]) -> None:
        had, has = set(before), set(after)
        for problem in sorted(has - had):
            self._tell({"event": "problem", "problem": problem})
        broken = {problem.path for problem in (*self.catalog.problems, *self.clashes)}
        for path in sorted({problem.path for problem in had - has} - broken):
            self._tell({"event": "mended", "path": path})

    # ---- being asked ---------------------------------------------------------------------------------------------

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in the tree, as far as the actor may see it."""
        found = sorted({*self.catalog.problems, *self.clashes})
        return tuple(problem for problem in found if self._may_read(problem.path))

    def _may_read(self, file: str) -> bool:
        item = self.catalog.items.get(file)
        return item is None or not item.space or self.rights.may("see", item.id_path)

    def status(self) -> dict[str, Any]:
        """The body of `GET /status`."""
        world, file = self.world, self.journal_file()
        return {
            "generation": world.generation,
            "actor": self.options.actor,
            "mocks": len(world.views.routes),
            "routes": sum(len(route.patterns) for route in world.views.routes.values() if route.enabled),
            "withheld": len(self.catalog.routes) - len(world.views.routes),
            "problems": [msgspec.to_builtins(problem) for problem in self.problems],
            "targets": {
                name: {"mode": mode, "upstream": world.upstreams[name].url} for name, mode in self.modes.items()
            },
            "since": self.since // 1_000_000_000,
            "workers": 1,
            **({"journal_file": file} if file is not None else {}),
        }

    def routes(self) -> list[dict[str, Any]]:
        """The body of `GET /routes`: every mock that the actor may see."""
        world = self.world
        views = world.views.switched(world.in_force.switches)
        return [
            explain.route_json(route, usable=name not in world.refused, role=self.rights.role(f"{name}.toml"))
            for name, route in sorted(views.routes.items())
        ]

    def explain(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The body of `POST /explain`: which mock would answer, and why the others would not."""
        session = asked.pop("session", "")
        request = Request.of(**asked)
        request.session = self.remembered.copy_of(session)
        request.now = self.moment()
        found, mask = explained(request, self.world), self.mask
        for candidate in found["candidates"] if mask else ():
            candidate["conditions"] = mask.tree(candidate["conditions"])
        return found

    def hide(self, secrets: Iterable[str]) -> int:
        """Shows these texts nowhere any more; how many there are now. Raises Malformed when there are too many."""
        for secret in secrets:
            if len(self.secrets) >= MOST_SECRETS and secret not in self.secrets:
                said = f"{MOST_SECRETS} secrets are hidden already: start the server anew"
                raise Malformed(said, code="too-many-secrets", status=507)
            self.secrets.add(secret)
        return len(self.secrets)

    def reset(self, session: str | None = None) -> dict[str, Any]:
        """Puts the default session, one, or all (`*`) back to the beginning: state, journal, overrides. Its seed, its
        clock and its toggles stay, and so does what is on disk.
        """
        for found in self.sessions:
            if session == "*" or found.name == (session or ""):
                found.reset()
                found.overrides = None
                self.journal.clear(found.name)
        self.renew()
        self.callbacks.reset(session or "")
        return {"reset": True, "generation": self.world.generation}

    async def wait(self, generation: int, timeout: float) -> bool:
        """Waits until that generation (or a later one) is served; False if it is not within `timeout` seconds."""
        if self.world.generation >= generation:
            return True
        try:
            async with asyncio.timeout(timeout):
                async for event in self.subscribe():
                    if event["event"] == "reload" and event["generation"] >= generation:
                        return True
        except TimeoutError:
            pass
        return self.world.generation >= generation

    async def sync(self, timeout: float) -> dict[str, Any]:
        """Rescans now; returns when all that is on disk at the call is served or refused. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            await asyncio.sleep(REOPENED)  # what was just saved is usually on its way, and known to be whole
            await self.settle()
        return {
            "generation": self.world.generation,
            "problems": [msgspec.to_builtins(problem) for problem in self.problems],
        }

    # ---- being heard ---------------------------------------------------------------------------------------------

    def listen(self, listener: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
        """Calls `listener` with every event, from whichever thread it happens in; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def subscribe(self) -> AsyncIterator[dict[str, Any]]:
        """Events as they happen: reload, problem, mended. A reader that is too slow loses the oldest."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MAX_WAITING_EVENTS)

        def put(event: dict[str, Any]) -> None:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

        def hear(event: dict[str, Any]) -> None:
            loop.call_soon_threadsafe(put, event)

        stop = self.listen(hear)
        try:
            while True:
                yield await queue.get()
        finally:
            stop()

    def say(self, problem: Problem) -> None:
        """Tells whoever listens about a fault that is none of the files'."""
        self._tell({"event": "problem", "problem": problem})

    def _tell(self, event: dict[str, Any]) -> None:
        for listener in list(self._listeners):
            listener(event)


def _journal(options: Options) -> Journal:
    """One that says so before it forgets, if somebody keeps what it forgets."""
    if not options.journal:
        return Forgetful()
    return Forewarning() if options.journal_to else Journal()


def _fresh(before: Mapping[str, Stamp], after: Mapping[str, Stamp], began: int) -> bool:
    """Whether a file that changed was written to a moment before the looking began, or since.

    Not before its end, which may be long after: a file listed in the middle of a checkout is old by then. What was
    written long ago may have a time in the future all the same; it is not waited for.
    """
    moment = int(UNCLOSED * 1e9)
    changed = (stamp for file, stamp in after.items() if before.get(file) != stamp)
    return any(began - moment < written < began + LONGEST_LOOK for _, written, _, _ in changed)


def _routes_not_in(catalog: Catalog, other: Catalog) -> list[Route]:
    """The routes of a catalog whose file another one does not have, or has made something else of."""
    return [route for name, unit in catalog.units.items() if unit is not other.units.get(name) for route in unit.routes]
