"""Patterns of paths, as CODEOWNERS has them: what one matches, and how two of them stand to each other.

A pattern is read into *steps* once. From them come the regular expression that decides, and the small automaton
that says whether one pattern covers or overlaps another. A step of one character is that character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Steps = tuple[str, ...]

ONE = "one"  # any character but `/`
STAR = "star"  # any run of characters without `/`
DEEP = "deep"  # any number of whole folders, each with its `/`
ANY = "any"  # anything at all; only at the end
TAIL = "tail"  # the end of the path, or `/` and anything

MAX_PATTERN = 1024


def fault(pattern: str) -> str:
    """Why no path can ever match `pattern` as it is written, or the empty string."""
    if len(pattern) > MAX_PATTERN:
        return f"a pattern has at most {MAX_PATTERN} characters"
    if pattern.startswith("!"):
        return "`!` does not exist in ROLES: the last line that matches decides, so write a later line"
    if not pattern.strip("/"):
        return f"`{pattern}` matches nothing: `*` is everything, `/*` the files at the top"
    if "//" in pattern:
        return "a pattern with `//` matches nothing"
    if {".", ".."} & set(pattern.split("/")):
        return "a pattern with a `.` or `..` folder matches nothing"
    if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
        return "a pattern cannot end in a single `\\`"
    return ""


def steps_of(pattern: str) -> Steps:
    """The pattern, which has no `fault`, as steps.

    Anchored at the top if it has a `/` anywhere but at its end; a match of a folder is a match of all in it, but
    after a final `/*`. Brackets are plain characters, as on GitHub.
    """
    if pattern.endswith("/**/"):
        pattern = pattern[:-1]
    if pattern == "**/":
        pattern = "*/"
    body = pattern.strip("/")
    anchored = "/" in pattern[:-1]
    steps: list[str] = [] if anchored else [DEEP]
    at = 0
    while at < len(body):
        char = body[at]
        if char == "\\":
            steps.append(body[at + 1])
            at += 2
        elif body.startswith("**", at) and body[at - 1 : at] in {"", "/"} and body[at + 2 : at + 3] in {"", "/"}:
            steps.append(DEEP if at + 2 < len(body) else ANY)
            at += 3
        else:
            steps.append({"*": STAR, "?": ONE}.get(char, char))
            at += 1
    if pattern.endswith("/"):
        steps += ["/", ANY]
    elif not pattern.endswith("/*") and steps[-1] != ANY:
        steps.append(TAIL)
    return tuple(steps)


def matches(pattern: str, path: str) -> bool:
    """Whether one pattern matches one path; for many paths use `last_match`."""
    return last_match([pattern]).match(path) is not None


def last_match(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression for all patterns: `match(path).lastindex` counts the deciding pattern *from the last*, from 1."""
    branches = [_expression(steps_of(pattern)) + "()" for pattern in patterns]
    return re.compile("|".join(reversed(branches)) or r"(?!)")


def _expression(steps: Steps) -> str:
    """A regular expression that never looks at a character more than a few times.

    Plain `.*` and `[^/]*` would let a hostile pattern (`*a*a*a*a*b`) backtrack for minutes. What stands between two
    wildcards may be matched at the first place it fits and need never be tried again. So a run of folders, or of
    characters, ends where that fits first, and there is but one way to match: atomic groups would say the same, and
    CPython could not be trusted with them and their like before 3.11.5.
    """
    first, *deep = _split(steps, DEEP)
    if not deep:
        return _run(first, final=True)
    *between, last = deep
    runs = (_run(run, final=False) for run in between)
    middle = "".join(f"(?:(?!{run})[^/]*/)*{run}" for run in runs)
    return _run(first, final=False) + middle + "(?:[^/]*/)*?" + _run(last, final=True)


def _run(steps: Steps, *, final: bool) -> str:
    end = "" if not final else r"\Z"
    if steps[-1:] == (ANY,):
        steps, end = steps[:-1], ""
    elif steps[-1:] == (TAIL,):
        steps, end = steps[:-1], r"(?:\Z|/)"
    return "/".join(_name(part) for part in _split(steps, "/")) + end


def _name(steps: Steps) -> str:
    """One name between slashes: pieces with stars between them, the last piece held to the end of the name."""
    first, *later = _pieces(steps)
    if not later:
        return _plain(first)
    *middle, last = later
    end = rf"{_plain(last)}(?=/|\Z)" if last else ""
    return _plain(first) + "".join(map(_first_fit, middle)) + "[^/]*" + end


def _pieces(steps: Steps) -> list[Steps]:
    """What stands between the stars. All but the first begin with a plain character, as `*?a` is `?*a`; the last may
    be empty, too.
    """
    first, *later = _split(steps, STAR)
    pieces = [first]
    for piece in later:
        if len(pieces) > 1 and not pieces[-1]:
            pieces.pop()  # two stars side by side are one
        ones = next((at for at, step in enumerate(piece) if step != ONE), len(piece))
        pieces[-1] += piece[:ones]
        pieces.append(piece[ones:])
    return pieces


