"""An answer held against an operation: each violation with its line in the document."""

from __future__ import annotations

import pytest
from stageplay import answer, play

from keymock.contract import Contract, load
from keymock.flows.contracted import held
from keymock.flows.drifting import Spoken
from keymock.sending import Incoming, Outgoing

DOCUMENT = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    get:
      responses:
        '200':
          description: fine
          headers:
            X-Rate:
              required: true
              schema: {type: integer}
          content:
            application/json:
              schema:
                type: object
                properties:
                  list:
                    type: array
                    items:
                      type: object
                      properties:
                        n:
                          type: integer
"""
SENT = Outgoing(url="http://localhost/a")


@pytest.fixture
def contract() -> Contract:
    made, _ = load("openapi.yaml", lambda _: DOCUMENT.encode())
    assert made is not None
    return made


def checks(contract: Contract, came: Incoming, method: str = "GET") -> list[tuple[str, str]]:
    spoken = Spoken(contract, contract.operation("GET /a"))
    sent = Outgoing(method=method, url=SENT.url)
    return [(each.actual, each.declared) for each in held(spoken, sent, came, "flow.toml:3")]


def test_each_violation_has_its_line(contract: Contract) -> None:
    rate = ("X-Rate", "1")
    assert checks(contract, answer({"list": [{"n": 1}]}, rate)) == [("", "openapi.yaml:7")]
    assert checks(contract, answer({"list": [{"n": "x"}]}, rate)) == [
        ('body/list/0/n: "x" is not of type "integer"', "openapi.yaml:23")
    ]
    missing = "headers.X-Rate: it is required, and not there"
    assert checks(contract, answer({"list": []})) == [(missing, "openapi.yaml:10")]
    assert checks(contract, answer({"list": 7}, rate))[0][1] == "openapi.yaml:18"
    text = Incoming(200, "", (("Content-Type", "text/plain"), rate), b"x", SENT.url)
    assert checks(contract, text) == [("content_type: `text/plain` is none of application/json", "openapi.yaml:13")]
    assert checks(contract, Incoming(500, "", (), b"", SENT.url)) == [
        ("status: 500 is not declared: 200 is", "openapi.yaml:6")
    ]


def test_head_has_no_body_to_look_at(contract: Contract) -> None:
    came = Incoming(200, "", (("Content-Type", "application/json"), ("X-Rate", "1")), b"", SENT.url)
    assert checks(contract, came, "HEAD") == [("", "openapi.yaml:7")]


def test_no_operation_and_no_document(contract: Contract) -> None:
    (no,) = held(Spoken(contract, None), SENT, answer({}), "flow.toml:3")
    assert (no.ok, no.declared) == (False, "openapi.yaml:3")
    assert no.said == (
        "contract: expected an operation of the contract, came none has GET http://localhost/a "
        "(flow.toml:3, declared at openapi.yaml:3)"
    )
    (nothing,) = held(None, SENT, answer({}), "flow.toml:3")
    assert (nothing.ok, nothing.actual, nothing.place) == (False, "http://localhost/a", "flow.toml:3")


def test_a_flow_asks_for_it_by_true_or_by_name_also_in_until() -> None:
    text = '[[steps]]\nurl = "{{ base_url }}/"\n'
    run, _ = play(text + "expect.contract = true\n", lambda _: 200)
    assert [(check.what, check.expected, check.ok) for check in run.steps[0].checks] == [("contract", "GET", True)]
    run, _ = play(text + "expect.contract = \"get{{ 'User' }}\"\nexpect.status = 500\n", lambda _: 500)
    assert [(check.expected, check.ok) for check in run.steps[0].checks] == [("500", True), ("getUser", False)]
    statuses = iter([500, 500, 200])
    run, _ = play(text + 'repeat = { until = { contract = true }, every = "1s" }\n', lambda _: next(statuses))
    assert (run.ok, run.steps[0].attempts) == (True, 3)
    run, stage = play(text + 'expect.contract = "nobody"\n', lambda _: 200)
    assert run.steps[0].problem is not None
    assert (run.steps[0].problem.code, run.steps[0].problem.line) == ("no-such-operation", 3)
    assert stage.sent == []
    run, _ = play(text + "expect.contract = false\n", lambda _: 500)
    assert run.steps[0].checks == ()
