"""keymock.variables.why: every level that has a name, the one that counts first."""

from __future__ import annotations

import pytest
from levels import level, outside

from keymock.template.errors import Absent
from keymock.variables import Given, Level, Variables, reasons
from keymock.variables.why import reason


def test_every_level_is_named_with_its_place() -> None:
    levels = [
        Level("--var", {"user": "eve"}, literal=True),
        level('user = "bob"\n', "projects/shop/environments/local.toml", "project environment local"),
        level('host = "h"\nuser = "ada"\n'),
    ]
    host, user = reasons(Variables(levels, outside()))
    assert (host.name, host.value, host.problem) == ("host", "h", None)
    assert user.value == "eve"
    assert user.given == (
        Given("--var", "--var", "eve"),
        Given("project environment local", "projects/shop/environments/local.toml:1", "bob"),
        Given("workspace environment local", "environments/local.toml:2", "ada"),
    )


def test_secrets_are_masked_in_values() -> None:
    (found,) = reasons(Variables([level('login = "ada:{{ secret.PASSWORD }}"\n')], outside()))
    assert found.value == "ada:•••"
    assert found.given[0].written == "ada:{{ secret.PASSWORD }}"


def test_what_comes_to_nothing_has_a_problem_and_the_rest_is_told() -> None:
    bad, good = reasons(Variables([level('a = "{{ b }}"\nc = 1\n')], outside()))
    assert bad.value is None
    assert bad.problem is not None
    assert bad.problem.code == "unresolved-variable"
    assert good.value == 1


def test_a_name_that_no_level_has_is_absent() -> None:
    with pytest.raises(Absent):
        reason(Variables([], outside()), "a")
