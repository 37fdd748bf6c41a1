from __future__ import annotations

import re

from verdicts import FILE, PROBLEMS, refused, verdict

from keymock.review.text import text


def test_first_whether_then_why_then_what() -> None:
    lines = text(verdict(refused(), problems=PROBLEMS), "main → topic").splitlines()
    assert lines[0].startswith("refused: ")
    assert lines[2:5] == [
        "✗ ada@example.com is a viewer of projects/pay by ROLES:6",
        f"    {FILE} (changed)",
        "    in cccccccccc; can be approved by pat@example.com",
    ]
    assert lines[6] == "a.toml:3: error: this looks like a token [secret]"
    assert "main → topic: 1 breaking" in lines
    assert lines[-1] == "A note."


def test_colour_adds_nothing_but_colour() -> None:
    found = verdict(refused(), problems=PROBLEMS)
    plain = re.sub("\33\\[[0-9;]*m", "", text(found, "a → b", color=True))
    assert plain.replace("`", "") == text(found, "a → b").replace("`", "")
