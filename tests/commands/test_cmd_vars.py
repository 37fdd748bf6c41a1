"""`keymock vars`: every level of the precedence, explained."""

from __future__ import annotations

import pytest
from prompt import ADA, Shell
from requests_of_a_shop import requests

__all__ = ["requests"]

LEVELS = (
    ("keymock.toml", "keymock.toml", '[variables]\nwho = "{}"\n', "keymock.toml:2"),
    ("project.toml", "projects/shop/project.toml", '[variables]\nwho = "{}"\n', "projects/shop/project.toml:2"),
    ("workspace environment local", "environments/local.toml", 'who = "{}"\n', "environments/local.toml:1"),
    ("project environment local", "projects/shop/environments/local.toml", 'who = "{}"\n',
     "projects/shop/environments/local.toml:1"),
    ("private environment local", f"private/{ADA}/environments/local.toml", 'who = "{}"\n',
     f"private/{ADA}/environments/local.toml:1"),
    ("private environment local", f"private/{ADA}/projects/shop/environments/local.toml", 'who = "{}"\n',
     f"private/{ADA}/projects/shop/environments/local.toml:1"),
)  # fmt: skip
"""From the farthest to the nearest: what the level is called, its file, its text, the place of its value."""


@pytest.mark.parametrize("number", range(1, len(LEVELS) + 2))
def test_every_level_goes_before_those_behind_it(shell: Shell, number: int) -> None:
    """One level more in each case; the last is `--var`. What a step captured and the flow's own stand between."""
    shell.put("keymock.toml", "")
    shell.put("projects/shop/environments/local.toml", "other = 1\n")
    given = LEVELS[:number]
    for level, file, text, _ in given:
        shell.put(file, text.format(level))
    line = ["--var", "who=--var"] if number > len(LEVELS) else []
    expected = [(level, place) for level, _, _, place in reversed(given)]
    expected = [("--var", "--var"), *expected] if line else expected
    told = shell("vars", "--project", "shop", "--why", "--json", *line).json["who"]
    assert [(each["level"], each["from"]) for each in told["given"]] == expected
    assert (told["value"], told["from"]) == (expected[0][0], expected[0][1])
    plain = shell("vars", "--project", "shop", "--why", "who", *line).out.splitlines()
    assert plain[0] == f"who = {expected[0][0]}"
    assert plain[1].split()[0] == "✓"
    assert plain[1].endswith(expected[0][1])
    assert len(plain) == 1 + len(expected)


def test_values_and_where_they_come_from(requests: Shell) -> None:
    done = requests("vars")
    assert done.code == 0
    assert done.out.splitlines() == [
        "base_url  http://shop.localhost:8787  projects/shop/environments/local.toml:1",
        "tenant    t1                          keymock.toml:3",
        "user      ada                         projects/shop/environments/local.toml:2",
    ]
    assert done.err == "project shop, environment local\n"
    assert requests("vars", "user", "--json").json == {
        "user": {"value": "ada", "from": "projects/shop/environments/local.toml:2"}
    }


def test_what_comes_to_nothing_is_told_and_the_rest_shown(requests: Shell) -> None:
    requests.put("projects/shop/environments/local.toml", 'a = "{{ b }}"\nb = "{{ a }}"\nc = 1\n')
    done = requests("vars", "--why")
    assert done.code == 1
    assert "c = 1\n" in done.out
    assert "a = ✗ variables lead back to themselves: a → b → a" in done.out
    assert "projects/shop/environments/local.toml:1:1" in done.out
    assert "problem" in requests("vars", "--json").json["a"]


def test_slips_are_told(requests: Shell) -> None:
    assert "did you mean `tenant`?" in requests("vars", "tenat").err
    assert "did you mean `shop`?" in requests("vars", "--project", "shpo").err
    assert "did you mean `local`?" in requests("vars", "--env", "lcal").err
