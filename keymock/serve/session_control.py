"""Sessions over the control plane: made by name, told what is different for them, listed, ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec
from msgspec import UNSET

from keymock import overriding, redaction
from keymock.engine import World
from keymock.exchange import Malformed
from keymock.index import Route, Views
from keymock.journal import Journal
from keymock.journal.showing import Choice
from keymock.layout import project_of
from keymock.overriding import Override
from keymock.problems import did_you_mean
from keymock.roles import Rights
from keymock.serve.options import Options
from keymock.serve.remembered import Remembered
from keymock.serve.sessions import Sessions, named
from keymock.serve.shapes import Overridden, SessionShown, SessionWish
from keymock.state import STARTED, Session
from keymock.toggles import Toggles
from keymock.variables.mask import Mask

MOST_TOLD = 20
"""Requests without a mock that the end of a session tells."""


class Hosting(Protocol):
    """What sessions live in: `serve.service.Service`."""

    journal: Journal
    options: Options
    sessions: Sessions
    world: World

    @property
    def rights(self) -> Rights: ...
    @property
    def mask(self) -> Mask: ...
    def switched(self, session: str, /) -> Toggles: ...
    def switch(self, wanted: Toggles, session: str, /) -> Toggles: ...
    async def forget(self, session: str, /) -> Session | None: ...
    def renew(self) -> None: ...


class SessionControl:
    """What the routes under `/sessions` and `/state` do. `now` is in nanoseconds since the epoch."""

    def __init__(self, host: Hosting, remembered: Remembered, now: Callable[[], int]) -> None:
        self._host = host
        self._remembered = remembered
        self._now = now

    def all(self) -> list[SessionShown]:
        """Every session, the default one first."""
        return [self._shown(session) for session in self._host.sessions]

    def one(self, name: str) -> SessionShown:
        """One session. Raises Malformed if there is none of that name."""
        return self._shown(self._there(name))

    async def put(self, name: str, wish: SessionWish) -> SessionShown:
        """Makes a session, or changes what is said of it; what the wish leaves out stays. Raises Malformed."""
        host, own = self._host, named(name)
        if wish.faults not in (UNSET, "", "none", *host.world.profiles):
            known = ", ".join(sorted(host.world.profiles)) or "none is defined"
            raise Malformed(f"there is no fault profile `{wish.faults}`: {known}", code="no-such-profile")
        frozen = _moment(wish.freeze_time) if isinstance(wish.freeze_time, str) else None
        session = host.sessions.at(own)
        if wish.toggles is not UNSET or wish.preset is not UNSET:
            wanted = wish.toggles if wish.toggles is not UNSET else host.switched(own)
            if wish.preset is not UNSET:
                wanted = msgspec.structs.replace(wanted, preset=wish.preset)
            # A rescan may hold the service for a while, and other requests must not wait for it.
            await asyncio.to_thread(host.switch, wanted, own)
        if wish.seed is not UNSET:
            session.seed = wish.seed
        if wish.faults is not UNSET:
            session.faults = wish.faults
        if wish.freeze_time is not UNSET:
            session.frozen = frozen
        self._renew(session)
        return self._shown(session)

    async def end(self, name: str) -> dict[str, Any]:
        """Ends a session, with its state, overrides, toggles and journal; says what it was, and what it missed."""
        own = named(name)
        missed = Choice(session=own, unmatched=True, limit=MOST_TOLD)
        kept = self._host.journal.remembers
        unmatched = self._remembered.entries(missed, near_misses=True) if kept else []
        requests = len(self._host.journal.held(own)) + self._host.journal.lost(own)
        ended = await self._host.forget(own)
        return {"session": name, "ended": ended is not None, "requests": requests, "unmatched": unmatched}

    # ---- overrides -----------------------------------------------------------------------------------------------

    def override(self, name: str, given: Sequence[Override], *, keep: bool) -> Overridden:
        """Gives a session mocks of its own: besides those that it has (`keep`), or in their place. All or none."""
        host, own = self._host, named(name)
        world = host.world
        session = host.sessions.at(own)
        routes = list(session.overrides.routes.values()) if keep and session.overrides is not None else []
        number, come = session.overridden, []
        ids = {name: route for name, route in world.views.routes.items() if "#" not in name}
        for each in given:
            number += 1
            made = overriding.compiled(each, number, ids, world.cors, sorted(world.views.projects))
            if host.options.enforce and not host.rights.may("see", f"{made[0].space}/mocks/"):
                said = f"you may not see {made[0].space}, whose variables and data an override there could tell"
                raise Malformed(f"{said}: give `mock` or `project`", code="forbidden", status=403)
            routes = [*overriding.without_twins(routes, made), *made]
            come.append(made[0].id)
        if len(routes) > overriding.MOST:
            raise Malformed(f"a session has {overriding.MOST} overrides at most", code="too-many-overrides")
        session.overridden = number
        session.overrides = views_of(routes, world) if routes else None
        self._renew(session)
        return Overridden(own or "default", come, [route.id for route in routes])

    def _renew(self, session: Session) -> None:
        """Answers that are kept ready are those of the default session: what is said of it makes them stale."""
        if not session.name:
            self._host.renew()

    # ---- state ---------------------------------------------------------------------------------------------------

    def state(self, name: str) -> dict[str, Any]:
        """The scenarios of a session, by `space/name`, and the values that its mocks captured; secrets are hidden."""
        session = self._session(name)
        known = {
            f"{_spelled(route.space)}/{route.scenario}": session.scenario(route.space, route.scenario)
            for route in self._host.world.views.routes.values()
            if route.scenario
        }
        mask = self._host.mask
        values = {
            _spelled(space): mask.tree(redaction.json(dict(kept), mask.names))
            for space, kept in session.values.items()
            if kept
        }
        return {"scenarios": dict(sorted(known.items())), "values": values}

    def scenario(self, name: str, space: str, scenario: str) -> dict[str, Any]:
        """The state that a scenario is in. Raises Malformed for one that no mock names."""
        where = self._scenario(space, scenario)
        return {"scenario": f"{space}/{scenario}", "state": self._session(name).scenario(*where)}

    def move(self, name: str, space: str, scenario: str, state: str) -> dict[str, Any]:
        """Puts a scenario into a state; empty: back to its beginning."""
        where = self._scenario(space, scenario)
        self._host.sessions.at(named(name) if name else "").move(*where, state or STARTED)
        return self.scenario(name, space, scenario)

    def _scenario(self, space: str, scenario: str) -> tuple[str, str]:
        routes = self._host.world.views.routes.values()
        found = {(route.space, route.scenario) for route in routes if route.scenario}
        for known in found:
            if (_spelled(known[0]), known[1]) == (space, scenario):
                return known
        names = [f"{_spelled(where)}/{called}" for where, called in sorted(found)]
        hint = did_you_mean(f"{space}/{scenario}", names) or f"there are: {', '.join(names) or 'none'}"
        raise Malformed(f"no mock has the scenario `{space}/{scenario}`: {hint}", code="no-such-scenario", status=404)

    # ---- all of them ---------------------------------------------------------------------------------------------

    def _session(self, name: str) -> Session:
        """The session, or one that has not begun: asking makes none."""
        own = named(name) if name else ""
        return self._host.sessions.get(own) or Session(own, self._host.sessions.seed)

    def _there(self, name: str) -> Session:
        session = self._host.sessions.get(named(name))
        if session is None:
            known = [session.name for session in self._host.sessions]
            raise Malformed(
                f"there is no session `{name}` {did_you_mean(name, known)}".rstrip(), code="no-such-session", status=404
            )
        return session

    def _shown(self, session: Session) -> SessionShown:
        journal = self._host.journal
        toggles = self._host.switched(session.name) if session.name else Toggles()
        return SessionShown(
            session=session.name or "default",
            seed=session.seed,
            preset=toggles.preset,
            faults=session.faults,
            freeze_time=_spelled_moment(session.frozen),
            toggles=toggles,
            overrides=list(session.overrides.routes) if session.overrides is not None else [],
            requests=len(journal.held(session.name)) + journal.lost(session.name),
            idle_seconds=round((self._now() - session.used) / 1e9, 1) if session.used else None,
        )

    def carried_over(self, overrides: Views) -> Views:
        """The overrides of a session, as the addresses of projects are now."""
        world = self._host.world
        same = dict(overrides.projects) == dict(world.views.projects)
        return overrides if same else views_of(list(overrides.routes.values()), world)


def views_of(routes: Sequence[Route], world: World) -> Views:
    """The overrides of a session, where the projects of a world answer."""
    return Views({route.id: route for route in routes}, world.views.projects, world.views.only)


def _spelled(space: str) -> str:
    """`projects/shop` → `shop`, `private/ada@example.com` → `private`."""
    return project_of(space) or space.partition("/")[0]


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f'`{text[:64]}` is no time; write it like "2030-01-01T00:00:00Z"') from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _spelled_moment(moment: float | None) -> str | None:
    return datetime.fromtimestamp(moment, UTC).isoformat() if moment is not None else None
