"""Requests out of TOML text, prepared with a few variables."""

from __future__ import annotations

from typing import Any

import pytest

from keymock import document, saved, units
from keymock.index import BodyFault
from keymock.preparing import Place, Prepared, prepare
from keymock.problems import Problem, Stop
from keymock.variables import Level, Outside, Variables

FILES = {"order.json": b'{"n": "{{ n }}"}', "logo.png": b"\x89PNG", "user.graphql": b"query U { user { id } }",
         "note.txt": b"hello {{ user }}", "latin.txt": b"caf\xe9"}  # fmt: skip


def read(name: str) -> bytes:
    """A file beside the request."""
    if name not in FILES:
        raise BodyFault("body-missing", f"there is no file {name}", "write it, or mend the name")
    return FILES[name]


def place(text: str, over: str = "") -> tuple[Place, saved.Request]:
    parsed = document.parse(text.encode(), "requests/a.toml", saved.Request, dec_hook=units.dec_hook)
    assert parsed.value is not None, parsed.problems
    laid = document.parse(over.encode(), "private/ada/requests/a.toml", dict[str, Any]) if over else None
    return Place(parsed, laid), parsed.value


def variables(**given: Any) -> Variables:
    known = {"base_url": "http://shop.example", "user": "ada", "n": 3, "id": "a/b c", **given}
    outside = Outside(
        now=1780315200.0, secret={"PASSWORD": "hunter22"}.get, target_url=lambda _: "http://mock.localhost"
    )
    return Variables([Level("given", known, literal=True)], outside)


def prepared(text: str, **given: Any) -> Prepared:
    """A request, ready to be sent."""
    at, request = place(text)
    return prepare(request, at, variables(**given), read)


def refused(text: str, **given: Any) -> Problem:
    """Why a request cannot be sent."""
    with pytest.raises(Stop) as caught:
        prepared(text, **given)
    (problem,) = caught.value.problems
    return problem
