"""Random values. Each draw comes from the exchange's own stream: the same seed, the same values."""

from __future__ import annotations

from typing import Any

from keymock.chance import ALPHABETS
from keymock.template.errors import Refused
from keymock.template.functions.function import function, items, number, one_of, table, whole
from keymock.template.operators import checked
from keymock.template.run import Run

_LONGEST = 65_536


def _uuid(run: Run) -> str:
    return run.values.chance.stream("template").uuid()


def _random_int(run: Run, low: Any = 0, high: Any = 2**31 - 1) -> int:
    low, high = whole(low, "`low`"), whole(high, "`high`")
    if low > high:
        raise Refused(f"nothing is from {low} to {high}", "the lower number comes first")
    return run.values.chance.stream("template").int(low, high)


def _check_int(low: Any = 0, high: Any = 2**31 - 1) -> None:
    if whole(low, "`low`") > whole(high, "`high`"):
        raise Refused(f"nothing is from {low} to {high}", "the lower number comes first")


def _random_float(run: Run, low: Any = 0.0, high: Any = 1.0, digits: Any = 3) -> float:
    drawn = run.values.chance.stream("template").float(number(low, "`low`"), number(high, "`high`"))
    return round(checked(drawn), whole(digits, "`digits`", 0, 15))  # type: ignore[no-any-return]


def _random_bool(run: Run, probability: Any = 0.5) -> bool:
    return bool(run.values.chance.stream("template").float() < number(probability, "`probability`"))


def _random_string(run: Run, length: Any = 8, alphabet: Any = "alnum") -> str:
    size = whole(length, "`length`", 0, _LONGEST)
    name = one_of(alphabet, "`alphabet`", ALPHABETS)
    run.make(size)
    run.step(size // 64)
    return run.values.chance.stream("template").string(size, ALPHABETS[name])


def _check_string(length: Any = 8, alphabet: Any = "alnum") -> None:
    whole(length, "`length`", 0, _LONGEST)
    one_of(alphabet, "`alphabet`", ALPHABETS)


def _choice(run: Run, choices: Any, count: Any = None) -> Any:
    """One of the list; with `count` a list of so many different ones."""
    given = items(choices, "what to choose from")
    if not given:
        raise Refused("there is nothing to choose from: the list is empty")
    stream = run.values.chance.stream("template")
    if count is None:
        return stream.choice(given)
    run.step(len(given) // 8)
    drawn = list(given)
    stream.shuffle(drawn)
    return drawn[: whole(count, "`count`", 0)]


def _weighted(run: Run, weights: Any) -> Any:
    """One of the keys, as likely as its weight says."""
    given = table(weights, "what to choose from")
    run.step(len(given) // 8)
    for name, weight in given.items():
        if number(weight, f"the weight of `{name}`") < 0:
            raise Refused(f"the weight of `{name}` is below 0")
    if not any(given.values()):
        raise Refused("every weight is 0")
    checked(float(sum(given.values())))
    return run.values.chance.stream("template").weighted(given)


def _shuffle(run: Run, value: Any) -> list[Any]:
    shuffled = list(items(value))
    run.step(len(shuffled) // 8)
    run.values.chance.stream("template").shuffle(shuffled)
    return shuffled


def _range(run: Run, start: Any, stop: Any = None, step: Any = 1) -> list[int]:
    first, last = (0, whole(start, "`stop`")) if stop is None else (whole(start, "`start`"), whole(stop, "`stop`"))
    if not whole(step, "`step`"):
        raise Refused("a step of 0 leads nowhere")
    numbers = range(first, last, step)
    count = max(0, (last - first + step - (1 if step > 0 else -1)) // step)  # len() refuses what is too long
    run.make(16 * count)
    return list(numbers)


FUNCTIONS = (
    function("uuid", _uuid),
    function("random_int", _random_int, _check_int),
    function("random_float", _random_float),
    function("random_bool", _random_bool),
    function("random_string", _random_string, _check_string),
    function("choice", _choice),
    function("weighted", _weighted),
    function("shuffle", _shuffle),
    function("range", _range),
)
