"""Everything that is wrong with a flow, at once, where it stands."""

from __future__ import annotations

import pytest
from stageplay import plot, wrong

STEP = '[[steps]]\nid = "a"\nurl = "http://x/"\n'
REQUESTS = {"auth/login": 'url = "http://x"\n', "get": 'url = "http://x"\n'}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = 'x'\n", ["0:no-steps: the flow has no steps ([[steps]] with a `request`, or `method` and `url`)"]),
        ('[[steps]]\nrequest = "auth/lgoin"\n', ["2:no-such-request: there is no request `auth/lgoin` (did you mean `auth/login`?)"]),  # noqa: E501
        ('[[steps]]\nflow = "mian"\n', ["2:no-such-flow: there is no flow `mian` (did you mean `main`?)"]),
        ('[[steps]]\nflow = "main"\n', ["2:flow-cycle: flows run one another in a circle: main → main"]),
        (STEP + STEP, ["5:duplicate-step: two steps are called `a` (give it another `id`)"]),
        (STEP.replace('"a"', '"vars"'), ["2:reserved-name: `vars` means something by itself in a template"]),
        ('[[steps]]\nid = "a"\n', ["1:bad-step: the step does nothing (`request`, or `method` and `url`, or `flow`, or `parallel`)"]),  # noqa: E501
        (STEP + 'flow = "main"\n', None),
        (STEP + 'project = "ahth"\n', ["4:no-such-project: there is no project `ahth` (did you mean `auth`?)"]),
        (STEP + "capture.a = '$.x'\n", ["4:duplicate-step: `a` is captured here, and is the id of a step as well (give one of them another name)"]),  # noqa: E501
        (STEP + "capture.x = { regex = '(' }\n", None),
        (STEP + "capture.x = '$['\n", None),
        (STEP + "expect.headers.A = { regex = '(' }\n", None),
        (STEP + "for_each = { a1 = [], b1 = [] }\n", ["4:bad-step: `for_each` goes through one list (for_each = { item = … })"]),  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_where_it_stands(text: str, told: list[str] | None) -> None:
    found = wrong(text, requests=REQUESTS)
    assert found
    if told is not None:
        assert found == told


def test_all_of_it_at_once() -> None:
    text = STEP + "capture.a = '$.x'\n" + STEP + '[[steps]]\nrequest = "nothing"\n'
    assert [each.split(":")[1] for each in wrong(text)] == ["duplicate-step", "no-such-request", "duplicate-step"]


def test_a_circle_of_flows_is_told_whole() -> None:
    flows = {"b": '[[steps]]\nflow = "c"\n', "c": '[[steps]]\nflow = "main"\n'}
    assert wrong('[[steps]]\nflow = "b"\n', flows=flows) == [
        "2:flow-cycle: flows run one another in a circle: main → b → c → main"
    ]


def test_what_is_wrong_in_a_flow_that_is_a_step_is_told_too() -> None:
    assert "unknown key `urll`" in wrong('[[steps]]\nflow = "b"\n', flows={"b": '[[steps]]\nurll = "x"\n'})[0]


def test_steps_without_an_id_are_called_as_what_they_ask() -> None:
    made = plot(
        '[[steps]]\nrequest = "auth/login"\n[[steps]]\nrequest = "auth/login"\n[[steps]]\nurl = "http://x"\n',
        requests=REQUESTS,
    )
    assert [scene.id for scene in made.steps] == ["login", "login_2", "step"]


def test_names_of_imported_flows_are_understood() -> None:
    made = plot('[[steps]]\nurl = "http://x/[[node-1.body.token]]"\n')
    assert made.steps[0].step.url == "http://x/{{ node_1.body.token }}"
    assert made.place(made.steps[0]) == "projects/shop/flows/main.toml:1"
