"""Which parts of an address that was seen vary: ids become parameters, named after what stands before them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_HEX = re.compile(r"(?=[0-9a-f]*\d)[0-9a-f]{16,64}", re.IGNORECASE)
_PREFIXED = re.compile(r"[a-z]{2,12}_(?=\w*\d)[A-Za-z0-9]{6,}")
_EXPRESSION = re.compile(r"\{\{\s*([A-Za-z_][\w.]*)[^{}]*\}\}")
_ORIGIN = re.compile(r"\s*(\{\{[^{}]*\}\}|https?://[^/?#]*)")
_NAMED = re.compile(r":([A-Za-z_]\w*)|(?<!\{)\{([A-Za-z_]\w*)\}")


def is_id(segment: str) -> bool:
    """Whether a part of a path names one thing of many: a number, a UUID, a ULID, long hex, `cus_8s7dfh3`."""
    if segment.isascii() and segment.isdigit():
        return True
    return any(shape.fullmatch(segment) for shape in (_UUID, _ULID, _HEX, _PREFIXED))


def split_origin(url: str) -> tuple[str, str, str]:
    """What stands before the path of an address (scheme and host, or `{{ base_url }}`), the path, and what follows.

    >>> split_origin("{{ base_url }}/users?page=1")
    ('{{ base_url }}', '/users', '?page=1')
    """
    found = _ORIGIN.match(url)
    start = found[0] if found else ""
    path = re.split(r"[?#]", url[len(start) :], maxsplit=1)[0]
    return start, path, url[len(start) + len(path) :]


def varying(path: str) -> tuple[str, dict[str, str]]:
    """A path with parameters in the places of its ids, and what stood there. Parameters that it has stay.

    >>> varying("/users/7/orders/:order")
    ('/users/:id/orders/:order', {'id': '7'})
    """
    parts = path.split("/")
    alone = sum(map(is_id, parts)) == 1
    taken = {one or other for one, other in _NAMED.findall(path)}
    stood: dict[str, str] = {}
    for at, part in enumerate(parts):
        if is_id(part):
            name = _free(_called(parts[:at], alone=alone), taken)
            taken.add(name)
            stood[name] = unquote(part)
            parts[at] = f":{name}"
    return "/".join(parts), stood


def as_pattern(path: str) -> str:
    """A path in which variables are filled in, as one that a mock can have: each `{{ user.id }}` is a parameter.

    >>> as_pattern("/users/{{ user.id }}/orders")
    '/users/:id/orders'
    """
    parts = []
    for part in path.split("/"):
        whole = _EXPRESSION.fullmatch(part)
        parts.append(f":{_last(whole[1])}" if whole else _EXPRESSION.sub(lambda found: f"{{{_last(found[1])}}}", part))
    return "/".join(parts)


def _last(words: str) -> str:
    return words.rpartition(".")[2]


def _called(before: Sequence[str], *, alone: bool) -> str:
    """`users` → `user_id`; the only one of a path is simply `id`."""
    word = re.sub(r"\W+", "_", before[-1].lower() if before else "").strip("_")
    singular = f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
    return "id" if alone or not re.match(r"[a-z]", singular) or before[-1].startswith(":") else f"{singular}_id"


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}{number}", number + 1
    return free
