"""Sessions: made at first use, bounded, forgotten when idle."""

from __future__ import annotations

import pytest

from keymock.exchange import Malformed
from keymock.serve.sessions import Sessions, named


class Clock:
    """Nanoseconds that are set by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000_000

    def __call__(self) -> int:
        return self.now


def test_made_at_first_use_and_kept() -> None:
    sessions = Sessions(7, Clock())
    ada = sessions.at("ada")
    assert (ada.name, ada.seed, sessions.at("ada") is ada, len(sessions)) == ("ada", 7, True, 2)
    assert sessions.get("bob") is None
    assert [session.name for session in sessions] == ["", "ada"]


def test_no_more_than_the_bound_and_never_one_that_lives_is_evicted() -> None:
    sessions = Sessions(0, Clock(), most=3)
    sessions.at("a")
    sessions.at("b")
    with pytest.raises(Malformed) as caught:
        sessions.at("c")
    assert (caught.value.status, caught.value.code) == (503, "too-many-sessions")
    assert sessions.at("a").name == "a"
    sessions.end("a")
    assert sessions.at("c").name == "c"


def test_whom_nobody_asks_for_is_idle() -> None:
    clock = Clock()
    sessions = Sessions(0, clock, idle=10)
    sessions.at("old")
    clock.now += 8_000_000_000
    sessions.at("new")
    clock.now += 3_000_000_000
    assert sessions.idle() == ["old"]


def test_the_default_one_never_goes_it_begins_anew() -> None:
    sessions = Sessions(0, Clock())
    before = sessions.at("")
    assert sessions.end("") is before
    assert sessions.at("") is not before
    assert sessions.end("nobody") is None


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "x" * 10_240, "../etc", "a/b", "\u00e4", "a\n"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        named(name)
    assert caught.value.code == "bad-session"


def test_the_default_session_has_a_name_where_one_is_needed() -> None:
    assert (named("default"), named("a-B_9")) == ("", "a-B_9")
