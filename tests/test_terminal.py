from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tree_answers import mock, plant

from keymock.journal import Entry, Sent
from keymock.palette import COLOR, PLAIN
from keymock.problems import error
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.terminal import (
    LINES_AT_ONCE,
    MISSES_AT_ONCE,
    Console,
    banner,
    event_line,
    request_line,
    request_lines,
)
from keymock.variables import Mask

READY: dict[str, Any] = {"url": "http://127.0.0.1:8787", "projects": {}, "control": "", "actor": "ada@example.com"}
FACTS: dict[str, Any] = {"name": "Shop", "mocks": {"workspace": 2, "projects/shop": 1}}


@pytest.mark.parametrize(
    ("ready", "facts", "line"),
    [
        ({}, {}, "Shop · keymock 1.0"),
        ({}, {"name": ""}, "keymock · keymock 1.0"),
        ({}, {}, "  http://127.0.0.1:8787"),
        ({}, {}, "  3 mocks (2 workspace, 1 shop)"),
        ({}, {"mocks": {"workspace": 1}, "disabled": 2}, "  1 mock (1 workspace, 2 switched off)"),
        ({}, {"mocks": {}}, "  no mocks yet: keymock new GET /hello 200 'Hello'"),
        ({"control": "http://127.0.0.1:9"}, {}, "  control  http://127.0.0.1:9"),
        (
            {"projects": {"shop": {"url": "http://127.0.0.1:8787/shop"}}},
            {"hosts": {"shop": "api.test"}},
            "  shop  http://shop.localhost:8787  http://api.test:8787  http://127.0.0.1:8787/shop",
        ),
        ({}, {}, "  as ada@example.com (--as)"),
        ({"actor": ""}, {}, "  as nobody"),
        (
            {"actor": ""},
            {"withheld": {"ROLES:4": 212}},
            "  served as nobody: 212 mocks withheld by ROLES:4; set KEYMOCK_USER, or git config user.email",
        ),
        ({}, {"withheld": {"ROLES:4": 1}}, "  served as ada@example.com: 1 mock withheld by ROLES:4"),
        ({}, {"seed": 7}, "  seed 7"),
        ({}, {"seed": 7, "frozen": 0.0}, "  seed 7, the clock stands at 1970-01-01T00:00:00+00:00"),
        ({}, {"overlays": ["a", "b"]}, "  your overlays in use: a, b"),
    ],
)
def test_a_line_of_the_banner(ready: dict[str, Any], facts: dict[str, Any], line: str) -> None:
    assert line in banner("1.0", {**READY, **ready}, {**FACTS, **facts}, "--as", PLAIN).split("\n")


def test_a_banner_shows_twenty_problems_and_counts_the_rest() -> None:
    problems = [{"path": f"{number}.toml", "line": 0, "column": 0, "code": "x", "severity": "error", "message": "no"}
                for number in range(25)]  # fmt: skip
    lines = banner("1", READY, {**FACTS, "problems": problems}, "", PLAIN).split("\n")
    assert "  25 problems:" in lines
    assert lines[-2:] == ["    19.toml: error: no [x]", "  … and 5 more: keymock check"]


def test_a_name_cannot_colour_the_terminal() -> None:
    assert "\33" not in banner("1", READY, {**FACTS, "name": "\33[31m"}, "", PLAIN)
    assert "\33[1m" in banner("1", READY, FACTS, "", COLOR)


def entry(**changed: Any) -> Entry:
    of_sent = {name: value for name, value in changed.items() if name in Sent.__struct_fields__}
    of_entry = {name: value for name, value in changed.items() if name in Entry._fields}
    sent = msgspec.structs.replace(Sent(200, "workspace/mocks/a"), **of_sent)
    return Entry(1, 0, 0, 1_250_000, "", "GET", b"/a", b"x=1", [], sent, 1)._replace(**of_entry)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "GET     /a?x=1  200  workspace/mocks/a  1.2 ms"),
        ({"response": "gone", "status": 404}, "GET     /a?x=1  404  workspace/mocks/a (gone)  1.2 ms"),
        ({"mock": "", "error": "no-mock", "status": 404, "query": b""}, "GET     /a  404  no-mock  1.2 ms"),
        ({"mock": "", "query": b"", "path": b"/\x1b[2J\xff"}, "GET     /\\x1b[2J\ufffd  200  keymock  1.2 ms"),
    ],
)
def test_a_line_a_request(changed: dict[str, Any], line: str) -> None:
    assert request_line(entry(**changed), PLAIN, Mask()) == line


