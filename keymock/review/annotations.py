"""A verdict as remarks at lines of a pull request, in the ways that hosts take them from a job's output."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from keymock.changes import Place
from keymock.changes.grouping import title_of
from keymock.problems import printable
from keymock.review.summary import asked
from keymock.review.verdict import Verdict

Level = Literal["error", "warning", "notice"]


class Remark(NamedTuple):
    """What is said at a line; 0 is the whole file."""

    level: Level
    file: str
    line: int
    title: str
    message: str


def remarks(verdict: Verdict) -> Iterator[Remark]:
    """Refusals and problems as errors, breaks as warnings or, where they refuse the change, as errors."""
    helpers = {need.path: need.who for need in verdict.needs}
    told: set[tuple[str, str]] = set()
    for one in verdict.refused:
        if (one.deed.file, one.reason) not in told:
            told.add((one.deed.file, one.reason))
            message = f"{one.reason}; {asked(helpers.get(one.deed.path, ()))}"
            yield Remark("error", printable(one.deed.file), 0, "keymock: not allowed", message)
    for problem in verdict.problems:
        level: Level = "error" if problem.severity == "error" else "warning"
        message = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
        yield Remark(level, problem.path, problem.line, f"keymock: {problem.code}", message)
    for change in verdict.changes.changes:
        for detail in change.details if change.breaking else ():
            if detail.severity == "breaking":
                place = detail.after or change.after or Place("ROLES")
                level = "error" if verdict.breaks else "warning"
                title = f"keymock: breaks {printable(title_of(change))}"
                yield Remark(level, place.file, place.line, title, printable(detail.says))


def github(verdict: Verdict, prefix: str = "") -> str:
    """Workflow commands, a line each, without a line end. `prefix` leads from the repository to the workspace."""
    return "\n".join(
        f"::{one.level} file={_property(prefix + one.file)}{f',line={one.line}' if one.line else ''}"
        f",title={_property(one.title)}::{_data(one.message)}"
        for one in remarks(verdict)
    )


def _data(words: str) -> str:
    """Escaped as the runner undoes it, so that no line of a file can be a command of its own."""
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


SEVERITY = {"error": "major", "warning": "minor", "notice": "info"}


def gitlab(verdict: Verdict, prefix: str = "") -> list[dict[str, Any]]:
    """A Code Quality report: what a job keeps as `artifacts: reports: codequality`."""
    return [
        {
            "description": one.message,
            "check_name": one.title,
            "fingerprint": hashlib.sha256("\0".join(map(str, (one.file, one.title, one.message))).encode()).hexdigest(),
            "severity": SEVERITY[one.level],
            "location": {"path": prefix + one.file, "lines": {"begin": one.line or 1}},
        }
        for one in remarks(verdict)
    ]
