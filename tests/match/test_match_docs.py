"""docs/matching.md: every row of its tables holds for what it says, and not for what it says."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from keymock import match, pattern
from keymock.exchange import Request, split_path
from keymock.match.moment import ELSEWHERE
from keymock.match.places import PLACES
from keymock.match.values import KEYS

DOCS = Path(__file__).parents[2] / "docs" / "matching.md"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp()


def rows() -> list[tuple[str, str, str, str]]:
    """Key, example, a request that holds, one that does not: of every table in the page."""
    found = []
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        cells = re.findall(r"(?<=\| )(.*?)(?= \|)", line)
        if len(cells) == 5 and "`" in cells[2]:
            key, _, example, yes, no = (cell.strip().strip("`") for cell in cells)
            found.append((key, example, yes, no))
    return found


def paths() -> list[tuple[str, str, str]]:
    """A path, one that it takes, and one that it does not take: of the table of paths."""
    _, _, section = DOCS.read_text(encoding="utf-8").partition("\n## Methods and paths\n")
    lines = section.partition("\n## ")[0].splitlines()
    found = [re.findall(r"(?<=\| )`?(.*?)`?(?= \|)", line) for line in lines if line.startswith("| `")]
    return [(path, yes, no) for path, _, yes, no in found]


@pytest.mark.parametrize(("path", "yes", "no"), paths())
def test_path(path: str, yes: str, no: str) -> None:
    wanted = tomllib.loads(f"path = {path}")["path"] if path.startswith("{ ") else path
    patterns = pattern.parse(wanted) if isinstance(wanted, str) else [pattern.from_regex(wanted["regex"])]
    taken = [any(pattern.match(one)(split_path(sent.encode())) is not None for one in patterns) for sent in (yes, no)]
    assert taken == [True, False]


def test_there_are_paths() -> None:
    assert len(paths()) > 10


def sent(cell: str) -> Request:
    """The request that a cell describes: a query, an address, a caller, a header, a part, a form, or a body."""
    if cell.startswith("?"):
        return Request("GET", b"/", cell[1:].encode())
    if address := re.fullmatch(r"(https?)://([a-z.]+)/", cell):
        return Request("GET", b"/", scheme=address[1], host=address[2])
    if cell.startswith("from "):
        return Request("GET", b"/", client=cell[5:])
    if header := re.fullmatch(r"([A-Z][A-Za-z-]+): (.*)", cell):
        return Request("GET", b"/", headers=[(header[1].lower().encode(), header[2].encode())])
    if cell.startswith("multipart "):
        _, name, filename, kind = cell.split()
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {kind}'
        body = f"--x\r\n{head}\r\n\r\n…\r\n--x--\r\n".encode()
        return Request("POST", b"/", headers=[(b"content-type", b"multipart/form-data; boundary=x")], body=body)
    form = [(b"content-type", b"application/x-www-form-urlencoded")] if re.fullmatch(r"\w+=\w+", cell) else []
    return Request("POST", b"/", headers=form, body=cell.encode())


@pytest.mark.parametrize(("key", "example", "yes", "no"), rows())
def test_row(key: str, example: str, yes: str, no: str) -> None:
    table = tomllib.loads(example.replace("; ", "\n"))
    conditions, faults = match.read(msgspec.convert(table, match.Conditions))
    assert not faults
    answers = []
    for cell in (yes, no):
        request = sent(cell)
        vars(request)["now"] = NOON
        answers.append(all(match.compile(condition)(request) for condition in conditions))
    assert answers == [True, False], key


def test_every_matcher_and_place_has_a_row() -> None:
    shown = {row[0] for row in rows()}
    assert shown >= set(KEYS)
    assert shown >= {where.removeprefix("body.") for where in PLACES} - {"params"} - ELSEWHERE
    assert "params.id" in DOCS.read_text(encoding="utf-8")
