"""Requests to a project with a contract, from end to end of the engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from contracted_shop import ask, header, json_of, shop
from tree_answers import plant

from keymock.engine import answer
from keymock.exchange import Request
from keymock.index import NeedsBody
from keymock.journal import Story


def test_an_operation_answers_with_its_first_example_and_declared_headers(tmp_path: Path) -> None:
    reply = ask(shop(tmp_path), "GET", "http://shop.localhost:8787/v1/users/7")
    assert (reply.status, reply.mock, reply.response) == (200, "projects/shop/openapi.yaml#getUser", "ada")
    assert header(reply, "content-type") == "application/json"
    assert header(reply, "x-version") == "3"
    assert json_of(reply) == {"id": 1, "name": "Ada", "self": "http://shop.localhost:8787/v1/users/1"}


def test_it_answers_without_the_servers_path_too(tmp_path: Path) -> None:
    assert ask(shop(tmp_path), "GET", "/users/7").status == 200
    assert ask(shop(tmp_path), "HEAD", "/users/7").status == 200
    assert ask(shop(tmp_path), "PATCH", "/users/7").status == 405
    assert ask(shop(tmp_path), "GET", "/user/7").error == "no-mock"


def test_links_stay_where_the_project_says_so(tmp_path: Path) -> None:
    reply = ask(shop(tmp_path, "rewrite_links = false"), "GET", "/users/7")
    assert json_of(reply)["self"] == "https://api.example.com/v1/users/1"


@pytest.mark.parametrize(
    ("prefer", "status", "name"),
    [("example=bob", 200, "bob"), ("code=404", 404, ""), ("code=409", 409, ""), ("example=gone", 200, "ada")],
)
def test_a_caller_asks_for_a_code_or_an_example(tmp_path: Path, prefer: str, status: int, name: str) -> None:
    reply = ask(shop(tmp_path), "GET", "/users/7", headers={"Prefer": prefer})
    assert (reply.status, reply.response) == (status, name)
    if status == 409:
        assert header(reply, "x-keymock-error") == "no-variant"
    elif name != "ada":
        assert header(reply, "preference-applied") == prefer


def test_dynamic_answers_differ_from_call_to_call_and_are_valid(tmp_path: Path) -> None:
    service = shop(tmp_path)
    made = [ask(service, "GET", "/users/7", headers={"Prefer": "dynamic=true"}) for _ in range(3)]
    assert len({reply.body for reply in made}) > 1
    assert all(len(json_of(reply)["name"]) >= 2 for reply in made)


def test_what_may_be_kept_is_not_counted_so_that_draws_do_not_depend_on_what_was_kept(tmp_path: Path) -> None:
    service = shop(tmp_path)
    first = ask(service, "GET", "/users/7", headers={"Prefer": "dynamic=true"}).body
    again = shop(tmp_path)
    for _ in range(3):
        story = ask(again, "GET", "/users/7").story
        assert isinstance(story, Story)
        assert story.call == 0
    assert ask(again, "GET", "/users/7", headers={"Prefer": "dynamic=true"}).body == first


def test_what_is_made_up_is_the_same_in_every_run(tmp_path: Path) -> None:
    made = [ask(shop(tmp_path), "GET", "/users/7", headers={"Prefer": "code=404"}).body for _ in range(2)]
    assert made[0] == made[1]


def test_accept_chooses_the_content_type(tmp_path: Path) -> None:
    service = shop(tmp_path)
    xml = ask(service, "GET", "/users/7", headers={"Accept": "application/xml"})
    assert header(xml, "content-type") == "application/xml"
    assert xml.body.startswith(b"<?xml")
    refused = ask(service, "GET", "/users/7", headers={"Accept": "image/png"})
    assert (refused.status, refused.error) == (406, "not-acceptable")
    assert ask(service, "GET", "/users/7", headers={"Accept": "text/html, */*;q=0.1"}).status == 200


def test_a_request_example_brings_the_response_example_of_its_name(tmp_path: Path) -> None:
    service = shop(tmp_path)
    assert json_of(ask(service, "POST", "/users", {"name": "Eve"}))["id"] == 5
    assert json_of(ask(service, "POST", "/users", {"name": "Someone"}))["id"] == 9


def test_warn_tells_and_answers(tmp_path: Path) -> None:
    reply = ask(shop(tmp_path), "GET", "/users/seven?expand=all")
    assert reply.status == 200
    assert reply.violations == (
        'path.id: "seven" is not of type "integer"',
        'query.expand: "all" is not one of "orders" or "none"',
    )
    assert header(reply, "x-keymock-violations").startswith("path.id")


def test_off_says_nothing(tmp_path: Path) -> None:
    assert ask(shop(tmp_path, 'validate = "off"'), "GET", "/users/seven").violations == ()
    parts = 'validate = { path = "off", operations.getUser = { query = "off" } }'
    assert ask(shop(tmp_path, parts), "GET", "/users/seven?expand=all").violations == ()


def test_enforce_answers_as_declared_else_with_a_problem(tmp_path: Path) -> None:
    service = shop(tmp_path, 'validate = "enforce"')
    made = ask(service, "POST", "/users", {"name": "x"})
    assert (made.status, made.error) == (422, "invalid-request")
    assert isinstance(json_of(made)["error"], str)
    assert ask(service, "DELETE", "/users/1").status == 401
    assert ask(service, "DELETE", "/users/1", headers={"X-Key": "k"}).status == 204
    problem = ask(service, "GET", "/users/x")
    assert problem.status == 422
    assert json_of(problem)["violations"][0]["where"] == "path.id"
    assert ask(service, "POST", "/users", b"<a/>", {"Content-Type": "text/xml"}).status in (415, 422)
    assert ask(service, "POST", "/users", b"{", {"Content-Type": "application/json"}).status == 422


def test_a_body_that_decides_is_asked_for(tmp_path: Path) -> None:
    request = Request("POST", b"/users", body=None)
    assert isinstance(answer(request, shop(tmp_path).world), NeedsBody)
    request = Request("GET", b"/users/1", body=None)
    assert not isinstance(answer(request, shop(tmp_path).world), NeedsBody)


def test_a_mock_lies_over_its_operation_and_is_held_against_it(tmp_path: Path) -> None:
    service = shop(tmp_path, get='operation = "getUser"\n[request]\nparams.id = "3"\n[response]\njson = { id = "3" }')
    mine = ask(service, "GET", "/v1/users/3")
    assert mine.mock == "projects/shop/mocks/get"
    assert [each.partition(":")[0] for each in mine.violations] == ["response.body", "response.body/id"]
    assert ask(service, "GET", "/users/4").mock == "projects/shop/openapi.yaml#getUser"


def test_an_answer_that_the_contract_does_not_allow_can_be_withheld(tmp_path: Path) -> None:
    service = shop(
        tmp_path, 'validate = { response = "enforce" }', get='[request]\npath = "/users/:id"\n[response]\nstatus = 418'
    )
    reply = ask(service, "GET", "/users/3")
    assert (reply.status, reply.error) == (500, "contract-violation")
    assert "418 is not declared" in json_of(reply)["violations"][0]["message"]


def test_an_answer_may_start_from_the_contracts(tmp_path: Path) -> None:
    service = shop(
        tmp_path,
        get="""operation = "getUser"
