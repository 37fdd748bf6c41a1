"""`from = "upstream"`: an answer that starts from the real API's, compiled. What is laid over it, and what goes."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from keymock.index.report import KeyPath, Report
from keymock.index.route import Start
from keymock.reshaping import BadPath, check
from keymock.spec import Response
from keymock.template import Names, TemplateError, compile_json


class Started(NamedTuple):
    """A start, and what it lays by JSONPath if that has templates: a table as msgpack."""

    start: Start
    live: bytes = b""


class Starting(NamedTuple):
    """What is known of an answer. `base` is the `[response]` beneath it, `names` None if nothing is filled in."""

    where: KeyPath
    response: Response
    base: Response | None
    names: Names | None
    upstream: bool
    own_body: bool
    """Whether it has a body, in its table or beside the mock: then it does not start as its base does."""


def start_of(given: Starting, note: Report) -> Started | None:
    """How an answer starts from the real API's; None if it does not. Faults are reported."""
    response, base, where = given.response, given.base, given.where
    inherited = base is not None and base.origin == "upstream" and response.origin is UNSET and not given.own_body
    if response.origin != "upstream" and not inherited:
        for key, name in (("laid", "set"), ("remove", "remove")):
            if getattr(response, key):
                hint = 'say it: from = "upstream", or from = "contract"'
                note((*where, name), "no-origin", f"`{name}` needs an answer to start from", hint)
        return None
    if not inherited:
        _check_origin(given, note)
    beneath = base if inherited or (base is not None and base.origin == "upstream") else None
    _check_paths(response, where, note)
    laid = {**(beneath.laid if beneath is not None else {}), **response.laid}
    remove = (*(beneath.remove if beneath is not None else ()), *response.remove)
    status = response.status if response.status is not UNSET or base is None else base.status
    gone = {
        name.lower().encode("latin-1", "replace")
        for table in (base.headers if base is not None else {}, response.headers)
        for name, value in table.items()
        if not value
    }
    packed = msgspec.msgpack.encode(laid) if laid else b""
    live = bool(laid) and given.names is not None and _has_templates(laid, given, note)
    start = Start(status if isinstance(status, int) else 0, tuple(sorted(gone)), b"" if live else packed, remove)
    return Started(start, packed if live else b"")


def _check_origin(given: Starting, note: Report) -> None:
    where = (*given.where, "from")
    if not given.upstream:
        hint = 'say in project.toml where it is: [upstream] urls.local = "http://127.0.0.1:3000"'
        note(where, "no-upstream", "there is no real API to start from", hint)
    for key in Response.BODY_KEYS:
        if getattr(given.response, key) is not UNSET:
            note((*given.where, key), "two-bodies", f"both `from` and `{key}` say what the body is")


def _check_paths(response: Response, where: KeyPath, note: Report) -> None:
    for path in response.laid:
        _check_path((*where, "set", path), "set", path, note)
    for number, path in enumerate(response.remove):
        _check_path((*where, "remove", number), "remove", path, note)


def _check_path(where: KeyPath, key: str, path: str, note: Report) -> None:
    try:
        check(key, path)
    except BadPath as fault:
        note(where, "bad-jsonpath", fault.message)


def _has_templates(laid: dict[str, Any], given: Starting, note: Report) -> bool:
    try:
        return bool(compile_json(laid, given.names or Names()).templates)
    except TemplateError as fault:
        place = (*given.where, "set", *fault.path)
        note(place, fault.code, fault.message, fault.hint, part="value", character=fault.offset)
        return False
