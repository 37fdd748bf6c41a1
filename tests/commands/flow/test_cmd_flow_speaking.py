"""`expect.contract`: answers of mocks and of a real API held against the project's document, told in every form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from contracted_shop import OPENAPI
from prompt import Shell
from real_api import Answer, Asked, RealApi, real_api

FLOW = """
[[steps]]
id = "user"
url = "{{ target_url }}/v1/users/1"
expect.status = 200
expect.contract = true
[[steps]]
id = "named"
url = "{{ target_url }}/v1/users/2"
expect.contract = "getUser"
"""
FILE = "projects/shop/flows/users.toml"


def says(asked: Asked) -> Answer:
    json_type = (("Content-Type", "application/json"),)
    if asked.target.endswith("/1"):
        return Answer(200, json_type, b'{"id":1,"name":"Ada"}')
    if asked.target.endswith("/2"):
        return Answer(200, json_type, b'{"id":"two","name":"Bob"}')
    if asked.target.endswith("/3"):
        return Answer(418)
    return Answer(200, (("Content-Type", "text/csv"),), b"id;name")


@pytest.fixture
def api(shell: Shell) -> Iterator[RealApi]:
    with real_api(says) as one:
        shell.put("projects/shop/project.toml", f'contract_answers = "none"\n[upstream]\nurls.local = "{one.url}"\n')
        shell.put("projects/shop/openapi.yaml", OPENAPI.replace("https://api.example.com/v1", "/v1"))
        mock = '[request]\npath = "/v1/users/:id"\n[response]\njson = { id = 1, name = "Ada" }\n'
        shell.put("projects/shop/mocks/user.toml", mock)
        shell.put(FILE, FLOW)
        yield one


def line_of(text: str, needle: str) -> int:
    return text[: text.index(needle)].count("\n") + 1


def test_mocks_that_are_as_declared_pass(shell: Shell, api: RealApi) -> None:
    code, out, _ = shell("flow", "run", "users", "--json")
    told = json.loads(out)
    assert (code, [step["state"] for step in told["steps"]]) == (0, ["passed", "passed"])
    check = told["steps"][0]["expect"][1]
    declared = f"projects/shop/openapi.yaml:{line_of(OPENAPI, '        200:')}"
    assert check == {"what": "contract", "expected": "GET /users/{id} 200 as declared", "actual": "", "ok": True,
                     "place": f"{FILE}:6", "declared": declared}  # fmt: skip
    assert api.asked == []


def test_a_real_api_that_is_not_as_declared_is_told_with_both_places_in_every_form(shell: Shell, api: RealApi) -> None:
    code, out, _ = shell("flow", "run", "users", "--target", "real", "--junit", "r.xml", "--html", "r.html")
    assert code == 1
    assert len(api.asked) == 2
    where = line_of(OPENAPI, "    User:")
    assert "✓ user" in out
    said = 'contract: expected GET /users/{id} 200 as declared, came body/id: "two" is not of type "integer"'
    assert said in out
    declared = out.partition(f"({FILE}:10, declared at projects/shop/openapi.yaml:")[2].partition(")")[0]
    assert where < int(declared) <= where + 12, "the line of the member in the schema"
    message = ElementTree.parse(shell.folder / "r.xml").find(".//failure")  # noqa: S314  (ours)
    assert message is not None
    assert said in message.attrib["message"]
    page = (shell.folder / "r.html").read_text()
    assert f"{FILE}:10, declared at projects/shop/openapi.yaml:{declared}" in page


@pytest.mark.parametrize(
    ("url", "contract", "said"),
    [
        ("/v1/users/3", "true", "status: 418 is not declared: 200, 404"),
        ("/v1/users/4", "true", "content_type: `text/csv` is none of application/json, application/xml"),
        ("/v1/nothing", "true", "contract: expected an operation of the contract, came none has GET http://"),
        ("/v1/users/3", '"deleteUser"', "418 is not declared: 204, 401"),
        ("/v1/users/1", '"GET /users/{id}"', ""),
        ("/v1/users/1", '"shop#getUser"', ""),
        ("/v1/users/3", "false", ""),
    ],
)
def test_each_thing_that_can_differ(shell: Shell, api: RealApi, url: str, contract: str, said: str) -> None:
    shell.put(FILE, f'[[steps]]\nurl = "{{{{ target_url }}}}{url}"\nexpect.contract = {contract}\n')
    code, out, _ = shell("flow", "run", "users", "--target", "real")
    assert code == (1 if said else 0), out
    assert said in out
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("contract", "said", "hint"),
    [
        ("getUsr", "no contract has an operation `getUsr`", "did you mean `getUser`?"),
        ("other#getUser", "projects/other has no contract", 'name it in project.toml: contract = "openapi.yaml"'),
    ],
)
def test_a_name_that_leads_nowhere_is_told_before_anything_is_asked(
    shell: Shell, api: RealApi, contract: str, said: str, hint: str
) -> None:
    shell.put(FILE, f'[[steps]]\nurl = "{{{{ target_url }}}}/v1/users/1"\nexpect.contract = "{contract}"\n')
    code, out, _ = shell("flow", "run", "users", "--target", "real", "--json")
    problem = json.loads(out)["steps"][0]["problem"]
    assert (code != 0, problem["line"], problem["message"], problem["hint"]) == (True, 3, said, hint)
    assert api.asked == []


def test_what_goes_to_no_project_is_none_of_a_contract(shell: Shell, api: RealApi) -> None:
    with real_api(says) as other:
        shell.put(FILE, f'[[steps]]\nurl = "{other.url}/v1/users/1"\nexpect.contract = true\n')
        code, out, _ = shell("flow", "run", "users")
    assert code == 1
    assert f"contract: expected an address of a project with a contract, came {other.url}/v1/users/1" in out
    assert api.asked == []
