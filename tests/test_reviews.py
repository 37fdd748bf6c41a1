"""`reviews/*.txt`: a tree before, a tree after, and exactly what a reviewer is told.

A case begins with a sentence. `=== both FILE` stands in both trees, `=== before FILE` and `=== after FILE` in one of
them; `=== diff` is the text. To add one, leave the text empty: the failing test shows what to put there, if it is what
a good colleague would say.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
import text_tree

from keymock import changes
from keymock.changes.as_json import as_json
from keymock.changes.markdown import markdown
from keymock.changes.text import text

CASES = sorted((Path(__file__).parent / "reviews").glob("*.txt"))


class Case(NamedTuple):
    """One of the files, read."""

    before: dict[str, str]
    after: dict[str, str]
    accepted: dict[str, str]
    expected: str


def read(file: Path) -> Case:
    case = Case({}, {}, {}, "")
    parts = re.split(r"^=== (\w+) ?(.*)\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert parts[0].strip(), "a case begins with a sentence"
    for kind, name, content in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if kind in ("before", "both"):
            case.before[name] = content
        if kind in ("after", "both"):
            case.after[name] = content
        if kind == "accept":
            route, _, reason = name.partition(" because ")
            case.accepted[route] = reason
        if kind == "diff":
            return case._replace(expected=content)
    return case


def compared(case: Case) -> changes.Comparison:
    before, after = text_tree.catalogs(case.before, case.after)
    return changes.compare(before, after, accepted=case.accepted)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_the_reviewer_is_told(file: Path) -> None:
    case = read(file)
    assert text(compared(case), "before → after") + "\n" == case.expected


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_each_form_tells_the_same_changes(file: Path) -> None:
    found = compared(read(file))
    written = as_json(found)
    assert [one["severity"] for one in written["changes"]] == [one.severity for one in found.changes]
    assert written["breaking"] == found.breaking
    page = markdown(found)
    for change in found.changes:
        for detail in change.details[:12]:
            assert detail.says in page
            assert detail.before or detail.after or change.about, detail


def test_backwards_every_change_is_a_change_too() -> None:
    for file in CASES:
        case = read(file)
        found = compared(case)
        there, back = text_tree.catalogs(case.after, case.before)
        assert bool(changes.compare(there, back).changes) == bool(found.changes), file.stem


def test_there_are_cases() -> None:
    assert len(CASES) >= 25
