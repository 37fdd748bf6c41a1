"""Events as files say them and as the wire has them; the format is read by a reader of the standard's own steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymock import events, units
from keymock.chance import Chance
from keymock.events import BadEvents, Event, Events, Script, encode, fields, first_turn, onwards, parse, script
from keymock.exchange import Request
from keymock.template import TemplateError, Values
from keymock.units import Duration


class Dispatched(NamedTuple):
    type: str
    data: str
    id: str


def dispatched(stream: bytes) -> Iterator[Dispatched]:
    """What a browser hands to a page, by the steps of the HTML standard, 9.2.6."""
    data, kind, last_id = "", "", ""
    for line in re.split("\r\n|\r|\n", stream.decode().removeprefix("\ufeff"))[:-1]:
        if not line:
            if data:
                yield Dispatched(kind or "message", data.removesuffix("\n"), last_id)
            data = kind = ""
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data += value + "\n"
        elif name == "event":
            kind = value
        elif name == "id" and "\0" not in value:
            last_id = value


def filling(number: int) -> Values:
    request = Request.of("GET", "/?q=ink")
    return Values(request, chance=Chance(7), now=0.0, more={"n": number})


def half() -> float:
    return 0.5


def compiled(**table: Any) -> Script:
    given = msgspec.convert(table, Events, dec_hook=units.dec_hook)
    return script(given, given.events, templates=True)


def told(told: Script) -> tuple[tuple[float, bytes], ...]:
    return first_turn(told, filling, half)


# ---- bytes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "sent"),
    [
        ({"data": "Hel"}, b"data: Hel\n\n"),
        ({"data": ""}, b"data: \n\n"),
        ({"data": " a"}, b"data:  a\n\n"),
        ({"data": "a\nb\r\nc\rd\n"}, b"data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"),
        ({"data": {"a": [1, None, "é"]}}, 'data: {"a":[1,null,"é"]}\n\n'.encode()),
        ({"data": 1}, b"data: 1\n\n"),
        ({"data": True}, b"data: true\n\n"),
        ({"data": "x", "event": "delta", "id": "2"}, b"event: delta\nid: 2\ndata: x\n\n"),
        ({"retry": "3s"}, b"retry: 3000\n\n"),
        ({"comment": "a\nb"}, b": a\n: b\n\n"),
        ({"delay": "1s"}, b""),
    ],
)
def test_an_event_on_the_wire(event: dict[str, Any], sent: bytes) -> None:
    assert encode(fields(msgspec.convert(event, Event, dec_hook=units.dec_hook))) == sent


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_client_gets_the_data_that_was_said(text: str) -> None:
    (found,) = dispatched(encode({"event": "e", "id": "7", "data": text}))
    assert found == Dispatched("e", re.sub("\r\n?", "\n", text), "7")


@pytest.mark.parametrize("name", ["event", "id"])
@pytest.mark.parametrize("text", ["a\nb", "a\rdata: x", "a\0"])
def test_one_event_never_becomes_two(name: str, text: str) -> None:
    with pytest.raises(TemplateError, match=f"`{name}` of an event is one line"):
        encode({name: text})


# ---- files -----------------------------------------------------------------------------------------------------


def test_a_file_of_events() -> None:
    text = "\ufeffdata: a\r\ndata:b\r\n\r\n\n: wait 50ms\n: hello\nevent: delta\nid: 2\nretry: 1500\ndata\n\nid:9"
    assert parse(text) == (
        Event(data="a\nb"),
        Event(data="", comment="hello", event="delta", id="2", retry=Duration(1.5), delay="50ms"),
        Event(id="9"),
    )


def test_a_wait_between_two_events_belongs_to_the_second() -> None:
    assert parse("data: a\n\n: wait 1s\n\ndata: b\n\n") == (Event(data="a"), Event(data="b", delay="1s"))


def test_what_a_file_says_goes_over_the_wire_unchanged() -> None:
    text = "event: delta\nid: 1\ndata: a\ndata: b\n\n: note\n\nretry: 10\n\n"
    assert b"".join(encode(fields(event)) for event in parse(text)) == text.encode()


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("data: a\n\ndta: b\n", 3, "`dta` is no field of an event", "did you mean `data`?"),
        (": wait 5\n", 1, '`5` is not a duration: write it like "50ms", "2s", "1m"', ""),
        ("retry: 3s\n", 1, "`retry` is a number of milliseconds", "write it like `retry: 3000`"),
    ],
)
def test_a_file_that_is_none(text: str, line: int, message: str, hint: str) -> None:
    with pytest.raises(BadEvents) as caught:
        parse(text)
    assert (caught.value.line, caught.value.message, caught.value.hint) == (line, message, hint)


# ---- scripts ---------------------------------------------------------------------------------------------------


def test_every_passes_between_events_and_a_delay_takes_its_place() -> None:
    found = compiled(every="30ms", list=[{"data": "a"}, {"data": "b"}, {"data": "c", "delay": "1s"}])
    assert [before for before, _ in told(found)] == [0, 0.03, 1]


def test_a_spread_is_drawn_for_each_event() -> None:
    found = compiled(every={"uniform": ["10ms", "30ms"]}, list=[{"data": "a"}, {"data": "b"}])
    draws = iter([0.25])
    assert [before for before, _ in first_turn(found, filling, lambda: next(draws))] == [0, 0.015]


def test_templates_keep_types_in_data() -> None:
    found = compiled(list=[
        {"data": "{{ request.query.q }} {{ n }}", "id": "{{ n }}"},
        {"data": {"n": "{{ n }}", "text": "no. {{ n }}"}},
        {"data": "{{ [n] }}"},
    ])  # fmt: skip
    assert [sent for _, sent in told(found)] == [
        b"id: 1\ndata: ink 1\n\n",
        b'data: {"n":2,"text":"no. 2"}\n\n',
        b"data: [3]\n\n",
    ]
    assert "request.query" in events.reads(found)


def test_without_templates_braces_are_text() -> None:
    given = Events(events=[Event(data="{{ n }}")])
    assert told(script(given, given.events, templates=False)) == ((0.0, b"data: {{ n }}\n\n"),)


def test_events_end_unless_told_otherwise() -> None:
    assert list(onwards(compiled(list=[{"data": "a"}]), filling, half)) == []


def test_a_stream_that_stays_sends_comments() -> None:
    found = onwards(compiled(list=[{"data": "a"}], at_end="stay"), filling, half)
    assert list(islice(found, 2)) == [(15.0, b":\n\n")] * 2


def test_a_cycle_begins_anew_and_counts_on() -> None:
    found = compiled(every="1s", list=[{"data": "{{ n }}"}, {"data": "b", "delay": "2s"}], at_end="cycle")
    assert told(found) == ((0.0, b"data: 1\n\n"), (2.0, b"data: b\n\n"))
    assert list(islice(onwards(found, filling, half), 3)) == [
        (1.0, b"data: 3\n\n"),
        (2.0, b"data: b\n\n"),
        (1.0, b"data: 5\n\n"),
    ]


def test_a_template_that_fails_later_ends_the_stream_and_says_why() -> None:
    found = compiled(every="1s", list=[{"data": "{{ 6 // (3 - n) }}"}], at_end="cycle")
    *good, last = onwards(found, filling, half)
    assert good == [(1.0, b"data: 6\n\n")]
    assert last[1].startswith(b": the stream ends here: ")


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"list": [{"data": "a"}], "at_end": "cycle"}, "events without an end need a pause"),
        ({"list": [{"data": "a"}], "file": "a.events"}, "a `list` or from a `file`"),
        ({}, "a `list` or from a `file`"),
        ({"list": [{}] * 10_001}, "10000 are the most"),
    ],
)
def test_events_that_cannot_be(table: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        compiled(**table)


def test_a_script_survives_msgpack() -> None:
    found = compiled(every="1s", list=[{"data": {"n": "{{ n }}"}}, {"data": "b"}], at_end="stay")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Script) == found
