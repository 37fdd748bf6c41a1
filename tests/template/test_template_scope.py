"""keymock/template/scope.py: what a template has set itself, by block, and what it reads from outside."""

from __future__ import annotations

from keymock.template.names import Mention
from keymock.template.scope import Scope


def test_an_inner_name_hides_the_outer_one() -> None:
    outer = Scope()
    inner = Scope(outer)
    first, second = outer.declare("a"), inner.declare("a")
    assert first != second
    assert inner.found("a") == (second, first)
    assert outer.found("a") == (first,)
    assert inner.found("b") == ()


def test_a_name_that_is_set_again_keeps_its_slot() -> None:
    scope = Scope()
    assert scope.declare("a") == scope.declare("a")
    assert scope.declare("b") != scope.declare("a")


def test_a_scope_is_bare_until_it_or_one_around_it_sets_a_name() -> None:
    outer = Scope()
    inner = Scope(outer)
    assert inner.is_bare()
    outer.declare("a")
    assert not inner.is_bare()
    assert not outer.is_bare()


def test_what_is_taken_over_stands_further_on_and_is_known_outside() -> None:
    outer = Scope()
    Scope(outer).take([Mention(("state", "n"), 1, (1, 7))], {"upper"}, 10)
    assert outer.mentions == [Mention(("state", "n"), 11, (11, 17))]
    assert outer.calls == {"upper"}
