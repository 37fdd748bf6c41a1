"""Coverage in the forms of others."""

from __future__ import annotations

from xml.etree import ElementTree

from keymock.coverage import AnswerUse, Coverage, GivenBy, Miss, MockUse, OperationUse, StatusUse
from keymock.coverage_files import junit, page

REPORT = Coverage(
    mocks=[
        MockUse(mock="a", file="a.toml", route="GET /a", answers=[AnswerUse(used=2), AnswerUse(status=404)]),
        MockUse(mock="b", file="b.toml", route="GET /<b>", answers=[AnswerUse()]),
    ],
    operations=[
        OperationUse(
            operation="o#get",
            file="o.yaml",
            route="GET /<o>",
            statuses=[
                StatusUse(status="200", used=2),
                StatusUse(status="404"),
                StatusUse(status="418", used=1, declared=False),
            ],
            given=[GivenBy(mock="<a>", response="r", status=200, used=2)],
        ),
        OperationUse(operation="o#never", file="o.yaml", route="GET /never", statuses=[StatusUse(status="200")]),
    ],
    unmatched=3,
    misses=[Miss(method="GET", path="/\x00<script>alert(1)</script>", count=3)],
)


def test_a_suite_for_ci() -> None:
    suite = ElementTree.fromstring(junit(REPORT))  # noqa: S314  (our own)
    assert (suite.get("tests"), suite.get("failures")) == ("5", "2")
    failures = {case.get("name"): case.find("failure") is not None for case in suite}
    assert failures == {
        "a": False,
        "b": True,
        "o#get": False,
        "o#never": False,
        "GET /\ufffd<script>alert(1)</script>": True,
    }
    assert suite[0].findtext("system-out") == "never given: 404"
    assert suite[2].findtext("system-out") == "GET /<o>\n200 2×, 404 never, 418 1× (not declared)"
    assert suite.get("skipped") == "1"
    assert suite[3].find("skipped") is not None


def test_a_page_for_people_holds_no_markup_from_outside() -> None:
    text = page(REPORT, "Mock <coverage>")
    assert "1 of 2 operations used, 1 of 3 statuses" in text
    assert "<code>&lt;a&gt;</code> r 200, 2×" in text
    assert "<script>" not in text
    assert "1 of 2 mocks used, 1 of 3 answers" in text
    assert "GET /&lt;b&gt;" in text
    assert text.index('class="no"') < text.index('class="some"')
