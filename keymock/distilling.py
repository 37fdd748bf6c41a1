"""An exchange that happened → the mock that would have answered it. What varies becomes a parameter, what is nobody's
business goes, what is secret is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from keymock import redaction
from keymock.drafting import Wish
from keymock.exchange import NOT_JSON, read_json
from keymock.pattern.guessing import as_pattern, split_origin, varying
from keymock.redaction import USUAL, SecretNames
from keymock.template import has_template

VOLATILE = frozenset({
    "accept-ranges", "age", "alt-svc", "connection", "content-encoding", "content-length", "date", "etag", "expires",
    "keep-alive", "last-modified", "nel", "proxy-connection", "report-to", "request-id", "server", "server-timing",
    "strict-transport-security", "te", "traceparent", "tracestate", "trailer", "transfer-encoding", "upgrade", "vary",
    "via", "x-amzn-requestid", "x-amzn-trace-id", "x-correlation-id", "x-powered-by", "x-request-id", "x-runtime",
    "x-served-by", "x-timer", "x-trace-id",
})  # fmt: skip
"""Headers of an answer that say when, by whom and how it was sent: another one every time, or the server's own."""
_VOLATILE_STARTS = ("x-keymock-", "cf-", "x-b3-", "x-cache", "x-amz-cf-", "x-envoy-", "x-ratelimit-", "ratelimit")

Headers = Mapping[str, str | list[str]]


def route_of(url: str) -> str:
    """The path of a mock for an address as it is saved or was called: ids and variables are parameters.

    >>> route_of("{{ base_url }}/users/7/orders/{{ order.id }}?page=1")
    '/users/:user_id/orders/:id'
    """
    return varying(as_pattern(split_origin(url)[1] or "/"))[0]


def is_volatile(name: str) -> bool:
    """Whether a header of an answer is another one every time, or made by the server."""
    return name.lower() in VOLATILE or name.lower().startswith(_VOLATILE_STARTS)


def kept_headers(headers: Headers, names: SecretNames = USUAL) -> dict[str, str | list[str]]:
    """The headers of an answer that a mock repeats; secrets in them replaced."""
    return {
        name: _each(value, lambda text, name=name: _without_secrets(name, text, names))  # type: ignore[misc]
        for name, value in headers.items()
        if not is_volatile(name)
    }


def stand_in(name: str) -> str:
    """What stands where a secret was: plain ASCII, always the same, so that it can be sent and expected."""
    return "redacted-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def body_without_secrets(body: bytes, names: SecretNames = USUAL) -> bytes:
    """A body with secrets replaced, by their names and shapes; to the byte as it was if there is none."""
    value = read_json(body)
    if isinstance(value, dict | list):
        clean = _json(value, names)
        return body if clean == value else msgspec.json.format(msgspec.json.encode(clean), indent=2) + b"\n"
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body
    return body if value is not NOT_JSON and not isinstance(value, str) else _shapeless(text).encode()


def wish_of(
    method: str,
    path: str,
    status: int,
    headers: Headers,
    body: bytes,
    content_type: str = "",
    names: SecretNames = USUAL,
) -> Wish:
    """The mock of one exchange. `path` is as `route_of` has it, `names` are those that go for secrets."""
    clean = body_without_secrets(body, names)
    return Wish(
        methods=(method,),
        path=path,
        status=status,
        headers=kept_headers(headers, names),
        body=clean,
        content_type=content_type,
        literal=has_template(clean.decode("utf-8", "replace")),
    )


def _json(value: Any, names: SecretNames, name: str = "") -> Any:
    if isinstance(value, str):
        return stand_in(name) if name and value and names.key(name) else _shapeless(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and name and names.key(name):
        return 0
    if isinstance(value, dict):
        return {key: _json(inner, names, key) for key, inner in value.items()}
    return [_json(inner, names, name) for inner in value] if isinstance(value, list) else value


def _without_secrets(name: str, text: str, names: SecretNames) -> str:
    if name.lower() == "set-cookie":
        cookie, equals, rest = text.partition("=")
        value, semicolon, attributes = rest.partition(";")
        return f"{cookie}={stand_in(cookie) if value else ''}{semicolon}{attributes}" if equals else text
    return stand_in(name) if names.header(name.lower().encode()) else _shapeless(text)


def _shapeless(text: str) -> str:
    """Text without what is a token or a key by its shape."""
    return redaction.text(text).replace(redaction.HIDDEN, "redacted")


def _each(value: str | list[str], change: Callable[[str], str]) -> str | list[str]:
    return change(value) if isinstance(value, str) else [change(one) for one in value]