[response]
from = "contract"
set."$.name" = "{{ request.params.id }}"
set."$.tags[0]" = "new"
remove = ["$.self"]
headers.X-Mine = "1"
""",
    )
    reply = ask(service, "GET", "/users/12")
    assert json_of(reply) == {"id": 1, "name": "12", "tags": ["new"]}
    assert header(reply, "x-mine") == "1"
    assert header(reply, "x-version") == "3"


def test_replies_that_only_the_line_decides_are_reusable_by_accept(tmp_path: Path) -> None:
    service = shop(tmp_path)
    assert ask(service, "GET", "/users/7").by_accept
    assert not ask(service, "POST", "/users", {"name": "Eve"}).by_accept
    assert not ask(service, "DELETE", "/users/7").by_accept
    assert not ask(service, "GET", "/users/7", headers={"Prefer": "dynamic=true"}).by_accept


def test_answers_can_be_switched(tmp_path: Path) -> None:
    assert ask(shop(tmp_path, 'contract_answers = "none"'), "GET", "/users/7").error == "no-mock"
    examples = shop(tmp_path, 'contract_answers = "examples"')
    assert ask(examples, "GET", "/users/7").status == 200
    assert ask(examples, "DELETE", "/users/7").status == 204


def test_deep_bodies_and_broken_escapes_end_in_an_answer(tmp_path: Path) -> None:
    service = shop(tmp_path, 'validate = "enforce"')
    deep = b'{"name":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert ask(service, "POST", "/users", deep, {"Content-Type": "application/json"}).status == 422
    broken = Request("GET", b"/users/%zz", b"expand=%zz&%")
    assert answer(broken, service.world).status == 400  # type: ignore[union-attr]


def test_callbacks_follow_an_answer_of_the_contract_and_it_is_not_kept(tmp_path: Path) -> None:
    document = """\
