"""Automata that read a text, built from pieces: characters, one piece after another, one or another, repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from keymock.pattern.characters import Ranges, single

Piece = Callable[["Automaton", int], int]  # adds itself behind a state, and tells the state where it ends

MAX_COPIES = 256


class TooHard(Exception):
    """An expression that is not read here, or a walk that has become too long."""


class Automaton:
    """States are numbers from 0; `moves[state]` lists the characters to read (None: for free) and the next state."""

    def __init__(self, piece: Piece) -> None:
        self.moves: list[list[tuple[Ranges | None, int]]] = [[]]
        self.end = piece(self, 0)

    def state(self) -> int:
        self.moves.append([])
        return len(self.moves) - 1

    def link(self, start: int, end: int, ranges: Ranges | None = None) -> None:
        self.moves[start].append((ranges, end))


def chars(ranges: Ranges) -> Piece:
    """One character, of these."""

    def build(net: Automaton, at: int) -> int:
        end = net.state()
        net.link(at, end, ranges)
        return end

    return build


def verbatim(text: str) -> Piece:
    """A text, character by character."""
    return sequence(chars((single(char),)) for char in text)


def sequence(pieces: Iterable[Piece]) -> Piece:
    """One piece after another."""
    steps = tuple(pieces)

    def build(net: Automaton, at: int) -> int:
        for piece in steps:
            at = piece(net, at)
        return at

    return build


NOTHING = sequence(())


def either(*pieces: Piece) -> Piece:
    """One of the pieces."""

    def build(net: Automaton, at: int) -> int:
        end = net.state()
        for piece in pieces:
            net.link(piece(net, at), end)
        return end

    return build if len(pieces) > 1 else pieces[0]


def repeat(piece: Piece, least: int, most: int | None) -> Piece:
    """At least, at most so many; beyond MAX_COPIES any number."""

    def build(net: Automaton, at: int) -> int:
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


def filled(piece: Piece) -> Piece:
    """The same without the empty text: two layers, and every character read leads to the upper one."""

    def build(net: Automaton, at: int) -> int:
        inner = Automaton(piece)
        lower = [net.state() for _ in inner.moves]
        upper = [net.state() for _ in inner.moves]
        for start, moves in enumerate(inner.moves):
            for ranges, end in moves:
                net.link(lower[start], lower[end] if ranges is None else upper[end], ranges)
                net.link(upper[start], upper[end], ranges)
        net.link(at, lower[0])
        return upper[inner.end]

    return build
