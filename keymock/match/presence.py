"""`present`: whether there is a value at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keymock.match.member import Member, Samples, Style, Test


def _compile(argument: bool, _style: Style) -> Test:
    if argument:
        return lambda values, _now: len(values) > 0
    return lambda values, _now: len(values) == 0


def _words(argument: bool, _style: Style) -> str:
    return "present" if argument else "absent"


def _samples(argument: bool, _style: Style) -> Samples:
    found: Sequence[Any] = ("x",)
    return Samples((tuple(found),)) if argument else Samples(((),), complete=True)


PRESENT = Member(
    name="present",
    spelling=bool,
    says="true: there is a value, whatever it is; false: there is none",
    compile=_compile,
    words=_words,
    samples=_samples,
    whole=True,
)
