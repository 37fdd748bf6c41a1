"""What one worker of `keymock up` runs: the service over the tree, an app for each port, and the jobs beside them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from keymock import roles, spec, upstream
from keymock.consent import FREE, Consent, ConsentFile
from keymock.index import kinds_of
from keymock.problems import Problem, Stop, did_you_mean, error, warning
from keymock.serve.app import MockApp
from keymock.serve.beside import alive, stop
from keymock.serve.granian_server import App
from keymock.serve.options import Options, Tree
from keymock.serve.service import Service
from keymock.serve.sockets import Listener
from keymock.serve.watch import Watcher
from keymock.serve.worker import Open, Workshop
from keymock.toggle_file import ToggleFile
from keymock.toggles import NONE, Toggles, in_words, no_preset
from keymock.tokens import Token
from keymock.unit_cache import UnitCache, nothing
from keymock.workspace import WorkTree

if TYPE_CHECKING:
    from keymock.serve.callers import Callers, Person

FEW = 8
"""So many changed files are read on the event loop itself: a hop to another thread would cost more."""

CACHE_AFTER = 2.0
"""Seconds of quiet until compiled mocks are kept for the next start."""

FIRST_LOOK = 0.1
"""Seconds until the tree is looked at again after a start: whoever waits for the first answer goes before."""

SHOWN_EVERY = 0.1

CHECKED_EVERY = 0.5

TIDIED_EVERY = 30.0

GUARDED_EVERY = 0.5


def opening(
    options: Options,
    *,
    runtime: Path,
    state: Path,
    listening: Mapping[str, Listener],
    token: str,
    hosts: frozenset[str] | None,
    show: Callable[[Service], Callable[[], None]],
    strict: bool = False,
    poll: bool = False,
    toggles: bool = True,
    past: Tree | None = None,
    tree: Tree | None = None,
    person: Person | None = None,
    issued: Callable[[], Mapping[str, Token]] = dict,
    guardian: int = 0,
) -> Open:
    """How a worker opens this workspace. `show(service)` gives a function that is called every 100 ms.

    `strict` refuses a tree with errors, or one of which something is withheld. `toggles` says whether what was
    switched before holds, and is kept.
    `past` reads a revision of git, which nothing can change: no disk is watched then, and nothing is kept.
    `tree` is read in place of the workspace that `options` name: a document without one, or one that is listed already.
    `person` says how each caller is served, who is whom `issued` tokens name; without it everybody is `options.actor`.
    `guardian` is a process that the server does not outlive; 0 for none.
    """

    def open_workshop(generation: int, report: Callable[[int], None], stopping: asyncio.Event) -> Workshop:
        cache = UnitCache(runtime, state)
        known = cache.read() if past is None else nothing()
        kept = ToggleFile(runtime)
        before, forgotten = kept.read() if toggles else (options.toggles, None)
        opened = msgspec.structs.replace(options, toggles=before)
        service = Service(opened, time.time_ns, past or tree, known, generation=1 if past is not None else generation)
        if toggles:
            service.keep_toggles = partial(_keep_toggles, service, kept)
        if options.preset not in ("", NONE, *service.world.presets):
            refusal = no_preset(options.preset, service.world.presets)
            raise Stop(error("keymock up", refusal.code, refusal.detail))
        if options.faults not in ("", "none", *service.world.profiles):
            raise Stop(_no_profile(options.faults, service.world.profiles))
        if strict:
            _refuse_errors(service)
        service.listen(lambda event: report(event["generation"]) if event["event"] == "reload" else None)
        settings, consent = service.catalog.settings, ConsentFile(state, Path(options.workspace)).read()
        named = {name.lower() for name in settings.allow_hosts if consent.names(name)}
        allowed = hosts if hosts is None else hosts | named
        callers = _callers(service, person, issued)
        apps = dict(_apps(service, listening, allowed, token, stopping, callers))
        service.reach.own_ports = frozenset(listener.port for listener in listening.values())
        service.reach.kept = lambda: ConsentFile(state, Path(options.workspace)).read().allowed
        jobs = [
            _showing(show(service)), _checking(service), _tidying(service, callers), service.callbacks.ends,
            _closing(apps.values()),
        ]  # fmt: skip
        if past is None:
            jobs.insert(0, _follow(service, poll=poll, several=callers is not None))
        if options.journal_to:
            from keymock.serve.keeping import keeping  # noqa: PLC0415  (with SQLite, which few ask for)

            jobs.append(keeping(service, Path(options.journal_to)))
        if options.otel:
            from keymock.serve.tracing import tracing  # noqa: PLC0415  (with a library that few have)

            jobs.append(tracing(service))
        if guardian:
            jobs.append(_guarded(guardian))
        for problem in (*([forgotten] if forgotten is not None else ()), *not_allowed(settings, consent)):
            service.say(problem)
        if past is None:
            jobs.append(_opening(service) if known.holds(service.catalog.units) else _keep(cache, service))
        more = {"tokens": len(issued())} if callers is not None else {}
        return Workshop(apps, generation, jobs, {**facts(service, listening), **more})

    return open_workshop


def _callers(service: Service, person: Person | None, issued: Callable[[], Mapping[str, Token]]) -> Callers | None:
    """The people that a server with `--tokens` serves."""
    if person is None:
        return None
    from keymock.serve.callers import Callers  # noqa: PLC0415  (most servers serve one)

    return Callers(service, person, time.time_ns, issued)


def not_allowed(settings: spec.Workspace, consent: Consent) -> Iterator[Problem]:
    """What keymock.toml asks for and the user has not allowed, with the line to type."""
    for name in settings.allow_hosts:
        if not consent.names(name):
            message = f"`{name}` of allow_hosts is not this machine's, and nobody has allowed it: not served"
            yield warning("keymock.toml", "host-not-allowed", message, hint=f"keymock allow {name}, and start again")
    for name in settings.allow_env:
        if name not in (*FREE, *consent.env):
            message = f"`{name}` of allow_env may be read by nobody until it is allowed"
            yield warning(
                "keymock.toml", "env-not-allowed", message, hint=f"keymock allow --env {name}, and start again"
            )


def _keep_toggles(service: Service, file: ToggleFile, toggles: Toggles) -> None:
    try:
        file.write(toggles)
    except OSError as fault:
        message = f"what is switched cannot be kept for the next start: {fault.strerror}"
        service.say(warning(f".keymock/{file.path.name}", "not-writable", message))


def _no_profile(name: str, known: Iterable[str]) -> Problem:
    hint = did_you_mean(name, known) or f"there are: {', '.join(sorted(known)) or 'none'}"
    return error("keymock up", "no-such-profile", f"there is no fault profile `{name}` in keymock.toml", hint=hint)


def _refuse_errors(service: Service) -> None:
    """With `--strict`, a tree that is broken or withheld in part is not served. Raises Stop with exit code 2."""
    errors = [problem for problem in service.problems if problem.severity == "error"]
    for place, number in withheld(service).items():
        errors.append(error(place, "withheld", f"{number} mocks are withheld from {service.options.actor or 'nobody'}"))
    if errors:
        raise Stop(*errors, error("keymock up", "strict", "--strict: nothing is served until this is mended"))


def _apps(
    service: Service,
    listening: Mapping[str, Listener],
    hosts: frozenset[str] | None,
    token: str,
    stopping: asyncio.Event,
    callers: Callers | None,
) -> Iterable[tuple[str, App]]:
    def mocks(project: str, served: Service) -> MockApp:
        return MockApp(served, time.time_ns, time.perf_counter_ns, hosts, project, stopping)

    for name, listener in listening.items():
        project = name.removeprefix("projects/") if name.startswith("projects/") else ""
        if name == "control":
            yield name, _control(service, token, listener.port, stopping, callers)
        elif callers is not None:
            from keymock.serve.callers import TokenApp  # noqa: PLC0415  (most servers serve one)

            yield name, TokenApp(callers, partial(mocks, project))
        else:
            yield name, mocks(project, service)


def _control(service: Service, token: str, port: int, stopping: asyncio.Event, callers: Callers | None) -> App:
    """The control plane, made when it is first asked: nobody waits for it at the start."""
    made: list[App] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if not made:
            from keymock.serve import control  # noqa: PLC0415  (20 ms with its description of itself)

            made.append(control.create(service, token=token, port=port, stopping=stopping, people=callers))
        await made[0](scope, receive, send)

    return app


Job = Callable[[], Coroutine[Any, Any, None]]


def _follow(service: Service, *, poll: bool, several: bool) -> Job:
    """The watch loop: what changed is served, or refused by name."""

    async def follow() -> None:
        await asyncio.sleep(FIRST_LOOK)
        tree = service.tree.tree  # type: ignore[attr-defined]
        watcher = Watcher(tree.root, lambda: _watched(tree, service, several=several), poll=poll, say=service.say)
        service.unclosed = lambda: watcher.unclosed
        service.git_state = lambda: watcher.git_state
        first = True  # what changed before the watch began, nobody heard: it may be half written
        async for files in watcher.changes():
            if files is not None and len(files) <= FEW and not service.rescanning:
                service.rescan(files)
            elif files is not None:
                await asyncio.to_thread(service.rescan, files)
            elif first or watcher.polling:
                await service.settle()
            else:
                await asyncio.to_thread(service.rescan)
            first = False

    return follow


def _watched(tree: WorkTree, service: Service, *, several: bool) -> dict[str, Path]:
    """The folders whose events are heard; with `several` people served, everybody's private one."""
    found = {folder: tree.root / folder for folder in tree.folders(service.catalog.settings.projects)}
    reached = {file.rpartition("/")[0] for each in service.catalog.contracts for file in each.files}
    found |= {folder: tree.root / folder for folder in reached if folder and not _beneath(folder, found)}
    if several and (tree.root / "private").is_dir() and not (tree.root / "private").is_symlink():
        found = {folder: path for folder, path in found.items() if not folder.startswith("private/")}
        found["private"] = tree.root / "private"
    return found


