"""`keymock blame METHOD URL`: who made this answer what it is, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import click

from keymock.commands.authors import Recorded, answering, defaults_of, files_of, recorded, say_shallow, signature_json
from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, counted, put_json
from keymock.commands.revisions import at_option
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.problems import printable
from keymock.repo import Written, blame, last_changes

SHOWN = 20
"""Lines of a body that are printed; `-v` prints all."""

NO_TEXT = Written(0, "(no text)", "", None, "")

HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\"'-]+)")
NAME = re.compile(r"\s*name\s*=\s*[\"'](.*)[\"']")


@verb("blame", examples=("keymock blame GET /users/1", "keymock blame /users/1 --at v1", "keymock blame / --json"))
@click.argument("words", nargs=-1, required=True, metavar="METHOD URL")
@at_option
def command(invocation: Invocation, words: tuple[str, ...], at: str) -> int:
    """Say who made the answer to a request what it is: commit, author and line, of the mock, its body and defaults.

    METHOD may be left out for GET. Of a mock with several answers only the one that is given is shown.
    """
    seen = look(invocation, at)
    route, answer = answering(seen, words)
    files = [*defaults_of(seen, route), *files_of(seen, route)]
    with recorded(seen, at) as here:
        committed = here.committed(files)
        found = {file: list(_lines(seen, here, file, file in committed, at)) for file in files}
    if answer["response"] and route.file in found:
        found[route.file] = _of_variant(found[route.file], answer["response"])
    if invocation.json:
        put_json([_json(file, line) for file, lines in found.items() for line in lines])
        return 0
    print(f"{answer['status']}  {route.id}" + (f" ({printable(answer['response'])})" if answer["response"] else ""))
    for file, lines in found.items():
        print(f"\n{seen.shown(file)}")
        _tell(lines, whole=file.endswith(".toml") or invocation.loudness > 0)
    say_shallow(invocation, here)
    return 0


def _lines(seen: Seen, here: Recorded, file: str, committed: bool, at: str) -> Iterator[Written]:
    """Every line of a file with its commit; of one that is no text, its last change alone."""
    content = seen.catalog.tree.source.read(file)
    name = here.glass.place.prefix + file
    if b"\0" in content:
        last = last_changes(here.glass, here.head, [name]).get(name)
        yield Written(0, "(no text)", last.id, last.author, last.subject) if last else NO_TEXT
    elif committed:
        yield from blame(here.glass, here.head, name, None if at else content)
    else:
        for number, text in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            yield Written(number, text, "", None, "")


def _of_variant(lines: list[Written], name: str) -> list[Written]:
    """The lines without those of other `[[responses]]`. All, if none of these has the name."""
    blocks: list[list[Written]] = [[]]
    for line in lines:
        header = HEADER.match(line.text)
        starts = header is not None and header[1] == "[[" and header[2] == "responses"
        leaves = header is not None and not header[2].startswith("responses") and _is_variant(blocks[-1])
        if starts or leaves:
            blocks.append([])
        blocks[-1].append(line)
    wanted = [block for block in blocks if _is_variant(block) and name in _names(block)]
    return [line for block in blocks if not wanted or not _is_variant(block) or block in wanted for line in block]


def _is_variant(block: list[Written]) -> bool:
    header = HEADER.match(block[0].text) if block else None
    return header is not None and header[1] == "[[" and header[2] == "responses"


def _names(block: list[Written]) -> set[str]:
    return {found[1] for line in block if (found := NAME.match(line.text))}


def _tell(lines: list[Written], *, whole: bool) -> None:
    shown = lines if whole else lines[:SHOWN]
    for line in columns([_row(line) for line in shown if line.text.strip()]):
        print(f"  {line}")
    if len(shown) < len(lines):
        print(f"  … and {counted(len(lines) - len(shown), 'line')} more: -v")


def _row(line: Written) -> tuple[str, ...]:
    if line.author is None:
        return str(line.line), "not committed", "", "", line.text
    return str(line.line), line.commit[:10], str(line.author.when.date()), line.author.email, line.text


def _json(file: str, line: Written) -> dict[str, Any]:
    who = signature_json(line.author) if line.author is not None else {"author": "", "email": "", "when": ""}
    return {"file": file, "line": line.line, "text": line.text, "commit": line.commit, **who, "subject": line.subject}
