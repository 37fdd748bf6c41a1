"""What goes wrong on purpose: waits, slow bodies, broken connections, rate limits. Plans, as plain data.

The first half of each pair is what a file says (`Spread`, `Throttle`, `RateLimit`), the second what it was compiled to
(`Wait`, `Pace`, `Bucket`): numbers alone, which go into the index. Chance comes in as `draw`, a function that gives
numbers from 0 to 1, 1 excluded; `serve.perform` waits and breaks.
"""

# Without `from __future__ import annotations`: see `spec`.

import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

from keymock import recordings
from keymock.exchange import Headers, Reply, Request, problem_reply
from keymock.recordings import Recorded
from keymock.units import Duration, DurationText, Size, duration

Draw = Callable[[], float]

Kind = Literal["reset", "empty", "garbage", "malformed", "truncated", "wrong_length", "hang", "none"]

KINDS: dict[str, str] = {
    "reset": "the connection is reset before the first byte",
    "empty": "the connection is closed before the first byte",
    "garbage": "bytes that are no HTTP, then the end",
    "malformed": "a good head and half of the body, then a chunk that is none",
    "truncated": "half of the body that Content-Length promised, then the end",
    "wrong_length": "the whole body, of which Content-Length says half, then the end",
    "hang": "nothing, for as long as the client waits",
}
"""Ways to break a connection, as the client sees them. `none` is the eighth: not at all, whatever stands above."""

MOST_PARTS = 10_000
TICKS = 20
"""Parts a second of a body with a bandwidth: often enough to look steady, seldom enough to cost nothing."""

Rate = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=1)]


# ---- waits -----------------------------------------------------------------------------------------------------


class Normal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`normal = { mean = "90ms", deviation = "20ms" }`; what falls below zero is no wait."""

    mean: Duration
    deviation: Duration


class LogNormal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`lognormal`, as real latencies are: by median and sigma, or by the mean and median that monitoring shows."""

    median: Duration
    sigma: Annotated[float, Meta(ge=0, le=10)] | UnsetType = UNSET
    mean: Duration | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.sigma is UNSET) == (self.mean is UNSET):
            raise ValueError("`lognormal` takes `median` and one of `sigma` and `mean`")
        if self.median <= 0:
            raise ValueError("the median of `lognormal` must be more than zero")
        if self.mean is not UNSET and self.mean < self.median:
            raise ValueError("the mean of `lognormal` cannot be less than its median")


