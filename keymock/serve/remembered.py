"""What a server remembers, asked: exchanges and why they went as they did, verdicts, coverage, metrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from keymock import __version__, coverage, explain, verify
from keymock.engine import World, explained
from keymock.exchange import Malformed
from keymock.index import Table
from keymock.journal import Entry, Journal, Story, request_of
from keymock.journal.showing import Choice, as_json, chosen, closed_places, path_of
from keymock.match import Observation
from keymock.roles import Rights
from keymock.serve.sessions import Sessions
from keymock.serve.tail import tail
from keymock.state import Session
from keymock.variables.mask import Mask

LOOK_AGAIN = 0.005
"""Seconds between two looks at the journal while a verdict waits."""

PAGE = 200
"""Entries that are shown before others have their turn, and before they are sent."""

SLICE = 2_000
"""Entries that are judged before others have their turn."""


class Serving(Protocol):
    """What is served: `serve.service.Service`."""

    @property
    def world(self) -> World: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def rights(self) -> Rights: ...
    @property
    def mask(self) -> Mask: ...


class Remembered:
    """The journal of a server, with what it takes to explain it. `now` is in nanoseconds since the epoch."""

    def __init__(self, journal: Journal, serving: Serving, now: Callable[[], int]) -> None:
        self.journal = journal
        self._serving = serving
        self._now = now

    def entries(self, choice: Choice, *, near_misses: bool = False) -> list[dict[str, Any]]:
        """The newest entries that fit, oldest first; those without a mock beside the nearest ones if asked for."""
        return [entry for page in self.pages(choice, near_misses=near_misses) for entry in page]

    def pages(self, choice: Choice, *, near_misses: bool = False) -> Iterator[list[dict[str, Any]]]:
        """The same some at a time: as JSON, entries take ten times what they take in memory, and there may be many."""
        self._kept()
        found = chosen(self.journal, choice)
        mask = self._serving.mask

        def shown(entry: Entry) -> dict[str, Any]:
            return as_json(entry, mask) | (self._why(entry) if near_misses and entry.unmatched else {})

        return ([shown(entry) for entry in found[start : start + PAGE]] for start in range(0, len(found), PAGE))

    def _kept(self) -> None:
        """Raises Malformed where nothing is remembered: an empty journal would say that nothing was asked."""
        if not self.journal.remembers:
            raise Malformed(
                "this server remembers no exchange: it runs with --no-journal", code="no-journal", status=409
            )

    def tail(self, choice: Choice, last: int | None) -> AsyncIterator[dict[str, Any]]:
        """Exchanges as they come, after the one with the id `last`; see `tail`."""
        self._kept()
        return tail(self.journal, choice, last, lambda: self._serving.mask)

    def entry(self, number: int) -> dict[str, Any]:
        """One entry with the conditions that held, or the near misses. Raises Malformed if it is not there."""
        self._kept()
        found = self.journal.entry(number)
        if found is None:
            held = f"the journal holds none of the id {number}"
            raise Malformed(f"{held}; the newest is {self.journal.count}", code="no-entry", status=404)
        return as_json(found, self._serving.mask) | self._why(found)

    def clear(self, session: str | None = None) -> None:
        """Forgets all exchanges, or those of one session."""
        self.journal.clear(session)

    # ---- why -----------------------------------------------------------------------------------------------------

    def _why(self, entry: Entry) -> dict[str, Any]:
        """Why an exchange went as it did: the conditions of the mock that answered, as they held then; or what came
        near, as the mocks are now."""
        mask = self._serving.mask
        if closed_places(entry, mask):
            return {}
        try:
            request = request_of(entry)
            if not entry.unmatched:
                found = _conditions(entry, entry.sent.story) if entry.sent.story is not None else None
                return {"conditions": [verify.clean(seen, mask) for seen in found]} if found is not None else {}
            request.session = self.copy_of(entry.session)
            near = explained(request, self._serving.world)["candidates"]
        except Malformed:
            return {"near_misses": []}
        clean = [{**one, "conditions": [verify.clean(seen, mask) for seen in one["conditions"]]} for one in near]
        return {"near_misses": clean}

    def copy_of(self, name: str) -> Session:
        """A session as it is, to try something out on."""
        kept = self._serving.sessions.get(name)
        copy = Session(name, kept.seed if kept else self._serving.sessions.seed)
        if kept is not None:
            copy.restore(kept.snapshot())
            copy.frozen, copy.faults, copy.overrides = kept.frozen, kept.faults, kept.overrides
        return copy

    # ---- verify --------------------------------------------------------------------------------------------------

    async def verify(self, wanted: verify.Expectation, session: str | None) -> dict[str, Any]:
        """The body of `POST /verify`; with a `timeout`, as soon as it holds, or when the time is over."""
        self._kept()
        judge = verify.judge_of(wanted)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wanted.timeout
        while True:
            seen = self.journal.count
            entries = [entry for entry in self.journal.held(session) if entry.id > wanted.since]
            verdict = await asyncio.to_thread(judge, entries) if len(entries) > SLICE else judge(entries)
            if verdict.ok or loop.time() >= deadline:
                return verify.as_answer(verdict, self._serving.mask, self.journal.lost(session))
            while self.journal.count == seen and loop.time() < deadline:
                await asyncio.sleep(LOOK_AGAIN)

    # ---- what was used -------------------------------------------------------------------------------------------

    def declared(self) -> list[coverage.Declared]:
        """The operations of contracts that the actor may see. Opens contracts that nobody has asked for yet."""
        world, rights = self._serving.world, self._serving.rights
        found = {served.name: served for place in world.contracts.values() for served in place}
        return [
            coverage.Declared(
                served.name_of(one), one.spot.file, one.key, tuple(response.status for response in one.responses)
            )
            for name, served in sorted(found.items())
            if rights.may("see", name)
            for one in served.operations()
        ]

    def coverage(self, declared: Sequence[coverage.Declared] = ()) -> coverage.Coverage:
        """Which mocks and which of their answers were used since the start, in all sessions; and which operations."""
        self._kept()
        given = self.journal.given()
        mask = self._serving.mask
        misses = [(entry.method, path_of(entry, mask)) for entry in self.journal.held() if entry.unmatched]
        today = datetime.fromtimestamp(self._now() / 1e9, UTC).date().isoformat()
        return coverage.covered(self._serving.world.views.routes, given, misses, today, declared)

    def metrics(self) -> str:
        """The body of `GET /metrics`, as Prometheus reads it."""
        uses, seconds = self.journal.uses(), round(self.journal.nanoseconds() / 1e9, 9)
        world = self._serving.world
        generation, mocks = world.generation, len(world.views.routes)
        total = [_sample("keymock_requests_total", count, _labels(use)) for use, count in sorted(uses.items())]
        families = (
            ("keymock_info", "gauge", "The version that runs.", [_sample("keymock_info", 1, {"version": __version__})]),
            ("keymock_requests_total", "counter", "Requests, by what answered.", total),
            ("keymock_request_seconds_total", "counter", "Seconds until the answer, delays included.",
             [f"keymock_request_seconds_total {seconds}"]),
            ("keymock_generation", "gauge", "The generation that is served.", [f"keymock_generation {generation}"]),
            ("keymock_mocks", "gauge", "Mocks that are served.", [f"keymock_mocks {mocks}"]),
            ("keymock_sessions", "gauge", "Sessions, the default one included.",
             [f"keymock_sessions {len(self._serving.sessions)}"]),
        )  # fmt: skip
        lines = [
            line
            for name, kind, says, samples in families
            for line in (f"# HELP {name} {says}", f"# TYPE {name} {kind}", *samples)
        ]
        return "\n".join(lines) + "\n"


def _labels(use: tuple[str, str, int]) -> dict[str, str]:
    mock, response, status = use
    own = {"mock": mock, "response": response} if mock else {"error": response}
    return {name: value for name, value in own.items() if value} | {"status": str(status)}


def _sample(name: str, value: float, labels: Mapping[str, str]) -> str:
    escaped = (
        f'{label}="{text.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34)).replace(chr(10), " ")}"'
        for label, text in labels.items()
    )
    return f"{name}{{{','.join(escaped)}}} {value}"


def _conditions(entry: Entry, story: Story) -> list[dict[str, Any]]:
    """The conditions of the mock that answered, tried anew on the request, in the state that there was then."""
    request = request_of(entry)
    then = Session(entry.session, story.seed)
    if story.route.scenario:
        then.move(story.route.space, story.route.scenario, story.before)
    if story.call > 1:
        then.calls[story.route.id] = story.call - 1
    request.session = then
    segments = request.segments[story.mount.count("/") :] or ("",)
    found = next(Table([story.route]).paths(segments), None)
    if found is None:
        return []
    tried = explain.candidate(story.route, found.pattern, request, segments)
    return [_as_condition(one) for one in tried.observations]


def _as_condition(one: Observation) -> dict[str, Any]:
    return {"where": explain.label(one), "expected": one.expected, "actual": one.actual, "ok": one.ok}
