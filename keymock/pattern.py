"""Path syntax: which paths a mock's `path` matches, how it ranks, and what it shares with another.

A path is a tuple of decoded segments, as `exchange.split_path` makes them: `/` is `("",)`, `/a/` is `("a", "")`.
Bottom of the file: whether two patterns have a path in common, answered by walking two automata side by side.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from string import ascii_letters
from typing import Any, Literal

import msgspec

from keymock.problems import did_you_mean

Path = tuple[str, ...]
PathMatch = Callable[[Path], dict[str, str] | None]
"""Segments → parameters, or None. A path without parameters gives `{}`, so compare with None."""

LITERAL, CONSTRAINED, PLAIN, REST, OPTIONAL_REST, REGEX = "LMPRSZ"
"""The letters of `Pattern.shape`. They stand in the alphabet as product.md §3 ranks them: comparing is ranking."""

MAX_IN_SEGMENT = 2
TYPES = ("int", "uuid", "re:")
SIMPLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
BRACED_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")  # OpenAPI documents name parameters `user-id` and `user.id`
NEXT_PARAM = re.compile(r"\{[A-Za-z_]")
INT = re.compile(r"-?[0-9]+")  # not \d, which in Python takes the digits of every script
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")


class PatternError(ValueError):
    """A path that cannot be read. `offset` counts characters from the start of the text, 0 being the first."""

    def __init__(self, message: str, offset: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


class Param(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A path parameter. `type` is empty for a plain one, else `int`, `uuid` or `re:…`."""

    name: str
    type: str = ""


Segment = tuple[str | Param, ...]
"""What is between two slashes: `("users",)`, `(Param("id"),)`, `("v", Param("major"), ".", Param("minor"))`."""


