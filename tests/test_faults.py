"""Waits, slow bodies, faults, rate limits and profiles, each as a plan; what the wire shows is tests/serve's."""

from __future__ import annotations

import math
import random
import statistics
import tomllib
from collections.abc import Sequence
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymock import document, faults, units
from keymock.exchange import Request
from keymock.faults import AT_ONCE, Bucket, Fault, Pace, Profile, RateLimit, Throttle, Trouble, Wait
from keymock.recordings import Recorded, packed
from keymock.state import Session


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a response may say of faults, as this page of the format has it."""

    delay: faults.Delay | msgspec.UnsetType = msgspec.UNSET
    first_byte: faults.Delay | msgspec.UnsetType = msgspec.UNSET
    throttle: Throttle | msgspec.UnsetType = msgspec.UNSET
    fault: faults.Kind | Fault | msgspec.UnsetType = msgspec.UNSET
    rate_limit: RateLimit | msgspec.UnsetType = msgspec.UNSET


def read(text: str) -> Any:
    return msgspec.convert(tomllib.loads(text), Table, dec_hook=units.dec_hook)


def told(text: str) -> list[str]:
    """What a person hears of a file that says this."""
    return [
        problem.message for problem in document.parse(text.encode(), "a.toml", Table, dec_hook=units.dec_hook).problems
    ]


def never() -> float:
    raise AssertionError("nothing is drawn here")


# ---- waits -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ('delay = "50ms"', Wait("fixed", 0.05)),
        ('delay = { uniform = ["10ms", "80ms"] }', Wait("uniform", 0.01, 0.08)),
        ('delay = { normal = { mean = "90ms", deviation = "20ms" } }', Wait("normal", 0.09, 0.02)),
        ('delay = { lognormal = { median = "90ms", sigma = 0.4 } }', Wait("lognormal", 0.09, 0.4)),
        ('delay = { lognormal = { mean = "90ms", median = "90ms" } }', Wait("lognormal", 0.09, 0.0)),
        ('delay = { recorded = "a.har" }', Wait("recorded", of=Recorded(file="a.har"))),
        (
            'delay = { recorded = { file = "a.csv", column = "b", unit = "s" } }',
            Wait("recorded", of=Recorded(file="a.csv", column="b", unit="s")),
        ),
    ],
)
def test_every_spelling_of_a_delay(text: str, wait: Wait) -> None:
    assert faults.wait(read(text).delay) == wait


def test_a_mean_and_a_median_give_sigma() -> None:
    wait = faults.wait(read('delay = { lognormal = { mean = "120ms", median = "90ms" } }').delay)
    assert wait.second == pytest.approx(math.sqrt(2 * (math.log(0.12) - math.log(0.09))))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("delay = 5", "`delay` must be a duration or a table, not a whole number"),
        ('delay = "5 sec"', '`delay` must be a duration or a table, not "5 sec"'),
        ("delay = {}", "a delay is a duration or one of `uniform`, `normal`, `lognormal`, `recorded`"),
        ('delay = { uniform = ["9ms", "1ms"] }', "`uniform` is from the shorter delay to the longer one"),
        ('delay = { uniform = ["9ms"] }', "`uniform` must have 2 items or more"),
        ('delay = { lognormal = { median = "5ms" } }', "`lognormal` takes `median` and one of `sigma` and `mean`"),
        ('delay = { lognormal = { median = "9ms", mean = "9ms", sigma = 1 } }',
         "`lognormal` takes `median` and one of `sigma` and `mean`"),
        ('delay = { lognormal = { median = "9ms", mean = "5ms" } }',
         "the mean of `lognormal` cannot be less than its median"),
        ('delay = { lognormal = { median = "0ms", sigma = 1 } }', "the median of `lognormal` must be more than zero"),
        ('delay = { lognormal = { median = "9ms", sigma = 11 } }', "`sigma` must be from 0 to 10, not 11"),
        ("throttle = { chunks = 5 }", "`throttle` takes `bytes_per_second`, or `chunks` and `over`"),
        ('throttle = { chunks = 5, over = "1s", bytes_per_second = "1KiB" }',
         "`throttle` takes `bytes_per_second`, or `chunks` and `over`"),
        ('throttle = { bytes_per_second = "1KiB", over = "1s" }',
         "`throttle` takes `bytes_per_second`, or `chunks` and `over`"),
        ('throttle = { bytes_per_second = "0B" }', "`bytes_per_second` must be at least 1"),
        ('fault = { kind = "reset", rate = 2 }', "`rate` must be from 0 to 1, not 2"),
        ('fault = { kind = "reset", every = 0 }', "`every` must be 1 or more, not 0"),
        ('rate_limit = { requests = 1, per = "0s" }', "`per` of `rate_limit` must be more than zero"),
        ('rate_limit = { requests = 1, per = "1s", key = "headers:A" }', '`key` cannot be "headers:A"'),
    ],
)  # fmt: skip
def test_what_is_told_of_a_mistake(text: str, message: str) -> None:
    assert told(text) == [message]


def drawn(wait: Wait, count: int = 40_000) -> list[float]:
    """Waits in order of length, on a fixed seed."""
    draw = random.Random(2026).random
    return sorted(faults.seconds(wait, draw) for _ in range(count))


def quantiles(waits: Sequence[float], *parts: float) -> list[float]:
    return [waits[int(len(waits) * part)] for part in parts]


Z10, Z90, Z99 = (statistics.NormalDist().inv_cdf(part) for part in (0.1, 0.9, 0.99))


def test_the_quantiles_of_uniform() -> None:
    waits = drawn(Wait("uniform", 0.01, 0.08))
    assert quantiles(waits, 0.1, 0.5, 0.9) == pytest.approx([0.017, 0.045, 0.073], rel=0.01)
    assert 0.01 <= waits[0] < 0.0101
    assert 0.0799 < waits[-1] < 0.08


def test_the_quantiles_of_normal() -> None:
    waits = drawn(Wait("normal", 0.09, 0.02))
    wanted = [0.09 + 0.02 * z for z in (Z10, 0, Z90, Z99)]
    assert quantiles(waits, 0.1, 0.5, 0.9, 0.99) == pytest.approx(wanted, rel=0.01)


def test_a_normal_delay_is_never_below_zero() -> None:
    waits = drawn(Wait("normal", 0.01, 0.02))
    assert waits[0] == 0
    assert quantiles(waits, 0.9) == pytest.approx([0.01 + 0.02 * Z90], rel=0.02)


def test_the_quantiles_of_lognormal_by_median_and_sigma() -> None:
    waits = drawn(Wait("lognormal", 0.09, 0.4))
    wanted = [0.09 * math.exp(0.4 * z) for z in (Z10, 0, Z90, Z99)]
    assert quantiles(waits, 0.1, 0.5, 0.9, 0.99) == pytest.approx(wanted, rel=0.02)


def test_lognormal_by_mean_and_median_has_that_mean_and_median() -> None:
    waits = drawn(faults.wait(read('delay = { lognormal = { mean = "120ms", median = "90ms" } }').delay))
    assert statistics.fmean(waits) == pytest.approx(0.12, rel=0.01)
    assert quantiles(waits, 0.5) == pytest.approx([0.09], rel=0.01)


def test_the_quantiles_of_what_was_recorded() -> None:
    """Two humps, as a cache makes them; nothing is drawn from between them."""
    hits, misses = [0.004 + 0.0001 * number for number in range(70)], [0.2 + 0.01 * number for number in range(30)]
    waits = drawn(Wait("recorded", samples=packed([*misses, *hits]), source="a.har"))
    assert quantiles(waits, 0.1, 0.5, 0.69, 0.72, 0.9) == pytest.approx([0.005, 0.009, 0.0109, 0.22, 0.4], rel=0.06)
    assert {round(wait, 6) for wait in waits} == {round(time, 6) for time in (*hits, *misses)}


def test_nothing_recorded_is_no_wait() -> None:
    assert faults.seconds(Wait("recorded"), lambda: 0.99) == 0


def test_the_time_of_a_throttle_is_spelt_as_a_delay() -> None:
    spread = faults.pace(read('throttle = { chunks = 4, over = { uniform = ["1s", "3s"] } }').throttle)
    assert spread == Pace(0, 4, spread=Wait("uniform", 1.0, 3.0))
    assert faults.drawn(spread, lambda: 0.5) == Pace(0, 4, 2.0)
    assert faults.drawn(Pace(0, 4, 2.0), never) == Pace(0, 4, 2.0)


def test_the_same_seed_waits_the_same() -> None:
    assert drawn(Wait("lognormal", 0.09, 0.4), 100) == drawn(Wait("lognormal", 0.09, 0.4), 100)


def test_a_fixed_delay_draws_nothing() -> None:
    assert faults.seconds(Wait("fixed", 0.05), never) == 0.05


def test_compiled_plans_go_through_msgpack() -> None:
    for plan in (Wait("normal", 0.09, 0.02), Pace(65_536), Bucket(10, 1.0, "header", "a"), Fault("reset", first=2)):
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(plan), type=type(plan)) == plan


# ---- slow bodies -----------------------------------------------------------------------------------------------


def test_a_throttle_compiled() -> None:
    assert faults.pace(read('throttle = { bytes_per_second = "64KiB" }').throttle) == Pace(65_536)
    assert faults.pace(read('throttle = { chunks = 5, over = "500ms" }').throttle) == Pace(0, 5, 0.5)


def test_a_bandwidth_is_steady() -> None:
    parts = faults.paced(b"x" * 131_072, Pace(65_536))
    assert sum(wait for wait, _ in parts) == pytest.approx(2.0)
    assert len(parts) == 41
    assert {round(len(part) / wait) for wait, part in parts} == {65_536}


def test_a_dribble_is_even() -> None:
    assert faults.paced(b"0123456789", Pace(0, 5, 0.5)) == tuple(
        (0.1, part) for part in (b"01", b"23", b"45", b"67", b"89")
    )


def test_no_part_of_a_dribble_is_empty() -> None:
    assert faults.paced(b"abc", Pace(0, 5, 0.75)) == ((0.25, b"a"), (0.25, b"b"), (0.25, b"c"))
    assert faults.paced(b"", Pace(0, 5, 0.5)) == ((0.5, b""),)


def test_the_first_byte_comes_late() -> None:
    assert faults.paced(b"hello", AT_ONCE, 0.2) == ((0.2, b"hello"),)
    assert faults.paced(b"hi", Pace(0, 2, 1.0), 0.25) == ((0.75, b"h"), (0.5, b"i"))
    assert faults.paced(b"hello", AT_ONCE) == ()


@given(st.binary(max_size=3_000), st.integers(0, 5_000), st.integers(1, 200), st.floats(0, 10), st.floats(0, 2))
def test_parts_are_the_body_and_take_the_time_that_was_said(
    body: bytes, rate: int, chunks: int, over: float, first_byte: float
) -> None:
    pace = Pace(rate) if rate else Pace(0, chunks, over)
    parts = faults.paced(body, pace, first_byte)
    assert b"".join(part for _, part in parts) == body
    assert sum(wait for wait, _ in parts) == pytest.approx(first_byte + (len(body) / rate if rate else over), abs=1e-6)
    assert not body or all(part for _, part in parts)


def test_a_huge_slow_body_has_not_more_parts_than_may_be() -> None:
    assert len(faults.paced(bytes(5_000_001), Pace(1_024))) <= faults.MOST_PARTS


# ---- broken connections ----------------------------------------------------------------------------------------


def test_every_kind_has_its_sentence() -> None:
    assert list(get_args(faults.Kind)) == [*faults.KINDS, "none"]


def struck(fault: faults.Kind | Fault, calls: int = 12) -> list[int]:
    draw = random.Random(7).random
    return [call for call in range(1, calls + 1) if faults.strikes(fault, call, draw)]


def test_a_bare_kind_strikes_always_and_none_never() -> None:
    assert faults.strikes("reset", 1, never) == "reset"
    assert faults.strikes("none", 1, never) == ""
    assert faults.strikes(Fault("none"), 1, never) == ""
    assert faults.strikes(Fault("hang"), 9, never) == "hang"


def test_first_and_every() -> None:
    assert struck(read('fault = { kind = "reset", first = 2 }').fault) == [1, 2]
    assert struck(read('fault = { kind = "reset", every = 5 }').fault) == [5, 10]
    assert struck(read('fault = { kind = "reset", first = 2, every = 5 }').fault) == [1, 2, 5, 10]


def test_a_rate_is_a_share_of_the_calls() -> None:
    assert len(struck(Fault("reset", rate=0.05), 20_000)) == pytest.approx(1_000, rel=0.1)
    assert struck(Fault("reset", rate=0.0)) == []
    assert struck(Fault("reset", rate=1.0)) == list(range(1, 13))


def test_a_rate_draws_once_whatever_else_strikes() -> None:
    draw, plain = random.Random(3), random.Random(3)
    for call in range(1, 5):
        faults.strikes(Fault("reset", rate=0.5, first=2, every=3), call, draw.random)
        plain.random()
    assert draw.random() == plain.random()


# ---- rate limits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "caller"),
    [
        ("", ""),
        ("client", "10.0.0.9"),
        ("header:Authorization", "Bearer a"),
        ("header:X-None", ""),
        ("query:user", "ada"),
        ("query:User", ""),
        ("cookie:session", "s1"),
    ],
)
def test_who_a_caller_is(key: str, caller: str) -> None:
    headers = [(b"authorization", b"Bearer a"), (b"cookie", b"a=1; session=s1")]
    request = Request("GET", b"/", b"user=ada&user=bob", headers, client="10.0.0.9")
    bucket = faults.bucket(RateLimit(requests=1, per=units.Duration(1), key=key))
    assert faults.caller(bucket, request) == caller


def headers_of(taken: tuple[bool, float], bucket: Bucket) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in faults.allowance(bucket, taken)}


def test_a_conversation_with_a_rate_limit() -> None:
    bucket = faults.bucket(read('rate_limit = { requests = 2, per = "10s" }').rate_limit)
    session = Session("default", 1)

    def take(now: float) -> tuple[bool, float]:
        return session.take("a", "", size=bucket.size, per_second=bucket.per_second, now=now)

    assert headers_of(take(0), bucket) == {"ratelimit-policy": '"default";q=2;w=10', "ratelimit": '"default";r=1;t=5'}
    assert headers_of(take(0), bucket)["ratelimit"] == '"default";r=0;t=10'
    allowed, until = taken = take(1)
    assert not allowed
    assert until == pytest.approx(4)
    assert headers_of(taken, bucket)["ratelimit"] == '"default";r=0;t=9'
    reply = faults.limited(bucket, until, mock="a")
    assert reply.status == 429
    assert reply.error == "rate-limited"
    assert dict(reply.headers)[b"retry-after"] == b"4"
    assert dict(reply.headers)[b"ratelimit"] == b'"default";r=0;t=9'
    assert b"takes 2 requests in 10 s; the next one in 4 s." in reply.body
    assert b'"mock": "a"' in reply.body
    assert take(1 + until)[0]


def test_a_window_that_is_no_whole_second_is_not_told() -> None:
    assert headers_of((True, 0.0), Bucket(10, 0.5))["ratelimit-policy"] == '"default";q=10'


def test_retry_after_is_never_zero() -> None:
    assert dict(faults.limited(Bucket(10, 0.5), 0.05).headers)[b"retry-after"] == b"1"


# ---- profiles --------------------------------------------------------------------------------------------------


def profile(text: str) -> Profile:
    return msgspec.convert(tomllib.loads(text), Profile, dec_hook=units.dec_hook)


@pytest.mark.parametrize(
    ("on", "hit", "spared"),
    [
        ("**", "projects/shop/mocks/a", None),
        ("projects/payments/**", "projects/payments/mocks/cards/pay", "projects/payments-old/mocks/pay"),
        ("/projects/*/mocks/pay", "projects/shop/mocks/pay", "projects/shop/mocks/cards/pay"),
        ("**/pay", "projects/shop/mocks/cards/pay", "projects/shop/mocks/repay"),
        ("**/pay", "pay", "pay/x"),
        ("projects/shop/mocks/user?", "projects/shop/mocks/users", "projects/shop/mocks/user/"),
        ("projects/a+b/**", "projects/a+b/mocks/x", "projects/aab/mocks/x"),
    ],
)
def test_what_a_pattern_covers(on: str, hit: str, spared: str | None) -> None:
    made = Profile(on=(on,), kind="reset")
    assert faults.trouble(made, hit, "mock", random.Random(1).random) == Trouble("reset")
    assert spared is None or faults.trouble(made, spared, "mock", never) is None


def test_what_a_profile_does() -> None:
    draw = random.Random(1).random
    flaky = profile('on = ["projects/payments/**"]\nsource = "mock"\nrate = 0.1\nkind = "reset"')
    hits = [faults.trouble(flaky, "projects/payments/mocks/pay", "mock", draw) for _ in range(10_000)]
    assert sum(hit == Trouble("reset") for hit in hits) == pytest.approx(1_000, rel=0.1)
    assert set(hits) == {None, Trouble("reset")}
    down = profile('status = 503\ndelay = "2s"')
    assert faults.trouble(down, "workspace/mocks/a", "mock", draw) == Trouble("", 503, Wait("fixed", 2.0))
    assert faults.trouble(profile('kind = "none"\ndelay = "2s"'), "a", "mock", draw) == Trouble(wait=Wait("fixed", 2))


def test_whose_answers_a_profile_hits() -> None:
    draw = random.Random(1).random
    for source, mock, real in (("mock", True, False), ("real", False, True), ("both", True, True)):
        made = profile(f'source = "{source}"\nkind = "empty"')
        assert (faults.trouble(made, "a", "mock", draw) is not None) == mock
        assert (faults.trouble(made, "a", "real", draw) is not None) == real


@pytest.mark.parametrize("text", ["", 'kind = "reset"\nstatus = 503', "status = 600", 'on = ["a"]\nrate = 1.0'])
def test_what_is_no_profile(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        profile(text)


def test_no_pattern_covers_nothing() -> None:
    assert faults.trouble(Profile(on=(), kind="reset"), "a", "mock", never) is None
