"""A regular expression, in the syntax of re2, as a piece of an automaton."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import ascii_letters

from keymock.pattern.automaton import NOTHING, Piece, TooHard, chars, either, repeat, sequence
from keymock.pattern.characters import ANY, DIGITS, SPACE, WORD, Ranges, holds, single, without

SETS: Mapping[str, Ranges] = {
    "d": DIGITS,
    "w": WORD,
    "s": SPACE,
    "D": without(DIGITS),
    "W": without(WORD),
    "S": without(SPACE),
}
CONTROLS: Mapping[str, str] = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
FLAGS = re.compile(r"\?([imsU]*)(?:-([imsU]+))?([:)])")
COUNT = re.compile(r"\{([0-9]+)(,?)([0-9]*)\}")
ASSERTION = re.compile(r"[AzbB]")
GROUP_NAME = re.compile(r"\?P?<[^>]*>")
POSIX_CLASS = re.compile(r"\[:\^?[a-z]+:\]")
CODE = re.compile(r"x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([0-7]{1,3})")


def regex(text: str) -> Piece:
    """What takes the texts that the expression takes, or more. Raises TooHard where it is not read here."""
    return _Regex(text).read()


class _Regex:
    """Reads an expression that re2 has accepted. Assertions become nothing and classes by name any character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.any_case = False

    def read(self) -> Piece:
        piece = self.options()
        if self.at < len(self.text):
            raise TooHard
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
            raise TooHard
        self.at += 1
        return self.text[self.at - 1]

    def options(self) -> Piece:
        pieces = [self.sequence()]
        while self.follows("|"):
            pieces.append(self.sequence())
        return either(*pieces)

    def sequence(self) -> Piece:
        pieces = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            pieces.append(self.repeated(self.atom()))
        return sequence(pieces)

    def repeated(self, piece: Piece) -> Piece:
        while True:
            if self.follows("*"):
                piece = repeat(piece, 0, None)
            elif self.follows("+"):
                piece = repeat(piece, 1, None)
            elif self.follows("?"):
                piece = repeat(piece, 0, 1)
            elif count := self.found(COUNT):
                least, comma, most = count.groups()
                piece = repeat(piece, int(least), int(most) if most else None if comma else int(least))
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
            return chars(ANY)
        if char == "[":
            return self.cased(self.char_class())
        if char == "\\":
            return NOTHING if self.found(ASSERTION) else self.cased(self.escaped())
        return self.cased((single(char),))

    def cased(self, ranges: Ranges) -> Piece:
        """Under `(?i)` letters of both cases, and roughly what Unicode folds to them."""
        if not self.any_case:
            return chars(ranges)
        if any(high >= 0x80 for _, high in ranges):
            return chars(ANY)
        letters = "".join(char for char in ascii_letters if holds(ranges, char))
        beyond = without(((0, 0x7F),)) if letters else ()
        return chars((*ranges, *(single(char) for char in letters.swapcase()), *beyond))

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
            raise TooHard
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
            return (single(CONTROLS[char]),)
        if char.isalnum():
            raise TooHard  # \C takes a byte, \Q quotes to \E: nobody writes them in a path
        return (single(char),)

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
        return without(ranges) if negated else ranges

    def class_item(self) -> Ranges:
        char = self.next()
        return self.escaped() if char == "\\" else (single(char),)

    def skip_class(self) -> None:
        """To the end of a class that holds something known by name only."""
        while not self.follows("]"):
            if not self.found(POSIX_CLASS):
                self.class_item()
