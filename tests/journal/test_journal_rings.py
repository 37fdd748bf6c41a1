"""A bounded memory: by session, in all, in bytes; ids and uses go on."""

from __future__ import annotations

from remembering import add

from keymock.journal import Journal


def paths(journal: Journal, session: str | None = None) -> list[str]:
    return [entry.path.decode() for entry in journal.held(session)]


def test_the_oldest_of_a_session_goes_first() -> None:
    journal = Journal(limit=3)
    for number in range(5):
        add(journal, f"/{number}")
    assert paths(journal) == ["/2", "/3", "/4"]
    assert (journal.count, journal.lost(), journal.lost("")) == (5, 2, 2)
    assert [entry.id for entry in journal.held()] == [3, 4, 5]


def test_a_loud_session_pushes_out_nothing_of_a_quiet_one() -> None:
    journal = Journal(limit=100, most=50)
    add(journal, "/quiet", session="quiet")
    for number in range(500):
        add(journal, f"/{number}", session="loud")
    assert paths(journal, "quiet") == ["/quiet"]
    assert (journal.lost("quiet"), len(journal.held("loud"))) == (0, 500 - journal.lost("loud"))
    assert len(journal.held()) <= 50


def test_bytes_are_bounded_too() -> None:
    journal = Journal(most_bytes=10_000)
    for number in range(100):
        add(journal, f"/{number}", weight=1_000)
    assert 5 <= len(journal.held()) <= 10
    assert paths(journal)[-1] == "/99"
    add(journal, "/huge", weight=1_000_000)
    assert paths(journal) == ["/huge"]


def test_all_sessions_together_are_in_the_order_of_their_ids() -> None:
    journal = Journal()
    for number in range(6):
        add(journal, f"/{number}", session="ab"[number % 2])
    assert paths(journal) == [f"/{number}" for number in range(6)]
    assert [entry.path for entry in journal.newest()] == [b"/5", b"/4", b"/3", b"/2", b"/1", b"/0"]
    assert [entry.path for entry in journal.newest("a")] == [b"/4", b"/2", b"/0"]
    assert [entry.path for entry in journal.since(3)] == [b"/3", b"/4", b"/5"]
    assert journal.since(6) == journal.since(99) == []


def test_one_entry_by_its_id() -> None:
    journal = Journal(limit=2)
    for number in range(4):
        add(journal, f"/{number}", session="ab"[number % 2])
    found = journal.entry(3)
    assert found is not None
    assert found.path == b"/2"
    assert journal.entry(9) is None
    journal.clear()
    assert journal.entry(3) is None


def test_a_clear_forgets_one_session_or_all_and_ids_go_on() -> None:
    journal = Journal()
    add(journal, "/a", session="s")
    add(journal, "/b")
    journal.clear("s")
    assert paths(journal) == ["/b"]
    journal.clear()
    assert paths(journal) == []
    assert add(journal, "/c").id == 3


def test_uses_are_counted_whatever_is_forgotten() -> None:
    journal = Journal(limit=2)
    for number in range(5):
        add(journal, mock="m" if number % 2 else "")
    add(journal, session="gone", mock="m")
    journal.clear("gone")
    assert journal.uses() == {("m", "", 200): 3, ("", "no-mock", 404): 3}
    assert journal.nanoseconds() == 6 * 2_500_000
