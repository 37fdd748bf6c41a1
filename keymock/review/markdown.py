"""A verdict for a pull request: a comment, or the summary of a job. Nothing that comes out of a file is acted on."""

from __future__ import annotations

from collections.abc import Iterator

from keymock.changes.markdown import markdown as changes_markdown
from keymock.changes.words import code
from keymock.problems import Problem
from keymock.review.summary import headline, refusals
from keymock.review.verdict import Verdict

MOST_PROBLEMS = 50


def markdown(verdict: Verdict) -> str:
    """The whole comment, without a line end."""
    return "\n".join(_lines(verdict))


def _lines(verdict: Verdict) -> Iterator[str]:
    yield f"### keymock: {'✅' if verdict.allowed else '❌'} {headline(verdict)}"
    if verdict.refused:
        yield ""
        yield "#### Needs somebody else"
        yield ""
        for refusal in refusals(verdict):
            yield f"- {_sentence(refusal.says)}"
            yield from (f"  - {code(file)}" for file in refusal.files[:12])
            if len(refusal.files) > 12:
                yield f"  - … and {len(refusal.files) - 12} more"
            who = ", ".join(map(code, refusal.helpers[:8]))
            yield f"  - **can be approved by** {who}" if who else "  - nobody can allow it"
    if verdict.problems:
        yield ""
        yield "#### Problems"
        yield ""
        yield from map(_problem, verdict.problems[:MOST_PROBLEMS])
        if len(verdict.problems) > MOST_PROBLEMS:
            yield f"- … and {len(verdict.problems) - MOST_PROBLEMS} more"
    yield ""
    yield changes_markdown(verdict.changes)
    if verdict.notes:
        yield ""
        yield from (f"<sub>{_sentence(note)}</sub>" for note in verdict.notes)


def _problem(problem: Problem) -> str:
    sign = "❌" if problem.severity == "error" else "⚠️"
    hint = f" — {_sentence(problem.hint)}" if problem.hint else ""
    return f"- {sign} {code(problem.place)} {_sentence(problem.message)}{hint}"


def _sentence(words: str) -> str:
    """A sentence that quotes names and paths: whatever Markdown would act on is escaped, e-mails stay text."""
    parts = words.replace("\n", " ").split("`")
    if len(parts) % 2 == 0:  # a backtick too many: then none of them is one
        parts = ["'".join(parts)]
    return "".join(code(part) if at % 2 else _escaped(part) for at, part in enumerate(parts) if part or not at % 2)


def _escaped(words: str) -> str:
    found = "".join(f"\\{sign}" if sign in "\\*_[]<>#|~!" else sign for sign in words)
    return " ".join(code(word.rstrip(",.;")) + word[len(word.rstrip(",.;")) :] if "@" in word else word
                    for word in found.split(" "))  # fmt: skip
