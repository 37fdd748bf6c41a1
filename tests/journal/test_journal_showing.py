"""Entries as they leave: the newest that fit, oldest of them first, without secrets."""

from __future__ import annotations

import gzip
from typing import Any

import msgspec
from remembering import add, answered, route

from keymock.faults import Wait
from keymock.journal import MOST_KEPT, Entry, Journal, Sent
from keymock.journal.showing import (
    SECRET_PLACES,
    Choice,
    address_of,
    as_event,
    as_json,
    as_json_each,
    closed_places,
    entries,
    lines,
    path_of,
)
from keymock.journal.talk import Talked
from keymock.redaction import HIDDEN
from keymock.variables import Mask


def shown_of(entry: Entry) -> dict[str, Any]:
    """An entry as it leaves a server that was told of nothing."""
    return as_json(entry, Mask())


def paths(journal: Journal, **asked: Any) -> list[str]:
    return [entry["path"] for entry in entries(journal, Choice(**asked), Mask())]


def test_the_newest_that_fit_oldest_of_them_first() -> None:
    journal = Journal()
    for number in range(6):
        add(journal, f"/{number}", mock="m" if number % 2 else "", session="s" if number > 3 else "")
    assert paths(journal, limit=2) == ["/4", "/5"]
    assert paths(journal, unmatched=True) == ["/0", "/2", "/4"]
    assert paths(journal, mock="m", limit=2) == ["/3", "/5"]
    assert paths(journal, session="s") == ["/4", "/5"]
    assert paths(journal, session="") == ["/0", "/1", "/2", "/3"]
    assert paths(journal, since=4) == ["/4", "/5"]
    assert paths(journal, mock="nobody") == []
    assert paths(journal, status=404, path="/2") == ["/2"]
    assert paths(journal, path="/*", method="POST") == []


def test_several_leave_as_each_of_them_alike_or_not() -> None:
    journal = Journal()
    headers, sent = [(b"authorization", b"Bearer hunter2")], Sent(200, "m", body=b"{}", size=2)
    for number in range(8):
        path = b"/b" if number == 3 else b"/a"
        session, body = "ada" if number == 4 else "", b"x" if number == 5 else None
        answer = Sent(404, error="no-mock") if number == 6 else sent
        journal.add(1, number * 10**9, number, session, "GET", path, b"q=1", headers, answer, 1, body)
    mask = Mask(["hunter2"])
    each = list(as_json_each(journal.held(), mask))
    assert each == [as_json(entry, mask) for entry in journal.held()]
    assert [list(shown) for shown in each] == [list(each[0])] * 8
    assert "hunter2" not in str(each)


def test_an_entry_as_it_leaves() -> None:
    made = route(request={"path": "/a"}, scenario={"name": "order", "sets": "paid"}, response={"body": "fine"})
    told = {"seed": 7, "call": 2, "before": "Started", "after": "paid", "delay": 0.25, "fault": "reset"}
    shown = shown_of(add(Journal(), "/a", sent=answered(made, **told), query=b"q=1"))
    assert (shown["time"], shown["duration_ms"]) == ("2023-11-14T22:13:20.123+00:00", 2.5)
    assert (shown["mock"], shown["matched"], shown["status"]) == ("workspace/mocks/a", True, 200)
    assert shown["request"] == {"query": "q=1", "headers": [["host", "localhost"], ["accept", "*/*"]]}
    assert shown["response"] == {
        "name": None, "error": None, "generation": 3, "headers": [["content-type", "text/plain"]], "size": 4,
        "body": "fine", "file": "workspace/mocks/a.toml", "line": 0, "seed": 7, "call": 2, "delay_ms": 250.0,
        "state": {"scenario": "order", "before": "Started", "after": "paid"}, "fault": "reset",
    }  # fmt: skip


def test_a_delay_says_which_file_it_is_from() -> None:
    made = route(request={"path": "/a"}, response={"body": "fine"})
    (answer,) = made.answers
    late = msgspec.structs.replace(answer.play, wait=Wait("recorded", source="data/day.har"))
    made = msgspec.structs.replace(made, answers=(msgspec.structs.replace(answer, play=late),))
    shown = shown_of(add(Journal(), "/a", sent=answered(made, delay=0.25)))["response"]
    assert (shown["delay_ms"], shown["delay_from"]) == (250.0, "data/day.har")


def test_no_secret_leaves() -> None:
    headers = [(b"authorization", b"Bearer hunter2"), (b"content-type", b"application/json")]
    entry = add(Journal(), "/login", query=b"token=hunter2", headers=headers, body=b'{"password":"hunter2","n":1}')
    shown = shown_of(entry)
    assert "hunter2" not in str(shown)
    assert shown["request"]["body"] == f'{{"password":"{HIDDEN}","n":1}}'
    assert entry.body == b'{"password":"hunter2","n":1}'


