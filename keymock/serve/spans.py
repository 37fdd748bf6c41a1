"""What a span says of an exchange: its name and attributes, by the semantic conventions of HTTP servers. Pure.

https://opentelemetry.io/docs/specs/semconv/http/http-spans/
"""

from __future__ import annotations

from collections.abc import Mapping

from keymock import redaction
from keymock.exchange import split_host
from keymock.journal import Entry
from keymock.journal.showing import path_of, query_of
from keymock.pattern import normal
from keymock.variables.mask import Mask

METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
OTHER = "_OTHER"

Value = str | int | float | bool


def told(entry: Entry) -> bool:
    """Whether an exchange may leave at all: a private mock leaves no trace outside of its owner's machine."""
    story = entry.sent.story
    return not (entry.sent.mock.startswith("private/") or (story is not None and story.route.scope == "private"))


def name(entry: Entry) -> str:
    """`GET /users/:id`: as few different ones as there are mocks."""
    route = _route(entry)
    method = entry.method if entry.method in METHODS else "HTTP"
    return f"{method} {route}" if route else method


def attributes(entry: Entry, mask: Mask) -> dict[str, Value]:
    """The attributes; what is empty is left out."""
    sent, story = entry.sent, entry.sent.story
    headers = dict(entry.headers)
    host, port = split_host(headers.get(b"host", b"").decode("latin-1"))
    found: dict[str, Value | None] = {
        "http.request.method": entry.method if entry.method in METHODS else OTHER,
        "http.request.method_original": "" if entry.method in METHODS else entry.method,
        "http.route": _route(entry),
        "http.response.status_code": sent.status,
        "url.scheme": "http",
        "url.path": path_of(entry, mask),
        "url.query": query_of(entry, mask),
        "server.address": host,
        "server.port": port,
        "user_agent.original": mask.text(redaction.text(headers.get(b"user-agent", b"").decode("latin-1"))),
        "error.type": error_type(entry),
        "keymock.mock": sent.mock,
        "keymock.response": sent.response,
        "keymock.session": entry.session,
        "keymock.source": sent.source or ("mock" if sent.mock else ""),
        "keymock.error": sent.error,
        "keymock.entry": entry.id,
        "keymock.generation": entry.generation,
    }
    if story is not None:
        found |= {"keymock.delay_ms": round(story.delay * 1000, 3), "keymock.fault": story.fault}
        if story.route.scenario:
            found |= {"keymock.state.before": story.before, "keymock.state.after": story.after}
    return {key: value for key, value in found.items() if value not in ("", None, 0.0)}


def error_type(entry: Entry) -> str:
    """Why the span is an error: the status of a server's failure, or how a fault broke it; empty if it is none."""
    fault = entry.sent.story.fault if entry.sent.story is not None else ""
    return fault or (str(entry.sent.status) if entry.sent.status >= 500 else "")


def carrier(entry: Entry) -> Mapping[str, str]:
    """The headers that say which trace the request belongs to (W3C Trace Context)."""
    wanted = (b"traceparent", b"tracestate")
    return {key.decode(): value.decode("latin-1") for key, value in entry.headers if key in wanted}


def _route(entry: Entry) -> str:
    story = entry.sent.story
    return normal(story.route.patterns[0]) if story is not None and story.route.patterns else ""