def _beneath(folder: str, watched: Iterable[str]) -> bool:
    return any(folder == each or folder.startswith(f"{each}/") for each in watched)


def _showing(show: Callable[[], None]) -> Job:
    async def showing() -> None:
        try:
            while True:
                await asyncio.sleep(SHOWN_EVERY)
                show()
        finally:
            show()

    return showing


def _closing(apps: Iterable[App]) -> Job:
    """Ends the connections to real APIs when the worker ends: not when its jobs do, for answers are under way then."""

    async def closing() -> None:
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            await asyncio.Event().wait()  # until the loop itself ends what is left on it
        finally:
            for app in apps:
                close = getattr(app, "close", None)  # the control plane's app is a function, and holds nothing
                if close is not None:
                    await close()

    return closing


def _checking(service: Service) -> Job:
    """Says a moment after an edit what it did to other mocks."""

    async def checking() -> None:
        await asyncio.sleep(FIRST_LOOK)
        while True:
            await asyncio.to_thread(service.look_for_clashes)
            await asyncio.sleep(CHECKED_EVERY)

    return checking


def _guarded(guardian: int) -> Job:
    """Ends the server, that is its supervisor, when the process that it was started for is gone."""

    async def guarded() -> None:
        while alive(guardian):
            await asyncio.sleep(GUARDED_EVERY)
        stop(os.getppid())
        await asyncio.Event().wait()

    return guarded


