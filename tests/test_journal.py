from __future__ import annotations

from keymock.journal import HIDDEN, Journal, redacted


def add(journal: Journal, path: str, mock: str = "", session: str = "") -> None:
    journal.add(
        1_700_000_000_123_000_000, 2_500_000, session, "GET", path.encode(), b"q=1", [(b"accept", b"*/*")], 200, mock,
        "", "" if mock else "no-mock", 3,
    )  # fmt: skip


def paths(journal: Journal, **asked: object) -> list[str]:
    return [entry["path"] for entry in journal.entries(**asked)]  # type: ignore[arg-type]


def test_the_oldest_goes_first() -> None:
    journal = Journal(limit=3)
    for number in range(5):
        add(journal, f"/{number}")
    assert paths(journal) == ["/2", "/3", "/4"]
    assert journal.count == 5
    assert [entry["id"] for entry in journal.entries()] == [3, 4, 5]


def test_the_newest_that_fit_oldest_of_them_first() -> None:
    journal = Journal()
    for number in range(6):
        add(journal, f"/{number}", mock="m" if number % 2 else "", session="s" if number > 3 else "")
    assert paths(journal, limit=2) == ["/4", "/5"]
    assert paths(journal, unmatched=True) == ["/0", "/2", "/4"]
    assert paths(journal, mock="m", limit=2) == ["/3", "/5"]
    assert paths(journal, session="s") == ["/4", "/5"]
    assert paths(journal, since=4) == ["/4", "/5"]
    assert paths(journal, mock="nobody") == []


def test_what_came_since() -> None:
    journal = Journal(limit=3)
    for number in range(5):
        add(journal, f"/{number}")
    assert [entry.path for entry in journal.since(3)] == [b"/3", b"/4"]
    assert [entry.path for entry in journal.since(0)] == [b"/2", b"/3", b"/4"]
    assert journal.since(5) == journal.since(9) == []


def test_ids_go_on_after_a_clear() -> None:
    journal = Journal()
    add(journal, "/a")
    journal.clear()
    assert journal.entries() == []
    add(journal, "/b")
    assert [entry["id"] for entry in journal.entries()] == [2]


def test_an_entry_as_it_leaves() -> None:
    journal = Journal()
    add(journal, "/a", mock="workspace/mocks/a")
    [entry] = journal.entries()
    assert (entry["time"], entry["duration_ms"]) == ("2023-11-14T22:13:20.123+00:00", 2.5)
    assert (entry["mock"], entry["matched"], entry["status"]) == ("workspace/mocks/a", True, 200)
    assert entry["response"]["generation"] == 3


def test_secrets_stay_inside() -> None:
    headers = [(b"authorization", b"Bearer x"), (b"cookie", b"s=1"), (b"x-api-key", b"k"), (b"accept", b"\xff")]
    assert redacted(headers) == [
        ["authorization", HIDDEN], ["cookie", HIDDEN], ["x-api-key", HIDDEN], ["accept", "\ufffd"],
    ]  # fmt: skip
