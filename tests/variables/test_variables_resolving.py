"""keymock/variables/resolving: the nearest counts, and what leads nowhere is told with its line."""

from __future__ import annotations

from typing import Any

import pytest
from levels import level, outside

from keymock.document import parse
from keymock.problems import Problem, Stop, render
from keymock.variables import Level, Variables


def of(text: str, *nearer: Level, **given: Any) -> Variables:
    return Variables([*nearer, level(text)], outside(**given))


def refused(variables: Variables, name: str) -> Problem:
    with pytest.raises(Stop) as caught:
        variables.value(name)
    (problem,) = caught.value.problems
    return problem


def test_the_nearest_level_counts() -> None:
    near = Level("--var", {"user": "bob"}, literal=True)
    assert of('user = "ada"\n', near).value("user") == "bob"


def test_values_keep_their_types() -> None:
    found = of('n = 3\non = true\nlist = ["{{ n }}", "n{{ n }}"]\n[at]\nzip = 8000\n')
    assert [found.value(name) for name in ("n", "on", "list", "at")] == [3, True, [3, "n3"], {"zip": 8000}]


def test_values_lead_to_nearer_values() -> None:
    found = of('base_url = "{{ host }}/v1"\nhost = "a.example"\n', Level("--var", {"host": "b.example"}))
    assert found.value("base_url") == "b.example/v1"


def test_vars_is_another_way_to_say_it() -> None:
    assert of('a = "{{ vars.b }}"\nb = 1\n').value("a") == 1


def test_what_stands_beside_the_variables() -> None:
    found = of("a = \"{{ target_url }} {{ target_url('auth') }} {{ env.REGION }}\"\n")
    assert found.value("a") == "http://shop.localhost http://auth.localhost eu"


def test_a_secret_is_masked_from_then_on() -> None:
    found = of('login = "ada:{{ secret.PASSWORD }}"\n')
    assert found.value("login") == "ada:hunter22"
    assert found.mask.text("hunter22 was sent") == "••• was sent"


def test_what_comes_from_outside_is_never_a_template() -> None:
    near = Level("captured by login", {"token": "{{ secret.PASSWORD }}"}, literal=True)
    found = of('auth = "Bearer {{ token }}"\n', near)
    assert found.value("auth") == "Bearer {{ secret.PASSWORD }}"
    secret = of('a = "{{ secret.X }}"\n', secret=lambda _name: "{{ 1 + 1 }}")
    assert secret.value("a") == "{{ 1 + 1 }}"


def test_a_default_speaks_where_there_is_no_value() -> None:
    assert of('a = "{{ b | default(7) }}"\nc = "{{ secret.NONE | default(8) }}"\n').value("a") == 7
    assert of('c = "{{ secret.NONE | default(8) }}"\n').value("c") == 8


def test_chance_is_drawn_once_and_repeats_by_its_seed() -> None:
    text = 'id = "{{ uuid() }}"\nother = "{{ uuid() }}"\nboth = "{{ id }} {{ id }}"\n'
    found = of(text, seed=1)
    assert found.value("both") == f"{found.value('id')} {found.value('id')}"
    assert found.value("id") != found.value("other")
    assert found.nearer(Level("captured by a", {"b": 1})).value("id") == found.value("id")
    assert of(text, seed=2).value("id") != found.value("id")


def test_a_captured_value_reaches_what_names_it() -> None:
    found = of("auth = \"Bearer {{ token | default('none') }}\"\n")
    assert found.value("auth") == "Bearer none"
    assert found.nearer(Level("captured by login", {"token": "t-1"}, literal=True)).value("auth") == "Bearer t-1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'user = "ada"\na = "hello {{ usr }}"\n',
            "environments/local.toml:2:15: error: there is no variable `usr` [unresolved-variable]\n"
            '  a = "hello {{ usr }}"\n'
            "                ^\n"
            "  did you mean `user`?",
        ),
        (
            'a = "{{ secret.PASWORD }}"\n',
            "environments/local.toml:1:16: error: there is no secret `PASWORD` [unresolved-variable]\n"
            '  a = "{{ secret.PASWORD }}"\n'
            "                 ^\n"
            "  export PASWORD=…",
        ),
        (
            'a = "{{ env.HOME }}"\n',
            "environments/local.toml:1:13: error: the process variable `HOME` is not allowed, or not set "
            "[unresolved-variable]\n"
            '  a = "{{ env.HOME }}"\n'
            "              ^\n"
            "  list it under `allow_env` in keymock.toml, and set it",
        ),
        (
            'a = "{{ b }}"\nb = "{{ c }}"\nc = "{{ a }}"\n',
            "environments/local.toml:1:1: error: variables lead back to themselves: a → b → c → a [variable-cycle]\n"
            '  a = "{{ b }}"\n'
            "  ^\n"
            "  give one of them a value of its own",
        ),
        (
            'a = "{{ b | int }}"\nb = "x"\n',
            "environments/local.toml:1:13: error: `int`: `x` is no whole number [template-failed]\n"
            '  a = "{{ b | int }}"\n'
            "              ^\n"
            "  a default stands in brackets: `| int(0)`",
        ),
        (
            'a = "{{ b "\n',
            "environments/local.toml:1:5: error: `{{` is never closed [invalid-template]\n"
            '  a = "{{ b "\n'
            "      ^\n"
            "  close it with `}}`",
        ),
    ],
)
def test_mistakes_are_told_with_their_line(text: str, told: str) -> None:
    assert render(refused(of(text), "a")) == told


def test_a_mistake_is_told_where_it_stands_not_where_it_is_felt() -> None:
    variables = of('b = 1\na = "{{ c }}"\nc = "{{ dd }}"\n')
    assert refused(variables, "a").place == "environments/local.toml:3:9"


def test_another_environment_that_has_it_is_named() -> None:
    found = of('a = "{{ token }}"\n', environments={"staging": frozenset({"token"})})
    assert refused(found, "a").hint == "the environment `staging` has it: --env staging"


def test_very_long_chains_are_refused() -> None:
    text = "".join(f'v{number} = "{{{{ v{number + 1} }}}}"\n' for number in range(200))
    assert refused(of(text), "v0").code == "variable-cycle"


def test_values_that_double_and_double_are_bounded() -> None:
    text = "".join(f'v{n} = "{{{{ v{n + 1} }}}}{{{{ v{n + 1} }}}}"\n' for n in range(40)) + 'v40 = "0123456789"\n'
    assert "MiB" in refused(of(text), "v0").message


def test_a_document_is_filled_in() -> None:
    source = parse(b'url = "{{ base }}/users"\n[query]\nn = "{{ n }}"\n', "requests/a.toml", dict[str, Any])
    found = of('base = "http://a.example"\nn = 2\n')
    assert found.fill(source.tables["url"], source, ("url",)) == "http://a.example/users"
    assert found.fill(source.tables["query"], source, ("query",)) == {"n": 2}


def test_a_mistake_in_a_document_is_placed_there() -> None:
    source = parse(b'url = "x"\n[query]\nn = "a{{ m }}"\n', "requests/a.toml", dict[str, Any])
    with pytest.raises(Stop) as caught:
        of("n = 1\n").fill(source.tables["query"], source, ("query",))
    assert caught.value.problems[0].place == "requests/a.toml:3:10"


def test_a_mistake_in_what_lies_in_no_file_is_the_callers() -> None:
    with pytest.raises(Stop) as caught:
        of("n = 1\n").fill("{{ m }}", None, called="keymock request send")
    assert caught.value.problems[0].place == "keymock request send"
