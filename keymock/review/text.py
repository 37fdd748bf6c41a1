"""A verdict as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator

from keymock.changes.text import text as changes_text
from keymock.problems import printable, render
from keymock.review.summary import asked, headline, refusals, some
from keymock.review.verdict import Verdict


def text(verdict: Verdict, title: str, *, color: bool = False) -> str:
    """The whole answer, without a line end: first whether, then why not, then what callers will see."""
    return "\n".join(_lines(verdict, title, color))


def _lines(verdict: Verdict, title: str, color: bool) -> Iterator[str]:
    red, green, bold, dim, plain = ("\33[31m", "\33[32m", "\33[1m", "\33[2m", "\33[0m") if color else ("",) * 5
    tint = green if verdict.allowed else red
    yield f"{tint}{bold}{headline(verdict)}{plain}"
    for refusal in refusals(verdict):
        yield ""
        yield f"{red}✗{plain} {printable(refusal.says)}"
        yield f"    {some(refusal.files)}"
        commits = f"in {some(refusal.commits)}; " if refusal.commits else ""
        yield f"    {dim}{commits}{asked(refusal.helpers)}{plain}"
    for problem in verdict.problems:
        yield ""
        yield render(problem, color=color)
    yield ""
    yield changes_text(verdict.changes, title, color=color)
    for note in verdict.notes:
        yield f"{dim}{printable(note)}{plain}"
