"""What is printed is in `tests/reviews/`; here are colours, and what is too long to be told."""

from __future__ import annotations

import json
import re

from telling import compared

from keymock.changes import Comparison
from keymock.changes.text import MOST_DETAILS, text

BODY = "workspace/mocks/a.body.json"
BEFORE = {"workspace/mocks/a.toml": 'request.path = "/a"\n', BODY: json.dumps(dict.fromkeys("abcdefghijklmnopqrst", 1))}
AFTER = {**BEFORE, BODY: "{}"}


def test_a_body_that_is_another_altogether_is_not_told_to_its_end() -> None:
    told = text(compared(BEFORE, AFTER), "a → b")
    assert told.count("is gone") == MOST_DETAILS
    assert told.endswith("    … and 8 more")


def test_colour_adds_nothing_but_colour() -> None:
    found = compared(BEFORE, AFTER)
    coloured = text(found, "a → b", color=True)
    assert "\33[31m✗" in coloured
    assert re.sub("\33\\[[0-9;]*m", "", coloured) == text(found, "a → b").replace("`", "")


def test_what_is_withheld_is_said() -> None:
    assert text(Comparison((), 2), "a → b").endswith("not looked at: 2 changes withheld from you by ROLES")


def test_a_title_cannot_move_the_cursor() -> None:
    assert "\33" not in text(Comparison(()), "\33[2J")
