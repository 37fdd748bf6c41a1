"""Whoever reads the journal when it says that it is about to forget has read all of it."""

from __future__ import annotations

from keymock.journal import Alike, Entry, Sent
from keymock.journal.forewarning import STEP, Forewarning


def alike(session: str = "") -> Alike:
    return Alike(10, session, "GET", b"/a", b"", [], Sent(200, "m"), 1)


def reading(journal: Forewarning) -> list[Entry]:
    read: list[Entry] = []

    def look() -> None:
        read.extend(journal.since(read[-1].id if read else 0))

    journal.about_to_forget = look
    return read


def test_nothing_is_forgotten_before_it_is_read() -> None:
    journal = Forewarning(limit=300, most=500)
    read = reading(journal)
    for number in range(20_000):
        journal.enter(number, 1, alike(session=f"s{number % 3}"))
    journal.about_to_forget()
    assert journal.lost() > 19_000
    assert [entry.id for entry in read] == list(range(1, 20_001))
    assert [entry.time for entry in read] == list(range(20_000))


def test_nor_by_a_ring_that_is_shorter_than_a_step() -> None:
    journal = Forewarning(limit=10)
    read = reading(journal)
    for number in range(3 * STEP):
        journal.enter(number, 1, alike())
    journal.about_to_forget()
    assert len(read) == 3 * STEP


def test_nor_when_somebody_clears_it() -> None:
    journal = Forewarning()
    read = reading(journal)
    journal.enter(1, 1, alike("ada"))
    journal.clear("ada")
    journal.add(1, 1, 1, "", "GET", b"/b", b"", [], Sent(200, "m"), 1, None)
    journal.clear()
    assert [entry.path for entry in read] == [b"/a", b"/b"]
    assert journal.held() == []


def test_nobody_need_listen() -> None:
    journal = Forewarning()
    for number in range(2 * STEP):
        journal.enter(number, 1, alike())
    journal.clear()
    assert journal.count == 2 * STEP


def test_heavy_ones_are_told_sooner() -> None:
    journal = Forewarning(most_bytes=8 * 1024 * 1024)
    read = reading(journal)
    heavy = Alike(1024 * 1024, "", "GET", b"/a", b"", [], Sent(200, "m"), 1)
    for number in range(100):
        journal.enter(number, 1, heavy, heavy.weight)
    journal.about_to_forget()
    assert journal.lost() > 90
    assert len(read) == 100
