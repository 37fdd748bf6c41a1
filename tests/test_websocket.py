"""What is said over a WebSocket, by its plan: frames and their times, without any connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from keymock import units
from keymock.chance import Chance
from keymock.exchange import Frame, Request
from keymock.index.report import Listed
from keymock.index.talking import plan_of
from keymock.problems import Severity
from keymock.template import Names, Values
from keymock.websocket import MOST_REASON, Plan, Step, Talk, WebSocket, conditions, reason

NOW = 1_700_000_000.0


class NoBodies:
    """No files: nobody may ask for one."""

    def sibling(self, variant: str) -> list[str]:
        raise AssertionError(variant)

    def load(self, file: str, *, whole: bool = False) -> bytes:
        raise AssertionError(file, whole)

    def named(self, name: str) -> bytes:
        raise AssertionError(name)

    def folder(self, name: str, *, whole: bool = False) -> Listed:
        raise AssertionError(name, whole)

    def in_data(self, name: str) -> str:
        raise AssertionError(name)

    def beside(self, name: str) -> str:
        raise AssertionError(name)


def no_fault(
    where: tuple[str | int, ...], code: str, message: str, hint: str = "", *rest: Severity, **more: Any
) -> None:
    raise AssertionError(f"{where}: {message}")


def plan(**table: Any) -> Plan:
    given = msgspec.convert(table, WebSocket, dec_hook=units.dec_hook)
    return plan_of(given, Names(params=frozenset({"room"})), NoBodies(), no_fault)


def talk(seed: int = 7, offers: str = "", **table: Any) -> Talk:
    request = Request.of("GET", "/rooms/a", {"Sec-WebSocket-Protocol": offers} if offers else {})
    request.params = {"room": "a"}

    def fill(chance: Chance, now: float, more: Mapping[str, Any]) -> Values:
        return Values(request, chance=chance, now=now, more=more)

    return Talk(plan(**table), request, Chance(seed, "s", "m", 1), fill, "mocks/chat.toml:1")


def said(frames: list[Frame]) -> list[str | bytes | None]:
    return [frame.data for frame in frames]


# ---- what is said ----------------------------------------------------------------------------------------------


def test_the_first_words_in_their_order_and_time() -> None:
    found = talk(on_connect=[
        "hi {{ request.params.room }}",
        {"json": {"n": "{{ n }}", "at": "{{ now() }}"}, "delay": "50ms"},
        {"binary": "AAE= "},
        {"close": 4000, "reason": "that is all", "delay": "1s"},
    ])  # fmt: skip
    assert found.opened(NOW) == [
        Frame(0.0, "hi a"),
        Frame(0.05, '{"n":1,"at":"2023-11-14T22:13:20Z"}'),
        Frame(0.05, b"\x00\x01"),
        Frame(1.05, None, 4000, "that is all"),
    ]


@pytest.mark.parametrize(
    ("when", "yes", "no"),
    [
        ("ping", ["ping", b"ping"], ["pings", ""]),
        ({"contains": "ping"}, ["a ping"], ["PING"]),
        ({"contains": "ping", "ignore_case": True}, ["a PING"], ["pong"]),
        ({"text": {"regex": "^a+$"}}, ["aaa"], ["b"]),
        ({"json": {"type": "sub"}}, ['{"type":"sub","id":1}'], ['{"type":"x"}', "sub", b"\xff"]),
        ({"json": {"n": {"$gt": 1}}, "contains": "x"}, ['{"n":2,"s":"x"}'], ['{"n":2}', '{"n":1,"s":"x"}']),
        ({"jsonpath": {"$.a[0]": {"present": True}}}, ['{"a":[1]}'], ['{"a":[]}']),
        ({"jsonrpc": {"method": "eth_call"}}, ['{"jsonrpc":"2.0","id":1,"method":"eth_call"}'], ["{}"]),
        ({"sha256": "b3d510ef04275ca8e698e5b3cbb0ece3949ef9252f0cdc839e9ee347409a2209"}, [b"\xff\xfe"], [b"\xff"]),
    ],
)
def test_a_message_is_matched_as_a_body_is(when: Any, yes: list[Any], no: list[Any]) -> None:
    found = talk(on_message=[{"when": when, "send": "yes"}])
    assert [said(found.heard(message, NOW)) for message in yes] == [["yes"]] * len(yes)
    assert [said(found.heard(message, NOW)) for message in no] == [[]] * len(no)


def test_the_first_rule_that_holds_answers_and_knows_the_message() -> None:
    found = talk(on_message=[
        {"when": {"json": {"type": "sub"}}, "send": {"json": {"id": "{{ json.id }}"}}},
        {"when": "bye", "send": "see you", "close": 4001, "reason": "said {{ message }}"},
        {"send": "{{ n }}: {{ message }}"},
    ])  # fmt: skip
    assert said(found.heard('{"type":"sub","id":7}', NOW)) == ['{"id":7}']
    assert said(found.heard("hello", NOW)) == ["2: hello"]
    assert found.heard("bye", NOW) == [Frame(0.0, "see you"), Frame(0.0, None, 4001, "said bye")]


def test_ticks_count_until_their_end() -> None:
    found = talk(every=[{"interval": "1s", "send": ["tick {{ n }}", {"text": "tock", "delay": "100ms"}], "times": 2}])
    assert found.pause(0) == 1
    assert found.ticked(0, NOW) == [Frame(0.0, "tick 1"), Frame(0.1, "tock")]
    assert found.pause(0) == 1
    assert said(found.ticked(0, NOW)) == ["tick 2", "tock"]
    assert found.pause(0) is None


def test_a_timer_never_spins() -> None:
    assert talk(every=[{"interval": "0ms", "send": "x"}]).pause(0) == 0.001


def test_the_first_protocol_that_both_speak() -> None:
    assert talk(protocols=["v2", "v1"], offers="v0, v1,v2").protocol == "v2"
    assert talk(protocols=["v2"], offers="v1").protocol == ""
    assert talk(offers="v1").protocol == ""


def test_a_template_that_fails_closes_and_names_the_mock_and_the_rule() -> None:
    found = talk(on_connect=["a", "{{ 1 // request.query.n | default(0) }}", "b"])
    assert found.opened(NOW) == [
        Frame(0.0, "a"),
        Frame(0.0, None, 1011, "mocks/chat.toml:1: on_connect: a number cannot be divided by 0"),
    ]
    found = talk(
        on_message=[{"when": "hi", "send": "a"}, {"send": "{{ json.id }}"}],
        every=[{"interval": "1s", "send": "a"}, {"interval": "1s", "send": "{{ 1 // 0 }}"}],
    )
    assert [frame.reason for frame in found.heard("{}", NOW)] == ["mocks/chat.toml:1: on_message 2: `json` has no `id`"]
    assert [frame.reason for frame in found.ticked(1, NOW)] == [
        "mocks/chat.toml:1: every 2: a number cannot be divided by 0"
    ]


def test_without_templates_braces_are_text() -> None:
    assert said(talk(template=False, on_connect="{{ n }}").opened(NOW)) == ["{{ n }}"]


def test_what_is_random_does_not_depend_on_who_came_first() -> None:
    table: dict[str, Any] = {
        "on_connect": "{{ uuid() }}",
        "on_message": [{"send": {"text": "{{ uuid() }}", "delay": {"uniform": ["1ms", "9ms"]}}}],
        "every": [{"interval": {"uniform": ["10ms", "90ms"]}, "send": "{{ uuid() }}"}],
    }
    one, two = talk(**table), talk(**table)
    first = [one.opened(NOW), one.heard("a", NOW), one.pause(0), one.ticked(0, NOW), one.pause(0)]
    late = [two.pause(0), two.ticked(0, NOW), two.pause(0), two.heard("a", NOW), two.opened(NOW)]
    assert first == [late[4], late[3], late[0], late[1], late[2]]
    assert talk(seed=8, **table).opened(NOW) != one.opened(NOW)


# ---- what cannot be said ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({}, "a message is one of"),
        ({"text": "a", "json": 1}, "a message is one of"),
        ({"text": "a", "close": 1000}, "a message is one of"),
        ({"text": "a", "reason": "b"}, "`reason` says why"),
    ],
)
def test_a_step_says_one_thing(table: dict[str, Any], why: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=why):
        msgspec.convert(table, Step)


def test_a_matcher_and_text_are_two_ways_of_one_thing() -> None:
    given = msgspec.convert({"on_message": [{"when": {"contains": "a", "text": "b"}}]}, WebSocket)
    when = given.on_message[0].when
    assert isinstance(when, msgspec.Struct)
    with pytest.raises(ValueError, match="`text` beside a matcher"):
        conditions(when)


def test_a_reason_fits_into_its_frame() -> None:
    assert reason("é" * 100) == "é" * 61
    assert len(reason("é" * 100).encode()) <= MOST_REASON


def test_a_plan_survives_msgpack() -> None:
    found = plan(
        protocols=["a"],
        on_connect=[{"binary": "AAE="}, {"json": {"n": "{{ n }}"}}],
        on_message=[{"when": {"json": {"n": {"$gt": 1}}}, "send": "x", "close": 4000}],
        every=[{"interval": {"lognormal": {"median": "1s", "sigma": 0.5}}, "send": "x", "times": 3}],
    )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Plan) == found
