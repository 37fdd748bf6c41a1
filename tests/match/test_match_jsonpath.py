"""`jsonpath`, held against the compliance suite of RFC 9535."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from asking import ask, why, wrong

from keymock.match import jsonpath
from keymock.match.member import Wrong

SUITE = Path(__file__).parents[3] / "shared" / "suites" / "jsonpath" / "cts.json"
CASES: list[dict[str, Any]] = json.loads(SUITE.read_text(encoding="utf-8"))["tests"] if SUITE.exists() else []
PLAIN = [case for case in CASES if jsonpath.plain(case["selector"]) is not None]

needs_suite = pytest.mark.skipif(not CASES, reason="the JSONPath compliance suite is not here")


def answers(case: dict[str, Any]) -> list[Any]:
    return case["results"] if "results" in case else [case["result"]]


@needs_suite
def test_the_compliance_suite() -> None:
    assert len(CASES) == 703
    failed = []
    for case in CASES:
        try:
            found: Any = jsonpath.compile(case["selector"])(case.get("document"))
        except Wrong:
            if not case.get("invalid_selector"):
                failed.append(case["name"])
            continue
        if case.get("invalid_selector") or found not in answers(case):
            failed.append(case["name"])
    assert failed == []


@needs_suite
def test_plain_selectors_find_what_the_library_finds() -> None:
    assert len(PLAIN) >= 25
    for case in PLAIN:
        assert jsonpath.walk(jsonpath.plain(case["selector"]) or ())(case["document"]) in answers(case), case["name"]


@pytest.mark.parametrize(
    ("selector", "steps"),
    [
        ("$", ()),
        ("$.a.b[0]", ("a", "b", 0)),
        ("$['a b'][\"c\"][-1]", ("a b", "c", -1)),
        ("$['']", ("",)),
        ("$.größe", ("größe",)),
        ("$.*", None),
        ("$..a", None),
        ("$[01]", None),
        ("$[-0]", None),
        ("$.1a", None),
        ("$ .a", None),
        ("$['a\\'b']", None),
        ("a", None),
    ],
)
def test_plain(selector: str, steps: tuple[str | int, ...] | None) -> None:
    assert jsonpath.plain(selector) == steps


@pytest.mark.parametrize(
    ("selector", "matcher", "body", "holds"),
    [
        ("$.items[?@.qty > 1]", {"present": True}, '{"items": [{"qty": 2}]}', True),
        ("$.items[?@.qty > 1]", {"present": False}, '{"items": [{"qty": 1}]}', True),
        ("$..sku", "b", '{"items": [{"sku": "a"}, {"sku": "b"}]}', True),
        ("$..sku", {"not": "b"}, '{"items": [{"sku": "a"}, {"sku": "b"}]}', False),
        ("$.a", 1, '{"a": "1"}', False),
        ("$.a", {"equals": {"b": [1]}}, '{"a": {"b": [1.0]}}', True),
        ("$[?match(@, 'a.c')]", "abc", '["abc"]', True),
        ("$[?search(@, '^(a+)+$')]", {"present": True}, json.dumps(["a" * 30_000 + "!"]), False),
        ("$[?match(@.a, @.p)]", {"present": True}, '[{"a": "x", "p": "(?=x)"}]', False),
    ],
)
def test_matchers(selector: str, matcher: Any, body: str, holds: bool) -> None:
    assert ask({"body": {"jsonpath": {selector: matcher}}}, body=body) is holds


def test_an_invalid_selector_says_so() -> None:
    fault = wrong({"body": {"jsonpath": {"$.x[": 1}}})
    assert (fault.path, fault.code) == (("body", "jsonpath", "$.x["), "invalid-jsonpath")
    assert wrong({"body": {"jsonpath": {"$[?" + "(" * 5000 + "@.a" + ")" * 5000 + "]": 1}}}).code == "invalid-jsonpath"


def test_reasons() -> None:
    assert why({"body": {"jsonpath": {"$..a": 1}}}, body='{"a": 2, "b": {"a": 3}}') == "2, 3"
    assert why({"body": {"jsonpath": {"$..a": 1}}}, body="x") == 'not JSON: "x"'


def test_large_bodies_are_for_plain_selectors() -> None:
    body = json.dumps({"a": "x" * jsonpath.MAX_SEARCHED})
    assert ask({"body": {"jsonpath": {"$.a": {"starts_with": "x"}}}}, body=body)
    assert why({"body": {"jsonpath": {"$..a": {"present": False}}}}, body=body).startswith("more JSON than")


def test_the_deepest_json_there_is() -> None:
    assert ask({"body": {"jsonpath": {"$..[?@ == 7]": 7}}}, body="[" * 127 + "7" + "]" * 127)
