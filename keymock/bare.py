"""Mocks without TOML: what the name of a file says. `users/{id}.GET.404.json` is the 404 of `GET /users/{id}`.

A name is the path, the method in capitals, a status (200 where there is none) and an extension, with dots between;
status and extension may be left out. `index` at the end of a path is the folder itself.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from keymock.exchange import METHODS
from keymock.problems import Severity, nearest

INDEX = "index"
UNANSWERED = ("TRACE", "CONNECT")

_WORD = re.compile(r"[A-Z]{3,}")
_EXTENSION = re.compile(r"[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*")


class BareName(NamedTuple):
    """A file's name, read. `mock` is the name of the mock that it is an answer of: path and method."""

    mock: str
    method: str
    status: int


class Misnamed(NamedTuple):
    """Why a file is no mock although its name looks like one."""

    severity: Severity
    message: str
    hint: str


class _Parts(NamedTuple):
    """A name at its dots: what stands before the word in the method's place, the word, what follows."""

    stem: str
    word: str
    rest: list[str]


def read(name: str) -> BareName | None:
    """The mock that a file in a mocks folder is by its name (folders may stand in front); None if it is none."""
    parts = _parts(name)
    if parts is None or _fault(parts) is not None:
        return None
    status = int(parts.rest[0]) if parts.rest and parts.rest[0].isdecimal() else 200
    return BareName(f"{parts.stem}.{parts.word}", parts.word, status)


def misnamed(name: str) -> Misnamed | None:
    """What is wrong with the name of a file that was probably meant as a mock; None for any other file."""
    parts = _parts(name)
    return _fault(parts) if parts is not None else None


def path_of(mock: str) -> str:
    """The path of a mock by its name below the mocks folder: `users/{id}.GET` → `/users/{id}`."""
    path = mock.rpartition(".")[0]
    folder, _, last = path.rpartition("/")
    return "/" + (folder if last == INDEX else path)


def _parts(name: str) -> _Parts | None:
    """The last method in a name, else the last word in capitals that is not its end (`photo.JPEG` is a photo)."""
    folder, slash, last = name.rpartition("/")
    words = last.split(".")
    if last.startswith(("_", ".")) or not words[0]:
        return None
    places = range(len(words) - 1, 0, -1)
    at = next((place for place in places if words[place] in (*METHODS, *UNANSWERED)), 0)
    at = at or next((place for place in places[1:] if _WORD.fullmatch(words[place])), 0)
    if not at or not all(word.isdecimal() or _EXTENSION.fullmatch(word) for word in words[at + 1 :]):
        return None  # what an editor puts beside a file ends in signs, and is nobody's mock
    return _Parts(folder + slash + ".".join(words[:at]), words[at], words[at + 1 :])


def _fault(parts: _Parts) -> Misnamed | None:
    word, rest = parts.word, list(parts.rest)
    if word in UNANSWERED:
        return Misnamed("error", f"{word} is never answered by a mock", "the server refuses it")
    if word not in METHODS:
        near = nearest(word, [method.lower() for method in METHODS])
        hint = f"did you mean `{near.upper()}`?" if near else f"one of {', '.join(METHODS)}; a TOML file takes any"
        return Misnamed("warning", f"`{word}` is no usual method, so this file is no mock", hint)
    if rest and rest[0].isdecimal():
        status = rest.pop(0)
        if not (len(status) == 3 and 200 <= int(status) <= 599):
            return Misnamed("error", f"{status} is no status from 200 to 599", f"for example {parts.stem}.{word}.404")
    if len(rest) > 1 or (rest and rest[0].isdecimal()):
        extra = ".".join(rest[:-1]) or rest[0]
        hint = "PATH.METHOD.STATUS.EXTENSION; more than that takes a TOML file"
        return Misnamed("warning", f"`{extra}` is in the place of the status, so this file is no mock", hint)
    return None
