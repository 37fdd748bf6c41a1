"""Text that a regular expression matches, drawn from its parse tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from keymock.chance import Stream

MOST = 2_000
"""Characters that one expression may become."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PRINTABLE = [chr(code) for code in range(0x20, 0x7F)]
_PROPERTY = re.compile(r"\\([pP])(?:\{\^?([^}]*)\}|([A-Z]))")
_CLASSES = {
    "L": "A-Za-z", "Ll": "a-z", "Lu": "A-Z", "N": "0-9", "Nd": "0-9", "P": "!-/", "S": "$+<=>", "Z": " ", "Zs": " ",
}  # fmt: skip


class NoPattern(ValueError):
    """An expression that nothing can be drawn from."""


def matching(pattern: str, stream: Stream, grow: int = 0) -> str:
    """Text in which the expression is found. `grow` makes repetitions longer. Raises NoPattern."""
    drawn = _Drawing(stream, grow)
    try:
        return drawn.text(_parsed(pattern))
    except (re.error, RecursionError, OverflowError, ValueError, KeyError) as fault:
        raise NoPattern(str(fault)) from None


def _parsed(pattern: str) -> Any:
    from re import _parser  # type: ignore[attr-defined]  # noqa: PLC0415  (its tree is what is walked; seldom needed)

    return _parser.parse(_in_python(pattern))


def _in_python(pattern: str) -> str:
    """ECMA's spelling in Python's: named groups, properties of characters, control characters."""
    pattern = re.sub(r"\(\?<([A-Za-z_]\w*)>", r"(?P<\1>", pattern)
    pattern = re.sub(r"\\k<([A-Za-z_]\w*)>", r"(?P=\1)", pattern)
    pattern = re.sub(r"\\c([A-Za-z])", lambda found: f"\\x{ord(found[1].upper()) - 64:02x}", pattern)
    pattern = re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda found: re.escape(chr(int(found[1], 16))), pattern)
    made, last, inside = [], 0, _inside(pattern)
    for found in _PROPERTY.finditer(pattern):
        name = (found[2] or found[3] or "L").partition("=")[2] or found[2] or found[3] or "L"
        letters = _CLASSES.get(name, _CLASSES.get(name[:1], "A-Za-z"))
        if found[1] == "P":
            letters = "0-9" if letters.startswith("A") else "A-Za-z"
        made += [pattern[last : found.start()], letters if inside[found.start()] else f"[{letters}]"]
        last = found.end()
    return "".join([*made, pattern[last:]]).replace("[^]", r"[\s\S]")


def _inside(pattern: str) -> list[bool]:
    """For each character, whether it stands in a class."""
    found, within, escaped = [], False, False
    for char in pattern:
        found.append(within)
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "[":
            within = True
        elif char == "]":
            within = False
    return found


class _Drawing:
    def __init__(self, stream: Stream, grow: int) -> None:
        self.stream = stream
        self.grow = grow
        self.groups: dict[int, str] = {}
        self.length = 0

    def text(self, tree: Any) -> str:
        return "".join(self._one(str(op), argument) for op, argument in tree)

    def _one(self, op: str, argument: Any) -> str:
        if op == "LITERAL":
            return self._char(chr(argument))
        if op == "NOT_LITERAL":
            return self._char(self._but({chr(argument)}))
        if op == "ANY":
            return self._char(self.stream.choice(_LETTERS))
        if op == "IN":
            return self._char(self._of_class(argument))
        if op == "BRANCH":
            return self.text(self.stream.choice(argument[1]))
        if op in ("SUBPATTERN", "ATOMIC_GROUP"):
            return self._group(argument) if op == "SUBPATTERN" else self.text(argument)
        if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            return self._repeated(*argument)
        if op == "GROUPREF":
            return self.groups.get(argument, "")
        if op in ("AT", "ASSERT", "ASSERT_NOT"):
            return ""  # whether they hold is seen when the whole is checked
        raise NoPattern(f"{op} is not drawn from")

    def _char(self, char: str) -> str:
        self.length += 1
        if self.length > MOST:
            raise NoPattern("the expression wants too much text")
        return char

    def _group(self, argument: Any) -> str:
        made = self.text(argument[-1])
        if argument[0] is not None:
            self.groups[argument[0]] = made
        return made

    def _repeated(self, least: Any, most: Any, tree: Any) -> str:
        low, high = int(least), int(most)
        if low > MOST:
            raise NoPattern("the expression wants too much text")
        usual = low or min(high, 1 + self.stream.below(3))
        times = min(max(usual + self.grow, low), high)
        return "".join(self.text(tree) for _ in range(min(times, MOST)))

    def _of_class(self, members: Any) -> str:
        first = str(members[0][0])
        if first == "NEGATE":
            return self._but({char for member in members[1:] for char in self._chars(member)})
        return str(self.stream.choice(self._chars(self.stream.choice(members))))

    def _chars(self, member: Any) -> list[str]:
        op, argument = str(member[0]), member[1]
        if op == "LITERAL":
            return [chr(argument)]
        if op == "RANGE":
            low, high = argument
            usual = [char for char in _PRINTABLE if low <= ord(char) <= high and char != " "]
            return usual or [chr(code) for code in range(low, min(high, low + 200) + 1) if not 0xD800 <= code < 0xE000]
        if op == "CATEGORY":
            return _category(str(argument))
        raise NoPattern(f"{op} is not drawn from")

    def _but(self, unwanted: set[str]) -> str:
        left = [char for char in [*_LETTERS, *_PRINTABLE] if char not in unwanted]
        return str(self.stream.choice(left or ["é"]))


def _category(name: str) -> list[str]:
    kinds: dict[str, Callable[[str], bool]] = {
        "DIGIT": str.isdigit,
        "SPACE": str.isspace,
        "WORD": lambda char: char.isalnum() or char == "_",
    }
    wanted = kinds[name.rpartition("_")[2]]
    return [char for char in _PRINTABLE if bool(wanted(char)) != ("_NOT_" in name)]
