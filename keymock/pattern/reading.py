"""A path as it is written, made into patterns. Errors tell what is wrong, where, and what to write instead."""

from __future__ import annotations

import re

from keymock.pattern.expressions import check_regex
from keymock.pattern.shape import Param, Pattern, PatternError, Segment
from keymock.problems import did_you_mean

MAX_IN_SEGMENT = 2
TYPES = ("int", "uuid", "re:")
BRACED_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")  # OpenAPI documents name parameters `user-id` and `user.id`
NEXT_PARAM = re.compile(r"\{[A-Za-z_]")


def is_simple_name(text: str) -> bool:
    """Whether a text can name a parameter: letters of ASCII, digits and `_`, no digit in front."""
    return text.isascii() and text.isidentifier()


def parse(text: str, *, base_path: str = "") -> tuple[Pattern, ...]:
    """The patterns that one `path = "…"` stands for: one, or two where it ends in `/?`. Raises PatternError.

    >>> [normal(pattern) for pattern in parse("/users/{id}/?", base_path="/api")]
    ['/api/users/:id', '/api/users/:id/']
    """
    if not text.startswith("/"):
        raise PatternError("a path starts with `/`", 0, _with_slash(text))
    base = _base(base_path) if base_path else ""
    if not text.endswith("/?"):
        return (_read(base + text, 1 - len(base)),)
    return tuple([_read(base + spelled, 1 - len(base)) for spelled in _spellings(text, bool(base))])


def from_regex(text: str, *, base_path: str = "") -> Pattern:
    """The pattern for `path = { regex = "…" }`: the whole decoded path after the base path. Raises PatternError."""
    check_regex(text, 0)
    base = _base(base_path)
    return Pattern(_read(base, 1).segments if base else (), regex=text)


def _with_slash(text: str) -> str:
    if text.startswith("^") or text.endswith("$") or ".*" in text:
        return "a path by a regular expression: path = { regex = '^/…$' }"
    return f"write `/{text}`"


def _base(base_path: str) -> str:
    """The base path as it is put in front: sound, and without its last slash."""
    base = base_path.removesuffix("/")
    if not base:
        return ""
    if not base.startswith("/"):
        raise PatternError(f"base_path `{base_path}` does not start with `/`", 0, f"write `/{base_path}`")
    try:
        front = _read(base, 1)
    except PatternError as wrong:
        raise PatternError(f"in base_path `{base_path}`: {wrong.message}", 0, wrong.hint) from None
    if front.rest:
        raise PatternError(f"in base_path `{base_path}`: `*{front.rest}` can only stand at the end of a path")
    return base


def _spellings(text: str, has_base: bool) -> tuple[str, ...]:
    """With the last slash, and without; of the root alone, only with it."""
    without = text.removesuffix("/?")
    return (without, without + "/") if without or has_base else ("/",)


def _read(text: str, offset: int) -> Pattern:
    """The pattern of a path; `offset` is where errors count its first segment from."""
    segments: list[Segment] = []
    names: set[str] = set()
    parts = text[1:].split("/")
    if "\0" in text:
        raise PatternError("a path cannot contain NUL", offset - 1 + text.index("\0"))
    for number, spelled in enumerate(parts, 1):
        if spelled.startswith("*") and not spelled.startswith("**"):
            name, optional = _read_rest(spelled, offset, names, last=number == len(parts))
            return Pattern(tuple(segments), rest=name, rest_optional=optional)
        plain = spelled not in (".", "..") and ":" not in spelled and "*" not in spelled and "{" not in spelled
        segments.append((spelled,) if plain else _read_segment(spelled, offset, names))
        offset += len(spelled) + 1
    return Pattern(tuple(segments))


def _read_rest(spelled: str, offset: int, names: set[str], *, last: bool) -> tuple[str, bool]:
    """The name after `*`, and whether a `?` follows it."""
    if not last:
        hint = "it takes slashes too, the last one included; for one segment write `:name`"
        raise PatternError(f"`{spelled}` can only stand at the end of a path", offset, hint)
    name = spelled[1:].removesuffix("?")
    if not is_simple_name(name):
        hint = "write `*rest`, or `**` for a literal `*`"
        raise PatternError(f"`{spelled}` is not `*` and a name", offset, hint)
    _take_name(name, offset + 1, names)
    return name, spelled.endswith("?")


