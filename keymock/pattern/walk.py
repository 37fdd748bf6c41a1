"""Two automata walked side by side, to a text that both read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from keymock.pattern.automaton import Automaton, Piece, TooHard
from keymock.pattern.characters import common, pick

MAX_WALK = 20_000


def shared_text(a: Piece, b: Piece, separator: str) -> str | None:
    """A text that both read to the end and that can be a path: it starts with the separator, no segment is a dot
    or two. None if there is none. Raises TooHard."""
    left, right = Automaton(a), Automaton(b)
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
            raise TooHard
    return None


class _Dots:
    """How the current segment began: with nothing, one dot, two dots, or so that it is neither `.` nor `..`."""

    START, EMPTY, ONE, TWO, OTHER = range(5)
    REFUSED = (START, ONE, TWO)


def _steps(
    left: Automaton, right: Automaton, here: tuple[int, int, int], separator: str
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
            shared = common(some, others) if some and others else ()
            char = pick(shared, separator if dots == _Dots.START else "") if shared else ""
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
