"""Events that cannot be sent, each told where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import load, plant

MOCKS = "workspace/mocks"


def told(tmp_path: Path, response: str, events: str | bytes = "") -> list[str]:
    """The problems of a mock with this `[response]`, beside a file `a.events`."""
    mock = f'[request]\npath = "/a/:id"\n\n[response]\n{response}\n'
    root = plant(tmp_path, {f"{MOCKS}/m.toml": mock, f"{MOCKS}/a.events": events})
    found = load(root).problems
    return [f"{problem.path}:{problem.line}:{problem.column} {problem.code}: {problem.message}" for problem in found]


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (
            'events = { list = [{ data = "a" }, { data = { b = "{{ request.parms }}" } }] }',
            "5:63 unknown-name: `request` has no `parms`",
        ),
        ('events = { list = [{ data = "{{ m }}" }] }', "5:33 unknown-name: unknown name `m`"),
        ('events = { list = [{ id = "a\\nb" }] }', "5:27 bad-value: `id` cannot be"),
        ('events = { list = [{ data = "a" }], at_end = "cycle" }', "5:19 bad-events: events without an end"),
        ('events = { every = "1s" }', "5:1 bad-value: events come from a `list` or from a `file`"),
        ('body = "a"\nevents = { list = [{ data = "a" }] }', "6:1 two-bodies: both `body` and `events`"),
        (
            'throttle = { chunks = 2, over = "1s" }\nevents = { list = [{ data = "a" }] }',
            "5:1 bad-events: events come in their own time",
        ),
        ('events = { file = "b.events" }', "5:19 body-missing: "),
        ('events = { file = "../../ROLES" }', "5:19 body-outside: "),
    ],
)
def test_what_is_wrong_with_events(response: str, problem: str, tmp_path: Path) -> None:
    (found,) = told(tmp_path, response)
    assert found.startswith(f"{MOCKS}/m.toml:{problem}")


@pytest.mark.parametrize(
    ("events", "problem"),
    [
        ("data: a\n\ndta: b\n", f"bad-events: {MOCKS}/a.events:3: `dta` is no field of an event"),
        (b"data: \xff\n", f"not-utf8: {MOCKS}/a.events is not UTF-8"),
        ("", "bad-events: there are no events"),
        ("data: a\n\ndata: {{ m }}\n", "unknown-name: a.events, event 2: unknown name `m`"),
    ],
)
def test_what_is_wrong_with_a_file_of_events(events: str | bytes, problem: str, tmp_path: Path) -> None:
    (found,) = told(tmp_path, 'template = true\nevents = { file = "a.events" }', events)
    assert found == f"{MOCKS}/m.toml:6:19 {problem}"


def test_a_file_of_events_is_read_anew_when_it_changes(tmp_path: Path) -> None:
    told(tmp_path, 'events = { file = "a.events" }', "data: a\n")
    before = load(tmp_path)
    (tmp_path / MOCKS / "a.events").write_text("data: other\n")
    after = load(tmp_path, before=before)
    (route,) = after.routes.values()
    assert route.answers[0].play.events is not None
    assert route.answers[0].play.events.parts[0].ready == b"data: other\n\n"
