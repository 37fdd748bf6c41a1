"""An exchange as the saved request that asks it again: what every client adds is gone, what is secret is a name."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from keymock import curl as command_line
from keymock import media
from keymock.journal.abroad import Shown, curl
from keymock.redaction import HIDDEN

_VOLATILE = frozenset({
    "baggage", "cache-control", "cookie", "dnt", "forwarded", "if-modified-since", "if-none-match", "origin", "pragma",
    "priority", "purpose", "referer", "request-id", "te", "traceparent", "tracestate", "upgrade-insecure-requests",
    "via", "x-correlation-id", "x-real-ip", "x-request-id", "x-requested-with", "x-trace-id",
})  # fmt: skip
_VOLATILE_STARTS = ("x-keymock-", "sec-", "x-forwarded-", "x-b3-", "cf-", "x-amzn-", "x-envoy-")

LONGEST = 2_000
"""Characters of a body that stands in the request itself; a longer one is a file beside it."""


def tables_of(entry: Shown, base: str, path: str) -> tuple[dict[str, Any], bytes, str]:
    """The tables of the request, and its body with its extension if that is to be a file.

    `base` is what stands before the path (`{{ base_url }}`), `path` the path below it.
    """
    body, kind = _body(entry["request"]), _header(entry, "content-type")
    asked = {**entry["request"], "headers": [pair for pair in entry["request"].get("headers", ()) if not _goes(pair)]}
    alone = body is not None and _apart(body)
    if alone or body is None:
        asked.pop("body", None)
    shown = {**entry, "request": asked, "session": ""}
    tables = command_line.read(command_line.split(curl(shown, "http://keymock.invalid")))
    spelled = _literal(path).replace(HIDDEN, "{{ secret.IN_PATH }}")
    tables = {**_named(tables), "method": entry["method"], "url": f"{base}{spelled}"}
    tables.pop("redirects", None)
    if "headers" in tables:
        tables["headers"] = {_capital(name): value for name, value in tables["headers"].items()}
    order = ("method", "url")
    made = {key: tables[key] for key in order} | {key: tables[key] for key in tables if key not in order}
    if _header(entry, "cookie"):
        made["headers"] = {**made.get("headers", {}), "Cookie": "{{ secret.COOKIE }}"}
    if body is None or not alone:
        return made, b"", ""
    if kind and "content-type" not in {name.lower() for name in made.get("headers", {})}:
        made["headers"] = {**made.get("headers", {}), "Content-Type": kind}
    return made, body.replace(HIDDEN.encode(), b"redacted"), media.extension(kind) if kind else "bin"


def body_is_missing(entry: Shown) -> bool:
    """Whether the request had a body that the journal did not keep."""
    request = entry["request"]
    told = dict(request.get("headers", ()))
    came = told.get("content-length", "0") != "0" or "transfer-encoding" in told
    return came and not {"body", "body_base64"} & request.keys()


def secrets_of(value: Any) -> Iterator[str]:
    """The names of the secrets that tables need."""
    if isinstance(value, str):
        yield from re.findall(r"\{\{ secret\.(\w+) \}\}", value)
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from secrets_of(inner)


def _goes(pair: list[str]) -> bool:
    name, value = pair[0].lower(), pair[1]
    return name in _VOLATILE or name.startswith(_VOLATILE_STARTS) or (name == "accept" and value == "*/*")


def _body(request: Mapping[str, Any]) -> bytes | None:
    if "body_base64" in request:
        return b64decode(request["body_base64"])
    return request["body"].encode() if "body" in request else None


def _apart(body: bytes) -> bool:
    """Whether a body is better a file: long, no text, or with what a template would take for its own."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return True
    return len(text) > LONGEST or "{{" in text or "{%" in text or "\0" in text


def _header(entry: Shown, wanted: str) -> str:
    return next((value for name, value in entry["request"].get("headers", ()) if name == wanted), "")


def _named(value: Any, name: str = "") -> Any:
    """The value with `{{ secret.NAME }}` where something was hidden, NAME being that of the key above it."""
    if isinstance(value, dict):
        return {_literal(key): _named(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_named(inner, name) for inner in value]
    if not isinstance(value, str):
        return value
    called = re.sub(r"[^A-Z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()).strip("_")
    called = f"SECRET_{called}" if not called or called[0].isdigit() else called
    return _literal(value).replace(HIDDEN, f"{{{{ secret.{called.strip('_')} }}}}")


def _capital(name: str) -> str:
    return "-".join(word.capitalize() for word in name.split("-"))


def _literal(text: str) -> str:
    """Text that came from outside, so that nothing in it is taken for a template."""
    return re.sub(r"\{[{%]", lambda found: f'{{{{ "{found[0]}" }}}}', text)
