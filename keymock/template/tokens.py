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
    """A run of plain text, or what stands between `{{ }}` or `{% %}`, ended by a token of the kind `end`."""

    kind: Literal["text", "value", "statement"]
    offset: int
    text: str
    tokens: tuple[Token, ...] = ()
    end: int = 0


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
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}")
_END_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f"}
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
            text = text.lstrip()
        if opening is None:
            if text:
                yield Part("text", position, text)
            return
        if opening[0].endswith("-"):
            text = text.rstrip()
        if text:
            yield Part("text", position, text)
        raw = _RAW.match(source, opening.start())
        if raw:
            closing = _END_RAW.search(source, raw.end())
            if closing is None:
                raise unreadable("`{% raw %}` is never closed", opening.start(), "close it with `{% endraw %}`")
            yield Part("text", raw.end(), source[raw.end() : closing.start()])
            position, trim = closing.end(), closing[0].endswith("-%}")
            continue
        kind = opening[0][:2]
        if kind == "{#":
            position, trim = _comment(source, opening.start())
            continue
        tokens, position, trim = _tokens(source, opening, _CLOSE[kind])
        inner = source[opening.end() : position - 2 - trim]
        yield Part("value" if kind == "{{" else "statement", opening.start(), inner, tokens, position)


def _comment(source: str, start: int) -> tuple[int, bool]:
    end = source.find("#}", start + 2)
    if end < 0:
        raise unreadable("`{#` is never closed", start, "a comment ends with `#}`")
    return end + 2, source[end - 1] == "-"


def _tokens(source: str, opening: re.Match[str], close: str) -> tuple[tuple[Token, ...], int, bool]:
    """The tokens up to `close`, where it ends, and whether it trims. A `}}` that closes two tables does not count."""
    found: list[Token] = []
    brackets: list[Token] = []
    position = opening.end()
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
    read = _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) > 1 else _ESCAPES.get(m[1], m[1]), text)
    # Two escapes may be the halves of one character, as JSON writes them; half a character is none.
    return read.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _no_token(source: str, position: int, opening: re.Match[str]) -> Exception:
    if source[position] in "\"'":
        return unreadable("this text is never closed", position, f"close it with {source[position]}")
    if source.startswith(("}}", "%}", "}", "%"), position):
        return _never_closed(opening, _CLOSE[opening[0][:2]], [])
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


def _never_closed(opening: re.Match[str], close: str, brackets: list[Token]) -> Exception:
    if brackets:
        return unreadable(f"this `{brackets[-1].text}` is never closed", brackets[-1].offset)
    return unreadable(f"`{opening[0][:2]}` is never closed", opening.start(), f"close it with `{close}`")
