"""keymock/template/evaluation.py: what is missing, what is chosen, and what is not even looked at."""

from __future__ import annotations

from typing import Any

import pytest
from filling import filled, refusal, values

from keymock.template.errors import Missing, TemplateError
from keymock.template.evaluation import Node, both, choose, compare, defined, either, literal, local, or_else, truth
from keymock.template.operators import COMPARISONS
from keymock.template.reading import Evaluate
from keymock.template.run import Run
from keymock.template.tokens import Token


def of(value: Any) -> Evaluate:
    return literal(value).evaluate


def nothing(_run: Run) -> Any:
    raise Missing("there is nothing")


def never(_run: Run) -> Any:
    raise AssertionError("this is not to be evaluated")


@pytest.mark.parametrize(
    ("evaluate", "value"),
    [
        (either(of(1), never), 1),
        (either(of(0), of("x")), "x"),
        (either(nothing, of("x")), "x"),
        (both(of(0), never), 0),
        (both(of(1), of("x")), "x"),
        (both(nothing, never), False),
        (or_else(of(0), never, of(False)), 0),
        (or_else(of(0), of("x"), of(True)), "x"),
        (or_else(of(5), never, never), 5),
        (or_else(nothing, of("x"), never), "x"),
        (choose(of("a"), truth(literal([1])), never), "a"),
        (choose(never, truth(Node(nothing)), of("b")), "b"),
        (truth(literal("")), False),
        (defined(of(None)), True),
        (defined(nothing), False),
        (compare(of(1), [(COMPARISONS["<"], of(2), 0), (COMPARISONS["<"], of(3), 0)]), True),
        (compare(of(3), [(COMPARISONS["<"], of(2), 0), (COMPARISONS["<"], never, 0)]), False),
        (local(("a/1", "a/0"), Token("name", "a", 0)), "inner"),
        (local(("a/2", "a/0"), Token("name", "a", 0)), "outer"),
    ],
)
def test_values(evaluate: Evaluate, value: Any) -> None:
    run = Run(values())
    run.locals = {"a/0": "outer", "a/1": "inner"}
    found = evaluate(run)
    assert (found, type(found)) == (value, type(value))


def test_only_what_is_missing_is_an_answer() -> None:
    def broken(_run: Run) -> Any:
        raise TemplateError("it is broken")

    for evaluate in (
        either(broken, of(1)), both(broken, of(1)), or_else(broken, of(1), of(True)), defined(broken),
        truth(Node(broken)),
    ):  # fmt: skip
        with pytest.raises(TemplateError, match="it is broken"):
            evaluate(Run(values()))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ request.query.nope | default('-') }}", "-"),
        ("{{ request.json.a.b.c | default('-') }}", "-"),
        ("{{ request.query.nope is defined }}{{ request.query.n is defined }}", "falsetrue"),
        ("{{ request.query.nope is undefined }}{{ request.query.nope is not defined }}", "truetrue"),
        ("{{ request.query.nope or request.query.n }}", "5"),
        ("{{ 'yes' if not request.query.nope }}", "yes"),
        ("{{ '' | default('-') }}{{ '' | default('-', true) }}{{ '' | d('+', boolean=true) }}", "-+"),
        ("{{ 1 or 1 / 0 }} {{ 0 and 1 / 0 }} {{ 'a' if 1 else 1 / 0 }} {{ 'a' | default(1 / 0) }}", "1 0 a a"),
        ("{{ {'a' ~ 1: -call} }}", '{"a1":-1}'),
    ],
)
def test_what_is_missing_can_be_asked_for(source: str, text: str) -> None:
    assert filled(source) == text


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("{{ 1 if call < 'a' }}", 14, "`<` does not compare a number with a text"),
        ("{{ -'a' }}", 4, "`-` needs a number, and this is a text"),
        ("{{ 1 ~ {call: 1} }}", 8, "the keys of an object are texts, and this is a number"),
        ("{{ 1 ~ ['a' * 9999999, 'a' * 9999999] }}", 28, "the template makes values of more than 16 MiB"),
        ("{{ now(zone=request.query.n) }}", 4, "`now`: there is no time zone `5`"),
        ("{{ 'a' | join(request.query.n) }}", 10, "`join`: only lists are joined"),
    ],
)
def test_failures_know_their_place(source: str, column: int, message: str) -> None:
    fault = refusal(source)
    assert (fault.line, fault.column, fault.message) == (1, column, message)
