"""A pattern, or plain text, spelled as a path is written."""

from __future__ import annotations

import re

import msgspec

from keymock.pattern.reading import is_simple_name
from keymock.pattern.shape import Param, Pattern, Segment


def normal(pattern: Pattern, *, names: bool = True) -> str:
    """The one spelling of a pattern; without names, the same for all mocks of one route.

    >>> normal(parse("/users/{id}/v{major<int>}")[0], names=False)
    '/users/{}/v{<int>}'
    """
    text = "".join("/" + _spell(segment, names) for segment in pattern.segments)
    if pattern.regex:
        return text + f"{{ regex = {msgspec.json.encode(pattern.regex).decode()} }}"
    if pattern.rest:
        return text + "/*" + (pattern.rest if names else "") + ("?" if pattern.rest_optional else "")
    return text


def literal(text: str) -> str:
    """Decoded text of a segment or a path, spelled so that nothing in it is special: what importers write."""
    return re.sub(r"[:*{]", r"\g<0>\g<0>", text)


def _spell(segment: Segment, names: bool) -> str:
    if names and len(segment) == 1 and isinstance(segment[0], Param) and is_simple_name(segment[0].name):
        only = segment[0]
        return f":{only.name}<{only.type}>" if only.type else f":{only.name}"
    return "".join(literal(part) if isinstance(part, str) else _spell_braced(part, names) for part in segment)


def _spell_braced(param: Param, names: bool) -> str:
    return "{" + (param.name if names else "") + (f"<{param.type}>" if param.type else "") + "}"
