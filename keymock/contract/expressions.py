"""Runtime expressions of links and callbacks: `$request.path.id`, `$response.body#/id`, `{$request.body#/url}/data`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

from keymock.exchange import NOT_JSON, Headers, Request, read_json

Source = Literal["url", "method", "status", "header", "query", "path", "body"]

_EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")
_SIMPLE: Mapping[str, Source] = {"$url": "url", "$method": "method", "$statusCode": "status"}


class Expression(NamedTuple):
    """Where a value is taken from. `of` is the request or the response, `name` a parameter's, a header's, a pointer."""

    of: Literal["request", "response"]
    source: Source
    name: str = ""


class Told(NamedTuple):
    """An exchange, as far as expressions read it. `params` are the path's, by the names of the document."""

    request: Request
    url: str
    params: Mapping[str, str]
    status: int
    headers: Headers
    body: bytes


def parsed(text: Any) -> Expression | None:
    """The expression that a text is; None for text that is none."""
    if not isinstance(text, str) or not text.startswith("$"):
        return None
    if text in _SIMPLE:
        return Expression("request", _SIMPLE[text])
    for of in ("request", "response"):
        rest = text.removeprefix(f"${of}.")
        if rest == text:
            continue
        if rest == "body" or rest.startswith("body#"):
            return Expression(of, "body", rest[5:])
        source, _, name = rest.partition(".")
        if name and source in (("header", "query", "path") if of == "request" else ("header",)):
            return Expression(of, source, name)  # type: ignore[arg-type]
    return None


def reads_body(text: str) -> bool:
    """Whether a text with expressions in braces reads the body of the request."""
    found = [parsed(each) for each in _EMBEDDED.findall(text)] or [parsed(text)]
    return any(each is not None and each.of == "request" and each.source == "body" for each in found)


def filled(text: str, told: Told) -> str | None:
    """The text with the values of the expressions in its braces; None where one of them has no value."""
    alone = parsed(text)
    if alone is not None:
        return _as_text(value(alone, told))
    missing = False

    def one(match: re.Match[str]) -> str:
        nonlocal missing
        expression = parsed(match[1])
        found = _as_text(value(expression, told)) if expression is not None else None
        missing = missing or found is None
        return found or ""

    made = _EMBEDDED.sub(one, text)
    return None if missing else made


def value(expression: Expression, told: Told) -> Any:
    """What an exchange has there; None for nothing."""
    return _READERS[expression.source](expression, told)


def _as_text(found: Any) -> str | None:
    if found is None or isinstance(found, dict | list):
        return None
    return ("true" if found else "false") if isinstance(found, bool) else str(found)


def _header(expression: Expression, told: Told) -> Any:
    name = expression.name.lower()
    if expression.of == "request":
        return told.request.header(name) or None
    return next((text.decode("utf-8", "replace") for key, text in told.headers if key.decode("latin-1") == name), None)


def _query(expression: Expression, told: Told) -> Any:
    return next(iter(told.request.query.get(expression.name, ())), None)


def _body(expression: Expression, told: Told) -> Any:
    if expression.of == "request" and told.request.content_type == "application/x-www-form-urlencoded":
        field = expression.name.removeprefix("/")
        return next(iter(told.request.form.get(field, ())), None)
    read = read_json(told.body if expression.of == "response" else told.request.body or b"")
    return None if read is NOT_JSON else at(read, expression.name)


def at(tree: Any, pointer: str) -> Any:
    """What stands at a JSON pointer; None for nothing."""
    for step in steps(pointer):
        if isinstance(tree, dict):
            tree = tree.get(step)
        elif isinstance(tree, list) and step.isascii() and step.isdigit() and int(step) < len(tree):
            tree = tree[int(step)]
        else:
            return None
    return tree


def steps(pointer: str) -> tuple[str, ...]:
    """The steps of a JSON pointer, as a part of an address may have it."""
    if not pointer.startswith("/"):
        return ()
    return tuple(unquote(step).replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))


_READERS: Mapping[Source, Callable[[Expression, Told], Any]] = {
    "url": lambda _, told: told.url,
    "method": lambda _, told: told.request.method,
    "status": lambda _, told: told.status,
    "header": _header,
    "query": _query,
    "path": lambda expression, told: told.params.get(expression.name),
    "body": _body,
}
