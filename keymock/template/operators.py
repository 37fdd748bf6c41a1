"""What `+`, `~`, `<`, `in` and their kind do with values, and how a value looks as text."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from keymock.template.errors import Refused
from keymock.template.run import Run

LOWEST, HIGHEST = -(1 << 63), (1 << 64) - 1
"""The whole numbers that JSON readers agree on, with some room; larger ones are refused, so that none grows."""

_TO_NUMBER = "`| int` or `| float` makes a number of a text"

Operator = Callable[[Run, Any, Any], Any]


def kind(value: Any) -> str:
    """What a value is, in the words of the messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "an object" if isinstance(value, dict) else "a list"


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def to_text(value: Any) -> str:
    """A value as it is written into a text: texts bare, everything else as JSON."""
    if value.__class__ is str:
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value.__class__ is int:
        return str(value)
    return to_json(value)


def plain(value: Any) -> Any:
    """`data` and `scenarios` as JSON can say them: they are looked up one by one otherwise."""
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError


def to_json(value: Any) -> str:
    """Compact JSON, nothing escaped for HTML."""
    try:
        return msgspec.json.encode(value, enc_hook=plain).decode("utf-8", "replace")
    except RecursionError:
        raise Refused("this value is nested too deeply for JSON") from None
    except UnicodeEncodeError:
        raise Refused("this value holds half a character (a lone surrogate)") from None


def checked(number: Any) -> Any:
    """The result of a computation, if it is a number that JSON can say."""
    if number.__class__ is int:
        if LOWEST <= number <= HIGHEST:
            return number
        raise Refused("the result is too large a number")
    if isinstance(number, float) and math.isfinite(number):
        return number
    raise Refused("the result is no number")


def add(run: Run, left: Any, right: Any) -> Any:
    if is_number(left) and is_number(right):
        return checked(left + right)
    if isinstance(left, str) and isinstance(right, str):
        run.make(len(left) + len(right))
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        return run.made(left + right)
    raise Refused(
        f"`+` does not add {kind(right)} to {kind(left)}",
        "`~` joins anything as text; `| int` makes a number of a text",
    )


def join(run: Run, left: Any, right: Any) -> str:
    head, tail = to_text(left), to_text(right)
    run.make(len(head) + len(tail))
    return head + tail


def multiply(run: Run, left: Any, right: Any) -> Any:
    if isinstance(left, str) and right.__class__ is int:
        run.make(len(left) * max(right, 0))
        return left * right
    return checked(_numbers("*", left, right, operator.mul))


def _numbers(sign: str, left: Any, right: Any, compute: Callable[[Any, Any], Any]) -> Any:
    if not is_number(left) or not is_number(right):
        other = left if not is_number(left) else right
        raise Refused(f"`{sign}` needs two numbers, and this is {kind(other)}", _TO_NUMBER)
    try:
        return compute(left, right)
    except ZeroDivisionError:
        raise Refused("a number cannot be divided by 0") from None
    except OverflowError:
        raise Refused("the result is too large a number") from None


def _power(left: Any, right: Any) -> Any:
    if abs(right) > 1024 or abs(left) > HIGHEST:
        raise OverflowError
    result = left**right
    if isinstance(result, complex):
        raise OverflowError
    return result


def _of_numbers(sign: str, compute: Callable[[Any, Any], Any]) -> Operator:
    return lambda _run, left, right: checked(_numbers(sign, left, right, compute))


def _of_order(sign: str, compare: Callable[[Any, Any], bool]) -> Operator:
    def ordered(_run: Run, left: Any, right: Any) -> bool:
        both_numbers = is_number(left) and is_number(right)
        if both_numbers or (isinstance(left, str) and isinstance(right, str)):
            return compare(left, right)
        raise Refused(f"`{sign}` does not compare {kind(left)} with {kind(right)}", _TO_NUMBER)

    return ordered


def inside(run: Run, item: Any, container: Any) -> bool:
    if isinstance(container, str):
        if not isinstance(item, str):
            raise Refused(f"`in` looks for a text in a text, not for {kind(item)}")
        run.work(container)
        return item in container
    if isinstance(container, dict):
        return isinstance(item, str) and _has(container, item)
    if isinstance(container, list):
        run.walk(container)
        return item in container
    raise Refused(f"nothing is in {kind(container)}", "`in` looks into texts, lists and objects")


def _has(container: dict[str, Any], key: str) -> bool:
    try:
        container[key]
    except KeyError:
        return False
    return True


def equal(run: Run, left: Any, right: Any) -> bool:
    run.walk(left)
    return bool(left == right)


COMPARISONS: dict[str, Operator] = {
    "==": equal,
    "!=": lambda run, left, right: not equal(run, left, right),
    "<": _of_order("<", operator.lt),
    "<=": _of_order("<=", operator.le),
    ">": _of_order(">", operator.gt),
    ">=": _of_order(">=", operator.ge),
    "in": inside,
    "not in": lambda run, left, right: not inside(run, left, right),
}

COMPUTATIONS: dict[str, tuple[int, Operator]] = {
    "+": (1, add),
    "-": (1, _of_numbers("-", operator.sub)),
    "~": (2, join),
    "*": (3, multiply),
    "/": (3, _of_numbers("/", operator.truediv)),
    "//": (3, _of_numbers("//", operator.floordiv)),
    "%": (3, _of_numbers("%", operator.mod)),
    "**": (4, _of_numbers("**", _power)),
}
"""How tightly each holds its operands, and what it does."""
