"""Entries as they leave: the newest that fit, oldest of them first, without secrets."""

from __future__ import annotations

import gzip
from typing import Any

import msgspec
from remembering import add, answered, route

from keymock.journal import MOST_KEPT, Journal, Sent
from keymock.journal.showing import Choice, as_event, as_json, entries, lines
from keymock.journal.talk import Talked
from keymock.redaction import HIDDEN


def paths(journal: Journal, **asked: Any) -> list[str]:
    return [entry["path"] for entry in entries(journal, Choice(**asked))]


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


def test_an_entry_as_it_leaves() -> None:
    made = route(request={"path": "/a"}, scenario={"name": "order", "sets": "paid"}, response={"body": "fine"})
    told = {"seed": 7, "call": 2, "before": "Started", "after": "paid", "delay": 0.25, "fault": "reset"}
    shown = as_json(add(Journal(), "/a", sent=answered(made, **told), query=b"q=1"))
    assert (shown["time"], shown["duration_ms"]) == ("2023-11-14T22:13:20.123+00:00", 2.5)
    assert (shown["mock"], shown["matched"], shown["status"]) == ("workspace/mocks/a", True, 200)
    assert shown["request"] == {"query": "q=1", "headers": [["host", "localhost"], ["accept", "*/*"]]}
    assert shown["response"] == {
        "name": None, "error": None, "generation": 3, "headers": [["content-type", "text/plain"]], "size": 4,
        "body": "fine", "file": "workspace/mocks/a.toml", "line": 0, "seed": 7, "call": 2, "delay_ms": 250.0,
        "state": {"scenario": "order", "before": "Started", "after": "paid"}, "fault": "reset",
    }  # fmt: skip


def test_no_secret_leaves() -> None:
    headers = [(b"authorization", b"Bearer hunter2"), (b"content-type", b"application/json")]
    entry = add(Journal(), "/login", query=b"token=hunter2", headers=headers, body=b'{"password":"hunter2","n":1}')
    shown = as_json(entry)
    assert "hunter2" not in str(shown)
    assert shown["request"]["body"] == f'{{"password":"{HIDDEN}","n":1}}'
    assert entry.body == b'{"password":"hunter2","n":1}'


def test_what_is_no_text_leaves_as_base64() -> None:
    packed = [(b"content-encoding", b"gzip")]
    assert as_json(add(Journal(), body=b"\xff\x00"))["request"]["body_base64"] == "/wA="
    assert "body" not in as_json(add(Journal(), body=b"x", headers=packed))["request"]
    assert "body" not in as_json(add(Journal(), body=None))["request"]


def test_lines_of_json() -> None:
    journal = Journal()
    add(journal, "/a")
    add(journal, "/b")
    assert [msgspec.json.decode(line)["path"] for line in lines(journal.held())] == ["/a", "/b"]


def test_what_came_compressed_leaves_unpacked_and_without_secrets() -> None:
    packed = [(b"content-encoding", b"gzip"), (b"content-type", b"application/json")]
    body = gzip.compress(b'{"password":"hunter2","n":1}')
    sent = Sent(200, headers=packed, body=body, size=len(body), source="real")
    assert as_json(add(Journal(), sent=sent))["response"]["body"] == f'{{"password":"{HIDDEN}","n":1}}'
    half = as_json(add(Journal(), sent=sent._replace(body=body[:34])))["response"]
    assert half["body"].startswith(f'{{"password":"{HIDDEN}"')
    bomb = sent._replace(headers=[packed[0]], body=gzip.compress(b"0" * 50_000_000))
    assert len(as_json(add(Journal(), sent=bomb))["response"]["body"]) == MOST_KEPT
    for coding in (b"br", b"gzip, gzip", b"nonsense"):
        other = sent._replace(headers=[(b"content-encoding", coding)])
        assert "body" not in as_json(add(Journal(), sent=other))["response"]


def test_a_talk_as_it_leaves() -> None:
    talked = Talked()
    talked.said(0.0015, '{"token":"hunter2"}', by_client=True)
    talked.said(0.002, b"\x00", by_client=False)
    talked.said(0.0025, "x" * 10_000, by_client=False)
    entry = add(Journal(), sent=Sent(101, "m", talk=talked))
    told = as_json(entry)["response"]["talk"]
    assert (told["from_client"], told["to_client"], told["ended"]) == (1, 2, None)
    assert told["messages"][:2] == [
        {"after_ms": 1.5, "by": "client", "text": f'{{"token":"{HIDDEN}"}}'},
        {"after_ms": 2.0, "by": "server", "base64": "AA=="},
    ]
    assert told["messages"][2]["size"] == 10_000
    talked.over("client", 1000, "done", 0.004)
    assert as_json(entry)["response"]["talk"]["ended"] == {
        "by": "client", "code": 1000, "reason": "done", "after_ms": 4.0,
    }  # fmt: skip


def test_an_exchange_in_short_holds_no_header_and_no_body() -> None:
    journal = Journal()
    add(journal, "/a?token=hunter2", mock="workspace/mocks/a", body=b"hunter2", session="ada")
    told = as_event(journal.held()[0])
    assert (told["event"], told["id"], told["session"], told["mock"], told["status"]) == (
        "exchange", 1, "ada", "workspace/mocks/a", 200,
    )  # fmt: skip
    assert not {"request", "headers", "body"} & set(told)
