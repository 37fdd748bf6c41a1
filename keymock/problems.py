"""What is wrong, where, and what to do about it. Problems are values: collected, and shown all at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Problem(msgspec.Struct, frozen=True, order=True):
    """One fault of a file, a request or a command, told to the person who can mend it.

    `path` is relative to the workspace, with `/`. `line` and `column` count from 1 and are in characters;
    0 means "the whole file". `excerpt` is the source line itself, for the caret. `code` is kebab-case and
    stable: `keymock help CODE` explains it.
    """

    path: str
    line: int
    column: int
    code: str
    severity: Severity
    message: str
    hint: str = ""
    excerpt: str = ""

    @property
    def place(self) -> str:
        """`path:line:column`, as editors and terminals make clickable; shorter where less is known."""
        parts = [self.path, *(str(number) for number in (self.line, self.column) if number)]
        return ":".join(parts)


class Stop(Exception):
    """Nothing sensible can follow: show these problems and leave with `exit_code`."""

    def __init__(self, *problems: Problem, exit_code: int = 2) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems
        self.exit_code = exit_code


def error(path: str, code: str, message: str, *, hint: str = "", line: int = 0, column: int = 0) -> Problem:
    """A fault that keeps something from being served or done."""
    return Problem(path, line, column, code, "error", message, hint)


def warning(path: str, code: str, message: str, *, hint: str = "", line: int = 0, column: int = 0) -> Problem:
    """Something that works, and is probably not meant."""
    return Problem(path, line, column, code, "warning", message, hint)


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that `word` was most likely meant to be, or None if nothing is near."""
    import difflib  # noqa: PLC0415  (only a mistake needs it)

    found = difflib.get_close_matches(word.lower(), list(choices), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """``did you mean `status`?``, or the empty string."""
    near = nearest(word, choices)
    return f"did you mean `{near}`?" if near else ""


def printable(text: str) -> str:
    """`text` with control, bidi and other invisible characters escaped: safe on a terminal and in a log."""
    if text.isprintable():
        return text
    return "".join(
        char
        if unicodedata.category(char)[0] not in "CZ" or char == " "
        else f"\\x{ord(char):02x}"
        if ord(char) < 0x100
        else f"\\u{ord(char):04x}"
        for char in text
    )


def render(problem: Problem, *, color: bool = False) -> str:
    """The problem as people read it: place, message, the line with a caret, the hint.

    >>> print(render(Problem("a.toml", 2, 5, "unknown-key", "error", "unknown key `staus`", "…", "    staus = 1")))
    a.toml:2:5: error: unknown key `staus` [unknown-key]
          staus = 1
          ^
      …
    """
    bold, red, yellow, dim, plain = ("\33[1m", "\33[31m", "\33[33m", "\33[2m", "\33[0m") if color else ("",) * 5
    tint = red if problem.severity == "error" else yellow
    lines = [
        f"{bold}{printable(problem.place)}:{plain} {tint}{problem.severity}:{plain} "
        f"{printable(problem.message)} {dim}[{problem.code}]{plain}"
    ]
    if problem.excerpt and problem.column:
        indent = 6 - 4  # excerpts keep their own indentation, two in from the margin
        start, cut = _window(problem.excerpt, problem.column)
        lines.append(" " * indent + printable(cut))
        lines.append(" " * (indent + problem.column - 1 - start) + f"{tint}^{plain}")
    if problem.hint:
        lines.append(f"  {printable(problem.hint)}")
    return "\n".join(lines)


def _window(line: str, column: int, width: int = 96) -> tuple[int, str]:
    """The part of a long line around `column`, and how many characters were cut off before it."""
    line = line.rstrip("\r\n").replace("\t", " ")
    if len(line) <= width:
        return 0, line
    start = max(0, column - 1 - width // 2)
    return start, line[start : start + width]
