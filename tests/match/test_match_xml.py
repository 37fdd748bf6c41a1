"""`xml` and `xpath`."""

from __future__ import annotations

from typing import Any

import pytest
from asking import ask, why, wrong

from keymock.match.xml import MAX_XML

ORDER = '<o:order xmlns:o="urn:o" id="42" at="x"><!-- hi --><o:line n="1">a</o:line><o:line n="2">b</o:line></o:order>'


@pytest.mark.parametrize(
    ("wanted", "came", "holds"),
    [
        ("<a/>", '<?xml version="1.0"?>\n<a></a>', True),
        ("<a x='1' y='2'/>", "<a y='2' x='1'/>", True),
        ("<a> <b> t </b> </a>", "<a><b>t</b></a>", True),
        ("<a><b/><c/></a>", "<a><c/><b/></a>", False),
        ("<a>x<b/>y</a>", "<a>x<b/></a>", False),
        ("<a/>", "<a x='1'/>", False),
        ("<p:a xmlns:p='urn:x'/>", "<a xmlns='urn:x'/>", True),
        ("<p:a xmlns:p='urn:x'/>", "<a/>", False),
        ("<a>ü</a>", "<a>&#252;</a>", True),
        ("<a><![CDATA[x]]></a>", "<a>x</a>", True),
        ("<a><?pi x?>t<!-- c -->u</a>", "<a>tu</a>", True),
        ("<a/>", "<a>", False),
        ("<a/>", "", False),
        ("<a/>", '{"a": 1}', False),
    ],
)
def test_equality(wanted: str, came: str, holds: bool) -> None:
    assert ask({"body": {"xml": wanted}}, body=came) is holds


def test_other_encodings() -> None:
    body = '<?xml version="1.0" encoding="iso-8859-1"?><a>ü</a>'.encode("iso-8859-1")
    assert ask({"body": {"xml": "<a>ü</a>"}}, body=body)


@pytest.mark.parametrize(
    ("expression", "matcher", "holds"),
    [
        ("/o:order/@id", "42", True),
        ("//o:line", ["a", "b"], True),
        ("//o:line[@n='2']", "b", True),
        ("count(//o:line)", 2, True),
        ("count(//o:line)", {"gt": 2}, False),
        ("//o:line/@n", {"includes": ["2"]}, True),
        ("boolean(//o:line)", True, True),
        ("string(//o:line)", "a", True),
        ("//o:nothing", {"present": False}, True),
        ("//x:unknown", {"present": False}, True),
        ("nonsense()", {"present": False}, True),
        ("//o:line/text()", {"all_of": ["a", "b"]}, True),
        ("//namespace::*", "urn:o", True),
        ("local-name(/*)", "order", True),
    ],
)
def test_xpath(expression: str, matcher: Any, holds: bool) -> None:
    assert ask({"body": {"xpath": {expression: matcher}}}, body=ORDER) is holds


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:1/">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p">%p;]><a/>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
    ],
)
def test_nothing_is_resolved_or_fetched(body: str) -> None:
    assert not ask({"body": {"xpath": {"string(/a)": {"length": {"gt": 0}}}}}, body=body)


def test_bombs_are_refused() -> None:
    assert not ask({"body": {"xml": "<a/>"}}, body="<a>" * 100_000)
    assert not ask({"body": {"xml": "<a/>"}}, body="<a>" + " " * MAX_XML + "</a>")


@pytest.mark.parametrize(
    ("came", "reason"),
    [
        ("<a><b>2</b></a>", '/a/b has "2", not "1"'),
        ("<a><c/></a>", "/a/c stands where b is expected"),
        ("<a x='1'><b>1</b></a>", '/a has the attributes {"x":"1"}, not {}'),
        ("<a><b>1</b><b/></a>", "/a has 2 texts and elements, not 1"),
        ("", "no body"),
    ],
)
def test_reasons(came: str, reason: str) -> None:
    assert why({"body": {"xml": "<a><b>1</b></a>"}}, body=came) == reason


def test_not_xml_says_so() -> None:
    assert why({"body": {"xpath": {"//a": "1"}}}, body="hello").startswith("not XML: ")


def test_faults() -> None:
    assert wrong({"body": {"xml": "<a>"}}).code == "invalid-xml"
    fault = wrong({"body": {"xpath": {"//a[": "1"}}})
    assert (fault.path, fault.code) == (("body", "xpath", "//a["), "invalid-xpath")
