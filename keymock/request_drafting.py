"""Anything → a saved request worth keeping: its ids are parameters, its name says what it asks, a long body is a file.

The same as `drafting` for mocks: tables in, bytes out; nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from keymock import document, drafting, saved, units
from keymock.document.write import write
from keymock.drafting import Draft
from keymock.pattern import PatternError
from keymock.pattern.guessing import as_pattern, split_origin, varying
from keymock.problems import Problem


def draft(
    tables: Mapping[str, Any],
    space: str,
    *,
    name: str = "",
    body: bytes = b"",
    extension: str = "",
    taken: Collection[str] = (),
) -> Draft:
    """The files of a new request in a space. `name` is the path below `requests/`; empty: made from what it asks.

    `body` with its `extension` is to be a file beside it. A made name keeps clear of the ids in `taken`, one that was
    asked for does not. Raises ValueError for a name of which nothing is left.
    """
    given = with_parameters(tables)
    base = f"{space}/requests/{drafting.asked_name(name or name_of(given))}"
    called = base if name else _free(base, taken)
    if not body:
        return Draft(called, {f"{called}.toml": write(given).encode()})
    file = f"{called}.body.{extension}"
    text = write({**given, "body_file": file.rpartition("/")[2]})
    return Draft(called, {file: body, f"{called}.toml": text.encode()})


def problems_of(made: Draft) -> tuple[Problem, ...]:
    """What is wrong with a draft, told before anything is written; the problems are placed in the file to be."""
    file = f"{made.id}.toml"
    return tuple(document.parse(made.files[file], file, saved.Request, dec_hook=units.dec_hook).problems)


def with_parameters(tables: Mapping[str, Any]) -> dict[str, Any]:
    """The request with its ids as parameters: one request for all users, whose `params.id` can be changed."""
    start, path, rest = split_origin(tables["url"])
    pattern, stood = varying(path)
    if not stood:
        return dict(tables)
    found: dict[str, Any] = {}
    for key, value in tables.items():
        found[key] = value if key != "url" else f"{start}{pattern}{rest}"
        if key == "url":
            found["params"] = stood
    return found


def name_of(tables: Mapping[str, Any]) -> str:
    """The path below `requests/` that method and address give."""
    path = as_pattern(split_origin(str(tables["url"]))[1])
    methods = (str(tables["method"]),)
    try:
        return drafting.name_of(methods, re.sub(r"[^\w/.:{}-]", "-", path) or "/")
    except PatternError:  # what somebody asked for is no pattern: one name may stand in it twice
        return drafting.name_of(methods, re.sub(r"[^\w/-]", "-", path) or "/")


def _free(base: str, taken: Collection[str]) -> str:
    """The same under a name that no request has yet. No case: Windows."""
    used = {name.casefold() for name in taken}
    number, found = 2, base
    while found.casefold() in used:
        found, number = f"{base}-{number}", number + 1
    return found
