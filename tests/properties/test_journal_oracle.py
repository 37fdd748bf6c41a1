"""The journal against a list that never forgets by itself: whatever is entered, looked at and cleared, in any order."""

from __future__ import annotations

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from journal_tree import route_of

from keymock.journal import Alike, Entry, Exchange, Journal, Sent, Story, whole_of

SESSIONS = ("", "ana", "ben")
ROUTE = route_of("a")
SENTS = (
    Sent(200, "workspace/mocks/a", "usual", story=Story(ROUTE)),
    Sent(404, error="no-mock"),
    Sent(200, "b", operation="c get"),
)
LIMIT, MOST, MOST_BYTES = 40, 90, 400_000
PAGE = 1024
"""How many may come before the journal sorts them in."""


class Remembering(RuleBasedStateMachine):
    """A journal, and beside it everything that was ever entered."""

    def __init__(self) -> None:
        super().__init__()
        self.journal = Journal(LIMIT, MOST, MOST_BYTES)
        self.entered: list[Entry] = []
        self.cleared: dict[str, int] = dict.fromkeys(SESSIONS, 0)
        """The last number that was there when a session was cleared."""
        self.shared = [Alike(50, session, "GET", b"/a", b"", [], sent, 1) for session in SESSIONS[:2] for sent in SENTS]

    def enter(self, exchange: Exchange) -> None:
        number = len(self.entered) + 1
        alike = whole_of(exchange)
        self.journal.enter(number * 10, number % 7, exchange, alike.weight)
        self.entered.append(
            Entry(
                number, alike.weight, number * 10, number % 7, alike.session, alike.method, alike.path, alike.query,
                alike.headers, alike.sent, alike.generation, alike.body,
            )
        )  # fmt: skip

    @rule(which=st.integers(0, 5), times=st.sampled_from([1, 1, 2, 60, PAGE - 1, PAGE, 300]))
    def one_like_it_again(self, which: int, times: int) -> None:
        for _ in range(times):
            self.enter(self.shared[which])

    @rule(session=st.sampled_from(SESSIONS), sent=st.sampled_from(SENTS), body=st.sampled_from([None, b"", b"{}"]))
    def one_by_itself(self, session: str, sent: Sent, body: bytes | None) -> None:
        self.enter(Alike(70, session, "POST", b"/b", b"q=1", [(b"a", b"b")], sent, 2, body))

    @rule(which=st.integers(0, 5), text=st.binary(max_size=90), times=st.sampled_from([1, 2, 60, PAGE + 2]))
    def some_that_are_filled_in(self, which: int, text: bytes, times: int) -> None:
        shared = self.shared[which]
        for call in range(1, times + 1):
            text = text[call % 3 :] or b"%d" % call
            self.enter((shared, text, 7, call))
            told = self.entered[-1]
            assert (told.weight, told.sent.body, told.sent.size) == (shared.weight + len(text), text, len(text))
            story = told.sent.story
            assert story is None or (story.route, story.seed, story.call) == (ROUTE, 7, call)

    @rule(turns=st.integers(1, 70))
    def sessions_in_turns(self, turns: int) -> None:
        for number in range(turns):
            self.enter(Alike(60, SESSIONS[number % 3], "GET", b"/%d" % number, b"", [], SENTS[number % 3], 1))

    @rule(session=st.sampled_from(SESSIONS), weight=st.sampled_from([20_000, 150_000, 500_000]))
    def a_heavy_one(self, session: str, weight: int) -> None:
        self.enter(Alike(weight, session, "PUT", b"/heavy", b"", [], SENTS[0], 1))

    @rule(session=st.sampled_from([None, *SESSIONS]))
    def clear(self, session: str | None) -> None:
        self.journal.clear(session)
        for name in SESSIONS if session is None else [session]:
            self.cleared[name] = len(self.entered)

    @rule(session=st.sampled_from([None, *SESSIONS]))
    def what_is_held_is_the_newest_of_each_session(self, session: str | None) -> None:
        held = self.journal.held(session)
        assert [entry.id for entry in held] == sorted({entry.id for entry in held})
        for name in SESSIONS if session is None else [session]:
            own = [entry for entry in self.entered if entry.session == name and entry.id > self.cleared[name]]
            kept = [entry for entry in held if entry.session == name]
            assert kept == own[len(own) - len(kept) :]
            assert len(own) - len(kept) == self.journal.lost(name)
            assert len(kept) <= LIMIT + LIMIT // 10
        assert list(self.journal.newest(session)) == held[::-1]

    @rule()
    def the_bounds_hold(self) -> None:
        held = self.journal.held()
        assert len(held) <= MOST
        assert len(held) == 1 or sum(entry.weight for entry in held) <= MOST_BYTES
        assert self.journal.lost() == sum(map(self.journal.lost, SESSIONS))

    @rule(which=st.integers(0, 5), number=st.integers(1, LIMIT))
    def nothing_goes_as_long_as_all_fits(self, which: int, number: int) -> None:
        alike, before = self.shared[which], self.journal.held()
        own = sum(entry.session == alike.session for entry in before)
        weight = sum(entry.weight for entry in before)
        fits = min(number, LIMIT - own, MOST - len(before), (MOST_BYTES - weight) // alike.weight)
        for _ in range(fits):
            self.enter(alike)
        assert self.journal.held() == before + self.entered[len(self.entered) - max(fits, 0) :]

    @rule(part=st.floats(0, 1))
    def what_came_since(self, part: float) -> None:
        last = round(part * (len(self.entered) + 2))
        assert self.journal.since(last) == [entry for entry in self.journal.held() if entry.id > last]

    @precondition(lambda self: self.entered)
    @rule(part=st.floats(0, 1))
    def one_by_its_number(self, part: float) -> None:
        number = round(part * len(self.entered))
        found = [entry for entry in self.journal.held() if entry.id == number]
        assert self.journal.entry(number) == (found[0] if found else None)

    @rule()
    def uses_are_those_of_all(self) -> None:
        given = Counter(
            (sent.operation, sent.mock, sent.response or sent.error, sent.status)
            for sent in (entry.sent for entry in self.entered)
        )
        assert self.journal.given() == given
        assert self.journal.uses().total() == len(self.entered)
        assert self.journal.nanoseconds() == sum(entry.duration for entry in self.entered)

    @invariant()
    def each_is_counted_once(self) -> None:
        assert self.journal.count == len(self.entered)


Remembering.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestRemembering = Remembering.TestCase
