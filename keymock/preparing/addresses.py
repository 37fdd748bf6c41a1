"""The address of a request: parameters in their places, the query behind, everything spelled so that it can be sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

_PARAMETER = re.compile(r"(?<=/):([A-Za-z_]\w*)(?=[/?#]|$)|(?<!\{)\{([A-Za-z_]\w*)\}(?!\})")
_IN_PATH = "/%:@!$&'()*+,;=-._~"
_IN_QUERY = _IN_PATH + "?[]"
_UNRESERVED = "-._~"


def parameters(url: str) -> list[str]:
    """The names that stand for a part of the path: `:id` between slashes, or `{id}`.

    >>> parameters("{{ base_url }}/users/:id/files/{name}.png")
    ['id', 'name']
    """
    return list(dict.fromkeys(one or other for one, other in _PARAMETER.findall(_path(url))))


def with_parameters(url: str, values: Mapping[str, str]) -> str:
    """The address with each parameter that has a value replaced by it, slashes and all escaped."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return quote(values[name], safe=_UNRESERVED) if name in values else found[0]

    path = _path(url)
    return _PARAMETER.sub(value, path) + url[len(path) :]


def with_query(url: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The address with these parameters behind those that it has."""
    added = "&".join(f"{quote(name, safe=_UNRESERVED)}={quote(value, safe=_UNRESERVED)}" for name, value in pairs)
    if not added:
        return url
    address, sign, fragment = url.partition("#")
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{joint}{added}{sign}{fragment}"


def spelled(url: str) -> str:
    """The address in ASCII, without a fragment: what is escaped already stays so. Raises ValueError with a sentence."""
    try:
        parts = urlsplit(re.sub(r"[\t\r\n]", lambda found: quote(found[0]), url.strip()))  # which it would drop
        port = parts.port
    except ValueError as fault:
        raise ValueError(f"`{url}` is no address: {fault}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"`{url}` is no address: it begins with http:// or https:// and a host")
    if parts.username is not None:
        raise ValueError("user and password belong under [auth], not into the address")
    try:
        name = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    except UnicodeError:
        raise ValueError(f"`{parts.hostname}` is no name of a host") from None
    host = f"[{name}]" if ":" in name else name
    place = f"{host}:{port}" if port is not None else host
    path = quote(_escaped(parts.path or "/"), safe=_IN_PATH)
    return urlunsplit((parts.scheme, place, path, quote(_escaped(parts.query), safe=_IN_QUERY), ""))


def _escaped(text: str) -> str:
    """A percent sign that begins no escape is one itself."""
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)


def as_text(value: Any) -> str:
    """A value as it goes into addresses, headers and forms: text as it is, anything else as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def pairs(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and texts, a list's values one by one."""
    return [
        (name, as_text(value))
        for name, given in table.items()
        for value in (given if isinstance(given, list) else [given])
    ]


def _path(url: str) -> str:
    """An address up to its query."""
    return re.split(r"[?#]", url, maxsplit=1)[0]
