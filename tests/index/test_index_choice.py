"""Which of a mock's answers it is: `select`, `at_end`, `times`, `until`, `weight`, `when`."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from keymock.exchange import Request
from keymock.index import Answer, Cors, Route
from keymock.index.choice import choose, names
from keymock.index.route import Play
from keymock.match import Condition, compile, values
from keymock.pattern import parse
from keymock.reply import move
from keymock.state import Session

ID = "workspace/mocks/m"


def answer(name: str, when: str = "", **play: float) -> Answer:
    """An answer; `when` is a value of the query parameter `q` that it needs."""
    conditions = (Condition("query", "q", values.clean(when, json=False)),) if when else ()
    return Answer(name, 200, (), conditions=conditions, play=Play(**play))  # type: ignore[arg-type]


def route(*answers: Answer, select: str = "rules", at_end: str = "stay") -> Route:
    made = Route(
        ID, f"{ID}.toml", 1, "", "workspace", "workspace", ("GET",), parse("/a"), 0, (), 0, answers, Cors()
    )  # fmt: skip
    return msgspec.structs.replace(made, select=select, at_end=at_end)


def given(route: Route, session: Session, query: str = "", now: float = 0.0) -> str | None:
    """The name of the answer, which is then given: the session moves on."""
    request = Request.of("GET", f"/a?{query}")
    request.session, request.now = session, now
    choices = [(one, tuple(compile(condition) for condition in one.conditions)) for one in route.answers]
    chosen = choose(route, choices, request)
    if chosen is None:
        return None
    session.called(route.id)
    move(route, chosen, session)
    return chosen.name


def run(route: Route, calls: int, session: Session | None = None) -> list[str | None]:
    here = session or Session("", 0)
    return [given(route, here) for _ in range(calls)]


A, B, C = answer("a"), answer("b"), answer("c")


@pytest.mark.parametrize(
    ("select", "at_end", "answers", "expected"),
    [
        ("rules", "stay", [A, B], "aaaaa"),
        ("sequence", "stay", [A, B, C], "abccc"),
        ("sequence", "cycle", [A, B, C], "abcab"),
        ("sequence", "no-match", [A, B, C], "abc--"),
        ("cycle", "stay", [A, B], "ababa"),
        ("cycle", "no-match", [A, B], "ababa"),
        ("sequence", "stay", [answer("a", times=2), B], "aabbb"),
        ("sequence", "no-match", [answer("a", times=2), answer("b", times=2)], "aabb-"),
        ("cycle", "stay", [answer("a", times=2), B], "aabaa"),
        ("rules", "stay", [answer("a", times=2), B], "aabbb"),
        ("rules", "stay", [answer("a", times=2)], "aa---"),
        ("random", "stay", [answer("a", weight=0), B], "bbbbb"),
        ("random", "stay", [answer("a", weight=0)], "-----"),
        ("random", "stay", [answer("a", times=2)], "aa---"),
    ],
)
def test_turns(select: str, at_end: str, answers: list[Answer], expected: str) -> None:
    assert "".join(name or "-" for name in run(route(*answers, select=select, at_end=at_end), 5)) == expected


@pytest.mark.parametrize("select", ["rules", "sequence", "cycle", "random"])
def test_an_answer_whose_conditions_hold_goes_before_every_turn(select: str) -> None:
    here = route(answer("x", when="1"), A, select=select)
    session = Session("", 0)
    assert [given(here, session, query) for query in ("q=1", "q=2", "q=1", "")] == ["x", "a", "x", "a"]


def test_rules_take_the_first_that_holds_then_the_first_without_conditions() -> None:
    here = route(answer("x", when="1"), A, answer("y", when="1"), answer("z", when="2"), B)
    session = Session("", 0)
    assert [given(here, session, query) for query in ("q=1", "q=2", "q=3")] == ["x", "z", "a"]


def test_without_a_default_there_may_be_no_answer() -> None:
    assert given(route(answer("x", when="1")), Session("", 0)) is None


@pytest.mark.parametrize(("now", "expected"), [(99.9, "a"), (100.0, "b"), (100.1, "b")])
def test_until_a_moment(now: float, expected: str) -> None:
    assert given(route(answer("a", until=100.0), B), Session("", 0), now=now) == expected


def test_a_random_choice_repeats_by_its_seed_and_session_and_obeys_the_weights() -> None:
    here = route(answer("a", weight=3), answer("b", weight=1), select="random")
    first = run(here, 400, Session("s", 1))
    assert first == run(here, 400, Session("s", 1))
    assert first != run(here, 400, Session("s", 2))
    assert first != run(here, 400, Session("t", 1))
    assert 240 < Counter(first)["a"] < 360


def test_a_sequence_begins_anew_when_its_names_change_and_sessions_do_not_share_it() -> None:
    one, other = Session("one", 0), Session("other", 0)
    assert run(route(A, B, C, select="sequence"), 2, one) == ["a", "b"]
    assert run(route(A, B, C, select="sequence"), 1, other) == ["a"]
    assert run(route(A, B, C, select="sequence"), 1, one) == ["c"]
    assert run(route(A, C, select="sequence"), 2, one) == ["a", "c"]


def test_a_request_without_a_session_is_always_the_first() -> None:
    here = route(A, B, select="sequence")
    request = Request.of("GET", "/a")
    assert [choose(here, [(A, ()), (B, ())], request) for _ in range(3)] == [A, A, A]


def test_answers_without_a_name_are_known_by_their_place() -> None:
    assert names(route(answer(""), answer("x"), answer(""))) == ("0", "x", "2")
