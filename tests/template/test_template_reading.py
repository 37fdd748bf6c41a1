"""keymock/template/reading.py: values at paths, and what is said where there is none."""

from __future__ import annotations

import pytest
from filling import ask, filled, refusal

from keymock.template import Missing


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ request.params.id }}", "7"),
        ("{{ request.query.n }} {{ request.query.tag }} {{ request.query_all.tag }}", '5 a ["a","b"]'),
        ("{{ request.headers['X-REQUEST-id'] }} {{ request.headers.x_request_id }}", "r-1 r-1"),
        ("{{ request.cookies.theme }} {{ request.method }} {{ request.path }}", "dark POST /users/7"),
        ("{{ request.url }}", "http://localhost:8787/users/7?n=5&tag=a&tag=b"),
        ("{{ request.json.user.tags[0] }} {{ request.json.items.1.sku }}", "b y"),
        ("{{ request['json']['user']['name'] }} {{ request.json.user['na' ~ 'me'] }}", "Ada Ada"),
        ("{{ state.cart['items'][0] }} {{ vars.currency }} {{ env.REGION }}", "x CHF eu"),
        ("{{ session }} {{ call }} {{ seed }}", "alice 1 1"),
        ("{{ data.prices[request.json.items[0].sku] }} {{ data.users[1].name }}", "4.5 Bob"),
        ("{{ 'ab'[0] }} {{ [1, 2][-1] }} {{ {'a b': 1}['a b'] }}", "a 2 1"),
        ("{{ 'abcd'[1:3] }} {{ [1, 2, 3][1:] }} {{ 'abc'[-2:] }} {{ 'abc'[:2] }} {{ 'abc'[5:] }}|", "bc [2,3] bc ab |"),
    ],
)
def test_values_at_paths(source: str, text: str) -> None:
    assert filled(source) == text


DEFAULT = 'write `| default("…")` behind it, or ask `is defined`'


@pytest.mark.parametrize(
    ("source", "column", "message", "hint"),
    [
        ("{{ request.query.m }}", 18, "`request.query` has no `m`", DEFAULT),
        ("{{ request.cookies.them }}", 20, "`request.cookies` has no `them`", "did you mean `theme`?"),
        ("{{ request.json.user.nam }}", 22, "`request.json.user` has no `nam`", "did you mean `name`?"),
        ("{{ request.json.items[5] }}", 23, "`request.json.items` has no position 5: it has 2", DEFAULT),
        ("{{ request.json.items['a'] }}", 23, "`request.json.items` is a list, which has no `a`",
         "`| first`, `[0]` and `for` read lists"),
        ("{{ request.params.id.upper }}", 22, "`request.params.id` is a text, which has no `upper`",
         "filters are written `| upper`"),
        ("{{ call.a }}", 9, "`call` is a number, and has nothing inside", DEFAULT),
        ("{{ state.cart['items'][3] }}", 24, "`state.cart.items` has no position 3: it has 1", DEFAULT),
        ("{{ {'a': 1}['b'] }}", 13, "`this` has no `b`", DEFAULT),
        ("{{ 'abc'[7] }}", 10, "`this` has no position 7: it has 3", DEFAULT),
    ],
)  # fmt: skip
def test_what_is_not_there_is_missing(source: str, column: int, message: str, hint: str) -> None:
    fault = refusal(source)
    assert isinstance(fault, Missing)
    assert (fault.line, fault.column, fault.message, fault.hint) == (1, column, message, hint)


def test_a_body_that_is_no_json_is_missing() -> None:
    fault = refusal("{{ request.json }}", request=ask(body="no JSON"))
    assert isinstance(fault, Missing)
    assert (fault.column, fault.message) == (12, "the body is not JSON")


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("{{ 'abc'['a':] }}", 10, "`[from:to]` takes whole numbers"),
        ("{{ {'a': 1}[0:1] }}", 13, "an object has no parts `[from:to]`"),
    ],
)
def test_parts_that_there_could_never_be_are_no_missing_values(source: str, column: int, message: str) -> None:
    fault = refusal(source.replace("}}", "| default('-') }}"))
    assert not isinstance(fault, Missing)
    assert (fault.column, fault.message) == (column, message)
