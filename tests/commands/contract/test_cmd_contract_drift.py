"""`keymock contract drift`: the checkout of the example workspace, with a document."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from a_store import Store, store

__all__ = ["store"]

DOCUMENT = """\
openapi: 3.1.0
info: {title: Store, version: "1"}
paths:
  /login:
    post:
      responses:
        "200":
          description: a token
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Token"}
  /carts:
    post: {responses: {"201": {description: made, content: {application/json: {schema: {type: object}}}}}}
  /carts/{id}:
    get: {responses: {"200": {description: a cart}}}
  /carts/{id}/items:
    post: {responses: {"201": {description: made}}}
  /orders:
    post: {responses: {"201": {description: made}, "503": {description: later}}}
  /orders/{id}:
    get: {responses: {"200": {description: an order}}}
  /orders/{id}/payments:
    post: {responses: {"202": {description: taken}}}
components:
  schemas:
    Token:
      type: object
      required: [access_token, expires_in]
      properties: {access_token: {type: string}, expires_in: {type: integer}, scope: {type: string}}
"""
MOCK = "projects/store/mocks/checkout/login/post.toml"


@pytest.fixture
def documented(store: Store) -> Store:
    """The store with a document, and mocks of what its real API answers."""
    store.shell.put("projects/store/openapi.yaml", DOCUMENT)
    assert store("new", "--from", "flow:checkout", "--run")[0] == 0
    return store


def test_three_that_agree(documented: Store) -> None:
    code, out, _ = documented("contract", "drift", "--flow", "checkout")
    assert code == 0
    assert out.endswith("no differences in 8 steps of projects/store/flows/checkout\n")
    assert "✓ login  POST /login" in out


def test_who_differs_from_whom_and_where(documented: Store) -> None:
    mock = documented.shell.folder / MOCK
    mock.write_text(mock.read_text().replace("expires_in = 3600", 'expires_in = "3600", scope = "all"'))
    code, out, _ = documented("contract", "drift", "--flow", "checkout", "--json")
    told = json.loads(out)
    assert (code, told["ok"], told["compared"]) == (1, False, ["document", "mock", "real"])
    (step,) = (step for step in told["steps"] if step["rows"])
    assert (step["id"], step["operation"], step["mock"]) == ("login", "POST /login", MOCK.removesuffix(".toml"))
    first, second = step["rows"]
    assert (first["pointer"], first["document"], first["mock"], first["real"]) == (
        "/expires_in", "a whole number, required", "text", "a number",
    )  # fmt: skip
    assert (first["departs"], first["allowed"]) == (["mock"], False)
    assert (second["where"], second["allowed"]) == ("body $.scope", True)
    problem = told["problems"][0]
    assert (problem["code"], problem["path"], problem["line"]) == ("drift-shape", MOCK, 1)
    line = DOCUMENT.split("\n").index("    Token:") + 1
    assert problem["hint"] == f"declared at projects/store/openapi.yaml:{line}"
    assert [each["severity"] for each in told["problems"]] == ["error", "warning"]
    text = documented("contract", "drift", "--flow", "checkout")[1]
    assert "the mock differs from document and real API" in text
    assert "1 difference, 1 that the document leaves open in 8 steps" in text


def test_what_is_left_open_fails_only_when_it_is_asked_to(documented: Store) -> None:
    mock = documented.shell.folder / MOCK
    mock.write_text(mock.read_text().replace("expires_in = 3600", 'expires_in = 3600, scope = "all"'))
    assert documented("contract", "drift", "--flow", "checkout")[0] == 0
    assert documented("contract", "drift", "--flow", "checkout", "--strict")[0] == 1


def test_offline_nothing_is_asked_and_that_is_said(documented: Store) -> None:
    asked = len(documented.api.asked)
    code, _, err = documented("contract", "drift", "--flow", "checkout", "--offline")
    assert (code, len(documented.api.asked)) == (0, asked)
    assert "the real API was not asked: --offline" in err


def test_without_an_upstream_document_and_mock_are_compared(documented: Store) -> None:
    documented.shell.put("projects/store/project.toml", 'mount = "/store"\n')
    code, out, _ = documented("contract", "drift", "--json")
    told = json.loads(out)
    assert (code, told["compared"]) == (0, ["document", "mock"])
    assert told["not_asked"] == "the project `store` names no [upstream]"


def test_a_real_api_that_may_not_be_asked_or_is_not_there_is_one_sentence(documented: Store) -> None:
    project = documented.shell.folder / "projects/store/project.toml"
    project.write_text(project.read_text().replace(documented.api.url, "http://api.store.example"))
    code, _, err = documented("contract", "drift", "--flow", "checkout")
    assert (code, "keymock allow api.store.example" in err) == (2, True)
    project.write_text(project.read_text().replace("http://api.store.example", "http://127.0.0.1:9"))
    code, _, err = documented("contract", "drift", "--flow", "checkout")
    assert (code, "nobody answers at http://127.0.0.1:9" in err) == (2, True)


def test_a_report_for_ci(documented: Store) -> None:
    mock = documented.shell.folder / MOCK
    mock.write_text(mock.read_text().replace("expires_in = 3600", "expires_in = true"))
    assert documented("contract", "drift", "--flow", "checkout", "--junit", "out/drift.xml")[0] == 1
    text = (documented.shell.folder / "out/drift.xml").read_text()
    suite = ElementTree.fromstring(text)[0]  # noqa: S314  (written just now)
    assert (suite.get("tests"), suite.get("failures")) == ("8", "1")


def test_slips(documented: Store) -> None:
    assert "did you mean `checkout`?" in documented("contract", "drift", "--flow", "chekout")[2]
    documented.shell.put("projects/store/flows/other.toml", '[[steps]]\nid = "a"\nrequest = "auth/login"\n')
    code, _, err = documented("contract", "drift")
    assert (code, "which flow? --flow is missing" in err, "flows/other" in err) == (2, True, True)
