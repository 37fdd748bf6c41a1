"""What layer 7 prints: lines for people, JSON for programs, remarks beside the answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import msgspec

from keymock.commands.invocation import Invocation
from keymock.problems import Problem, printable, render


def wants_color(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Colour only where a person looks: a terminal that can, and no NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def lenient() -> None:
    """Lets standard output and standard error take any text: a terminal that cannot show ✓ is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def put_json(value: Any) -> None:
    """An answer for a program, on standard output."""
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def remark(invocation: Invocation, text: str) -> None:
    """Something beside the answer, on standard error; not with `-q`, and never in the way of JSON."""
    if invocation.loudness >= 0 and not invocation.json:
        print(text, file=sys.stderr)


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as lines, every column as wide as its widest cell, two spaces between."""
    cells = [[printable(cell) for cell in row] for row in rows]
    if not cells:
        return []
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def counted(number: int, what: str) -> str:
    """`1 mock`, `2 mocks`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def from_here(invocation: Invocation, root: Path, file: str) -> str:
    """A file of the workspace as a path that works, and can be clicked, in the current folder."""
    if invocation.folder == root:
        return file
    shown = os.path.relpath(root / file, invocation.folder)
    return shown if shown.count("..") <= 2 else str(root / file)


def shown(invocation: Invocation, root: Path, problem: Problem) -> str:
    """A problem of a file as people read it from where they are."""
    path = from_here(invocation, root, problem.path) if problem.path else ""
    return render(msgspec.structs.replace(problem, path=path), color=invocation.color)


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem in the shape of `keymock check --json`."""
    fields = msgspec.to_builtins(problem)
    return {name: fields[name] for name in ("code", "severity", "path", "line", "column", "message", "hint")}
