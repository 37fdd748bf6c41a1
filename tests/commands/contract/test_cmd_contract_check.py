from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from contracted_shop import OPENAPI
from prompt import Shell
from tree_answers import plant

EXAMPLE = Path(__file__).parent.parent.parent.parent / "example-workspace"


def test_the_one_drift_of_the_example_is_named_on_both_sides(shell: Shell) -> None:
    shutil.copytree(EXAMPLE, shell.folder / "example-workspace")
    done = shell("--workspace", "example-workspace", "contract", "check", "--json")
    assert done.code == 1
    (problem,) = msgspec.json.decode(done.out)["problems"]
    assert (problem["path"].rpartition("/")[2], problem["line"]) == ("get-lost-parcel.toml", 10)
    assert (problem["code"], problem["hint"]) == ("drift-body", "declared at projects/parcels/openapi.yaml:112")


@pytest.fixture
def shop(shell: Shell) -> Shell:
    plant(shell.folder, {
        "keymock.toml": "", "projects/shop/openapi.yaml": OPENAPI,
        "projects/shop/mocks/get.toml": 'operation = "getUser"\n[response]\nfrom = "contract"',
    })  # fmt: skip
    return shell


def test_what_agrees_exits_with_0_and_what_is_left_is_told(shop: Shell) -> None:
    done = shop("contract", "check")
    assert done.code == 0
    assert "no differences between 1 mock and 1 contract" in done.out
    assert "GET /users/{id} has no mock for 404" in done.err
    left = msgspec.json.decode(shop("contract", "check", "--json").out)["unmocked"]
    assert [(each["operation"], each["mocked"]) for each in left] == [
        ("GET /users/{id}", True), ("DELETE /users/{id}", False), ("POST /users", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("contract", "chek"), "did you mean `check`?"),
        (("contract", "check", "--project", "shopp"), "did you mean `shop`?"),
    ],
)
def test_slips_are_told(shop: Shell, words: tuple[str, ...], said: str) -> None:
    done = shop(*words)
    assert done.code == 2
    assert said in done.err


def test_a_workspace_without_a_contract_is_told(shell: Shell) -> None:
    plant(shell.folder, {"keymock.toml": ""})
    done = shell("contract", "check")
    assert (done.code, "no-contract" in done.err) == (2, True)


def test_a_member_of_a_body_file_is_named_where_it_stands(shop: Shell) -> None:
    shop.put("projects/shop/mocks/two.toml", 'operation = "createUser"\n[response]\nstatus = 201\n')
    shop.put("projects/shop/mocks/two.body.json", '{\n  "id": 1,\n  "name": "A"\n}\n')
    (problem,) = shop("contract", "check", "--json").json["problems"]
    assert (problem["path"], problem["line"], problem["column"]) == ("projects/shop/mocks/two.body.json", 3, 3)
    line = next(at for at, text in enumerate(OPENAPI.split("\n"), 1) if "name: {type: string, minLength" in text)
    assert problem["hint"] == f"declared at projects/shop/openapi.yaml:{line}"


def test_a_mock_of_an_operation_that_is_gone_is_told(shop: Shell) -> None:
    shop.put("projects/shop/mocks/gone.toml", 'operation = "getUsr"\n[response]\nstatus = 200\n')
    done = shop("contract", "check", "--json")
    (problem,) = done.json["problems"]
    assert (done.code, problem["code"], problem["path"]) == (1, "no-such-operation", "projects/shop/mocks/gone.toml")
