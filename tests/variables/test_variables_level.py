"""keymock/variables/level: where values stand, and names that no variable can have."""

from __future__ import annotations

import pytest
from levels import level

from keymock.document import parse
from keymock.problems import render
from keymock.template.values import ROOTS
from keymock.variables import Level, reserved


def test_a_value_of_a_file_has_a_line() -> None:
    assert level('a = 1\nb = "x"\n').place("b") == "environments/local.toml:2"


def test_a_value_below_a_table_has_a_line() -> None:
    parsed = parse(b'name = "shop"\n\n[variables]\ncurrency = "CHF"\n', "keymock.toml", dict)
    assert (
        Level("keymock.toml", parsed.tables["variables"], parsed, ("variables",)).place("currency") == "keymock.toml:4"
    )


def test_a_value_of_no_file_is_named_by_its_level() -> None:
    assert Level("--var", {"user": "ada"}).place("user") == "--var"
    assert Level("--var", {"user": "ada"}).problem(("user",), "bad-value", "no").place == "--var"


@pytest.mark.parametrize("name", sorted({"secret", "request", "target_url", *ROOTS}))
def test_names_that_mean_something_are_refused(name: str) -> None:
    (problem,) = reserved(level(f"a = 1\n{name} = 2\n"))
    assert (problem.line, problem.code) == (2, "reserved-name")


def test_names_that_no_template_can_write_are_refused() -> None:
    (problem,) = reserved(level('base-url = "x"\n'))
    assert render(problem).splitlines()[0] == (
        "environments/local.toml:1:1: error: `base-url` cannot be written in a template [reserved-name]"
    )
    assert problem.hint == "did you mean `base_url`?"


def test_usual_names_are_fine() -> None:
    assert reserved(level('base_url = "x"\nUser2 = "y"\n_z = 1\n')) == []