class Spread(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`delay` as a table: how waits are spread, one of the keys."""

    uniform: Annotated[tuple[Duration, ...], Meta(min_length=2, max_length=2)] | UnsetType = UNSET
    normal: Normal | UnsetType = UNSET
    lognormal: LogNormal | UnsetType = UNSET
    recorded: Annotated[str, Meta(min_length=1, description="A file of times that were measured.")] | (
        Recorded | UnsetType
    ) = UNSET

    def __post_init__(self) -> None:
        if sum(one is not UNSET for one in (self.uniform, self.normal, self.lognormal, self.recorded)) != 1:
            raise ValueError("a delay is a duration or one of `uniform`, `normal`, `lognormal`, `recorded`")
        if self.uniform is not UNSET and self.uniform[0] > self.uniform[1]:
            raise ValueError("`uniform` is from the shorter delay to the longer one")


Delay = DurationText | Spread
"""`delay` and `first_byte` of a file."""


class Wait(msgspec.Struct, frozen=True, array_like=True):
    """A delay ready to be drawn, in seconds.

    `first` and `second` are for `fixed` the time; `uniform` the ends; `normal` mean and deviation; `lognormal` the
    median and sigma, which has no unit. Of `recorded`, `samples` are the times that were measured, in the form of
    `recordings.packed`, and `source` the file that has them; until they are picked, `of` says which.
    """

    shape: Literal["fixed", "uniform", "normal", "lognormal", "recorded"] = "fixed"
    first: float = 0.0
    second: float = 0.0
    samples: bytes = b""
    source: str = ""
    of: Recorded | None = None


NO_WAIT = Wait()


def wait(delay: str | Spread) -> Wait:
    """The delay of a file, compiled. Raises ValueError with a sentence for a text that is no duration.

    Times that were recorded are not picked yet: which of them a mock may draw is not for a delay to say.
    """
    if isinstance(delay, str):
        return Wait("fixed", float(duration(delay)))
    if delay.uniform is not UNSET:
        return Wait("uniform", float(delay.uniform[0]), float(delay.uniform[1]))
    if delay.normal is not UNSET:
        return Wait("normal", float(delay.normal.mean), float(delay.normal.deviation))
    if delay.lognormal is not UNSET:
        return Wait("lognormal", float(delay.lognormal.median), _sigma(delay.lognormal))
    if delay.recorded is not UNSET:
        given = delay.recorded
        return Wait("recorded", of=given if isinstance(given, Recorded) else Recorded(file=given))
    raise AssertionError("a Spread has one of its keys")


def _sigma(spread: LogNormal) -> float:
    """Of a log-normal distribution median = exp(mu) and mean = exp(mu + sigma² / 2)."""
    if spread.mean is UNSET:
        return spread.sigma if isinstance(spread.sigma, float) else 0.0
    return math.sqrt(2 * (math.log(spread.mean) - math.log(spread.median)))


def seconds(wait: Wait, draw: Draw) -> float:
    """How long to wait this time. Draws nothing for a fixed delay."""
    if wait.shape == "fixed":
        return wait.first
    if wait.shape == "uniform":
        return wait.first + (wait.second - wait.first) * draw()
    if wait.shape == "normal":
        return max(0.0, wait.first + wait.second * _gauss(draw))
    if wait.shape == "recorded":
        return recordings.drawn(wait.samples, draw())
    return wait.first * math.exp(wait.second * _gauss(draw))


def _gauss(draw: Draw) -> float:
    """A number of the standard normal distribution (Box and Muller), by two draws each time."""
    return math.sqrt(-2 * math.log(1 - draw())) * math.cos(math.tau * draw())


# ---- slow bodies -----------------------------------------------------------------------------------------------


class Throttle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`throttle`: a bandwidth, or so many parts in so long, which is spelt as a delay is."""

    bytes_per_second: Size | UnsetType = UNSET
    chunks: Annotated[int, Meta(ge=1, le=MOST_PARTS)] | UnsetType = UNSET
    over: Delay | UnsetType = UNSET

    def __post_init__(self) -> None:
        by_rate, by_parts = self.bytes_per_second is not UNSET, self.chunks is not UNSET
        if by_rate == by_parts or by_parts != (self.over is not UNSET):
            raise ValueError("`throttle` takes `bytes_per_second`, or `chunks` and `over`")
        if self.bytes_per_second is not UNSET and self.bytes_per_second < 1:
            raise ValueError("`bytes_per_second` must be at least 1")


class Pace(msgspec.Struct, frozen=True, array_like=True):
    """A throttle compiled: bytes a second, or else so many parts in so many seconds. All zero: not throttled.

    With a `spread`, the seconds are drawn from it each time.
    """

    rate: int = 0
    parts: int = 0
    over: float = 0.0
    spread: Wait = NO_WAIT


AT_ONCE = Pace()


def pace(throttle: Throttle) -> Pace:
    """The throttle of a file, compiled."""
    if throttle.bytes_per_second is not UNSET:
        return Pace(rate=int(throttle.bytes_per_second))
    over = wait(throttle.over) if throttle.over is not UNSET else NO_WAIT
    parts = int(throttle.chunks or 0)
    return Pace(0, parts, over.first) if over.shape == "fixed" else Pace(0, parts, spread=over)


def drawn(pace: Pace, draw: Draw) -> Pace:
    """The pace of one answer. Draws nothing where it is always the same."""
    return pace if pace.spread == NO_WAIT else Pace(pace.rate, pace.parts, seconds(pace.spread, draw))


def paced(body: bytes, pace: Pace, first_byte: float = 0.0) -> tuple[tuple[float, bytes], ...]:
    """The body in parts, each with the seconds to wait before it; empty if all of it may go at once.

    With a bandwidth, the last byte leaves when at that bandwidth it would; with `chunks`, the last after `over`.
    `first_byte` seconds pass before any of that.
    """
    if pace == AT_ONCE:
        return ((first_byte, body),) if first_byte else ()
    (before, first), *rest = _cut(body, pace)
    return (first_byte + before, first), *rest


def _cut(body: bytes, pace: Pace) -> Iterator[tuple[float, bytes]]:
    if not body:
        yield pace.over, b""
    elif pace.rate:
        length = max(1, pace.rate // TICKS, -(-len(body) // MOST_PARTS))
        for start in range(0, len(body), length):
            part = body[start : start + length]
            yield len(part) / pace.rate, part
    else:
        parts = min(pace.parts, len(body))
        ends = [len(body) * number // parts for number in range(parts + 1)]
        for start, end in pairwise(ends):
            yield pace.over / parts, body[start:end]


# ---- broken connections ----------------------------------------------------------------------------------------


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`fault` as a table: `first` so many calls, each so many-th (`every`), by chance (`rate`); without any: always."""

    kind: Kind
    rate: Rate | UnsetType = UNSET
    first: Count | UnsetType = UNSET
    every: Count | UnsetType = UNSET


def strikes(fault: Kind | Fault, call: int, draw: Draw) -> str:
    """The kind of fault that happens at a call, counted from 1; empty if none does. Any of the reasons is enough.

    Draws exactly once where there is a `rate`, so that the chances of later calls do not depend on this one.
    """
    if isinstance(fault, str):
        return "" if fault == "none" else fault
    chance = fault.rate is not UNSET and draw() < fault.rate
    first = fault.first is not UNSET and call <= fault.first
    nth = fault.every is not UNSET and call % fault.every == 0
    always = fault.rate is UNSET and fault.first is UNSET and fault.every is UNSET
    return fault.kind if (always or chance or first or nth) and fault.kind != "none" else ""


# ---- rate limits -----------------------------------------------------------------------------------------------

KEY_HINT = "client, header:NAME, query:NAME or cookie:NAME; left out: one limit for all"


class RateLimit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`rate_limit`: so many `requests` `per` time from each caller, whom `key` tells apart; then 429."""

    requests: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    per: Duration
    key: Annotated[str, Meta(pattern=r"^(client|(header|query|cookie):[^\s:]+)$(?!\n)", description=KEY_HINT)] = ""

    def __post_init__(self) -> None:
        if self.per <= 0:
            raise ValueError("`per` of `rate_limit` must be more than zero")


class Bucket(msgspec.Struct, frozen=True, array_like=True):
    """A rate limit compiled: a bucket of `size` tokens that fills in `period` seconds, one for each value of a key."""

    size: int
    period: float
    source: str = ""
    name: str = ""

    @property
    def per_second(self) -> float:
        """Tokens that come back in a second."""
        return self.size / self.period


def bucket(limit: RateLimit) -> Bucket:
    """The rate limit of a file, compiled."""
    source, _, name = limit.key.partition(":")
    return Bucket(limit.requests, float(limit.per), source, name.lower() if source == "header" else name)


def caller(bucket: Bucket, request: Request) -> str:
    """Whose bucket a request draws from. Requests without the header, parameter or cookie share one."""
    if bucket.source == "client":
        return request.client
    if bucket.source == "header":
        return request.header(bucket.name)
    found = {"query": request.query, "cookie": request.cookies} if bucket.source else {}
    values = found.get(bucket.source, {}).get(bucket.name)
    return values[0] if values else ""


def allowance(bucket: Bucket, taken: tuple[bool, float]) -> Headers:
    """`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) after `Session.take`.

    `taken` is what it gave: True with the tokens left, or False with the seconds until there is one. `r` is how many
    requests are left, `t` in how many seconds all of them are.
    """
    allowed, number = taken
    left = number if allowed else 1 - number * bucket.per_second
    full = max(0, _whole((bucket.size - left) / bucket.per_second))
    window = b";w=%d" % bucket.period if bucket.period == int(bucket.period) else b""  # it can say whole seconds only
    return [
        (b"ratelimit-policy", b'"default";q=%d%s' % (bucket.size, window)),
        (b"ratelimit", b'"default";r=%d;t=%d' % (max(0, int(left)) if allowed else 0, full)),
    ]


def limited(bucket: Bucket, until: float, **more: object) -> Reply:
    """The 429 for a caller whose next token comes in `until` seconds. `more` goes into the problem's body."""
    times = "request" if bucket.size == 1 else "requests"
    reply = problem_reply(
        429, "rate-limited", "Too many requests",
        f"This mock takes {bucket.size} {times} in {bucket.period:g} s; the next one in {until:.3g} s.", **more,
    )  # fmt: skip
    reply.headers += [(b"retry-after", b"%d" % max(1, _whole(until))), *allowance(bucket, (False, until))]
    return reply


def _whole(seconds: float) -> int:
    """Whole seconds, rounded up; what floats add in the tenth place is no second."""
    return math.ceil(round(seconds, 6))


# ---- profiles --------------------------------------------------------------------------------------------------


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[faults.NAME]` of keymock.toml: trouble for many mocks, switched on by name.

    `on` are patterns of mocks (`*` within a name, `**` across folders), `source` whose answers are hit.
    """

    on: tuple[str, ...] = ("**",)
    source: Literal["mock", "real", "both"] = "mock"
    rate: Rate = 1.0
    kind: Kind | UnsetType = UNSET
    status: Annotated[int, Meta(ge=200, le=599)] | UnsetType = UNSET
    delay: Delay | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.kind is UNSET and self.status is UNSET and self.delay is UNSET:
            raise ValueError("a fault profile needs `kind`, `status` or `delay`")
        if self.kind is not UNSET and self.status is not UNSET:
            raise ValueError("a fault profile has `kind` or `status`, not both")


class Trouble(NamedTuple):
    """What a profile does to one answer: breaks it, puts a status in its place, makes it wait."""

    kind: str = ""
    status: int = 0
    wait: Wait = NO_WAIT


def trouble(profile: Profile, mock: str, source: Literal["mock", "real"], draw: Draw) -> Trouble | None:
    """What a profile does to an answer of a mock (its id), None if nothing. Draws once for a mock that it covers."""
    if profile.source not in (source, "both") or not covers(profile, mock):
        return None
    if draw() >= profile.rate:
        return None
    kind = profile.kind if isinstance(profile.kind, str) and profile.kind != "none" else ""
    status = profile.status if isinstance(profile.status, int) else 0
    return Trouble(kind, status, wait(profile.delay) if not isinstance(profile.delay, UnsetType) else NO_WAIT)


def covers(profile: Profile, mock: str) -> bool:
    """Whether a mock is among those that a profile is for."""
    return bool(_covering(profile.on).fullmatch(mock))


@cache
def _covering(patterns: tuple[str, ...]) -> Any:
    """One expression for all patterns, by RE2: its time is linear, whatever a file asks for."""
    import re2  # noqa: PLC0415  (20 ms, and most workspaces have no profiles)

    return re2.compile("|".join(f"(?:{_expression(pattern.lstrip('/'))})" for pattern in patterns) or r"[^\s\S]")


_WILD = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _expression(pattern: str) -> str:
    found, at = "", 0
    while at < len(pattern):
        wild = next((one for one in _WILD if pattern.startswith(one, at)), "")
        found += _WILD[wild] if wild else re.escape(pattern[at])
        at += len(wild) or 1
    return found
