"""`keymock vars`: every level of the precedence, explained."""

from __future__ import annotations

import pytest
from prompt import ADA, Shell
from requests_of_a_shop import requests

__all__ = ["requests"]

FLOW = "projects/shop/flows/buy.toml"
STEPS = '[[steps]]\nid = "first"\nurl = "{{ base_url }}/a"\n%s[[steps]]\nid = "second"\nurl = "{{ base_url }}/b"\n'
OWN = STEPS % ""
CAPTURING = STEPS % 'capture.who = "$.who"\n'

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
    ("flow", FLOW, '[variables]\nwho = "{}"\n' + OWN, f"{FLOW}:2"),
    ("row 1 of who.csv", "projects/shop/flows/who.csv", "who\n{}\n", "row 1 of who.csv"),
    ("captured by a step", FLOW, 'data = "who.csv"\n[variables]\nwho = "flow"\n' + CAPTURING, f"{FLOW}:7"),
    ("captured by a step", "", "--set", "captured by a step"),
    ("--var", "", "--var", "--var"),
)  # fmt: skip
"""From the farthest to the nearest: what it is called, its file (none: its option), its text, its place."""


@pytest.mark.parametrize("number", range(1, len(LEVELS) + 1))
def test_every_level_goes_before_those_behind_it(shell: Shell, number: int) -> None:
    """One level more in each case: it counts, and each that lost to it is explained below."""
    shell.put("keymock.toml", "")
    shell.put("projects/shop/environments/local.toml", "other = 1\n")
    shell.put(FLOW, OWN)
    line = []
    for level, file, text, _ in LEVELS[:number]:
        if not file:
            line += [text, f"who={level}"]
            continue
        shell.put(file, text.replace("{}", level))
        if level.startswith("row"):
            shell.put(FLOW, 'data = "who.csv"\n[variables]\nwho = "flow"\n' + OWN)
    expected = [[level, place] for level, _, _, place in reversed(LEVELS[:number])]
    for each in expected:  # the line moves when the flow names its data
        each[1] = f"{FLOW}:3" if each[0] == "flow" and number > 7 else each[1]
    pending = number == 9
    words = ["vars", "--flow", "buy", "--step", "second", "--why", *line]
    told = shell(*words, "--json").json["who"]
    assert [[each["level"], each["from"]] for each in told["given"]] == expected
    assert (told["value"], told["from"]) == (None if pending else expected[0][0], expected[0][1])
    assert told.get("pending", False) == pending
    done = shell(*words, "who")
    plain = done.out.splitlines()
    assert done.code == 0
    assert plain[0] == f"who = {'(when the flow runs)' if pending else expected[0][0]}"
    assert [row.split()[0] == "✓" for row in plain[1:]] == [True, *[False] * (number - 1)]
    for row, (level, place) in zip(plain[1:], expected, strict=True):
        assert level in row
        assert row.endswith(place)


def test_without_a_flow_its_levels_are_left_out(shell: Shell) -> None:
    shell.put("keymock.toml", '[variables]\nwho = "all"\n')
    shell.put(FLOW, '[variables]\nwho = "flow"\n' + CAPTURING)
    assert shell("vars", "--project", "shop", "who", "--json").json["who"]["value"] == "all"
    shell.put("projects/shop/requests/a.toml", 'url = "http://127.0.0.1/"\n')
    shell.put("projects/shop/environments/local.toml", 'who = "shop"\n')
    assert shell("vars", "--request", "requests/a", "who", "--json").json["who"]["value"] == "shop"


def test_a_step_sees_what_stands_before_it_and_no_more(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    shell.put(FLOW, 'environment = "ci"\n[variables]\nurl = "/u/{{ id }}"\n' + CAPTURING.replace("who", "id"))
    shell.put("projects/shop/environments/ci.toml", 'base_url = "http://127.0.0.1"\n')
    assert list(shell("vars", "--flow", "buy", "--step", "first", "--json").json) == ["base_url", "url"]
    assert shell("vars", "--flow", "buy", "--step", "1", "--json").json["url"]["problem"] == "there is no variable `id`"
    told = shell("vars", "--flow", "buy").out.splitlines()
    assert "(when the flow runs)" in told[1]
    assert "captured by a step, when the flow runs" in told[2]
    done = shell("vars", "--flow", "buy", "--step", "2", "--set", "id=7", "url")
    assert (done.code, done.out.split()[:2], done.err) == (0, ["url", "/u/7"], "project shop, environment ci\n")


def test_secrets_and_process_variables_are_told_by_name(shell: Shell) -> None:
    """Where they come from; never what a secret is."""
    shell.put("keymock.toml", 'name = "acme"\nallow_env = ["LANG", "REGION"]\n')
    kept = shell.put("../secrets.toml", 'PIN = "hunter22"\n[acme]\nPIN = "hunter23"\n')
    kept.chmod(0o600)
    shell.environ |= {"KEYMOCK_SECRETS": str(kept), "PIN": "hunter24", "LANG": "C", "REGION": "eu"}
    done = shell("vars", "--why", "secret.PIN", "env.LANG")
    assert (done.code, "hunter" in done.out + done.err) == (0, False)
    lines = [line.split("  ") for line in done.out.splitlines()]
    assert lines[0] == ["secret.PIN = •••"]
    assert [line[-1].rpartition("/")[2] for line in lines[1:4]] == [
        "the process variable PIN", "secrets.toml [acme]", "secrets.toml",
    ]  # fmt: skip
    assert lines[4] == ["env.LANG = C"]
    done = shell("vars", "--why", "env.REGION", "secret.NOBODY")
    assert done.code == 1
    assert "is not allowed, or not set" in done.out
    assert "there is no secret `NOBODY`" in done.out


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


def test_slips_about_flows_are_told(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    shell.put(FLOW, OWN)
    for words, said in (
        (["--flow", "by"], "did you mean `buy`?"),
        (["--flow", "buy", "--step", "secnd"], "did you mean `second`?"),
        (["--step", "first"], "`--step` belongs to --flow"),
        (["--set", "a=1"], "`--set` belongs to --flow"),
        (["--flow", "buy", "--set", "a"], "`--set a` is no K=V"),
        (["--flow", "buy", "--project", "shop"], "each say whose names are meant"),
        (["--request", "nobody"], "there is no request `nobody`"),
    ):
        done = shell("vars", *words)
        assert (done.code, said in done.err) == (2, True), (words, done.err)
