"""TOML text → a tree that remembers where everything stands, comments and blank lines included.

Three readers need that: problems (which line, which column), `edit` and `format` (which characters). toml-rs can tell
positions too, but neither of table headers nor of faults in words, and not where it is missing; so there is one
scanner for all. It is never on the path of a good file that is only served.

The scanner knows TOML's grammar, not its rules about what may be defined twice: `repeated` tells those.
"""

from __future__ import annotations

import re
from typing import Literal, NoReturn

import msgspec

KeyPath = tuple[str | int, ...]

MAX_DEPTH = 64  # levels of tables and lists; the Rust parser overflows its stack, and so kills us, at a few thousand


class Key(msgspec.Struct, frozen=True, gc=False):
    """One segment of a key, unquoted, and where it is written."""

    name: str
    start: int
    end: int


class Value(msgspec.Struct, frozen=True, gc=False):
    """A value as written: `items` of a list, `pairs` of an inline table, neither of a scalar."""

    kind: Literal["text", "scalar", "list", "table"]
    start: int
    end: int
    items: tuple[Value, ...] = ()
    pairs: tuple[Pair, ...] = ()
    comments: bool = False


class Pair(msgspec.Struct, frozen=True, gc=False):
    """`a.b = value`"""

    keys: tuple[Key, ...]
    value: Value


