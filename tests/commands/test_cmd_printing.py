"""How layer 7 prints."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, counted, from_here, problem_json, put_json, remark, shown, wants_color
from keymock.problems import Problem

PROBLEM = Problem("mocks/a.toml", 2, 1, "unknown-key", "error", "unknown key `x`", "…", "x = 1")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_needs_a_terminal_that_wants_it() -> None:
    assert wants_color(Terminal(), {})
    assert not wants_color(io.StringIO(), {})
    assert not wants_color(Terminal(), {"NO_COLOR": "1"})
    assert not wants_color(Terminal(), {"TERM": "dumb"})
    assert wants_color(Terminal(), {"NO_COLOR": ""})


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns([("GET", "/a", ""), ("DELETE", "/long", "x")]) == ["GET     /a", "DELETE  /long  x"]
    assert columns([]) == []
    assert columns([("\33[31m",)]) == ["\\x1b[31m"]


def test_one_and_many() -> None:
    assert (counted(1, "mock"), counted(0, "mock"), counted(2, "mock")) == ("1 mock", "0 mocks", "2 mocks")


def test_paths_work_from_the_current_folder() -> None:
    root = Path("/w")

    def seen_from(folder: str) -> str:
        return from_here(Invocation(folder=Path(folder), environ={}), root, "mocks/a.toml")

    assert seen_from("/w") == "mocks/a.toml"
    assert seen_from("/w/mocks") == "a.toml"
    assert seen_from("/w/x/y") == "../../mocks/a.toml"
    assert seen_from("/a/b/c") == "/w/mocks/a.toml"


def test_problems(capsys: pytest.CaptureFixture[str]) -> None:
    here = Invocation(folder=Path("/w/mocks"), environ={})
    assert shown(here, Path("/w"), PROBLEM).startswith("a.toml:2:1: error: unknown key `x` [unknown-key]\n")
    put_json(problem_json(PROBLEM))
    assert '"path": "mocks/a.toml"' in capsys.readouterr().out


@pytest.mark.parametrize(("loudness", "json", "said"), [(0, False, "note\n"), (-1, False, ""), (0, True, "")])
def test_remarks(capsys: pytest.CaptureFixture[str], loudness: int, json: bool, said: str) -> None:
    remark(Invocation(folder=Path("/"), environ={}, loudness=loudness, json=json), "note")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", said)
