"""WebSocket mocks: `[websocket]` of a file, the plan it is compiled to, and one talk by that plan.

A `Talk` knows no connection and no clock. It is told that the client has connected, what it said, that a time has
come; and gives the frames that follow, each with the seconds to wait before it. `serve.websocket` waits and sends.
"""

# Without `from __future__ import annotations`: see `spec`.

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from keymock import match
from keymock.chance import Chance
from keymock.exchange import NOT_JSON, Frame, Request
from keymock.faults import NO_WAIT, Delay, Wait, seconds
from keymock.match import Body, Condition, Conditions, Table
from keymock.template import JsonTemplate, Names, TemplateError, Values, compile_json

CLOSED = 1000
BROKEN = 1011
"""How a talk ends that is over, and one that a template broke (RFC 6455, 7.4.1)."""

NEVER_SENT = frozenset({1004, 1005, 1006, 1015})
"""Codes that stand in no frame."""

MOST_REASON = 123
"""Bytes of a reason: there is no more room in a control frame."""

SHORTEST_TICK = 0.001
"""Seconds between two ticks, at least."""

MORE = frozenset({"n"})
HEARD = MORE | {"message", "json"}
"""What templates may read beside the usual: the number of the message or tick, and of an answer what was said."""

Code = Annotated[int, Meta(ge=1000, le=4999, description="A close code: 1000 to 1014, or 3000 to 4999.")]


