"""Reports: for programs, for CI, for people; without secrets in any of them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from stageplay import answer, play

from keymock.flows.compare import Difference
from keymock.flows.reports import as_json, html, junit, why
from keymock.redaction import with_names
from keymock.sending import Outgoing
from keymock.variables import Mask

CANARY = "c4n4ry-d0-n0t-sh0w"
TEXT = f"""
[[steps]]
id = "login"
url = "{{{{ base_url }}}}/login?key={CANARY}"
headers.Authorization = "Bearer abcdef"
json = {{ password = "{CANARY}", other = "{CANARY}" }}
capture.token = "$.token"
capture.name = "$.name"
[[steps]]
id = "no"
url = "{{{{ base_url }}}}/<b>"
expect.status = 201
expect.text = "{CANARY}"
[[steps]]
id = "never"
url = "{{{{ base_url }}}}/"
"""
MASK = Mask([CANARY])


def says(outgoing: Outgoing) -> Any:
    return answer({"token": "t0k3n-of-today", "name": CANARY}, ("Set-Cookie", "s=abcdefgh"))


def test_none_of_them_shows_a_secret() -> None:
    found, _ = play(TEXT, says)
    differing = (Difference("login", "body", CANARY, "x"),)
    for text in (str(as_json(found, MASK)), junit([found], differing, MASK), html([found], differing, MASK)):
        assert CANARY not in text
        assert "abcdef" not in text
        assert "•••" in text
    assert "t0k3n" not in str(as_json(found, MASK)["steps"][0]["captured"])


def test_json_has_the_shape_that_scripts_hold_on_to() -> None:
    found, _ = play(TEXT, says)
    told = as_json(found, MASK)
    assert {"flow", "ok", "steps"} <= told.keys()
    login, no, never = told["steps"]
    assert {"id", "target", "request", "response", "expect", "captured"} <= login.keys()
    assert (login["target"], login["request"]["method"], login["response"]["status"]) == ("mock", "GET", 200)
    assert no["expect"][0] == {"what": "status", "expected": "201", "actual": "200", "ok": False}
    assert (never["state"], never["request"]) == ("not-run", None)
    assert told["ok"] is False


def test_junit_is_xml_with_a_case_a_step() -> None:
    found, _ = play(TEXT, says)
    suites = ElementTree.fromstring(junit([found], (Difference("a", "status", "200", "201"),), MASK))  # noqa: S314
    suite, fidelity = suites
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert str(failure.get("message")).startswith("status: expected 201, came 200")
    assert failure.text == "projects/shop/flows/main.toml:9"
    assert fidelity.get("name") == "mock and reality"


def test_html_is_one_page_in_which_nothing_is_markup_of_others() -> None:
    found, _ = play(TEXT, says)
    page = html([found], (), MASK)
    assert "<b>" not in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://api", "")

    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
            if tag == "details":
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if tag == "details":
                self.open.pop()

    tags = Tags()
    tags.feed(page)
    assert tags.open == []


def test_why_a_step_failed() -> None:
    found, _ = play(TEXT, says)
    assert next(why(found.steps[1])) == "status: expected 201, came 200"


def test_names_that_a_workspace_adds_are_hidden_in_headers_bodies_and_captures() -> None:
    text = '[[steps]]\nid = "a"\nurl = "{{ base_url }}/"\nheaders.X-Own = "canary"\njson = { iban = "canary" }\n'
    found, _ = play(
        text + 'capture.iban = "$.iban"\n', lambda _: answer({"iban": "canary", "n": 1}, ("X-Own", "canary"))
    )
    assert "canary" in str(as_json(found, Mask()))
    own = Mask(names=with_names(["x-own"], ["iban"]))
    for told in (str(as_json(found, own)), html([found], (), own)):
        assert "canary" not in told
    assert as_json(found, own)["steps"][0]["response"]["json"] == {"iban": "•••", "n": 1}
