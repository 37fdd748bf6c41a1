"""Exchanges of a journal, as a running server tells them → what they say of an operation."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from keymock.describing.answering import Answered, body_value
from keymock.describing.inferring import Schema, schema_of
from keymock.distilling import VOLATILE, route_of
from keymock.exchange import NOT_JSON, parse_query, read_json
from keymock.redaction import HIDDEN


class Exchange(NamedTuple):
    """One exchange: the mock that answered (empty: the real API did), and all that was seen of both sides."""

    mock: str
    method: str
    path: str
    query: Mapping[str, str]
    kind: str
    body: Any
    """Of the request, as JSON; NOT_JSON if it was none, or not kept."""
    answer: Answered


def exchanges(entries: Iterable[Mapping[str, Any]]) -> Iterator[Exchange]:
    """What can be learned from: answers of mocks and of the real API, not those of keymock itself."""
    for entry in entries:
        response, request = entry["response"], entry["request"]
        if response.get("error") or (not entry["mock"] and entry.get("source") != "real"):
            continue
        yield Exchange(
            mock=entry["mock"] or "",
            method=entry["method"],
            path=entry["path"],
            query={name: all_[0] for name, all_ in parse_query(request.get("query", "").encode()).items()},
            kind=_header(request["headers"], "content-type"),
            body=read_json(_bytes(request)) if "json" in _header(request["headers"], "content-type") else NOT_JSON,
            answer=_answer(entry, response),
        )


def _answer(entry: Mapping[str, Any], response: Mapping[str, Any]) -> Answered:
    kind = _header(response["headers"], "content-type")
    json = "json" in kind
    body = _bytes(response)
    value, shown = body_value(body, json=json) if body else (NOTHING_KEPT, False)
    headers = {
        name: value for name, value in response["headers"]
        if name.lower() not in (*VOLATILE, "content-type", "set-cookie")
        and not name.lower().startswith(("x-keymock-", "access-control-")) and value != HIDDEN
    }  # fmt: skip
    name = f"journal-{entry['id']}"
    hidden = body and HIDDEN.encode() in body
    return Answered(str(entry["status"]), name, headers, kind, value, shown and not hidden, json)


NOTHING_KEPT = NOT_JSON
"""The value of a body that the journal did not keep."""


def _header(headers: Iterable[tuple[str, str]], wanted: str) -> str:
    found = next((value for name, value in headers if name.lower() == wanted), "")
    return found.partition(";")[0].strip().lower()


def _bytes(part: Mapping[str, Any]) -> bytes:
    return b64decode(part["body_base64"]) if "body_base64" in part else str(part.get("body", "")).encode()


def template_of(path: str) -> tuple[str, list[str]]:
    """The path template of an address that was seen, ids being parameters, and their names."""
    parts = route_of(path).split("/")
    names = [part[1:] for part in parts if part.startswith(":")]
    return "/".join(f"{{{part[1:]}}}" if part.startswith(":") else part for part in parts), names


def text_schema(values: Iterable[str]) -> Schema:
    """The schema of values that came as text: numbers and truth values among them are such."""
    given = list(values)
    if given and all(value.lstrip("-").isdecimal() and value.isascii() and len(value) < MOST_DIGITS for value in given):
        return {"type": "integer"}
    if given and all(value in ("true", "false") for value in given):
        return {"type": "boolean"}
    return schema_of(given) or {"type": "string"}


MOST_DIGITS = 16
"""Digits of what is taken for a number; a longer one is a name made of digits."""
