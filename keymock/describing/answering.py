"""The answers of mocks → statuses, headers, bodies by content type: what an operation's responses are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from keymock.describing.inferring import Schema, Unknown
from keymock.exchange import NOT_JSON, read_json
from keymock.index import Answer, Route
from keymock.index.route import Resource
from keymock.template import has_template

NOTHING = msgspec.UNSET
"""The value of a body that is none."""

LARGEST_EXAMPLE = 16 * 1024
"""Bytes of a body that is shown as an example; the schema of a larger one is taken from it all the same."""

_UNSAID = ("content-type", "content-length", "transfer-encoding", "connection", "date", "server", "content-encoding")
_OWN = ("x-keymock-", "access-control-")


class Answered(NamedTuple):
    """One answer. `status` is `200`, or `default` where a template says it; `name` is that of the variant.

    `value` is the body as JSON, or as text; NOTHING if there is none, Unknown where it is not known. `shown` says
    whether it can stand as an example.
    """

    status: str
    name: str
    headers: Mapping[str, Unknown | str]
    kind: str
    value: Any
    shown: bool
    json: bool


def answers_of(route: Route) -> Iterator[Answered]:
    """Every answer of a mock, that of its guard last."""
    if route.resource is not None:
        return
    for answer in route.answers:
        yield _answered(answer, answer.name)
    if route.barrier is not None:
        yield _answered(route.barrier.otherwise, "refused")


def _answered(answer: Answer, name: str) -> Answered:
    texts = answer.play.texts
    status = "default" if texts is not None and texts.status else str(answer.status)
    headers = {
        key.decode("latin-1"): value.decode("latin-1")
        for key, value in answer.headers
        if not key.decode("latin-1").startswith((*_UNSAID, *_OWN))
    }
    live = dict(texts.headers) if texts is not None else {}
    known: dict[str, Unknown | str] = {**headers, **{key.decode("latin-1"): Unknown({}) for key in live}}
    kind = next((value.decode("latin-1") for key, value in answer.headers if key.lower() == b"content-type"), "")
    json = "json" in kind.partition(";")[0]
    value, shown = _body(answer, json=json)
    return Answered(status, name, known, kind.partition(";")[0].strip().lower(), value, shown, json)


def _body(answer: Answer, *, json: bool) -> tuple[Any, bool]:
    texts = answer.play.texts
    if answer.play.events is not None:
        return Unknown({"type": "string"}), False
    if texts is not None and texts.json:
        return known(msgspec.msgpack.decode(texts.json)), False
    if texts is not None and (texts.json_text or texts.body):
        value = read_json((texts.json_text or texts.body).encode()) if json else NOT_JSON
        return (known(value), False) if value is not NOT_JSON else (Unknown({} if json else {"type": "string"}), False)
    if answer.file is not None:
        return Unknown({} if json else {"type": "string"}), False
    if not answer.body:
        return NOTHING, False
    return body_value(answer.body, json=json)


def body_value(body: bytes, *, json: bool) -> tuple[Any, bool]:
    """The bytes of a body as a value, and whether it can stand as an example."""
    small = len(body) <= LARGEST_EXAMPLE
    if json:
        value = read_json(body)
        return (value, small) if value is not NOT_JSON else (Unknown({}), False)
    try:
        return body.decode(), small
    except UnicodeDecodeError:
        return Unknown({"type": "string", "format": "binary"}), False


_LAST = re.compile(r"\|\s*(\w+)[^|]*\}\}\s*$")
_FILTERS: Mapping[str, Schema] = {
    "int": {"type": "integer"}, "float": {"type": "number"}, "string": {"type": "string"}, "bool": {"type": "boolean"},
    "upper": {"type": "string"}, "lower": {"type": "string"}, "length": {"type": "integer"},
    "round": {"type": "number"},
}  # fmt: skip


def known(value: Any) -> Any:
    """A tree with templates in it, as far as it is known: a text around a template is text, one expression anything."""
    if isinstance(value, dict):
        return {key: known(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [known(inner) for inner in value]
    if not isinstance(value, str) or not has_template(value):
        return value
    text = value.strip()
    if not (text.startswith("{{") and text.endswith("}}") and text.count("{{") == 1):
        return Unknown({"type": "string"})
    last = _LAST.search(text)
    return Unknown(dict(_FILTERS.get(last[1], {})) if last else {})


def reason(status: str) -> str:
    """What a status says, in the words of HTTP."""
    if not status.isdigit():
        return "Any other answer"
    return _PHRASES.get(int(status), f"Status {status}")


_PHRASES: Mapping[int, str] = {
    200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
    205: "Reset Content", 206: "Partial Content", 300: "Multiple Choices", 301: "Moved Permanently", 302: "Found",
    303: "See Other", 304: "Not Modified", 305: "Use Proxy", 307: "Temporary Redirect", 308: "Permanent Redirect",
    400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout",
    409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Request Entity Too Large",
    414: "Request-URI Too Long", 415: "Unsupported Media Type", 416: "Requested Range Not Satisfiable",
    417: "Expectation Failed", 421: "Misdirected Request", 422: "Unprocessable Entity", 423: "Locked",
    424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required",
    429: "Too Many Requests", 431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
    511: "Network Authentication Required",
}  # fmt: skip


# ---- records -------------------------------------------------------------------------------------------------------

_OF_RECORDS = {
    ("GET", False): ("200",), ("POST", False): ("201", "400"), ("GET", True): ("200", "404"),
    ("PUT", True): ("200", "404"), ("PATCH", True): ("200", "404"), ("DELETE", True): ("204", "404"),
}  # fmt: skip


def of_resource(resource: Resource, method: str, records: list[Any]) -> Iterator[Answered]:
    """What a resource answers to a method: its records, or one of them."""
    single = bool(resource.item)
    for status in _OF_RECORDS.get((method, single), ()):
        if status == "204":
            yield Answered(status, "", {}, "", NOTHING, shown=False, json=False)
        elif status[0] == "4":
            yield Answered(
                status, "", {}, "application/problem+json", Unknown({"type": "object"}), shown=False, json=True
            )
        else:
            listed = method == "GET" and not single
            value = records if listed else records[0] if records else Unknown({"type": "object"})
            yield Answered(status, "", {}, "application/json", value, shown=bool(records), json=True)
