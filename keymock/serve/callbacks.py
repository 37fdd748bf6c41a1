"""Webhooks on their way: each waits, is sent, tried again, and remembered with what came of it.

They belong to the server, not to the World: a reload leaves them alone, and the end of the server ends them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from keymock import client, redaction
from keymock.client import Outgoing, Unsent
from keymock.exchange import Call
from keymock.serve.reach import Reach
from keymock.variables.mask import Mask

KEPT = 1_000
"""Calls that are remembered; the oldest goes first."""

MOST = 1_000
"""Calls that may be on their way at once; more are not sent, and say so."""

LONGEST_PAUSE = 60.0
"""Seconds between two tries, at most."""

AGAIN = (408, 425, 429, 500, 502, 503, 504)
"""Statuses after which it is worth trying again."""


class Made(msgspec.Struct):
    """One call: to whom, after which exchange of the journal, and what became of it.

    `error` is the code of what kept it from an answer; `status` 0 as long as there is none.
    """

    id: int
    entry: int
    time: int
    session: str
    call: Call
    state: str = "waiting"
    status: int = 0
    tries: int = 0
    error: str = ""
    detail: str = ""
    hint: str = ""
    seconds: float = 0.0


class Callbacks:
    """The webhooks of a server. `now` gives nanoseconds since the epoch; `tell` hears of each that is over.

    `mask` gives what is shown of none of them, as it is now.
    """

    def __init__(
        self,
        reach: Reach,
        now: Callable[[], int],
        tell: Callable[[dict[str, Any]], None],
        mask: Callable[[], Mask],
    ) -> None:
        self.reach = reach
        self._now = now
        self._tell = tell
        self._mask = mask
        self._made: deque[Made] = deque(maxlen=KEPT)
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: set[tuple[str, int, str]] = set()

    def begin(self, calls: Iterable[Call], entry: int, session: str) -> None:
        """Sends these calls, which follow an entry of the journal; returns at once."""
        for call in calls:
            self._count += 1
            made = Made(self._count, entry, self._now(), session, call)
            self._made.append(made)
            if call.fault:
                self._over(made, "failed", "template-failed", call.fault)
            elif len(self._tasks) >= MOST:
                self._over(made, "failed", "too-many-webhooks", f"{MOST} webhooks are on their way already")
            else:
                task = asyncio.get_running_loop().create_task(self._send(made), name=session)
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def ends(self) -> None:
        """Waits until it is cancelled, and then ends every call that is on its way."""
        try:
            await asyncio.Event().wait()
        finally:
            for task in tuple(self._tasks):
                task.cancel()

    @property
    def under_way(self) -> int:
        """How many calls wait, or wait for their answer."""
        return len(self._tasks)

    def entries(self, *, mock: str = "", session: str = "", since: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        """The newest calls that fit, oldest first, without secrets."""
        fitting = [
            made
            for made in self._made
            if made.id > since and mock in ("", made.call.mock) and session in ("", made.session)
        ]
        return [as_json(made, self._mask()) for made in fitting[-limit:]]

    def beside(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Entries of the journal, with `webhooks` in those that some followed."""
        followed: dict[int, list[dict[str, Any]]] = {}
        for made in self._made:
            followed.setdefault(made.entry, []).append(as_json(made, self._mask()))
        return [{**entry, "webhooks": followed[entry["id"]]} if entry["id"] in followed else entry for entry in entries]

    def reset(self, session: str) -> None:
        """Ends and forgets the calls of a session; of all with `*`."""
        for task in tuple(self._tasks):
            if session in ("*", task.get_name()):
                task.cancel()
        kept = [made for made in self._made if session not in ("*", made.session)]
        self._made = deque(kept, maxlen=KEPT)

    async def _send(self, made: Made) -> None:
        call = made.call
        try:
            await asyncio.sleep(call.wait)
            made.state = "sending"
            for number in range(call.tries):
                if number:
                    await asyncio.sleep(min(LONGEST_PAUSE, call.backoff * 2 ** (number - 1)))
                made.tries = number + 1
                if await self._tried(made):
                    return
            self._over(made, "failed", made.error, made.detail, made.hint)
        except asyncio.CancelledError:
            self._over(
                made, "cancelled", "cancelled", "the server stopped, or its session was reset, before it was sent"
            )
            raise

    async def _tried(self, made: Made) -> bool:
        """Sends it once. True if that settles it: an answer worth no other try, or a refusal."""
        call = made.call
        outgoing = Outgoing(
            method=call.method, url=call.url, headers=call.headers, body=call.body, timeout=call.timeout,
            verify=call.verify,
        )  # fmt: skip
        try:
            came = await client.send(outgoing, self.reach.gate())
        except Unsent as fault:
            made.error, made.detail, made.hint, made.status = fault.code, fault.message, fault.hint, 0
            if fault.code in _FINAL:
                self._over(made, "refused", fault.code, fault.message, fault.hint)
                return True
            return False
        made.status, made.seconds = came.status, came.seconds
        if came.status in AGAIN:
            made.error, made.detail, made.hint = "webhook-failed", f"it was answered with {came.status}", ""
            return False
        self._over(made, "sent")
        return True

    def _over(self, made: Made, state: str, error: str = "", detail: str = "", hint: str = "") -> None:
        made.state, made.error, made.detail, made.hint = state, error, detail, hint
        if error != "cancelled" and not self._told_before(made):
            self._tell({"event": "webhook", **as_json(made, self._mask())})

    def _told_before(self, made: Made) -> bool:
        """Whether it was said already: of what a contract declares, and does not come through, it is said once."""
        if not made.call.declared or made.state == "sent":
            return False
        wrong = made.call.mock, made.call.number, made.error
        told = wrong in self._told
        self._told.add(wrong)
        return told


_FINAL = ("host-not-named", "host-not-allowed", "own-port", "offline", "secrets-not-allowed", "bad-url", "bad-request")
"""What another try would not change."""


def as_json(made: Made, mask: Mask) -> dict[str, Any]:
    """A call in the shape of `GET /webhooks`."""
    call = made.call
    headers = [(name.lower().encode("latin-1", "replace"), value.encode()) for name, value in call.headers]
    return {
        "id": made.id,
        "entry": made.entry,
        "time": datetime.fromtimestamp(made.time / 1e9, UTC).isoformat(timespec="milliseconds"),
        "session": made.session,
        "mock": call.mock,
        "webhook": call.number,
        "method": call.method,
        "url": mask.text(redaction.text(call.url)),
        "state": made.state,
        "status": made.status or None,
        "tries": made.tries,
        "duration_ms": round(made.seconds * 1e3, 3),
        "error": made.error or None,
        "detail": mask.text(made.detail),
        "hint": mask.text(made.hint),
        "request": {"headers": mask.tree(redaction.headers(headers, mask.names)), "bytes": len(call.body)},
    }
