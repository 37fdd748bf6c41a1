"""Exchanges as events: in order, some at a time, by filter, after the last one heard; what is gone is counted."""

from __future__ import annotations

import asyncio
from typing import Any

from keymock.journal import Forgetful, Journal, Sent
from keymock.journal.showing import Choice
from keymock.serve.tail import FARTHEST, MOST, tail
from keymock.variables import Mask


def add(journal: Journal, path: str, *, mock: str = "m", session: str = "", error: str = "") -> None:
    sent = Sent(200 if mock else 404, mock, error=error)
    journal.add(10, 1_000_000_000, 1_000_000, session, "GET", path.encode(), b"", [], sent, 1, None)


def heard(journal: Journal, choice: Choice, last: int | None, number: int, *, then: str = "") -> list[dict[str, Any]]:
    """The first so many events; `then` is asked once it listens."""

    async def run() -> list[dict[str, Any]]:
        events = tail(journal, choice, last, Mask, every=0)
        task = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        if then:
            add(journal, then)
        found = [await task]
        while len(found) < number:
            found.append(await anext(events))
        return found

    return asyncio.run(asyncio.wait_for(run(), 10))


def test_what_comes_from_now_on_is_told() -> None:
    journal = Journal()
    add(journal, "/before")
    [one] = heard(journal, Choice(), None, 1, then="/after")
    assert (one["event"], one["id"], one["path"], one["status"], one["mock"]) == ("exchange", 2, "/after", 200, "m")


def test_who_comes_back_hears_all_that_follows_the_last_one_heard() -> None:
    journal = Journal()
    for number in range(3 * MOST):
        add(journal, f"/{number}")
    assert [one["id"] for one in heard(journal, Choice(), 10, 3 * MOST - 10)] == list(range(11, 3 * MOST + 1))
    assert heard(journal, Choice(), 10_000, 1)[0]["id"] == 1  # an id of another server


def test_exchanges_are_chosen_as_those_of_the_journal() -> None:
    journal = Journal()
    add(journal, "/a", session="ada")
    add(journal, "/b", mock="", error="no-mock")
    add(journal, "/c?token=hunter2")
    assert heard(journal, Choice(session="ada"), 0, 1)[0]["path"] == "/a"
    assert heard(journal, Choice(unmatched=True), 0, 1)[0]["error"] == "no-mock"
    assert heard(journal, Choice(path="/c*"), 0, 1)[0]["id"] == 3


def test_what_is_gone_is_counted() -> None:
    journal = Journal()
    for number in range(5):
        add(journal, f"/{number}", session="short" if number < 3 else "")
    journal.clear("short")
    told = heard(journal, Choice(), 0, 3)
    assert told[0] == {"event": "lost", "count": 3}
    assert [one["id"] for one in told[1:]] == [4, 5]


def test_who_lies_too_far_behind_is_told_how_much_was_skipped() -> None:
    journal = Journal()
    for number in range(FARTHEST + 100):
        add(journal, f"/{number}")
    told = heard(journal, Choice(), 0, 2)
    assert told[0] == {"event": "lost", "count": 100}
    assert told[1]["id"] == 101


def test_nothing_that_is_not_remembered_is_told_but_counted() -> None:
    journal = Forgetful()
    add(journal, "/a")
    assert heard(journal, Choice(), 0, 1) == [{"event": "lost", "count": 1}]
