"""Bytes of a file → text that may be parsed: size, encoding, line ends, and what git leaves behind after a merge."""

from __future__ import annotations

import re

from keymock.problems import Problem

LIMIT = 256 * 1024  # bytes of one TOML file; a mock that needs more keeps its body in a file of its own

_MARKER = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?: (.*))?$", re.MULTILINE)


def decode(data: bytes, path: str) -> str | Problem:
    """The text of a file: UTF-8, without a byte order mark, lines ending in LF; or the problem that prevents it."""
    if len(data) > LIMIT:
        size = f"{len(data) / 1024:.0f} KiB"
        hint = "move the large part, usually a body, into a file of its own: body_file = …"
        return Problem(path, 0, 0, "too-large", "error", f"the file has {size}; keymock reads 256 KiB at most", hint)
    try:
        text = data.decode()
    except UnicodeDecodeError as bad:
        return _not_utf8(data, path, bad)
    text = text.removeprefix("\ufeff")
    # As the TOML specification allows and tomllib does: a CRLF inside a multi-line text is one LF.
    return text.replace("\r\n", "\n") if "\r" in text else text


def _not_utf8(data: bytes, path: str, bad: UnicodeDecodeError) -> Problem:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Problem(path, 1, 1, "not-utf8", "error", "the file is UTF-16, not UTF-8", "save it again as UTF-8")
    before = data[: bad.start]
    begin = before.rfind(b"\n") + 1
    column = len(data[begin : bad.start].decode(errors="replace").removeprefix("\ufeff")) + 1
    excerpt = data[begin:].split(b"\n", 1)[0].decode(errors="replace").removeprefix("\ufeff")
    return Problem(
        path,
        before.count(b"\n") + 1,
        column,
        "not-utf8",
        "error",
        f"the byte 0x{data[bad.start]:02X} is not UTF-8",
        "save the file as UTF-8; an older editor may have written it as Latin-1",
        excerpt.rstrip("\r"),
    )


def conflict(text: str, path: str) -> Problem | None:
    """The merge conflict that is still in `text`, if there is one: both sides named, at its first marker."""
    if "<<<<<<<" not in text:
        return None
    markers = list(_MARKER.finditer(text))
    first = next((marker for marker in markers if marker[1][0] == "<"), None)
    if first is None:
        return None
    after = [marker for marker in markers if marker.start() > first.start()]
    theirs = next((marker for marker in after if marker[1][0] == ">"), None)
    ours_label = first[2] or "one side"
    theirs_label = (theirs[2] if theirs else None) or "the other side"
    middle = [marker for marker in after if marker[1][0] in "|=" and theirs and marker.start() < theirs.start()]
    lines = [str(_line(text, marker.start())) for marker in (first, *middle[:2], theirs) if marker]
    message = f"a merge conflict between `{ours_label}` and `{theirs_label}` is not resolved"
    what = f"lines {', '.join(lines[:-1])} and {lines[-1]}" if len(lines) > 1 else f"line {lines[0]}"
    hint = f"keep what is right and delete the marker {what}"
    more = sum(marker[1][0] == "<" for marker in markers) - 1
    if more:
        hint += f"; {more} more {'conflict follows' if more == 1 else 'conflicts follow'}"
    return Problem(path, int(lines[0]), 1, "conflict-markers", "error", message, hint, first[0])


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