@pytest.mark.parametrize(("status", "tint"), [(200, COLOR.green), (404, COLOR.yellow), (500, COLOR.red)])
def test_a_status_has_its_colour(status: int, tint: str) -> None:
    assert f"{tint}{status}{COLOR.plain}" in request_line(entry(status=status), COLOR, Mask())


def why(miss: Entry) -> str:
    """What would be said of a miss."""
    return f"because {miss.path.decode()}"


def test_only_the_last_misses_say_why() -> None:
    misses = [entry(mock="", error="no-mock", path=b"/%d" % number) for number in range(MISSES_AT_ONCE + 2)]
    lines = request_lines([entry(), *misses, entry()], PLAIN, why, Mask())
    assert [line for line in lines if line.startswith("because")] == [
        f"because /{number}" for number in range(2, MISSES_AT_ONCE + 2)
    ]
    assert lines[-1] == request_line(entry(), PLAIN, Mask())


def test_a_load_test_does_not_scroll_the_terminal_to_death() -> None:
    few, many = [entry()] * LINES_AT_ONCE, [entry()] * (LINES_AT_ONCE + 3)
    assert len(request_lines(few, PLAIN, why, Mask())) == LINES_AT_ONCE
    assert request_lines(many, PLAIN, why, Mask())[0] == "… 3 requests not shown"
    assert len(request_lines(many, PLAIN, why, Mask())) == LINES_AT_ONCE + 1


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ({"event": "reload", "generation": 2, "mocks": 1}, "↻ generation 2, 1 mock"),
        ({"event": "problem", "problem": error("a.toml", "x", "no")}, "a.toml: error: no [x]"),
        ({"event": "mended", "path": "a.toml"}, "✓ a.toml is mended"),
        ({"event": "other"}, ""),
    ],
)
def test_events(event: dict[str, Any], line: str) -> None:
    assert event_line(event, PLAIN) == line


@pytest.mark.parametrize("as_json", [False, True])
def test_a_console_writes_what_is_new_and_only_that(tmp_path: Path, as_json: bool) -> None:
    plant(tmp_path, {"workspace/mocks/a.toml": mock("/a")})
    service = Service(Options(workspace=str(tmp_path)), itertools.count().__next__)
    service.journal.add(*entry(path=b"/before")[1:])
    written: list[str] = []
    show = Console(written.append, PLAIN, requests=True, as_json=as_json).attach(service)
    show()
    assert written == []
    service.journal.add(*entry()[1:])
    plant(tmp_path, {"workspace/mocks/b.toml": mock("/b")})
    service.rescan()
    show()
    show()
    (text,) = written
    if as_json:
        assert [json.loads(line)["event"] for line in text.splitlines()] == ["reload"]
    else:
        assert text == "↻ generation 2, 2 mocks\nGET     /a?x=1  200  workspace/mocks/a  1.2 ms\n"


def test_a_webhook_is_a_line_and_why_it_did_not_get_there_another() -> None:
    event = {"event": "webhook", "method": "POST", "url": "http://a.example/\x1b", "mock": "m", "status": 204,
             "state": "sent", "error": None, "detail": "", "hint": ""}  # fmt: skip
    assert event_line(event, PLAIN) == "→ POST http://a.example/\\x1b  204  m"
    refused = {**event, "status": None, "state": "refused", "error": "offline", "detail": "no", "hint": "type this"}
    assert event_line(refused, PLAIN) == "→ POST http://a.example/\\x1b  offline  m\n    no; type this"