def test_a_secret_that_is_known_leaves_nowhere() -> None:
    """In the path, the query, headers, bodies, what was answered; escaped and not."""
    headers = [(b"x-a", b"a hunter%2F22"), (b"content-type", b"application/json")]
    told = Sent(200, "m", headers=[(b"location", b"/hunter/22")], body=b"<p>hunter&#x2F;22", size=18)
    came = b'["hunter\\/22"]'
    entry = add(Journal(), "/k/hunter%2F22", sent=told, query=b"q=hunter%2F22", headers=headers, body=came)
    shown = as_json(entry, Mask(["hunter/22"]))
    assert "hunter" not in str(shown)
    assert (shown["path"], shown["request"]["query"]) == ("/k/•••", "q=•••")
    assert (shown["request"]["body"], shown["response"]["body"]) == ('["•••"]', "<p>•••")
    assert (address_of(entry, Mask(["hunter/22"])), path_of(entry, Mask())) == ("/k/•••?q=•••", "/k/hunter%2F22")


def test_the_end_of_a_body_that_was_cut_shows_no_beginning_of_a_secret() -> None:
    told = Sent(200, "m", body=b'{"a": "hunter', size=99)
    shown = as_json(add(Journal(), sent=told), Mask(["hunter/22"]))
    assert shown["response"]["body"] == '{"a": "•••'


def test_places_with_secrets_that_nobody_has_told_of_are_closed() -> None:
    """The worker that was told of them may have died since."""
    headers = [(SECRET_PLACES, b"X-A, path, query, body"), (b"x-a", b"hunter22"), (b"x-b", b"plain")]
    told = Sent(200, "m", headers=[(b"location", b"/hunter22")], body=b"hunter22", size=8)
    entry = add(Journal(), "/hunter22", sent=told, query=b"a=hunter22", headers=headers, body=b"hunter22")
    shown = as_json(entry, Mask(["another"]))
    assert "hunter22" not in str(shown)
    assert (shown["path"], shown["request"]["query"], shown["request"]["body"]) == ("/•••", "•••", "•••")
    assert ["x-b", "plain"] in shown["request"]["headers"]
    assert closed_places(entry, Mask(["another"])) == {"x-a", "path", "query", "body"}
    assert closed_places(entry, Mask(["hunter22"])) == frozenset()


def test_what_is_no_text_leaves_as_base64() -> None:
    packed = [(b"content-encoding", b"gzip")]
    assert shown_of(add(Journal(), body=b"\xff\x00"))["request"]["body_base64"] == "/wA="
    assert "body" not in shown_of(add(Journal(), body=b"x", headers=packed))["request"]
    assert "body" not in shown_of(add(Journal(), body=None))["request"]


def test_lines_of_json() -> None:
    journal = Journal()
    add(journal, "/a")
    add(journal, "/b")
    assert [msgspec.json.decode(line)["path"] for line in lines(journal.held(), Mask())] == ["/a", "/b"]


def test_what_came_compressed_leaves_unpacked_and_without_secrets() -> None:
    packed = [(b"content-encoding", b"gzip"), (b"content-type", b"application/json")]
    body = gzip.compress(b'{"password":"hunter2","n":1}')
    sent = Sent(200, headers=packed, body=body, size=len(body), source="real")
    assert shown_of(add(Journal(), sent=sent))["response"]["body"] == f'{{"password":"{HIDDEN}","n":1}}'
    half = shown_of(add(Journal(), sent=msgspec.structs.replace(sent, body=body[:34])))["response"]
    assert half["body"].startswith(f'{{"password":"{HIDDEN}"')
    bomb = msgspec.structs.replace(sent, headers=[packed[0]], body=gzip.compress(b"0" * 50_000_000))
    assert len(shown_of(add(Journal(), sent=bomb))["response"]["body"]) == MOST_KEPT
    for coding in (b"br", b"gzip, gzip", b"nonsense"):
        other = msgspec.structs.replace(sent, headers=[(b"content-encoding", coding)])
        assert "body" not in shown_of(add(Journal(), sent=other))["response"]


def test_a_talk_as_it_leaves() -> None:
    talked = Talked()
    talked.said(0.0015, '{"token":"hunter2"}', by_client=True)
    talked.said(0.002, b"\x00", by_client=False)
    talked.said(0.0025, "x" * 10_000, by_client=False)
    entry = add(Journal(), sent=Sent(101, "m", talk=talked))
    told = shown_of(entry)["response"]["talk"]
    assert (told["from_client"], told["to_client"], told["ended"]) == (1, 2, None)
    assert told["messages"][:2] == [
        {"after_ms": 1.5, "by": "client", "text": f'{{"token":"{HIDDEN}"}}'},
        {"after_ms": 2.0, "by": "server", "base64": "AA=="},
    ]
    assert told["messages"][2]["size"] == 10_000
    talked.over("client", 1000, "done", 0.004)
    assert shown_of(entry)["response"]["talk"]["ended"] == {
        "by": "client", "code": 1000, "reason": "done", "after_ms": 4.0,
    }  # fmt: skip


def test_an_exchange_in_short_holds_no_header_and_no_body() -> None:
    journal = Journal()
    add(journal, "/a?token=hunter2", mock="workspace/mocks/a", body=b"hunter2", session="ada")
    told = as_event(journal.held()[0], Mask())
    assert (told["event"], told["id"], told["session"], told["mock"], told["status"]) == (
        "exchange", 1, "ada", "workspace/mocks/a", 200,
    )  # fmt: skip
    assert not {"request", "headers", "body"} & set(told)
