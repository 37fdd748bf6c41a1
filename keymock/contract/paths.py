"""Path templates of a document as patterns of mocks, beneath each of its base paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from keymock.pattern import Pattern, PatternError, from_regex, parse

_PARAMETER = re.compile(r"\{[+./;?&]?([^{}/]+?)\*?\}")
_SPECIAL = re.compile(r"([:*{])")


def bases_of(servers: Sequence[str], base_path: str) -> tuple[str, ...]:
    """Where operations answer: beneath the project's base path, beneath the servers' paths, and by themselves."""
    return tuple(dict.fromkeys([*([base_path.rstrip("/")] if base_path else []), *servers, ""]))


def names(path: str) -> tuple[str, ...]:
    """The parameters of a path template, in their order, as the document calls them."""
    return tuple(_PARAMETER.findall(_bare(path)))


def patterns(path: str, bases: Sequence[str]) -> tuple[Pattern, ...]:
    """The patterns of a path beneath each base, and by itself; for the names of their parameters see `by_name`."""
    found: list[Pattern] = []
    for base in dict.fromkeys([*bases, ""]):
        try:
            found += parse(_SPECIAL.sub(r"\1\1", base) + as_mock(path))
        except PatternError:
            found.append(from_regex(_as_regex(base + _bare(path))))
    return tuple(dict.fromkeys(found))


def by_name(path: str, params: Mapping[str, str]) -> dict[str, str]:
    """Path parameters by the names that the document has for them, which can be anything: `user id`, say."""
    named = zip(names(path), _mock_names(path), strict=True)
    return {name: params[own] for name, own in named if own in params}


def as_they_came(path: str, raw_path: bytes) -> dict[str, str]:
    """Path parameters by the names of the document, escaped as they came; those that are a whole segment."""
    segments = raw_path.decode("latin-1").split("/")
    found: dict[str, str] = {}
    for wanted, came in zip(reversed(_bare(path).split("/")), reversed(segments), strict=False):
        named = _PARAMETER.fullmatch(wanted)
        if named is not None:
            found[named[1]] = came
    return found


def as_mock(path: str) -> str:
    """A path template as a mock has it, its parameters by their own names as far as a mock can have them."""
    given = iter(_mock_names(path))
    return _replaced(_bare(path), lambda _: f"{{{next(given)}}}")


def _mock_names(path: str) -> list[str]:
    found: list[str] = []
    for name in names(path):
        wanted = re.sub(r"[^A-Za-z0-9_]", "_", name)
        wanted = wanted if wanted[0].isalpha() or wanted[0] == "_" else f"p_{wanted}"
        while wanted in found:
            wanted += "_"
        found.append(wanted)
    return found


def _bare(path: str) -> str:
    """Without what belongs to no path: some documents tell operations apart by a query or a fragment."""
    return re.sub(r"\{\?[^{}]*\}$", "", path).partition("#")[0].partition("?")[0]


def _replaced(path: str, name: Callable[[re.Match[str]], str]) -> str:
    made, last = [], 0
    for found in _PARAMETER.finditer(path):
        made += [_SPECIAL.sub(r"\1\1", path[last : found.start()]), name(found)]
        last = found.end()
    return "".join([*made, _SPECIAL.sub(r"\1\1", path[last:])])


def _as_regex(path: str) -> str:
    """For what a pattern cannot say: three parameters in a segment, or two without a letter between."""
    made, last = ["^"], 0
    for name, found in zip(_mock_names(path), _PARAMETER.finditer(path), strict=True):
        made += [re.escape(path[last : found.start()]), f"(?P<{name}>[^/]+?)"]
        last = found.end()
    return "".join([*made, re.escape(path[last:]), "$"])
