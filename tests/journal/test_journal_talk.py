"""What is kept of a talk: the newest of it, within bounds, and how it ended."""

from __future__ import annotations

from keymock.journal.talk import LONGEST, MOST_KEPT, Ended, Talked


def test_messages_are_counted_and_the_newest_kept() -> None:
    talked = Talked()
    for number in range(20_000):
        talked.said(number, f"message {number}", by_client=number % 2 == 0)
    assert (talked.heard, talked.sent) == (10_000, 10_000)
    assert talked.newest[-1].data == "message 19999"
    assert 100 < len(talked.newest) < MOST_KEPT // 64


def test_a_long_message_is_cut_off_and_its_size_known() -> None:
    talked = Talked()
    for _ in range(100):
        talked.said(0.5, b"x" * 1_000_000, by_client=True)
    assert {(len(one.data), one.size) for one in talked.newest} == {(LONGEST, 1_000_000)}
    assert sum(len(one.data) for one in talked.newest) <= MOST_KEPT


def test_the_first_end_counts() -> None:
    talked = Talked()
    talked.over("client", 1000, "", 1.0)
    talked.over("keymock", 1001, "the server stops", 2.0)
    assert talked.ended == Ended("client", 1000, "", 1.0)