def _tidying(service: Service, callers: Callers | None) -> Job:
    """Ends the sessions that nobody asks for any longer."""

    async def tidying() -> None:
        while True:
            await asyncio.sleep(TIDIED_EVERY)
            await service.forget_idle()
            if callers is not None:
                await callers.forget_idle()

    return tidying


def _keep(cache: UnitCache, service: Service) -> Job:
    """Writes the cache once, when the start is over, and then waits like every job."""

    async def keep() -> None:
        await asyncio.sleep(CACHE_AFTER)
        await asyncio.to_thread(cache.write, service.catalog, service.options.actor)
        await asyncio.Event().wait()

    return keep


def _opening(service: Service) -> Job:
    """Opens what a warm start has left where it was, so that the first edit need not."""

    async def opening() -> None:
        await asyncio.sleep(CACHE_AFTER)
        await asyncio.to_thread(lambda: [None for _ in service.catalog.units.values()])
        await asyncio.Event().wait()

    return opening


def facts(service: Service, listening: Mapping[str, Listener]) -> dict[str, Any]:
    """What the banner and the ready file say of a workspace: addresses, counts, what is withheld and broken."""
    catalog, views = service.catalog, service.world.views
    base = listening["mock"].url if "mock" in listening else ""
    counts, disabled = Counter[str](), 0
    for known, many in kinds_of(views.routes):
        counts[known.space] += many * known.enabled
        disabled += many * (not known.enabled)
    return {
        "name": catalog.settings.name,
        "revision": service.options.revision,
        "projects": {name: {"url": base + address.mount.rstrip("/")} for name, address in views.projects.items()},
        "hosts": {name: address.host for name, address in views.projects.items() if address.host},
        "mocks": {space: number for space, number in sorted(counts.items()) if number},
        "disabled": disabled,
        "withheld": withheld(service),
        "overlays": sorted(catalog.overlays.values()),
        "switched": in_words(service.toggles),
        "real": upstream.in_words(service.world.upstreams, service.modes),
        "problems": [msgspec.to_builtins(problem) for problem in service.problems],
    }


def withheld(service: Service) -> dict[str, int]:
    """Mocks that the actor may not see or not use, counted by the place in ROLES that says so."""
    views, refused = service.world.views, service.world.refused
    if len(views.routes) == len(service.catalog.routes) and not refused:
        return {}
    missing = [name for name in service.catalog.routes if name not in views.routes or name in refused]
    return dict(Counter(_place(service.rights, f"{name}.toml") for name in missing))


def _place(rights: roles.Rights, path: str) -> str:
    decision = rights.decide("use", path)
    return f"ROLES:{decision.rule.line}" if decision.rule is not None else "ROLES"
