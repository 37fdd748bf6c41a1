"""keymock/catalog/environments: what mocks read as `vars`, by the same rules as requests."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from keymock.catalog.environments import usual, variables_of_mocks
from keymock.sending import Outgoing
from keymock.serve.inside import Inside
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.variables import Outside
from keymock.workspace import Workspace

TREE = {
    "keymock.toml": 'allow_env = ["REGION"]\n[variables]\ntenant = "t1"\nhost = "{{ tenant }}.example"\n',
    "environments/local.toml": 'greeting = "hello {{ who }}"\nwho = "world"\n',
    "environments/staging.toml": 'who = "staging"\n',
    "projects/shop/project.toml": '[variables]\ncurrency = "CHF"\nwho = "nobody"\n',
    "projects/shop/environments/local.toml": 'who = "shop"\n',
    "projects/shop/mocks/hello.toml": (
        '[request]\npath = "/hello"\n[response]\nbody = "{{ vars.greeting }} {{ vars.host }} {{ vars.currency }}"\n'
    ),
    "projects/shop/mocks/env.toml": '[request]\npath = "/env"\n[response]\nbody = "{{ env.REGION }}"\n',
}


def plant(root: Path, **files: str) -> None:
    for name, text in {**TREE, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def answer(root: Path, path: str, **options: Any) -> tuple[int, bytes]:
    inside = Inside(Service(Options(workspace=str(root), **options), time.time_ns))
    try:
        came = inside(Outgoing(url=f"http://shop.localhost{path}"))
    finally:
        inside.close()
    return came.status, came.body


def test_a_mock_reads_the_nearest_value_and_names_lead_to_names(tmp_path: Path) -> None:
    plant(tmp_path)
    assert answer(tmp_path, "/hello") == (200, b"hello shop t1.example CHF")


def test_another_environment_is_chosen_when_it_is_served(tmp_path: Path) -> None:
    plant(tmp_path, **{"environments/staging.toml": 'who = "staging"\ngreeting = "ciao {{ who }}"\n'})
    assert answer(tmp_path, "/hello", environment="staging") == (200, b"ciao staging t1.example CHF")


def test_a_variable_that_the_environment_lacks_is_told_when_it_is_read(tmp_path: Path) -> None:
    plant(tmp_path)
    status, body = answer(tmp_path, "/hello", environment="staging")
    assert status == 500
    assert b"`vars` has no `greeting`" in body


def test_a_name_that_no_environment_has_is_told_at_load(tmp_path: Path) -> None:
    plant(
        tmp_path,
        **{"projects/shop/mocks/hello.toml": '[request]\npath = "/h"\n[response]\nbody = "{{ vars.tenent }}"\n'},
    )
    (problem,) = Workspace(tmp_path, None).load().problems
    assert (problem.place, problem.message, problem.hint) == (
        "projects/shop/mocks/hello.toml:4:17", "`vars` has no `tenent`", "did you mean `tenant`?",
    )  # fmt: skip


def test_a_process_variable_needs_its_name_in_the_settings_and_consent(tmp_path: Path) -> None:
    plant(tmp_path)
    assert answer(tmp_path, "/env", env={"REGION": "eu"}) == (200, b"eu")
    assert answer(tmp_path, "/env")[0] == 500
    plant(tmp_path, **{"keymock.toml": ""})
    problems = Workspace(tmp_path, None).load().problems
    assert "templates may not read the process variable `REGION`" in {problem.message for problem in problems}


def test_an_edited_environment_is_served_at_once(tmp_path: Path) -> None:
    plant(tmp_path)
    service = Service(Options(workspace=str(tmp_path)), time.time_ns)
    inside = Inside(service)
    plant(tmp_path, **{"projects/shop/environments/local.toml": 'who = "everybody"\n'})
    service.rescan()
    assert inside(Outgoing(url="http://shop.localhost/hello")).body == b"hello everybody t1.example CHF"
    inside.close()


def test_plain_variables_are_taken_as_they_are(tmp_path: Path) -> None:
    plant(tmp_path)
    names = Workspace(tmp_path, None).load().names
    assert variables_of_mocks(names, "workspace", "staging", Outside(now=0.0)) == {
        "tenant": "t1", "host": "t1.example", "who": "staging",
    }  # fmt: skip


@pytest.mark.parametrize(("names", "one"), [([], ""), (["ci"], "ci"), (["ci", "local"], "local"), (["a", "b"], "")])
def test_the_usual_environment(names: list[str], one: str) -> None:
    assert usual(names) == one
