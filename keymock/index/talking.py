"""`[websocket]` of a mock → a plan of what is said when, with every fault of it named."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET

from keymock import match, websocket
from keymock.faults import NO_WAIT
from keymock.index.report import Bodies, KeyPath, Report
from keymock.index.waiting import Waiting, of_nobody
from keymock.recordings import Takes
from keymock.template import Names, TemplateError, compile_json
from keymock.websocket import CLOSED, NEVER_SENT, OnMessage, Plan, Rule, Said, Saying, Sayings, Step, Timer, WebSocket


def plan_of(
    given: WebSocket, names: Names, bodies: Bodies, note: Report, takes: Callable[[], Takes] = of_nobody
) -> Plan:
    """The plan of a mock's `[websocket]`. Faults are reported; where there were errors, it is no plan to serve."""
    return _Planning(given, names, bodies, note, takes).plan()


class _Planning:
    """The making of one plan."""

    def __init__(
        self, given: WebSocket, names: Names, bodies: Bodies, note: Report, takes: Callable[[], Takes]
    ) -> None:
        self.given = given
        self.names = names
        self.bodies = bodies
        self.note = note
        self.waiting = Waiting(takes, bodies, note)

    def plan(self) -> Plan:
        where: KeyPath = ("websocket",)
        rules = enumerate(self.given.on_message)
        timers = enumerate(self.given.every)
        return Plan(
            protocols=tuple(self.given.protocols),
            opening=self._sayings(self.given.on_connect, (*where, "on_connect"), websocket.MORE),
            rules=tuple(self._rule(rule, (*where, "on_message", number)) for number, rule in rules),
            timers=tuple(
                Timer(
                    self.waiting.wait(timer.interval, (*where, "every", number, "interval")),
                    self._sayings(timer.send, (*where, "every", number, "send"), websocket.MORE),
                    timer.times if isinstance(timer.times, int) else 0,
                )
                for number, timer in timers
            ),
        )

    def _rule(self, rule: OnMessage, where: KeyPath) -> Rule:
        sayings: Sayings = ()
        if rule.send is not UNSET:
            sayings = self._sayings(rule.send, (*where, "send"), websocket.HEARD)
        if rule.close is not UNSET:
            end = Step(close=rule.close, reason=rule.reason)
            sayings = (*sayings, self._saying(end, where, websocket.HEARD))
        elif rule.reason is not UNSET:
            self.note((*where, "reason"), "bad-message", "`reason` says why the connection is closed", "add `close`")
        return Rule(self._conditions(rule, (*where, "when")), sayings)

    def _conditions(self, rule: OnMessage, where: KeyPath) -> tuple[match.Condition, ...]:
        if isinstance(rule.when, msgspec.UnsetType):
            return ()
        try:
            tables, bare = websocket.conditions(rule.when)
        except ValueError as fault:
            self.note((*where, "text"), "bad-message", str(fault))
            return ()
        found, faults = match.read(tables, self.bodies.named)
        for wrong in faults:
            path = wrong.path[1:]  # conditions say `body.text` where the file says nothing of either
            path = path[1:] if bare and path[:1] == ("text",) else path
            self.note((*where, *path), wrong.code, wrong.message, wrong.hint, wrong.severity)
        return found

    def _sayings(self, said: Said, where: KeyPath, more: frozenset[str]) -> Sayings:
        if not isinstance(said, list):
            return (self._one(said, where, more),)
        return tuple(self._one(one, (*where, number), more) for number, one in enumerate(said))

    def _one(self, said: str | Step, where: KeyPath, more: frozenset[str]) -> Saying:
        return self._saying(Step(text=said) if isinstance(said, str) else said, where, more, bare=isinstance(said, str))

    def _saying(self, step: Step, where: KeyPath, more: frozenset[str], *, bare: bool = False) -> Saying:
        before = self.waiting.wait(step.delay, (*where, "delay")) if step.delay is not UNSET else NO_WAIT
        if isinstance(step.binary, str):
            return Saying(before, binary=self._bytes(step.binary, (*where, "binary")))
        close = step.close if isinstance(step.close, int) else 0
        if close:
            self._check_close(close, step, where)
        tree = websocket.fields(step)
        if self.given.template and self._is_live(tree, where, more, bare=bare):
            return Saying(before, close=close, fields=msgspec.msgpack.encode(tree))
        if close:
            return Saying(before, close=close, reason=tree.get("reason", ""))
        return Saying(before, data=tree["text"] if "text" in tree else msgspec.json.encode(tree["json"]).decode())

    def _is_live(self, tree: dict[str, Any], where: KeyPath, more: frozenset[str], *, bare: bool) -> bool:
        """Whether there are templates in it; their faults are reported."""
        names = msgspec.structs.replace(self.names, more=self.names.more | more)
        try:
            return bool(compile_json(tree, names).templates)
        except TemplateError as fault:
            place = where if bare else (*where, *fault.path)
            self.note(place, fault.code, fault.message, fault.hint, part="value", character=fault.offset)
            return False

    def _bytes(self, text: str, where: KeyPath) -> bytes:
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            self.note(where, "bad-message", "`binary` is not base64", "use `text` for text", part="value")
            return b""

    def _check_close(self, code: int, step: Step, where: KeyPath) -> None:
        if code in NEVER_SENT or 1014 < code < 3000:
            hint = f"{CLOSED} is the usual end, 4000 to 4999 are yours"
            self.note((*where, "close"), "bad-message", f"{code} is no code to close with", hint, part="value")
        if isinstance(step.reason, str) and len(step.reason.encode()) > websocket.MOST_REASON:
            message = f"a reason has {websocket.MOST_REASON} bytes at most"
            self.note((*where, "reason"), "bad-message", message, part="value")