class Line(msgspec.Struct, frozen=True, gc=False):
    """One statement with all its lines: a table header, a pair, a comment alone, or nothing."""

    kind: Literal["table", "tables", "pair", "comment", "blank"]
    start: int
    end: int
    keys: tuple[Key, ...] = ()
    pair: Pair | None = None
    comment: str = ""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with the grammar at `offset`."""

    offset: int
    message: str
    hint: str = ""
    code: str = "toml-syntax"


class Tree(msgspec.Struct, frozen=True):
    """The statements of `text` in order, up to the first fault."""

    text: str
    lines: tuple[Line, ...]
    fault: Fault | None = None


def scan(text: str) -> Tree:
    """Read `text` (LF line ends, no byte order mark). A fault ends the tree early and never raises."""
    scanner = _Scanner(text)
    lines: list[Line] = []
    try:
        while scanner.at < len(text):
            lines.append(scanner.line())
    except _Faulty as faulty:
        return Tree(text, tuple(lines), faulty.fault)
    return Tree(text, tuple(lines))


def nested_too_deep(text: str) -> int | None:
    """The offset where `text` goes deeper than MAX_DEPTH, or None.

    Also tells, by a negative number, that a quotation is not closed, so that only a careful parser may go on.
    """
    if text.count("[") + text.count("{") + text.count(".") <= MAX_DEPTH:
        return None
    levels: list[int] = []
    depth = dots = 0
    for token in _STRUCTURE.finditer(text):
        mark = token[0][0]
        if mark == ".":
            dots += 1
        elif mark in "[{":
            levels.append(dots + 1)
            depth, dots = depth + dots + 1, 0
        elif mark in "]}":
            depth, dots = depth - (levels.pop() if levels else 0), 0
        elif mark in "=,\n":
            dots = dots if mark == "=" else 0
        elif token.lastgroup == "open":
            return -1 - token.start()
        if depth + dots > MAX_DEPTH:
            return token.start()
    return None


_CONTROL = r"\x00-\x08\x0b-\x1f\x7f"
_BLANK = re.compile(r"[ \t]*")
_SPACE = re.compile(r"[ \t\n]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_COMMENT = re.compile(r"#[^\n]*")
_WORD = re.compile(r"""[^\s,\[\]{}#"'=]+""")
# No character of a text can be read in two ways, so one that is not closed is given up after one reading.
_MULTI_BASIC = re.compile(r'"""[^"\\]*(?:(?:\\.|"{1,2}(?!"))[^"\\]*)*"{3,5}', re.DOTALL)
_MULTI_LITERAL = re.compile(r"'''[^']*(?:'{1,2}(?!')[^']*)*'{3,5}")
_BASIC = re.compile(r'"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_ESCAPE = re.compile(r"\\(?:[btnfr\"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")
_FOLDED = re.compile(r"\\[ \t]*\n[ \t\n]*")
_SCALAR = re.compile(
    r"true|false|[+-]?(?:inf|nan)"
    r"|\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)?)?|\d\d:\d\d:\d\d(?:\.\d+)?"
    r"|0x[0-9a-fA-F](?:_?[0-9a-fA-F])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*"
    r"|[+-]?(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?"
)
_DATE_AND = re.compile(r"\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]+")
_STRUCTURE = re.compile(
    "|".join([
        _MULTI_BASIC.pattern.replace(r"\\.", r"\\[\s\S]"),
        _MULTI_LITERAL.pattern,
        # `""` is an empty text unless a third quote follows: then a multi-line text was left open above.
        r'(?!""")(?:' + _BASIC.pattern + ")",
        r"(?!''')(?:" + _LITERAL.pattern + ")",
        _COMMENT.pattern,
        r"(?P<open>[\"'\r])",
        r"[\[\]{}.=,\n]",
    ])
)  # fmt: skip
_LETTERS = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def characters(text: str, value: Value) -> list[tuple[str, int]]:
    """Each character of a quoted value with the offset where it is written; of other values, as they stand."""
    at, end = value.start, value.end
    if value.kind != "text":
        return [(text[spot], spot) for spot in range(at, end)]
    quote = text[at]
    width = 3 if text.startswith(quote * 3, at) and end - at >= 6 else 1
    at, end = at + width, end - width
    if width == 3 and text.startswith("\n", at):
        at += 1
    found: list[tuple[str, int]] = []
    while at < end:
        if quote == "'" or text[at] != "\\":
            found.append((text[at], at))
            at += 1
        elif folded := _FOLDED.match(text, at, end):
            at = folded.end()
        else:
            letter = text[at + 1]
            length = {"u": 6, "U": 10}.get(letter, 2)
            char = _LETTERS[letter] if length == 2 else chr(int(text[at + 2 : at + length], 16))
            found.append((char, at))
            at += length
    return found


class _Faulty(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def _fail(offset: int, message: str, hint: str = "", code: str = "toml-syntax") -> NoReturn:
    raise _Faulty(Fault(offset, message, hint, code))


class _Scanner:
    """A cursor over the text. Each method reads one thing of the grammar and leaves the cursor behind it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.table = ""  # the header above, as written, for hints

    def skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def peek(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def rest_of_line(self) -> str:
        end = self.text.find("\n", self.at)
        return self.text[self.at : end if end >= 0 else len(self.text)]

    def line(self) -> Line:
        start = self.at
        self.skip(_BLANK)
        if self.at == len(self.text) or self.peek("\n"):
            return self.finish("blank", start)
        if self.peek("#"):
            return self.finish("comment", start)
        if self.peek("["):
            kind: Literal["table", "tables"] = "tables" if self.peek("[[") else "table"
            return self.finish(kind, start, keys=self.header(kind))
        pair = self.pair(top=True)
        return self.finish("pair", start, keys=pair.keys, pair=pair)

    def finish(
        self,
        kind: Literal["table", "tables", "pair", "comment", "blank"],
        start: int,
        keys: tuple[Key, ...] = (),
        pair: Pair | None = None,
    ) -> Line:
        self.skip(_BLANK)
        comment = self.comment()
        if self.at < len(self.text) and not self.peek("\n"):
            self.left_over(pair)
        end = self.at
        self.at += 1
        return Line(kind, start, end, keys, pair, comment)

    def comment(self) -> str:
        found = _COMMENT.match(self.text, self.at)
        if not found:
            return ""
        if bad := re.search(f"[{_CONTROL}]", found[0]):
            _fail(found.start() + bad.start(), "a control character stands in this comment", "delete it")
        self.at = found.end()
        return found[0].rstrip()

    def left_over(self, pair: Pair | None) -> NoReturn:
        rest = self.rest_of_line()
        written = self.text[pair.value.start : pair.value.end] if pair else ""
        hint = "one key = value a line; a comment begins with #"
        if pair is None:
            hint = "a table header stands alone on its line"
        elif rest.startswith(",") and re.match(r"\d+,\d+", written + rest):
            hint = "a decimal point is a dot"
        elif rest.startswith((",", ";")):
            hint = "lines do not end in a comma or semicolon here"
        elif rest.startswith("//"):
            hint = "a comment begins with #"
        elif pair.value.kind == "text" and written[0] == '"':
            hint = "a quote inside a text is written \\\"; or put the whole text between '…'"
        _fail(self.at, f"`{_short(rest)}` is left over after {'this value' if pair else 'this header'}", hint)

    def header(self, kind: Literal["table", "tables"]) -> tuple[Key, ...]:
        start = self.at
        width = 2 if kind == "tables" else 1
        self.at += width
        keys = self.keys("]")
        if not self.peek("]" * width):
            brackets = "[" * width, "]" * width
            name = ".".join(key.name for key in keys)
            _fail(self.at, f"this header is not closed with `{brackets[1]}`", f"write {brackets[0]}{name}{brackets[1]}")
        self.at += width
        self.table = self.text[start + width : self.at - width].strip()
        return keys

    def pair(self, top: bool) -> Pair:
        keys = self.keys("=")
        self.skip(_BLANK)
        written = self.text[keys[0].start : keys[-1].end]
        if not self.peek("="):
            self.no_equals(written)
        self.at += 1
        self.skip(_BLANK)
        return Pair(keys, self.value(written if top else ""))

    def no_equals(self, written: str) -> NoReturn:
        rest = self.rest_of_line()
        if not rest.strip() and not written.isascii():
            rest = ""
        value = rest.lstrip(": \t").rstrip().rstrip(",")
        if value and value[0] not in "\"'[{0123456789" and value not in ("true", "false"):
            value = f'"{value}"' if value.isprintable() and '"' not in value else "…"
        found = f", found `{rest[0]}`" if rest.strip() else ""
        _fail(self.at, f"expected `=` after `{_short(written)}`{found}", f"write {_short(written)} = {value or '…'}")

    def keys(self, until: str) -> tuple[Key, ...]:
        keys: list[Key] = []
        while True:
            self.skip(_BLANK)
            keys.append(self.key(until))
            self.skip(_BLANK)
            if not self.peek("."):
                return tuple(keys)
            self.at += 1

    def key(self, until: str) -> Key:
        start = self.at
        if bare := _BARE.match(self.text, start):
            self.at = bare.end()
            char = self.text[self.at : self.at + 1]
            if char and not char.isascii() and char.isprintable() and not char.isspace():
                _fail(self.at, f"`{char}` in a key needs quotes", 'write the key as "…"')
            return Key(bare[0], start, self.at)
        if self.peek('"') or self.peek("'"):
            if self.peek('"""') or self.peek("'''"):
                _fail(start, "a key cannot be a multi-line text", "quote it once")
            value = self.quoted()
            return Key("".join(char for char, _ in characters(self.text, value)), start, self.at)
        return self.no_key(until)

    def no_key(self, until: str) -> NoReturn:
        rest = self.rest_of_line()
        if rest.startswith("//"):
            _fail(self.at, "a comment begins with `#`, not with `//`")
        if rest.startswith("{") and until == "=":
            _fail(self.at, "this looks like JSON; keymock's files are TOML", 'write name = "value", one a line')
        if rest.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            _fail(
                self.at,
                "a marker of a merge conflict was left here",
                "delete the line, after a look at what stands around it",
                "conflict-markers",
            )
        if not rest.strip() or rest[0] in "=].":
            _fail(self.at, f"a name is missing before `{rest[0] if rest.strip() else 'the end of this line'}`")
        if not rest[0].isascii() and rest[0].isprintable():
            _fail(self.at, f"`{rest[0]}` in a key needs quotes", 'write the key as "…"')
        _fail(self.at, f"a key cannot begin with `{rest[0]}`", "keys of other characters stand in quotes")

    def value(self, name: str) -> Value:
        char = self.text[self.at : self.at + 1]
        if char in ('"', "'"):
            return self.quoted()
        if char == "[":
            return self.list()
        if char == "{":
            return self.inline_table(name)
        return self.scalar(name)

    def scalar(self, name: str) -> Value:
        start = self.at
        word = _DATE_AND.match(self.text, start) or _WORD.match(self.text, start)
        if word and _SCALAR.fullmatch(word[0]):
            self.at = word.end()
            return Value("scalar", start, self.at)
        return self.no_value(name, word[0] if word else "")

    def no_value(self, name: str, word: str) -> NoReturn:
        rest = self.rest_of_line().split(" #")[0].strip()
        of = f" of `{_short(name)}`" if name else ""
        if not word:
            found = f", found `{rest[0]}`" if rest and not rest.startswith("#") else ""
            _fail(self.at, f"the value{of} is missing{found}", 'text stands in quotes: "…"')
        if word.lower() in ("true", "false"):
            _fail(self.at, f"`{word}` is written in lower case", f"write {word.lower()}")
        if word.lower() in ("null", "none", "nil", "undefined"):
            _fail(self.at, f"TOML has no `{word}`", "leave the key out; a null inside JSON is possible in json_text")
        if word[0] in "“”„«‘’`":
            _fail(self.at, f"`{word[0]}` is not a quotation mark in TOML", "use straight quotes: \"…\" or '…'")
        if re.fullmatch(r"[+-]?0\d+", word):
            hint = f'write {word.lstrip("+-0") or 0}, or "{word}"'
            _fail(self.at, f"the number `{_short(word)}` begins with 0", _short(hint))
        if re.fullmatch(r"[+-]?(\.\d+|\d+\.)", word):
            _fail(self.at, f"`{word}` needs a digit on both sides of the dot")
        if re.fullmatch(r"\d+[A-Za-z]+\d\w*", word):
            _fail(self.at, f"`{_short(word)}` is no number", f'as a text it needs quotes: "{_short(word)}"')
        text = rest if name and not re.search(r"[\"'\\,\]}]", rest) else word
        write = f'{name} = "{_short(text)}"' if name else f'"{_short(text)}"'
        _fail(self.at, f"`{_short(text)}` is text and needs quotes", f"write {write}")

    def quoted(self) -> Value:
        start = self.at
        quote = self.text[start]
        multi = self.peek(quote * 3)
        patterns = {'"': (_BASIC, _MULTI_BASIC), "'": (_LITERAL, _MULTI_LITERAL)}
        found = patterns[quote][multi].match(self.text, start)
        if found is None:
            mark = quote * 3 if multi else quote
            hint = "" if multi else f"text over several lines stands between {quote * 3} and {quote * 3}"
            _fail(start, f"this text is not closed with {mark}", hint)
        self.at = found.end()
        if bad := re.search(f"[{_CONTROL}]" if multi else f"[{_CONTROL}\n]", found[0]):
            code = f"{ord(found[0][bad.start()]):04X}"
            _fail(start + bad.start(), f"the control character U+{code} stands in this text", f'write "\\u{code}"')
        if quote == '"':
            self.check_escapes(start, multi)
        return Value("text", start, self.at)

    def check_escapes(self, start: int, multi: bool) -> None:
        at = self.text.find("\\", start, self.at)
        while at >= 0:
            found = _ESCAPE.match(self.text, at) or (_FOLDED.match(self.text, at) if multi else None)
            if found is None:
                pair = self.text[at : at + 2]
                hint = "between '…' a backslash is a plain character; or write \\\\"
                _fail(at, f"`{pair}` means nothing in a text", hint)
            if found[0][1] in "uU" and not _is_character(int("0x" + found[0][2:], 0)):
                _fail(at, f"`{found[0]}` is not a Unicode character")
            at = self.text.find("\\", found.end(), self.at)

    def list(self) -> Value:
        start = self.at
        self.at += 1
        items: list[Value] = []
        comments = self.between()
        while not self.peek("]"):
            if self.at >= len(self.text):
                _fail(start, "this list is not closed with `]`")
            items.append(self.value(""))
            comments |= self.between()
            if self.peek(","):
                self.at += 1
                comments |= self.between()
            elif not self.peek("]"):
                self.no_comma(start)
        self.at += 1
        return Value("list", start, self.at, items=tuple(items), comments=comments)

    def no_comma(self, start: int) -> NoReturn:
        if self.at >= len(self.text) or re.match(r"\[|[A-Za-z0-9_.-]+[ \t]*=", self.text[self.at : self.at + 200]):
            _fail(start, "this list is not closed with `]`")
        _fail(self.at, "a comma is missing between two items of this list")

    def between(self) -> bool:
        """Skip what may stand between the items of a list; True if there was a comment."""
        found = False
        while True:
            self.skip(_SPACE)
            if not self.comment():
                return found
            found = True

    def inline_table(self, name: str) -> Value:
        start = self.at
        self.at += 1
        pairs: list[Pair] = []
        self.inline_blank(name)
        while not self.peek("}"):
            pairs.append(self.pair(top=False))
            self.inline_blank(name)
            if self.peek("}"):
                break
            if not self.peek(","):
                _fail(self.at, "a comma is missing between two keys of this inline table")
            comma = self.at
            self.at += 1
            self.inline_blank(name)
            if self.peek("}"):
                _fail(comma, "an inline table does not end in a comma", "delete it")
        self.at += 1
        return Value("table", start, self.at, pairs=tuple(pairs))

    def inline_blank(self, name: str) -> None:
        start = self.at
        self.skip(_BLANK)
        if self.at == len(self.text):
            _fail(start, "this inline table is not closed with `}`")
        if self.text[self.at] in "\n#":
            own = ".".join(part for part in (self.table, name) if part)
            hint = f"write it as a table of its own: [{own}]" if name else "or keep a table for it: [name]"
            _fail(self.at, "an inline table must stand on one line (TOML 1.0)", hint)


def _is_character(code: int) -> bool:
    return code < 0xD800 or 0xDFFF < code <= 0x10FFFF


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 40 else text[:39] + "…"
