"""What a flow needs of the world when a command runs it: saved requests, addresses by target, sending, time, chance."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

import msgspec

from keymock import steps
from keymock.catalog.library import Library, SavedRequest, lies_in
from keymock.catalog.source import MAX_DOCUMENT, content
from keymock.commands.calling import Calling
from keymock.commands.request.naming import named
from keymock.commands.seen import Seen
from keymock.commands.servers import client_of
from keymock.document import Parsed
from keymock.flows import Ask, Plot, Stage, StepRun
from keymock.flows.reading import SavedFlow, Shelf, parse, plotted
from keymock.index import BodyFault
from keymock.layout import Item
from keymock.preparing import Prepared
from keymock.problems import Problem, Stop, error
from keymock.sending import Incoming
from keymock.spec import Mode
from keymock.toggles import Toggles
from keymock.variables import Level, Variables

if TYPE_CHECKING:
    from keymock.flows.drifting import Spoken
    from keymock.flows.stage import Hold

T = TypeVar("T")

MOST_TOGETHER = 16
SESSION = "x-keymock-session"


class Told:
    """Hears of steps; whoever shows them overrides it."""

    def began(self, trail: tuple[str, ...]) -> None:
        """A step begins."""

    def tried(self, trail: tuple[str, ...], number: int, of: int) -> None:
        """A try of a step begins, or a round; `of` is 0 where nobody knows how many there will be."""

    def ended(self, trail: tuple[str, ...], step: StepRun) -> None:
        """A step is over."""


# ---- what is there -----------------------------------------------------------------------------------------------


def shelf_of(library: Library) -> Shelf:
    """The requests and flows that the actor may use, for flows to name."""
    rights = library.rights
    requests = {
        name: partial(_ask, library, saved)
        for name, saved in library.requests.items()
        if rights.may("use", saved.item.id_path)
    }
    usable = {flow.id: flow for flow in flows_of(library) if rights.may("use", f"{flow.id}.toml")}
    return Shelf(requests, usable, tuple(library.catalog.projects))


def problems_of_flows(seen: Seen) -> list[Problem]:
    """Everything that is wrong with the flows that the actor may use."""
    shelf = shelf_of(Library(seen.catalog, seen.rights))
    return [problem for flow in shelf.flows.values() for problem in plotted(flow, shelf)[1]]


def flows_of(library: Library) -> list[SavedFlow]:
    """The flows that the actor may see, by id; an overlay stands in the place of what it lies over."""
    catalog, rights = library.catalog, library.rights
    found: dict[str, Item] = {}
    for item in sorted(catalog.items.values(), key=lambda each: each.overlay):
        if item.kind != "document" or not lies_in(item, "flows"):
            continue
        if item.owner or rights.may("see", item.id_path):
            found[item.id] = item
    return [_saved_flow(library, item) for _, item in sorted(found.items())]


def _saved_flow(library: Library, item: Item) -> SavedFlow:
    tree = library.catalog.tree
    parsed: Parsed[steps.Flow]
    try:
        parsed = parse(content(tree.source, tree.files, item.file, MAX_DOCUMENT), item.file)
    except BodyFault as fault:
        parsed = Parsed(item.file, "", {}, None, (error(item.file, fault.code, fault.message, hint=fault.hint),))
    return SavedFlow(item.id, item.space, parsed, lambda name: library.beside(name, item))


def _ask(library: Library, saved: SavedRequest) -> Ask | None:
    if saved.request is None:
        return None
    over = saved.place.over.path if saved.place.over is not None else ""
    return Ask(
        saved.request, saved.place, saved.item.space, lambda name: library.beside(name, saved.item, over), saved.id
    )


def plot_of(calling: Calling, wanted: str) -> Plot:
    """The flow that is meant, ready to run. Raises Stop with everything that is wrong with it."""
    shelf = shelf_of(calling.library)
    every = {flow.id: flow for flow in flows_of(calling.library)}
    file = calling.seen.file_at(wanted if wanted.endswith(".toml") else f"{wanted}.toml")
    here = next((flow.id for flow in every.values() if flow.parsed.path == file), "") if file else ""
    flow = every[here or named(wanted, every, "flow", "no-such-flow")]
    decision = calling.seen.rights.decide("use", f"{flow.id}.toml")
    if not decision.allowed:
        raise Stop(error(flow.parsed.path, "forbidden", decision.reason), exit_code=1)
    plot, problems = plotted(flow, shelf)
    if plot is None:
        raise Stop(*problems)
    return plot


def environment_in(calling: Calling, space: str) -> str:
    """The environment that is asked for, as far as a space of the flow has it; else its only one, or `local`."""
    asked = calling.asked.environment
    if asked:
        return asked if asked in calling.library.names(space) else ""
    return calling.environment_of(space)


# ---- the stage ---------------------------------------------------------------------------------------------------


class Playing:
    """One run of flows. `forced` is `--target`, which counts before all others; `told` hears of every step."""

    def __init__(self, calling: Calling, forced: Mode | None, told: Told) -> None:
        self.calling = calling
        self.forced = forced
        self.told = told
        self.ended = threading.Event()
        """Set when somebody wants it to end."""
        self._session = f"flow-{secrets.token_hex(6)}"
        self._chance = random.Random(calling.seed)  # noqa: S311  (for pauses)
        self._inside = threading.Lock()

    @property
    def stage(self) -> Stage:
        """What the story is handed."""
        return Stage(
            variables=self.variables, send=self.send, choose=self.choose, clock=time.monotonic, sleep=self.sleep,
            spread=self._chance.random, together=self.together, stopped=self.ended.is_set, began=self.told.began,
            ended=self.told.ended, tried=self.told.tried, contract=self.contract,
        )  # fmt: skip

    def variables(self, space: str, target: Mode, nearer: Sequence[Level]) -> Variables:
        """The names of a space, `target_url` by the target."""
        found = self.calling.variables(space, environment_in(self.calling, space), *nearer)
        outside = msgspec.structs.replace(found.outside, target_url=partial(self._target_url, space, target))
        return Variables(found.levels, outside, found.mask)

    def _target_url(self, space: str, target: Mode, project: str = "") -> str:
        """Where a project answers: its mocks, or its real API."""
        if target != "real":
            return self.calling.target_url(space, project)
        return self.calling.real_url(space, project)

    def choose(self, flow: str, step: Mode | None, own: Mode) -> Mode:
        """`--target`, the step's, `keymock use --flow`, the flow's."""
        return self.forced or step or self._toggles.flows.get(flow) or own

    @cached_property
    def _toggles(self) -> Toggles:
        if self.calling.running is not None:
            return client_of(self.calling.seen.invocation, "").toggles()
        return self.calling.seen.service.toggles

    def bases(self, space: str, scope: str) -> dict[str, tuple[str, str]]:
        """The addresses of real APIs, each with the space that its mocks go to, and the base path of its mocks."""
        catalog = self.calling.seen.catalog
        found = {}
        for name, one in catalog.upstreams(self.calling.asked.environment).items():
            found[one.url] = (scope or f"projects/{name}", catalog.projects[name].base_path)
        found.setdefault(self._target_url(space, "real"), (scope or space, ""))
        return found

    def send(self, prepared: Prepared, target: Mode, request: str) -> Incoming:  # noqa: ARG002  (the stage's shape)
        """Sends a request; mocks answer in a session of this run, so that none begins where another one ended."""
        prepared = self.calling.authorized(prepared)
        if target != "real":
            outgoing = prepared.outgoing
            given = (*outgoing.headers, (SESSION, self._session))
            prepared = prepared._replace(outgoing=msgspec.structs.replace(outgoing, headers=given))
        if self.calling.is_inside(prepared.outgoing.url):
            with self._inside:  # one loop answers one request at a time
                return self.calling.send(prepared)
        return self.calling.send(prepared)

    def contract(self, space: str, name: str) -> Hold:
        """What holds answers against a contract: against an operation by its name, or the one that was asked for."""
        from keymock.commands.flow.speaking import by_name  # noqa: PLC0415  (60 ms, for flows that ask for it)
        from keymock.flows.contracted import held  # noqa: PLC0415

        if name:
            spoken = by_name(self.calling, space, name)
            return lambda sent, came, place: held(spoken, sent, came, place)
        speaks = self._speaks
        return lambda sent, came, place: held(speaks(sent.method, sent.url), sent, came, place)

    @cached_property
    def _speaks(self) -> Callable[[str, str], Spoken | None]:
        from keymock.commands.flow.speaking import speaker  # noqa: PLC0415  (as above)

        return speaker(self.calling)

    def sleep(self, seconds: float) -> None:
        """Waits, or until somebody wants it to end."""
        self.ended.wait(seconds)

    def together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """Runs jobs at the same time."""
        with ThreadPoolExecutor(min(MOST_TOGETHER, max(1, len(jobs)))) as pool:
            return [each.result() for each in [pool.submit(job) for job in jobs]]

    def anew(self) -> None:
        """A session of its own for the next run."""
        self._session = f"flow-{secrets.token_hex(6)}"


def seen_flows(seen: Seen) -> list[SavedFlow]:
    """The flows that the actor may see."""
    return flows_of(Library(seen.catalog, seen.rights))
