"""What expressions do when they run: one closure for each form of the grammar, each knowing its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from keymock.template.errors import DEFAULT, Missing, Refused, TemplateError
from keymock.template.functions.function import Function
from keymock.template.operators import is_number, kind
from keymock.template.reading import Evaluate
from keymock.template.run import A_STEP, Run
from keymock.template.tokens import Token

NOT_WRITTEN = object()
"""In place of a literal: the value is known only when it is evaluated."""


class Node(NamedTuple):
    """An expression: how to evaluate it, how deep it is, how it is spelled in messages, its value if it is written."""

    evaluate: Evaluate
    depth: int = 1
    spelled: str = "this"
    literal: Any = NOT_WRITTEN


def literal(value: Any) -> Node:
    return Node(lambda _run: value, spelled="this", literal=value)


def truth(node: Node) -> Callable[[Run], bool]:
    """Whether a condition holds. What is missing does not: `{% if request.query.debug %}` needs no `default`."""
    evaluate = node.evaluate

    def holds(run: Run) -> bool:
        try:
            return bool(evaluate(run))
        except Missing:
            return False

    return holds


def choose(value: Evaluate, holds: Callable[[Run], bool], other: Evaluate) -> Evaluate:
    return lambda run: value(run) if holds(run) else other(run)


def either(left: Evaluate, right: Evaluate) -> Evaluate:
    def evaluate(run: Run) -> Any:
        try:
            value = left(run)
        except Missing:
            return right(run)
        return value or right(run)

    return evaluate


def both(left: Evaluate, right: Evaluate) -> Evaluate:
    def evaluate(run: Run) -> Any:
        try:
            value = left(run)
        except Missing:
            return False
        return value and right(run)

    return evaluate


def or_else(value: Evaluate, other: Evaluate, empty: Evaluate) -> Evaluate:
    def evaluate(run: Run) -> Any:
        try:
            found = value(run)
        except Missing:
            return other(run)
        return other(run) if not found and empty(run) else found

    return evaluate


def defined(evaluate: Evaluate) -> Callable[[Run], bool]:
    def there(run: Run) -> bool:
        try:
            evaluate(run)
        except Missing:
            return False
        return True

    return there


def compare(first: Evaluate, steps: list[tuple[Any, Evaluate, int]]) -> Evaluate:
    def evaluate(run: Run) -> bool:
        left = first(run)
        for compare, operand, offset in steps:
            right = operand(run)
            try:
                if not compare(run, left, right):
                    return False
            except Refused as fault:
                raise fault.at(offset) from None
            left = right
        return True

    return evaluate


def compute(compute: Any, left: Evaluate, right: Evaluate, offset: int) -> Evaluate:
    def evaluate(run: Run) -> Any:
        one, two = left(run), right(run)
        try:
            return compute(run, one, two)
        except Refused as fault:
            raise fault.at(offset) from None

    return evaluate


def local(slots: tuple[str, ...], token: Token) -> Evaluate:
    def evaluate(run: Run) -> Any:
        for slot in slots:
            if slot in run.locals:
                return run.locals[slot]
        raise Missing(f"`{token.text}` is not set yet", token.offset, DEFAULT)

    return evaluate


def fields(pairs: list[tuple[Evaluate, Evaluate]], offset: int) -> Evaluate:
    def evaluate(run: Run) -> dict[str, Any]:
        made = {}
        for key, value in pairs:
            name = key(run)
            if not isinstance(name, str):
                raise TemplateError(
                    f"the keys of an object are texts, and this is {kind(name)}", offset, "add `| string`"
                )
            made[name] = value(run)
        return made

    return evaluate


def negative(of: Evaluate, sign: Token) -> Evaluate:
    def evaluate(run: Run) -> Any:
        value = of(run)
        if not is_number(value):
            raise TemplateError(f"`-` needs a number, and this is {kind(value)}", sign.offset)
        return -value

    return evaluate


def paying(make: Evaluate, offset: int) -> Evaluate:
    def evaluate(run: Run) -> Any:
        made = make(run)
        try:
            return run.made(made)
        except Refused as fault:
            raise fault.at(offset) from None

    return evaluate


def call(function: Function, given: list[Evaluate], offset: int) -> Evaluate:
    work, only = function.call, given[0] if len(given) == 1 else None

    def evaluate(run: Run) -> Any:
        values = [one(run) for one in given]
        try:
            for value in values:
                run.work(value)
            return run.made(work(run, *values))
        except Refused as fault:
            raise fault.at(offset, function.name) from None

    def evaluate_one(run: Run) -> Any:
        value = only(run)  # type: ignore[misc]  # used only where it is one
        try:
            if value.__class__ is not str or len(value) > A_STEP:
                run.work(value)
            made = work(run, value)
            return made if made.__class__ is int else run.made(made)
        except Refused as fault:
            raise fault.at(offset, function.name) from None

    def evaluate_none(run: Run) -> Any:
        try:
            return run.made(work(run))
        except Refused as fault:
            raise fault.at(offset, function.name) from None

    if not given:
        return evaluate_none
    return evaluate_one if only else evaluate


def call_with_names(function: Function, given: list[Evaluate], named: dict[str, Evaluate], offset: int) -> Evaluate:
    work = function.call

    def evaluate(run: Run) -> Any:
        values = [one(run) for one in given]
        options = {name: one(run) for name, one in named.items()}
        try:
            for value in values:
                run.work(value)
            return run.made(work(run, *values, **options))
        except Refused as fault:
            raise fault.at(offset, function.name) from None

    return evaluate