openapi: 3.1.0
info: {title: Jobs, version: "1"}
paths:
  /jobs:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
      responses: {"202": {description: started}}
      callbacks: {done: {"{$request.body#/tell}/hook": {put: {responses: {"204": {description: thanks}}}}}}
  /jobs/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      responses: {"200": {description: it, content: {application/json: {example: {id: 1}}}, links: {
        self: {operationRef: "#/paths/~1jobs~1{id}/get", parameters: {id: $response.body#/id}}}}}
"""
    service = shop(tmp_path, 'validate = "off"', document=document)
    told = ask(service, "POST", "/jobs", {"tell": "http://127.0.0.1:9"})
    assert (told.status, told.reusable, told.by_accept) == (202, False, False)
    assert [(call.method, call.url, call.mock) for call in told.calls] == [
        ("PUT", "http://127.0.0.1:9/hook", "projects/shop/openapi.yaml#POST /jobs")
    ]
    assert ask(service, "POST", "/jobs", {}).calls[0].fault
    assert json_of(ask(service, "GET", "/jobs/7")) == {"id": 7}
    assert ask(service, "GET", "/jobs/8").by_accept


def test_folders_say_how_strictly_their_mocks_keep_to_the_contract(tmp_path: Path) -> None:
    mock = 'operation = "getUser"\n[request]\nparams.id = "{id}"\n[response]\njson = {{ id = "no number" }}\n'
    service = shop(
        tmp_path, 'validate = "off"',
        **{"_defaults": 'validate = "warn"', "strict/_defaults": 'validate = { response = "enforce" }',
           "strict/mock": mock.format(id=2), "off/_defaults": 'validate = "off"', "off/mock": mock.format(id=3),
           "mock": mock.format(id=4)},
    )  # fmt: skip
    answers = {path: ask(service, "GET", path) for path in ("/users/2", "/users/3", "/users/4", "/users/5?expand=x")}
    assert [reply.status for reply in answers.values()] == [500, 200, 200, 200]
    assert [bool(reply.violations) for reply in answers.values()] == [True, False, True, True]


def test_a_workspace_says_it_for_all_projects_and_a_project_is_nearer(tmp_path: Path) -> None:
    settings = 'name = "t"\n[defaults]\nvalidate = "enforce"\n'
    service = shop(tmp_path)
    plant(tmp_path, {"keymock.toml": settings})
    service.rescan()
    assert ask(service, "GET", "/users/x").status == 422
    plant(tmp_path, {"projects/shop/project.toml": 'validate = { path = "off" }'})
    service.rescan()
    assert ask(service, "GET", "/users/x").status == 200
    assert ask(service, "GET", "/users/x?expand=x").status == 422


def test_an_answer_that_no_value_fits_says_why(tmp_path: Path) -> None:
    document = """\
openapi: 3.1.0
info: {title: t, version: "1"}
jsonSchemaDialect: https://example.com/dialect
paths:
  /a:
    get:
      responses:
        "200":
          description: ok
          content:
            application/json: {schema: {type: integer, minimum: 3, maximum: 2}}
            text/plain: {examples: {far: {externalValue: "https://example.com/far.txt"}}}
"""
    service = shop(tmp_path, document=document)
    reply = ask(service, "GET", "/a")
    assert (reply.status, reply.error) == (501, "no-made-up-answer")
    assert ask(service, "GET", "/a", headers={"Accept": "text/plain"}).status == 200
    assert sorted((problem.line, problem.message) for problem in service.problems) == [
        (3, "schemas are read as JSON Schema 2020-12, not as `https://example.com/dialect`"),
        (12, "the example `far` is not read: it lies outside, at `https://example.com/far.txt`"),
    ]
