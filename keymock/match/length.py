"""`length`: characters of a text, elements of an array, keys of an object."""

# Without `from __future__ import annotations`: see `spec`.

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from keymock.match.member import Member, One, Samples, Style, Wrong

Count = Annotated[int, msgspec.Meta(ge=0)]


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of a length; all that are given hold."""

    gt: Count | UnsetType = UNSET
    gte: Count | UnsetType = UNSET
    lt: Count | UnsetType = UNSET
    lte: Count | UnsetType = UNSET


def _clean(argument: int | Range, _style: Style) -> Any:
    if isinstance(argument, int):
        return argument
    bounds = msgspec.structs.asdict(argument)
    given = {key: value for key, value in bounds.items() if value is not UNSET}
    if not given:
        raise Wrong("`length` has no bounds", "write a number, or a table of gt, gte, lt, lte")
    low, high = _limits(given)
    if high is not None and low > high:
        raise Wrong("no length is within these bounds", "compare the lower bound with the upper")
    return given


def _limits(argument: int | dict[str, int]) -> tuple[int, int | None]:
    """The shortest and the longest length, both included."""
    if isinstance(argument, int):
        return argument, argument
    low = max(argument.get("gte", 0), argument.get("gt", -1) + 1)
    highs = [argument["lte"]] if "lte" in argument else []
    if "lt" in argument:
        highs.append(argument["lt"] - 1)
    return low, min(highs) if highs else None


def _compile(argument: int | dict[str, int], _style: Style) -> One:
    low, high = _limits(argument)
    if high is None:
        return lambda value, _now: isinstance(value, str | list | dict) and len(value) >= low
    return lambda value, _now: isinstance(value, str | list | dict) and low <= len(value) <= high


def _words(argument: int | dict[str, int], _style: Style) -> str:
    if isinstance(argument, int):
        return f"of length {argument}"
    signs = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤"}
    return "of length " + " and ".join(f"{signs[key]} {bound}" for key, bound in argument.items())


def _samples(argument: int | dict[str, int], _style: Style) -> Samples:
    low, _high = _limits(argument)
    return Samples(("x" * low, [0] * low) if low <= 4096 else ())


LENGTH = Member(
    name="length",
    spelling=Count | Range,
    says="characters of a text, elements of an array, keys of an object: a number, or a table of gt, gte, lt, lte",
    compile=_compile,
    words=_words,
    clean=_clean,
    samples=_samples,
)
