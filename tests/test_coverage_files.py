"""Coverage in the forms of others."""

from __future__ import annotations

from xml.etree import ElementTree

from keymock.coverage import AnswerUse, Coverage, Miss, MockUse
from keymock.coverage_files import junit, page

REPORT = Coverage(
    mocks=[
        MockUse(mock="a", file="a.toml", route="GET /a", answers=[AnswerUse(used=2), AnswerUse(status=404)]),
        MockUse(mock="b", file="b.toml", route="GET /<b>", answers=[AnswerUse()]),
    ],
    unmatched=3,
    misses=[Miss(method="GET", path="/\x00<script>alert(1)</script>", count=3)],
)


def test_a_suite_for_ci() -> None:
    suite = ElementTree.fromstring(junit(REPORT))  # noqa: S314  (our own)
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    failures = {case.get("name"): case.find("failure") is not None for case in suite}
    assert failures == {"a": False, "b": True, "GET /\ufffd<script>alert(1)</script>": True}
    assert suite[0].findtext("system-out") == "never given: 404"


def test_a_page_for_people_holds_no_markup_from_outside() -> None:
    text = page(REPORT, "Mock <coverage>")
    assert "<script>" not in text
    assert "1 of 2 mocks used, 1 of 3 answers" in text
    assert "GET /&lt;b&gt;" in text
    assert text.index('class="no"') < text.index('class="some"')
