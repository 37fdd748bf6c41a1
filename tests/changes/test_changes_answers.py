from __future__ import annotations

import msgspec
from telling import of_mock, route

from keymock.changes.answers import default_of, each, headers_of, paired, status_of
from keymock.index import Answer
from keymock.index.route import Play, Start


def mock(*variants: str, top: str = "") -> str:
    return f'{top}\nrequest.path = "/a/:id"\n' + "".join(f"[[responses]]\n{one}\n" for one in variants)


def test_answers_are_paired_by_name_then_by_what_they_are() -> None:
    before = route(mock('name = "a"\nstatus = 404', 'name = "b"\nbody = "x"', "status = 500")).answers
    after = route(mock("status = 500\nbody = 'late'", 'name = "c"\nbody = "x"', 'name = "a"\nstatus = 410')).answers
    pairs, gone, new = paired(before, after)
    assert [(one.name, other.name) for one, other in pairs] == [("a", "a"), ("b", "c"), ("", "")]
    assert (gone, new) == ([], [])


def test_an_answer_that_is_called_otherwise() -> None:
    assert of_mock(mock('name = "a"', 'name = "z"\nstatus = 500'), mock('name = "b"', 'name = "z"\nstatus = 500')) == [
        "breaking: `b`: it is no longer called `a` but `b`"
    ]


def test_answers_that_take_turns() -> None:
    two = ('name = "a"', 'name = "b"\nstatus = 202')
    cycle = 'select = "cycle"'
    assert of_mock(mock(*two, top=cycle), mock(*reversed(two), top=cycle)) == [
        "change: the answers take turns in another order: `b` → `a`"
    ]
    assert of_mock(mock(*two, top=cycle), mock(*two, top='select = "sequence"\nat_end = "no-match"')) == [
        "change: one answer of several is chosen by `sequence`, was by `cycle`",
        "change: after the last answer of the sequence: `no-match`, was `stay`",
    ]
    assert of_mock(mock(two[0], top=cycle), mock(*two, top=cycle)) == [
        "change: the answer `b` (202) is new, and takes its turn"
    ]


def test_the_answer_for_who_asks_for_nothing() -> None:
    only_when = mock('name = "a"\nwhen.params.id = "1"')
    assert "addition: it answers when no condition of an answer holds now" in of_mock(
        only_when, mock('name = "a"\nwhen.params.id = "1"', "status = 404")
    )
    assert default_of(route(only_when)) is None


def test_what_an_answer_does_besides_being_sent() -> None:
    before = 'request.path = "/a"\n[response]\nbody = "a"\n'
    after = (
        before + 'first_byte = "1s"\nthrottle = { chunks = 2, over = "1s" }\ncapture = { a = "1" }\nfault = "hang"\n'
    )
    assert sorted(of_mock(before, after)) == [
        "breaking: the fault is `hang`, was none",
        "change: the body is sent in 2 parts over 1 s, was at once",
        "change: the wait for the first byte is 1 s, was none",
        "change: what it keeps as `state.a` is another",
    ]
    assert "change: the fault is none, was `hang`" in of_mock(after, before)


def test_a_status_and_a_header_that_are_templates() -> None:
    answer = route('request.path = "/a"\nresponse.status = "{{ 200 }}"\nresponse.headers.x = "{{ call }}"\n').answers[0]
    assert status_of(answer) == "{{ 200 }}"
    assert headers_of(answer) == {"x": ["{{ call }}"]}


def test_what_starts_from_the_real_api() -> None:
    def answer(start: Start | None) -> Answer:
        return Answer("", start.status if start and start.status else 200, (), play=Play(start=start))

    def told(before: Start | None, after: Start | None) -> list[str]:
        return [f"{one.severity}: {one.says}" for one in each(answer(before), answer(after))]

    def laid(**values: int) -> bytes:
        return msgspec.msgpack.encode({f"$.{name}": value for name, value in values.items()})

    assert told(None, Start()) == ["change: it starts from the real API's answer now"]
    assert told(Start(), None) == ["change: it no longer starts from the real API's answer"]
    assert told(Start(laid=laid(a=1, b=1), remove=("$.c",)), Start(201, laid=laid(a=2, b=1, d=3))) == [
        "breaking: the status is 201, was the real API's",
        "change: what it sets in the real API's answer is another: `$.a` and `$.d`",
        "change: what it takes out of the real API's answer is another: `$.c`",
    ]