# ---- what a file says ------------------------------------------------------------------------------------------


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that is sent: `text`, `json` or `binary` (base64); or the end, `close`. `delay` passes before it."""

    text: str | UnsetType = UNSET
    json: Any = UNSET
    binary: Annotated[str, Meta(description="Bytes, in base64.")] | UnsetType = UNSET
    close: Code | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    delay: Delay | UnsetType = UNSET

    def __post_init__(self) -> None:
        if sum(one is not UNSET for one in (self.text, self.json, self.binary, self.close)) != 1:
            raise ValueError("a message is one of `text`, `json`, `binary` and `close`")
        if self.reason is not UNSET and self.close is UNSET:
            raise ValueError("`reason` says why the connection is closed: it stands beside `close`")


Said = str | Step | list[str | Step]
"""What is sent: a text, a table, or a list of them."""

if TYPE_CHECKING:

    class When(Body, Table, frozen=True, kw_only=True):
        """A message: a matcher of its text, or the keys of `[request.body]`."""
else:
    When = msgspec.defstruct(
        "When",
        [(field.name, field.type, field.default) for field in msgspec.structs.fields(Table)],
        bases=(Body,),  # msgspec inherits from one Struct, not from two
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
        omit_defaults=True,
        module=__name__,
        namespace={"__doc__": "A message: a matcher of its text, or the keys of `[request.body]`."},
    )


class OnMessage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`on_message`: what follows a message for which `when` holds; without it, any."""

    when: Annotated[str | When, Meta(description="The text, a matcher of it, or the keys of request.body.")] | (
        UnsetType
    ) = UNSET
    send: Said | UnsetType = UNSET
    close: Code | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class Every(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`every`: what is sent again and again, the first time after one interval."""

    interval: Delay
    send: Said
    times: Annotated[int, Meta(ge=1)] | UnsetType = UNSET


class WebSocket(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`[websocket]`: what is said to a client that connects, that says something, and in between."""

    protocols: Annotated[list[str], Meta(description="Subprotocols; the first that the client offers too.")] = []
    on_connect: Said = []
    on_message: list[OnMessage] = []
    every: list[Every] = []
    template: Annotated[bool, Meta(description="Whether `{{ … }}` is filled in.")] = True


def conditions(when: str | When) -> tuple[Conditions, bool]:
    """What `when` says of a message as if it were a body, and whether it says so of its text, without saying `text`.

    Raises ValueError with a sentence where it says both.
    """
    if isinstance(when, str):
        return Conditions(body=Body(text=when)), True
    given = {name: getattr(when, name) for name in Table.__struct_fields__ if getattr(when, name) is not UNSET}
    body = {name: getattr(when, name) for name in Body.__struct_fields__}
    if not given:
        return Conditions(body=Body(**body)), False
    if when.text is not UNSET:
        raise ValueError("`text` beside a matcher of the text: put all of it under `text`")
    return Conditions(body=Body(**{**body, "text": Table(**given)})), True


# ---- ready to be said ------------------------------------------------------------------------------------------


class Saying(msgspec.Struct, frozen=True, array_like=True):
    """One frame: what passes before it, its data, or the code it closes with; `fields` are templates, as msgpack."""

    wait: Wait = NO_WAIT
    data: str | None = None
    binary: bytes | None = None
    close: int = 0
    reason: str = ""
    fields: bytes = b""


Sayings = tuple[Saying, ...]


class Rule(msgspec.Struct, frozen=True, array_like=True):
    """What follows a message that fulfils the conditions."""

    conditions: tuple[Condition, ...]
    sayings: Sayings


class Timer(msgspec.Struct, frozen=True, array_like=True):
    """What is said again and again; `times` is 0 for no limit."""

    wait: Wait
    sayings: Sayings
    times: int = 0


class Plan(msgspec.Struct, frozen=True, array_like=True):
    """`[websocket]`, compiled."""

    protocols: tuple[str, ...] = ()
    opening: Sayings = ()
    rules: tuple[Rule, ...] = ()
    timers: tuple[Timer, ...] = ()


def fields(step: Step) -> dict[str, Any]:
    """What of a step may be a template: a tree for `compile_json`."""
    given = {name: getattr(step, name) for name in ("text", "json", "reason")}
    return {name: value for name, value in given.items() if value is not UNSET}


def reason(text: str) -> str:
    """As much of a text as a close frame has room for."""
    return text.encode("utf-8", "replace")[:MOST_REASON].decode("utf-8", "ignore")


# ---- a talk ----------------------------------------------------------------------------------------------------

Fill = Callable[[Chance, float, Mapping[str, Any]], Values]
"""What templates may read at a moment, with these names more."""

Test = Callable[[Request], bool]


class Talk:
    """One client and what is said to it. `place` is the file and line of the mock, for what goes wrong.

    Each message, tick and opening draws from chances of its own, so that what is random in one does not depend on
    which of them came first. All of `now` is in epoch seconds.
    """

    def __init__(self, plan: Plan, request: Request, chance: Chance, fill: Fill, place: str) -> None:
        self.plan = plan
        self.request = request
        self.chance = chance
        self.fill = fill
        self.place = place
        self.heard_so_far = 0
        self.ticks = [0] * len(plan.timers)
        self.rules = [(n, _tests(rule.conditions), rule.sayings) for n, rule in enumerate(plan.rules, 1)]

    @property
    def protocol(self) -> str:
        """The subprotocol that is spoken, empty for none: the first of the plan's that the client offers."""
        lines = self.request.header_map.get("sec-websocket-protocol", ())
        offered = {name.strip() for line in lines for name in line.split(",")}
        return next((name for name in self.plan.protocols if name in offered), "")

    def opened(self, now: float) -> list[Frame]:
        """What is said first."""
        return self._said(self.plan.opening, "opening", "on_connect", now, {"n": 1})

    def heard(self, message: str | bytes, now: float) -> list[Frame]:
        """What follows a message: the first rule whose conditions hold; nothing if none does."""
        self.heard_so_far += 1
        said = self._as_request(message, now)
        fitting = (rule for rule in self.rules if all(test(said) for test in rule[1]))
        rule, _, sayings = next(fitting, (0, (), ()))
        if not sayings:
            return []
        names = {"n": self.heard_so_far, "message": said.text}
        if said.json is not NOT_JSON:
            names["json"] = said.json
        return self._said(sayings, f"message {self.heard_so_far}", f"on_message {rule}", now, names)

    def pause(self, timer: int) -> float | None:
        """Seconds until the next tick of a timer, None after the last."""
        plan, number = self.plan.timers[timer], self.ticks[timer] + 1
        if plan.times and number > plan.times:
            return None
        return max(SHORTEST_TICK, seconds(plan.wait, self._chance(f"timer {timer} {number}").stream("delay").float))

    def ticked(self, timer: int, now: float) -> list[Frame]:
        """What is said when a timer's time has come."""
        number = self.ticks[timer] = self.ticks[timer] + 1
        sayings = self.plan.timers[timer].sayings
        return self._said(sayings, f"tick {timer} {number}", f"every {timer + 1}", now, {"n": number})

    def _as_request(self, message: str | bytes, now: float) -> Request:
        """The message as the body of a request, which is what matchers look at."""
        data = message.encode("utf-8", "replace") if isinstance(message, str) else message
        said = Request(self.request.method, self.request.raw_path, body=data)
        said.now = now
        return said

    def _chance(self, occasion: str) -> Chance:
        chance = self.chance
        return Chance(chance.seed, chance.session, f"{chance.mock} {occasion}", chance.call)

    def _said(self, sayings: Sayings, occasion: str, key: str, now: float, names: Mapping[str, Any]) -> list[Frame]:
        """The frames of these sayings, each in its time after the one before. A template that fails is the end.

        `key` is where they stand in the mock, such as `on_message 2`.
        """
        chance = self._chance(occasion)
        draw = chance.stream("delay").float
        due, frames = 0.0, list[Frame]()
        try:
            for saying in sayings:
                due += seconds(saying.wait, draw)
                frames.append(_frame(saying, due, lambda: self.fill(chance, now, names)))
        except TemplateError as fault:
            frames.append(Frame(due, close=BROKEN, reason=reason(f"{self.place}: {key}: {fault.message}")))
        return frames


def _frame(saying: Saying, after: float, values: Callable[[], Values]) -> Frame:
    if not saying.fields:
        data = saying.binary if saying.binary is not None else saying.data
        return Frame(after, data, saying.close, saying.reason)
    made = _compiled(saying.fields).render(values())
    if saying.close:
        return Frame(after, None, saying.close, reason(_text(made["reason"])))
    return Frame(after, _text(made["text"]) if "text" in made else _json(made["json"]))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


@lru_cache(maxsize=4096)
def _compiled(source: bytes) -> JsonTemplate:
    return compile_json(msgspec.msgpack.decode(source), _ANYTHING)


_ANYTHING = Names(env=None, more=HEARD)


def _tests(conditions: Iterable[Condition]) -> list[Test]:
    return [match.compile(condition) for condition in sorted(conditions, key=match.cost)]