class Pattern(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One path as a mock asks for it; two are equal if they were spelled to mean the same, names included.

    `rest` is the name that takes what follows `segments`, if any. `regex`, for `path = { regex = "…" }`, is matched
    against all that follows `segments`, which then hold the base path.
    """

    segments: tuple[Segment, ...] = ()
    rest: str = ""
    rest_optional: bool = False
    regex: str = ""

    @property
    def length(self) -> int:
        """How many segments there are, `rest` not counted."""
        return len(self.segments)

    @property
    def shape(self) -> str:
        """One letter a segment; of two patterns that match one path, the smaller shape goes first."""
        if self.regex:
            return REGEX
        end = (OPTIONAL_REST if self.rest_optional else REST) if self.rest else ""
        return "".join(_letter(segment) for segment in self.segments) + end

    @property
    def fixed(self) -> tuple[tuple[int, str], ...]:
        """Position and value of each literal segment."""
        texts = ((at, _literal(segment)) for at, segment in enumerate(self.segments))
        return tuple((at, text) for at, text in texts if text is not None)


def outline(pattern: Pattern) -> tuple[str, tuple[int, ...], tuple[str, ...]]:
    """The shape, and positions and values of the literal segments: all in one look, for there are thousands."""
    if pattern.regex:
        return REGEX, (), ()
    shape, positions, values = "", [], []
    for at, segment in enumerate(pattern.segments):
        only = segment[0]
        if len(segment) > 1:
            shape += CONSTRAINED
        elif isinstance(only, str):
            shape += LITERAL
            positions.append(at)
            values.append(only)
        else:
            shape += CONSTRAINED if only.type else PLAIN
    if pattern.rest:
        shape += OPTIONAL_REST if pattern.rest_optional else REST
    return shape, tuple(positions), tuple(values)


def _literal(segment: Segment) -> str | None:
    """The text of a literal segment, None for any other."""
    return segment[0] if len(segment) == 1 and isinstance(segment[0], str) else None


def _letter(segment: Segment) -> str:
    if _literal(segment) is not None:
        return LITERAL
    only = segment[0]
    return PLAIN if len(segment) == 1 and isinstance(only, Param) and not only.type else CONSTRAINED


# ---- reading ---------------------------------------------------------------------------------------------------


def parse(text: str, *, base_path: str = "") -> tuple[Pattern, ...]:
    """The patterns that one `path = "…"` stands for: one, or two where it ends in `/?`. Raises PatternError.

    >>> [normal(pattern) for pattern in parse("/users/{id}/?", base_path="/api")]
    ['/api/users/:id', '/api/users/:id/']
    """
    if not text.startswith("/"):
        raise PatternError("a path starts with `/`", 0, f"write `/{text}`")
    base = _base(base_path)
    return tuple(_read(base + spelled, 1 - len(base)) for spelled in _spellings(text, bool(base)))


def from_regex(text: str, *, base_path: str = "") -> Pattern:
    """The pattern for `path = { regex = "…" }`: the whole decoded path after the base path. Raises PatternError."""
    _check_regex(text, 0)
    base = _base(base_path)
    return Pattern(_read(base, 1).segments if base else (), regex=text)


def literal(text: str) -> str:
    """Decoded text of a segment or a path, spelled so that nothing in it is special: what importers write."""
    return re.sub(r"[:*{]", r"\g<0>\g<0>", text)


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
    if not text.endswith("/?"):
        return (text,)
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
        segments.append(_read_segment(spelled, offset, names))
        offset += len(spelled) + 1
    return Pattern(tuple(segments))


def _read_rest(spelled: str, offset: int, names: set[str], *, last: bool) -> tuple[str, bool]:
    """The name after `*`, and whether a `?` follows it."""
    if not last:
        hint = "it takes slashes too, the last one included; for one segment write `:name`"
        raise PatternError(f"`{spelled}` can only stand at the end of a path", offset, hint)
    name = spelled[1:].removesuffix("?")
    if not SIMPLE_NAME.fullmatch(name):
        hint = "write `*rest`, or `**` for a literal `*`"
        raise PatternError(f"`{spelled}` is not `*` and a name", offset, hint)
    _take_name(name, offset + 1, names)
    return name, spelled.endswith("?")


def _read_segment(spelled: str, offset: int, names: set[str]) -> Segment:
    if spelled in (".", ".."):
        raise PatternError(f"no request can have a segment `{spelled}`", offset, "write the path it leads to")
    if spelled.startswith(":") and not spelled.startswith("::"):
        return (_read_whole(spelled, offset, names),)
    if ":" not in spelled and "*" not in spelled and "{" not in spelled:
        return (spelled,)
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
    if not SIMPLE_NAME.fullmatch(name) or (bracket and ">" in kind and not kind.endswith(">")):
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
    _check_regex(kind[3:], offset + 3)
    return kind


def _take_name(name: str, offset: int, names: set[str]) -> None:
    if name in names:
        raise PatternError(f"two parameters are called `{name}`", offset, "give each a name of its own")
    names.add(name)


def _re2(source: str) -> Any:
    import re2  # noqa: PLC0415  (17 ms, and most trees hold no regex)

    options = re2.Options()
    options.log_errors = False  # it would write to standard error by itself
    return re2.compile(source, options)


def _check_regex(source: str, offset: int) -> None:
    import re2  # noqa: PLC0415  (as in _re2)

    try:
        _re2(source)
    except re2.error as wrong:
        reason = wrong.args[0]
        message = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    else:
        return
    culprit = message.rpartition(": ")[2]
    place = offset + max(0, source.find(culprit))
    if any(sign in culprit for sign in LOOK_AROUND):
        hint = "say what does match, or add a condition under `params`"
        raise PatternError(f"re2 cannot look around: `{culprit}`", place, hint)
    if re.fullmatch(r"\\[1-9]", culprit):
        raise PatternError(f"re2 has no back-references: `{culprit}`", place, "repeat the expression itself")
    raise PatternError(f"not a regular expression of re2: {message}", place)


# ---- spelling --------------------------------------------------------------------------------------------------


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


def _spell(segment: Segment, names: bool) -> str:
    if names and len(segment) == 1 and isinstance(segment[0], Param) and SIMPLE_NAME.fullmatch(segment[0].name):
        only = segment[0]
        return f":{only.name}<{only.type}>" if only.type else f":{only.name}"
    return "".join(literal(part) if isinstance(part, str) else _spell_braced(part, names) for part in segment)


def _spell_braced(param: Param, names: bool) -> str:
    return "{" + (param.name if names else "") + (f"<{param.type}>" if param.type else "") + "}"


def params(pattern: Pattern) -> tuple[str, ...]:
    """Names of the parameters in the order they stand; of a regex, its named groups."""
    names = tuple(part.name for segment in pattern.segments for part in segment if isinstance(part, Param))
    if pattern.regex:
        return (*names, *_re2(pattern.regex).groupindex)
    return (*names, pattern.rest) if pattern.rest else names


# ---- matching --------------------------------------------------------------------------------------------------


def match(pattern: Pattern, *, literals_checked: bool = False) -> PathMatch:
    """A function from segments to parameters, or to None where the pattern does not match.

    With `literals_checked` the caller has found the pattern by number of segments (unless it ends in a rest) and by
    its literals; those are then not compared again. A regex is always matched in full.

    No parameter is empty. A rest is its segments joined by `/`; empty ones among them stay, but a single empty one
    is no rest: `/files/*rest` does not take `/files/`. `*rest?` that takes nothing is the empty text; with nothing
    in front of it, it takes `/` so. A group of a regex that took no part is left out.
    """
    read = _reader(pattern)
    if literals_checked and not pattern.regex:
        return read
    fixed, length = pattern.fixed, pattern.length
    open_end = bool(pattern.rest or pattern.regex)

    def checked(segments: Path) -> dict[str, str] | None:
        if len(segments) < length or (len(segments) > length and not open_end):
            return None
        for at, text in fixed:
            if segments[at] != text:
                return None
        return read(segments)

    return checked


def _reader(pattern: Pattern) -> PathMatch:
    if pattern.regex:
        return _regex_reader(pattern)
    if pattern.rest:
        return _rest_reader(pattern)
    return _segments_reader(pattern.segments)


def _segments_reader(segments: tuple[Segment, ...]) -> PathMatch:
    """Reads the parameters out of their places. The first two are the common case, and worth their own lines."""
    if any(_letter(segment) == CONSTRAINED for segment in segments):
        return _constrained_reader(segments)
    places = [(at, part.name) for at, segment in enumerate(segments) for part in segment if isinstance(part, Param)]
    if not places:
        return lambda _: {}
    if len(places) == 1:
        [(place, only)] = places

        def one(path: Path) -> dict[str, str] | None:
            value = path[place]
            return {only: value} if value else None

        return one

    def several(path: Path) -> dict[str, str] | None:
        found = {}
        for at, name in places:
            value = path[at]
            if not value:
                return None
            found[name] = value
        return found

    return several


def _constrained_reader(segments: tuple[Segment, ...]) -> PathMatch:
    fillers = [(at, _filler(segment)) for at, segment in enumerate(segments) if _literal(segment) is None]

    def read(path: Path) -> dict[str, str] | None:
        found: dict[str, str] = {}
        for at, fill in fillers:
            if not fill(path[at], found):
                return None
        return found

    return read


def _rest_reader(pattern: Pattern) -> PathMatch:
    before = _segments_reader(pattern.segments)
    length, name, optional = pattern.length, pattern.rest, pattern.rest_optional
    nothing: tuple[Path, ...] = ()
    if optional:
        nothing = ((), ("",)) if length == 0 else ((),)

    def read(path: Path) -> dict[str, str] | None:
        if len(path) < length:
            return None
        rest = path[length:]
        if rest in ((), ("",)) and rest not in nothing:
            return None
        found = before(path)
        if found is not None:
            found[name] = "/".join(rest)
        return found

    return read


def _regex_reader(pattern: Pattern) -> PathMatch:
    before = _segments_reader(pattern.segments)
    length, fullmatch = pattern.length, _re2(pattern.regex).fullmatch

    def read(path: Path) -> dict[str, str] | None:
        found = before(path)
        groups = fullmatch("".join("/" + segment for segment in path[length:])) if found is not None else None
        if groups is None or found is None:
            return None
        return found | {name: value for name, value in groups.groupdict().items() if value is not None}

    return read


def _accepts(kind: str) -> Callable[[str], object]:
    """Whether a value is of a type; the answer is only true or false in an `if`."""
    if not kind:
        return bool
    if kind == "int":
        return INT.fullmatch
    if kind == "uuid":
        return UUID.fullmatch
    fullmatch = _re2(kind[3:]).fullmatch
    return lambda value: value and fullmatch(value)


def _filler(segment: Segment) -> Callable[[str, dict[str, str]], bool]:
    """A function that writes a segment's parameters into the dict, or says that it does not match."""
    before, first, middle, second, after = _around(segment)
    head, tail, takes_first = len(before), len(after), _accepts(first.type)

    def one(text: str, found: dict[str, str]) -> bool:
        if not (text.startswith(before) and text.endswith(after)):
            return False
        value = text[head : len(text) - tail]
        if not takes_first(value):
            return False
        found[first.name] = value
        return True

    if second is None:
        return one
    last, takes_second = second, _accepts(second.type)

    def two(text: str, found: dict[str, str]) -> bool:
        if not (text.startswith(before) and text.endswith(after)):
            return False
        inner = text[head : len(text) - tail]
        at = inner.find(middle, 1)
        while at > 0:  # non-greedy: the first parameter takes as little as will do
            left, right = inner[:at], inner[at + len(middle) :]
            if takes_first(left) and takes_second(right):
                found[first.name], found[last.name] = left, right
                return True
            at = inner.find(middle, at + 1)
        return False

    return two


def _around(segment: Segment) -> tuple[str, Param, str, Param | None, str]:
    """Literal, parameter, literal, parameter, literal; what is not there is empty or None."""
    texts = [""]
    found: list[Param] = []
    for part in segment:
        if isinstance(part, Param):
            found.append(part)
            texts.append("")
        else:
            texts[-1] = part
    if len(found) == 1:
        return texts[0], found[0], "", None, texts[1]
    return texts[0], found[0], texts[1], found[1], texts[2]


# ---- what two patterns share -----------------------------------------------------------------------------------


class Overlap(msgspec.Struct, frozen=True):
    """Whether one path can match both patterns. On "yes", `witness` is such a path, tried on both.

    "no" is proven. "maybe" is left for regular expressions that look at their surroundings or are too intricate.
    """

    verdict: Literal["yes", "no", "maybe"]
    witness: Path = ()


DISJOINT = Overlap("no")
UNDECIDED = Overlap("maybe")


def overlap(a: Pattern, b: Pattern) -> Overlap:
    """Whether one path can match both patterns, with such a path as proof."""
    if set(a.shape + b.shape) <= {LITERAL, PLAIN}:
        return _simple_overlap(a, b)
    for alone, other in ((a, b), (b, a)):
        if set(alone.shape) == {LITERAL}:
            path = tuple(text for _, text in alone.fixed)
            return Overlap("yes", path) if _matches(path, other) else DISJOINT
    separator = "/" if a.regex or b.regex else "\0"
    try:
        text = _shared_text(_whole(a, separator), _whole(b, separator), separator)
    except _TooHard:
        candidates = (witness(a), witness(b))
    else:
        if text is None:
            return DISJOINT
        candidates = (_split(text, separator), None)
    return next((Overlap("yes", path) for path in candidates if path and _matches(path, a, b)), UNDECIDED)


def witness(pattern: Pattern) -> Path | None:
    """A path that the pattern matches, short and readable; None where none was found."""
    separator = "/" if pattern.regex else "\0"
    try:
        text = _shared_text(_whole(pattern, separator), _repeat(_chars((*ANY, _one(separator))), 0, None), separator)
    except _TooHard:
        return None
    path = _split(text, separator) if text else None
    return path if path and _matches(path, pattern) else None


def _simple_overlap(a: Pattern, b: Pattern) -> Overlap:
    """Of literals and plain parameters alone: by far the most, and no need of automata."""
    if a.length != b.length:
        return DISJOINT
    path = []
    for one, other in zip(a.segments, b.segments, strict=True):
        left, right = _literal(one), _literal(other)
        if left is not None and right is not None and left != right:
            return DISJOINT
        text = "x" if left is None and right is None else left if left is not None else right
        if not text and (left is None or right is None):
            return DISJOINT
        path.append(text or "")
    return Overlap("yes", tuple(path))


def _matches(path: Path, *patterns: Pattern) -> bool:
    return all(match(pattern)(path) is not None for pattern in patterns)


def _split(text: str, separator: str) -> Path:
    return tuple(text[1:].split(separator))


# A path is walked as text, each segment behind its separator: NUL, which no segment can hold. Where a whole-path
# regex takes part it is `/`, as the regex sees it. An automaton may take more than its pattern does (`\b`, `\p{…}`),
# never less: then "no" is proven, and "yes" is tried on the real matchers. (Left aside: a regex that takes nothing but
# `.` or `..` behind a slash, and a client that sends that slash as %2F.)

Ranges = tuple[tuple[int, int], ...]  # code points, both ends included
Piece = Callable[["_Automaton", int], int]  # adds itself behind a state, and tells the state where it ends

ANY: Ranges = ((0x01, 0xD7FF), (0xE000, 0x10FFFF))  # what UTF-8 can carry and a path may hold
DIGITS: Ranges = ((0x30, 0x39),)
HEX: Ranges = (*DIGITS, (0x41, 0x46), (0x61, 0x66))
WORD: Ranges = (*DIGITS, (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Ranges = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
READABLE = "x1aX-_~"
MAX_COPIES = 256
MAX_WALK = 20_000


class _TooHard(Exception):
    """An expression that is not read here, or a walk that has become too long."""


class _Automaton:
    """States are numbers from 0; `moves[state]` lists the characters to read (None: for free) and the next state."""

    def __init__(self, piece: Piece) -> None:
        self.moves: list[list[tuple[Ranges | None, int]]] = [[]]
        self.end = piece(self, 0)

    def state(self) -> int:
        self.moves.append([])
        return len(self.moves) - 1

    def link(self, start: int, end: int, ranges: Ranges | None = None) -> None:
        self.moves[start].append((ranges, end))


def _chars(ranges: Ranges) -> Piece:
    def build(net: _Automaton, at: int) -> int:
        end = net.state()
        net.link(at, end, ranges)
        return end

    return build


def _text(text: str) -> Piece:
    return _sequence(_chars((_one(char),)) for char in text)


def _sequence(pieces: Iterable[Piece]) -> Piece:
    steps = tuple(pieces)

    def build(net: _Automaton, at: int) -> int:
        for piece in steps:
            at = piece(net, at)
        return at

    return build


NOTHING = _sequence(())


def _either(*pieces: Piece) -> Piece:
    def build(net: _Automaton, at: int) -> int:
        end = net.state()
        for piece in pieces:
            net.link(piece(net, at), end)
        return end

    return build if len(pieces) > 1 else pieces[0]


def _repeat(piece: Piece, least: int, most: int | None) -> Piece:
    """At least, at most so many; beyond MAX_COPIES any number."""

    def build(net: _Automaton, at: int) -> int:
        for _ in range(min(least, MAX_COPIES)):
            at = piece(net, at)
        end = net.state()
        net.link(at, end)
        if most is None or most > MAX_COPIES:
            net.link(piece(net, end), end)
            return end
        for _ in range(most - least):
            at = piece(net, at)
            net.link(at, end)
        return end

    return build


def _filled(piece: Piece) -> Piece:
    """The same without the empty text: two layers, and every character read leads to the upper one."""

    def build(net: _Automaton, at: int) -> int:
        inner = _Automaton(piece)
        lower = [net.state() for _ in inner.moves]
        upper = [net.state() for _ in inner.moves]
        for start, moves in enumerate(inner.moves):
            for ranges, end in moves:
                net.link(lower[start], lower[end] if ranges is None else upper[end], ranges)
                net.link(upper[start], upper[end], ranges)
        net.link(at, lower[0])
        return upper[inner.end]

    return build


def _whole(pattern: Pattern, separator: str) -> Piece:
    slash = _text(separator)
    pieces: list[Piece] = []
    for segment in pattern.segments:
        pieces.append(slash)
        pieces += [_text(part) if isinstance(part, str) else _typed(part.type) for part in segment]
    if pattern.regex:
        pieces.append(_Regex(pattern.regex).read())
    if pattern.rest:
        rest = _sequence((slash, _repeat(_chars((*ANY, _one(separator))), 1, None)))
        none = NOTHING if pattern.segments else slash
        pieces.append(_either(rest, none) if pattern.rest_optional else rest)
    return _sequence(pieces)


def _typed(kind: str) -> Piece:
    if not kind:
        return _repeat(_chars(ANY), 1, None)
    if kind == "int":
        return _Regex(INT.pattern).read()
    if kind == "uuid":
        return _Regex(UUID.pattern).read()
    return _filled(_Regex(kind[3:]).read())


def _shared_text(a: Piece, b: Piece, separator: str) -> str | None:
    """A text that both read to the end and that can be a path: it starts with the separator, no segment is a dot
    or two. None if there is none. Raises _TooHard."""
    left, right = _Automaton(a), _Automaton(b)
    start = (0, 0, _Dots.START)
    came: dict[tuple[int, int, int], tuple[tuple[int, int, int], str] | None] = {start: None}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        if here[0] == left.end and here[1] == right.end and here[2] not in _Dots.REFUSED:
            return _trace(came, here)
        for there, char in _steps(left, right, here, separator):
            if there not in came:
                came[there] = (here, char)
                queue.append(there)
        if len(came) > MAX_WALK:
            raise _TooHard
    return None


class _Dots:
    """How the current segment began: with nothing, one dot, two dots, or so that it is neither `.` nor `..`."""

    START, EMPTY, ONE, TWO, OTHER = range(5)
    REFUSED = (START, ONE, TWO)


def _steps(
    left: _Automaton, right: _Automaton, here: tuple[int, int, int], separator: str
) -> Iterator[tuple[tuple[int, int, int], str]]:
    i, j, dots = here
    for ranges, end in left.moves[i]:
        if ranges is None:
            yield (end, j, dots), ""
    for ranges, end in right.moves[j]:
        if ranges is None:
            yield (i, end, dots), ""
    for some, left_end in left.moves[i]:
        for others, right_end in right.moves[j]:
            shared = _common(some, others) if some and others else ()
            char = _pick(shared, separator if dots == _Dots.START else "") if shared else ""
            after = _dots_after(dots, char, separator) if char else None
            if after is not None:
                yield (left_end, right_end, after), char


def _dots_after(dots: int, char: str, separator: str) -> int | None:
    """None if the path may not go on like this."""
    if dots == _Dots.START:
        return _Dots.EMPTY if char == separator else None
    if char == separator:
        return None if dots in _Dots.REFUSED else _Dots.EMPTY
    return min(dots + 1, _Dots.OTHER) if char == "." else _Dots.OTHER


def _trace(
    came: dict[tuple[int, int, int], tuple[tuple[int, int, int], str] | None], here: tuple[int, int, int]
) -> str:
    chars = []
    step = came[here]
    while step is not None:
        here, char = step
        chars.append(char)
        step = came[here]
    return "".join(reversed(chars))


def _one(char: str) -> tuple[int, int]:
    return ord(char), ord(char)


def _holds(ranges: Ranges, char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in ranges)


def _pick(ranges: Ranges, first: str) -> str:
    """A character that people can read, `first` if possible. A dot only where nothing else will do: any other
    character leaves at least as many ways open."""
    for char in first + READABLE:
        if _holds(ranges, char):
            return char
    return next((chr(code) for low, high in ranges for code in (low, high) if chr(code) != "."), ".")


def _common(some: Ranges, others: Ranges) -> Ranges:
    return tuple((max(a, c), min(b, d)) for a, b in some for c, d in others if max(a, c) <= min(b, d))


def _without(ranges: Ranges) -> Ranges:
    """All that a path may hold but these."""
    left = []
    low = 0
    for start, end in (*sorted(ranges), (0x110000, 0x110000)):
        if low < start:
            left.append((low, start - 1))
        low = max(low, end + 1)
    return _common(ANY, tuple(left))


SETS: Mapping[str, Ranges] = {
    "d": DIGITS,
    "w": WORD,
    "s": SPACE,
    "D": _without(DIGITS),
    "W": _without(WORD),
    "S": _without(SPACE),
}
CONTROLS: Mapping[str, str] = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
FLAGS = re.compile(r"\?([imsU]*)(?:-([imsU]+))?([:)])")
COUNT = re.compile(r"\{([0-9]+)(,?)([0-9]*)\}")
ASSERTION = re.compile(r"[AzbB]")
GROUP_NAME = re.compile(r"\?P?<[^>]*>")
POSIX_CLASS = re.compile(r"\[:\^?[a-z]+:\]")
CODE = re.compile(r"x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([0-7]{1,3})")


class _Regex:
    """Reads an expression that re2 has accepted. Assertions become nothing and classes by name any character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.any_case = False

    def read(self) -> Piece:
        piece = self.options()
        if self.at < len(self.text):
            raise _TooHard
        return piece

    def follows(self, sign: str) -> bool:
        """Whether `sign` comes next; if so, goes behind it."""
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def found(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        match_here = expression.match(self.text, self.at)
        if match_here:
            self.at = match_here.end()
        return match_here

    def next(self) -> str:
        if self.at >= len(self.text):
            raise _TooHard
        self.at += 1
        return self.text[self.at - 1]

    def options(self) -> Piece:
        pieces = [self.sequence()]
        while self.follows("|"):
            pieces.append(self.sequence())
        return _either(*pieces)

    def sequence(self) -> Piece:
        pieces = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            pieces.append(self.repeated(self.atom()))
        return _sequence(pieces)

    def repeated(self, piece: Piece) -> Piece:
        while True:
            if self.follows("*"):
                piece = _repeat(piece, 0, None)
            elif self.follows("+"):
                piece = _repeat(piece, 1, None)
            elif self.follows("?"):
                piece = _repeat(piece, 0, 1)
            elif count := self.found(COUNT):
                least, comma, most = count.groups()
                piece = _repeat(piece, int(least), int(most) if most else None if comma else int(least))
            else:
                return piece
            self.follows("?")  # greedy or not, it takes the same texts

    def atom(self) -> Piece:
        char = self.next()
        if char == "(":
            return self.group()
        if char in "^$":
            return NOTHING
        if char == ".":
            return _chars(ANY)
        if char == "[":
            return self.cased(self.char_class())
        if char == "\\":
            return NOTHING if self.found(ASSERTION) else self.cased(self.escaped())
        return self.cased((_one(char),))

    def cased(self, ranges: Ranges) -> Piece:
        """Under `(?i)` letters of both cases, and roughly what Unicode folds to them."""
        if not self.any_case:
            return _chars(ranges)
        if any(high >= 0x80 for _, high in ranges):
            return _chars(ANY)
        letters = "".join(char for char in ascii_letters if _holds(ranges, char))
        beyond = _without(((0, 0x7F),)) if letters else ()
        return _chars((*ranges, *(_one(char) for char in letters.swapcase()), *beyond))

    def group(self) -> Piece:
        outside = self.any_case
        if flags := self.found(FLAGS):
            on, off, end = flags.groups()
            self.any_case = ("i" in on or self.any_case) and "i" not in (off or "")
            if end == ")":
                return NOTHING  # in force to the end of the group around, which resets it
        else:
            self.found(GROUP_NAME)
        piece = self.options()
        if not self.follows(")"):
            raise _TooHard
        self.any_case = outside
        return piece

    def escaped(self) -> Ranges:
        """What `\\` and the characters that follow it stand for."""
        if code := self.found(CODE):
            wide, narrow, octal = code.groups()
            number = int(octal, 8) if octal else int(wide or narrow, 16)
            return ((number, number),)
        char = self.next()
        if char in SETS:
            return SETS[char]
        if char in "pP":
            if self.next() == "{":
                self.at = self.text.index("}", self.at) + 1
            return ANY
        if char in CONTROLS:
            return (_one(CONTROLS[char]),)
        if char.isalnum():
            raise _TooHard  # \C takes a byte, \Q quotes to \E: nobody writes them in a path
        return (_one(char),)

    def char_class(self) -> Ranges:
        negated = self.follows("^")
        ranges: Ranges = ()
        while not ranges or not self.follows("]"):
            if self.found(POSIX_CLASS) or self.text.startswith(("\\p", "\\P"), self.at):
                self.skip_class()
                return ANY
            item = self.class_item()
            if len(item) == 1 and self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at):
                self.at += 1
                item = ((item[0][0], self.class_item()[0][1]),)
            ranges += item
        return _without(ranges) if negated else ranges

    def class_item(self) -> Ranges:
        char = self.next()
        return self.escaped() if char == "\\" else (_one(char),)

    def skip_class(self) -> None:
        """To the end of a class that holds something known by name only."""
        while not self.follows("]"):
            if not self.found(POSIX_CLASS):
                self.class_item()
