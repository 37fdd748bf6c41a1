"""Every way a text may be written by those who pass it on: escaped for a URL, JSON, XML, a shell, or base64.

Percent signs, backslashes and ampersands may be escaped once more themselves. What a program writes that escapes more
than it must (`%61`), or less, is found all the same: each character is looked for in any of its spellings.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import quote, quote_plus

THOROUGH = 200
"""Characters of the longest text whose letters and digits too are looked for escaped."""

SHORTEST_CODE = 4
"""Characters of base64 that say enough to be told from a word."""

_SHORT = {'"': '"', "/": "/", "'": "'", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t"}
"""What stands behind a backslash in JSON, TOML, Python and JavaScript."""
_NAMED = {'"': "quot", "&": "amp", "<": "lt", ">": "gt", "'": "apos"}
_LETTER = re.compile(r"\\+|[^\\]", re.DOTALL)
"""A character; backslashes side by side are one, or there would be too many ways to share out those of a text."""
_PERCENT = "%(?:25){0,3}"
_AMPERSAND = "&(?:amp;){0,3}"
_SLASH = rf"(?:\\|{_PERCENT}5[cC])"
_SLASHES = f"{_SLASH}{_SLASH}{{0,30}}"
"""Those of JSON within JSON, five deep. What follows never begins with one: giving some back leads nowhere, at once."""


def pattern_of(text: str) -> re.Pattern[str]:
    """A pattern that finds the text in any of its spellings. Bounded: it reads each character a few times at most."""
    thorough = len(text) <= THOROUGH
    chars = _LETTER.findall(text)
    around = zip(["", *chars], chars, [*chars[1:], ""], strict=False)
    letters = [_character(char, before, after, thorough=thorough) for before, char, after in around]
    return re.compile("|".join(["".join(letters), *_codes(text)]))


def usual(text: str) -> Iterator[str]:
    """The spellings that are met most often; for looking at the end of a text that was cut off."""
    yield text
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    data = _bytes(text)
    yield quote(data, safe="")
    yield quote(data)
    yield quote_plus(data)
    yield b64encode(data).decode().rstrip("=")


def _character(char: str, before: str, after: str, *, thorough: bool) -> str:
    """Every spelling of a character, in a text where it stands between `before` and `after`."""
    if char.startswith("\\"):
        slashes = f"{_SLASH}{{{len(char)},{32 * len(char) + 31}}}"
        if after:  # whose own are taken with them, all at once, or there would be many ways to share them out
            slashes = f"{_SLASH}{{{len(char)},{32 * len(char) + 62}}}(?!{_SLASH})"
        return _one_of([slashes, _one_of([*_entities("\\"), _SLASHES + _one_of(_behind("\\"))]) * len(char)])
    plain = char.isascii() and char.isalnum()
    if plain and not thorough:
        return char
    ways = [*_plainly(char)]
    ways += _escaped(_behind(char) if thorough else islice(_behind(char), 1), before)
    if thorough:
        ways += _entities(char)
    if thorough and not char.isascii():
        ways += ["\N{REPLACEMENT CHARACTER}{1,4}", *_misread(char, before)]
    return _one_of([*ways, re.escape(char)])  # itself at last: `&` is but the beginning of `&amp;`


def _one_of(ways: Iterable[str]) -> str:
    return f"(?:{'|'.join(ways)})"


def _escaped(behind: Iterable[str], before: str) -> Iterator[str]:
    """What stands behind a backslash, with backslashes; and without, if those of `before` hold them."""
    ways = _one_of(behind)
    yield _SLASHES + ways
    if before.startswith("\\"):
        yield ways


def _plainly(char: str) -> Iterator[str]:
    """The spellings that stand for themselves."""
    yield _percent(_bytes(char))
    if 0x7F < ord(char) < 0x100:
        yield _percent(bytes([ord(char)]))
    if char in _NAMED:
        yield f"{_AMPERSAND}{_NAMED[char]};"
    if char == " ":
        yield r"\+"
        yield _percent(b"+")
    if char == "+":
        yield " "
    if char == "\n":
        yield "\r\n"
    if char == "'":  # within the quotes of a shell
        yield from (r"'\\''", "'\"'\"'")


def _behind(char: str) -> Iterator[str]:
    """What stands for it behind a backslash."""
    code = ord(char)
    if char in _SHORT:
        yield _one_of([re.escape(_SHORT[char]), _percent(_SHORT[char].encode())])
    if code < 0x10000:
        yield f"u{_hexadecimal(code, 4)}"
    else:
        pair = char.encode("utf-16-be")
        high, low = (_hexadecimal(int.from_bytes(half, "big"), 4) for half in (pair[:2], pair[2:]))
        yield f"u{high}{_SLASHES}u{low}"
        yield f"[uU]0{{0,3}}{_hexadecimal(code, 5)}"
    if code < 0x100:
        yield f"x{_hexadecimal(code, 2)}"
    yield f"u\\{{0{{0,6}}{_hexadecimal(code, 1)}\\}}"


def _entities(char: str) -> Iterator[str]:
    code = ord(char)
    yield f"{_AMPERSAND}#(?:0{{0,6}}{code}|[xX]0{{0,6}}{_hexadecimal(code, 1)});"


def _misread(char: str, before: str) -> Iterator[str]:
    """UTF-8 that was read as Latin-1, as the headers of HTTP often are; and then escaped."""
    chars = _bytes(char).decode("latin-1")
    ways = (
        [*_plainly(each), *_escaped(_behind(each), last), re.escape(each)]
        for last, each in zip([before, *chars], chars, strict=False)
    )
    yield "".join(map(_one_of, ways))


def _percent(data: bytes) -> str:
    return "".join(f"{_PERCENT}{_hexadecimal(byte, 2)}" for byte in data)


def _hexadecimal(number: int, digits: int) -> str:
    """A number in hexadecimal digits, in either case."""
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in f"{number:0{digits}x}")


def _codes(text: str) -> Iterator[str]:
    """The text in hexadecimal, and in base64 wherever it begins there: behind `user:`, say."""
    data = _bytes(text)
    yield "".join(_hexadecimal(byte, 2) for byte in data)
    for before in range(3):
        coded = b64encode(bytes(before) + data).decode().rstrip("=")
        whole = (before + len(data)) * 8 // 6  # the character after these holds some of what follows, too
        core = coded[(0, 2, 3)[before] : whole]
        if len(core) >= SHORTEST_CODE:
            yield "".join(map(_digit, core)) + "[A-Za-z0-9+/_-]?={0,2}"


def _digit(char: str) -> str:
    """A digit of base64, the two alphabets alike, as it may stand in a URL."""
    if char in "+/":
        return rf"(?:{_SLASH}{{0,31}}\{char}|{'-' if char == '+' else '_'}|{_percent(char.encode())})"
    return char


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