def _first_fit(piece: Steps) -> str:
    """The rest of a name up to the first place where a piece fits, and the piece."""
    char, rest = re.escape(piece[0]), _plain(piece[1:])
    others = f"[^/{char}]*"
    return others + (f"(?:{char}(?!{rest}){others})*" if rest else "") + char + rest


def _plain(steps: Steps) -> str:
    return "".join("[^/]" if step == ONE else re.escape(step) for step in steps)


def _split(steps: Steps, separator: str) -> list[Steps]:
    parts: list[list[str]] = [[]]
    for step in steps:
        if step == separator:
            parts.append([])
        else:
            parts[-1].append(step)
    return [tuple(part) for part in parts]


OTHER = "\0"  # stands for every character that neither pattern names
States = frozenset[int]


class Automaton:
    """A pattern as a machine, to compare it with another.

    State `2 * n` stands before step n, `2 * n + 1` inside the folders that the DEEP at n skips.
    """

    def __init__(self, pattern: str) -> None:
        steps = steps_of(pattern)
        self.steps = (*steps, ANY) if steps[-1] == TAIL else steps  # what a TAIL moves on to
        self.start = self._rest({0})
        prefix = next((at for at, step in enumerate(self.steps) if len(step) > 1), len(self.steps))
        self.prefix = "".join(self.steps[:prefix])
        """What every path that matches begins with."""

    def may_meet(self, other: Automaton) -> bool:
        """Whether the beginnings of the two patterns go together; False is certain, True is not."""
        return self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)

    def accepts(self, states: States) -> bool:
        """Whether a path may end here."""
        return any(self._final(state) for state in states)

    def takes_all(self, states: States) -> bool:
        """Whether every path from here on matches."""
        return any(self._step(state) == ANY for state in states)

    def move(self, states: States, char: str) -> States:
        """Where one more character leads."""
        return self._rest({after for state in states for after in self._after(state, char)})

    def telling(self, states: States) -> set[str]:
        """The characters that could make a difference here, one standing for all others."""
        return {step for state in states if len(step := self._step(state)) == 1} | {"/", OTHER}

    def _step(self, state: int) -> str:
        at, inside = divmod(state, 2)
        return DEEP if inside else self.steps[at] if at < len(self.steps) else ""

    def _final(self, state: int) -> bool:
        return state == 2 * len(self.steps) or self._step(state) in {TAIL, ANY}

    def _after(self, state: int, char: str) -> Iterator[int]:
        at, step = state // 2, self._step(state)
        if step == DEEP:
            yield 2 * at + 1
            if char == "/":
                yield 2 * at + 2
        elif step == ANY or (step == STAR and char != "/"):
            yield state
        elif step == char or (step == ONE and char != "/") or (step == TAIL and char == "/"):
            yield 2 * at + 2

    def _rest(self, states: set[int]) -> States:
        """These states, and those that need no character more."""
        found = set(states)
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state % 2 == 0 and self._step(state) in {STAR, DEEP, ANY} and state + 2 not in found:
                found.add(state + 2)
                waiting.append(state + 2)
        return frozenset(found)


class TooComplex(Exception):
    """The comparison would take too long: patterns can be written whose machines have 2ⁿ states."""


class Patience:
    """How many moves may still be spent on comparing patterns; about a million a second."""

    def __init__(self, moves: int = 1_000_000) -> None:
        self.left = moves

    def spend(self, moves: int) -> None:
        """Raises TooComplex when nothing is left."""
        self.left -= moves
        if self.left < 0:
            raise TooComplex


def covers(outer: Automaton, inner: Automaton, patience: Patience | None = None) -> bool:
    """Whether every path that `inner` matches is matched by `outer` too. Raises TooComplex."""
    if not outer.may_meet(inner):
        return False
    for inside, outside in _walk(inner, outer, patience or Patience()):
        if not outside or (inner.accepts(inside) and not outer.accepts(outside)):
            return False
    return True


def overlap(one: Automaton, other: Automaton, patience: Patience | None = None) -> bool:
    """Whether some path is matched by both. Raises TooComplex."""
    if not one.may_meet(other):
        return False
    return any(
        other.takes_all(there) or (one.accepts(here) and other.accepts(there))
        for here, there in _walk(one, other, patience or Patience())
        if there
    )


def _walk(one: Automaton, other: Automaton, patience: Patience) -> Iterator[tuple[States, States]]:
    """Every pair of states that a common beginning leads to, while `one` can still match; both tracked as sets."""
    waiting = [(one.start, other.start)]
    seen = set(waiting)
    while waiting:
        here, there = pair = waiting.pop()
        yield pair
        if not there or other.takes_all(there):
            continue
        for char in sorted(one.telling(here) | other.telling(there)):
            patience.spend(len(here) + len(there))
            after = one.move(here, char), other.move(there, char)
            if after[0] and after not in seen:
                seen.add(after)
                waiting.append(after)