def _read_segment(spelled: str, offset: int, names: set[str]) -> Segment:
    if spelled in (".", ".."):
        raise PatternError(f"no request can have a segment `{spelled}`", offset, "write the path it leads to")
    if spelled.startswith(":") and not spelled.startswith("::"):
        return (_read_whole(spelled, offset, names),)
    parts: list[str | Param] = []
    text = ""
    at = 0
    while at < len(spelled):
        char = spelled[at]
        if char not in ":*{":
            text += char
            at += 1
        elif spelled.startswith(char, at + 1):
            text += char
            at += 2
        elif char == "{":
            param, end = _read_braced(spelled, at, offset, names)
            parts += [text, param] if text else [param]
            text = ""
            at = end
        else:
            hint = f"double it for a literal one: `{char}{char}`; a parameter inside a segment is `{{name}}`"
            raise PatternError(f"`{char}` inside a segment", offset + at, hint)
    if sum(isinstance(part, Param) for part in parts) > MAX_IN_SEGMENT:
        raise PatternError(
            f"more than two parameters in the segment `{spelled}`", offset, "use `{name<re:…>}` for a part"
        )
    return (*parts, text) if text or not parts else tuple(parts)


def _read_whole(spelled: str, offset: int, names: set[str]) -> Param:
    """`:name` or `:name<type>`, the whole of a segment."""
    name, bracket, kind = spelled[1:].partition("<")
    if not is_simple_name(name) or (bracket and ">" in kind and not kind.endswith(">")):
        hint = "it takes the whole segment; with other text beside it write `{name}`; a literal `:` is `::`"
        raise PatternError(f"`{spelled}` is not `:` and a name", offset, hint)
    if bracket and not kind.endswith(">"):
        raise _unclosed(spelled, offset + 1 + len(name))
    _take_name(name, offset + 1, names)
    if not bracket:
        return Param(name)
    return Param(name, _read_type(kind[:-1], offset + 2 + len(name)))


def _read_braced(spelled: str, at: int, offset: int, names: set[str]) -> tuple[Param, int]:
    """`{name}` or `{name<type>}` at `at`, and where it ends."""
    found = BRACED_NAME.match(spelled, at + 1)
    name = found.group() if found else ""
    after = at + 1 + len(name)
    if not name or spelled[after : after + 1] not in ("<", "}"):
        hint = "write `{name}` or `{name<type>}`; a literal `{` is `{{`"
        raise PatternError(f"`{spelled[at:]}` is not a parameter", offset + at, hint)
    _take_name(name, offset + at + 1, names)
    if spelled[after] == "}":
        return Param(name), after + 1
    end = _end_of_type(spelled, after + 1)
    if end < 0:
        raise _unclosed(spelled[at:], offset + after)
    return Param(name, _read_type(spelled[after + 1 : end], offset + after + 1)), end + 2


def _end_of_type(spelled: str, start: int) -> int:
    """Where the `>}` is that ends a type: for `re:` the last one before the next parameter, -1 if there is none."""
    first = spelled.find(">}", start)
    if first < 0 or not spelled.startswith("re:", start):
        return first
    following = NEXT_PARAM.search(spelled, first)
    return spelled.rfind(">}", start, following.start() if following else len(spelled))


def _unclosed(spelled: str, offset: int) -> PatternError:
    return PatternError(f"the type in `{spelled}` has no end", offset, "close it with `>`; it cannot contain a `/`")


def _read_type(kind: str, offset: int) -> str:
    if kind in ("int", "uuid"):
        return kind
    if not kind.startswith("re:"):
        hint = did_you_mean(kind, TYPES) or "there are `int`, `uuid` and `re:…`; any text at all needs no type"
        raise PatternError(f"no type is called `{kind}`", offset, hint)
    if kind == "re:":
        raise PatternError("the regular expression is empty", offset, "no parameter matches an empty segment")
    check_regex(kind[3:], offset + 3)
    return kind


def _take_name(name: str, offset: int, names: set[str]) -> None:
    if name in names:
        raise PatternError(f"two parameters are called `{name}`", offset, "give each a name of its own")
    names.add(name)
