"""A template's text cut into plain text, `{{ expressions }}` and `{% statements %}`, and those into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from keymock.template.errors import unreadable

Kind = Literal["name", "int", "float", "text", "sign", "end"]


class Token(NamedTuple):
    """A word of an expression. `text` is as written, but for texts, whose quotes and escapes are already read."""

    kind: Kind
    text: str
    offset: int


class Part(NamedTuple):
    """A run of plain text, or what stands between `{{ }}` or `{% %}`.

    `offset` and `end` are where the part is, delimiters included, and `start` is where its `text` begins. The tokens
    of a statement end with one of the kind `end`; those of a value are read by `words`, which is asked once for texts
    that are the same.
    """

    kind: Literal["text", "value", "statement"]
    offset: int
    text: str
    end: int
    start: int
    tokens: tuple[Token, ...] = ()


_OPEN = re.compile(r"\{\{-?|\{%-?|\{#-?")
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<float>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)"
    r"|(?P<int>[0-9]+)"
    r"""|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"|(?P<sign>==|!=|<=|>=|//|\*\*|[-+*/%~|.,:()\[\]{}<>=])",
    re.DOTALL,
)
_PLAIN_VALUE = re.compile(r"""\{\{-?((?:[^{}'"]|"[^"\\{}]*"|'[^'\\{}]*')*?)(-?)\}\}""")
"""A value whose first `}}` is its end, whatever its tokens are."""
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}")
_END_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f"} | {sign: sign for sign in "\\\"'/{}"}
"""Any other backslash stays, as in Python and Jinja: `regex_find("\\d+")` means digits."""
_CLOSE = {"{{": "}}", "{%": "%}", "{#": "#}"}
_PAIRS = {")": "(", "]": "[", "}": "{"}


def has_template(text: str) -> bool:
    """Whether a text has anything to fill in."""
    return "{{" in text or "{%" in text


def parts(source: str) -> Iterator[Part]:
    """The parts of a template in order. `-` beside a delimiter takes the white space on that side away."""
    position, trim = 0, False
    while True:
        opening = _OPEN.search(source, position)
        text = source[position : opening.start() if opening else None]
        if trim:
            position += len(text) - len(text.lstrip())
            text = text.lstrip()
        if opening is not None and opening[0].endswith("-"):
            text = text.rstrip()
        if text:
            yield _text(position, text)
        if opening is None:
            return
        raw = _RAW.match(source, opening.start())
        if raw:
            closing = _END_RAW.search(source, raw.end())
            if closing is None:
                raise unreadable("`{% raw %}` is never closed", opening.start(), "close it with `{% endraw %}`")
            yield _text(raw.end(), source[raw.end() : closing.start()])
            position, trim = closing.end(), closing[0].endswith("-%}")
            continue
        kind = opening[0][:2]
        if kind == "{#":
            position, trim = _comment(source, opening.start())
            continue
        plain = _PLAIN_VALUE.match(source, opening.start()) if kind == "{{" else None
        if plain:
            position, trim = plain.end(), plain[2] == "-"
            yield Part("value", plain.start(), plain[1], position, plain.start(1))
            continue
        tokens, position, trim = _tokens(source, opening.end(), Token("sign", kind, opening.start()), _CLOSE[kind])
        inner = source[opening.end() : position - 2 - trim]
        if kind == "{{":
            yield Part("value", opening.start(), inner, position, opening.end())
        else:
            yield Part("statement", opening.start(), inner, position, opening.end(), tokens)


def words(value: str) -> tuple[Token, ...]:
    """The tokens of what stands between `{{` and `}}`."""
    return _tokens(value + "}}", 0, Token("sign", "{{", -2), "}}")[0]


def _text(offset: int, text: str) -> Part:
    return Part("text", offset, text, offset + len(text), offset)


def _comment(source: str, start: int) -> tuple[int, bool]:
    end = source.find("#}", start + 2)
    if end < 0:
        raise unreadable("`{#` is never closed", start, "a comment ends with `#}`")
    return end + 2, source[end - 1] == "-"


def _tokens(source: str, position: int, opening: Token, close: str) -> tuple[tuple[Token, ...], int, bool]:
    """The tokens up to `close`, where it ends, and whether it trims. A `}}` that closes two tables does not count."""
    found: list[Token] = []
    brackets: list[Token] = []
    while position < len(source):
        char = source[position]
        if not brackets and char in "-}%" and source.startswith((close, "-" + close), position):
            trim = char == "-"
            found.append(Token("end", close, position))
            return tuple(found), position + 2 + trim, trim
        match = _TOKEN.match(source, position)
        if match is None:
            raise _no_token(source, position, opening)
        position = match.end()
        kind = match.lastgroup
        if kind == "space":
            continue
        token = _token(kind, match)
        if kind == "sign":
            _balance(token, brackets)
        found.append(token)
    raise _never_closed(opening, close, brackets)


def _token(kind: str | None, match: re.Match[str]) -> Token:
    if kind == "text":
        return Token("text", _unescaped(match[0][1:-1]), match.start())
    return Token(kind, match[0], match.start())  # type: ignore[arg-type]  # the groups are the kinds


def _balance(token: Token, brackets: list[Token]) -> None:
    if token.text in "([{":
        brackets.append(token)
    elif token.text in _PAIRS and (not brackets or brackets.pop().text != _PAIRS[token.text]):
        raise unreadable(f"this `{token.text}` closes nothing", token.offset)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    read = _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) > 1 else _ESCAPES.get(m[1], m[0]), text)
    # Two escapes may be the halves of one character, as JSON writes them; half a character is none.
    return read.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _no_token(source: str, position: int, opening: Token) -> Exception:
    if source[position] in "\"'":
        return unreadable("this text is never closed", position, f"close it with {source[position]}")
    if source.startswith(("}}", "%}", "}", "%"), position):
        return _never_closed(opening, _CLOSE[opening.text], [])
    return unreadable(f"`{source[position]}` means nothing here", position, _SIGNS.get(source[position], ""))


_SIGNS = {
    "&": "write `and`",
    "!": "write `not`",
    "?": "write `a if condition else b`",
    "$": "names have no `$` here: write `request.query.q`, `vars.name`",
    "@": "names have no `@` here",
    "\\": "inside the quotes of a JSON text, write the texts of an expression with single quotes",
    "#": "Handlebars blocks are `{% if … %}` and `{% for … %}` here",
}


def _never_closed(opening: Token, close: str, brackets: list[Token]) -> Exception:
    if brackets:
        return unreadable(f"this `{brackets[-1].text}` is never closed", brackets[-1].offset)
    return unreadable(f"`{opening.text}` is never closed", opening.offset, f"close it with `{close}`")
