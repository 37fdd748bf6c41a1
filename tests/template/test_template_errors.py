"""keymock/template/errors.py: where an error is, and what becomes of a refusal."""

from __future__ import annotations

import pytest

from keymock.template.errors import DEFAULT, Absent, Missing, Refused, TemplateError, unreadable


@pytest.mark.parametrize(
    ("offset", "line", "column"), [(0, 1, 1), (1, 1, 2), (2, 1, 3), (3, 2, 1), (5, 2, 3), (6, 3, 1), (7, 4, 1)]
)
def test_lines_and_columns_count_from_1(offset: int, line: int, column: int) -> None:
    fault = TemplateError("no", offset, source="ab\ncd\n\nef")
    assert (fault.line, fault.column) == (line, column)


def test_an_error_inside_a_longer_text_is_further_on() -> None:
    fault = TemplateError("no", 2)
    assert fault.inside("a\nb {{ c }}", 4) is fault
    assert (fault.offset, fault.line, fault.column) == (6, 2, 5)


def test_a_refusal_gets_its_place_and_its_name() -> None:
    refused = Refused("it is too long", "cut it")
    fault, nameless = refused.at(7, "upper"), refused.at(7)
    assert (fault.message, fault.offset, fault.hint, fault.code) == (
        "`upper`: it is too long", 7, "cut it", "template-failed",
    )  # fmt: skip
    assert nameless.message == "it is too long"
    assert not isinstance(fault, Missing)


def test_what_is_absent_becomes_missing() -> None:
    fault = Absent("there is none").at(3, "find")
    assert isinstance(fault, Missing)
    assert (fault.message, fault.offset, fault.hint) == ("`find`: there is none", 3, DEFAULT)


def test_errors_of_the_text_have_a_code_of_their_own() -> None:
    assert unreadable("no", 1).code == "invalid-template"
    assert unreadable("no", 1, code="unknown-name").code == "unknown-name"
