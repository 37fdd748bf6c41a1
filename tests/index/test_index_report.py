from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymock import match
from keymock.exchange import BodyFile
from keymock.index.report import KeyPath, Listed, Noting, Sentences, conditions_of
from keymock.problems import Severity

Told = tuple[KeyPath, str, Severity]


class Book:
    """Takes faults down."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def __call__(
        self, where: KeyPath, code: str, message: str, hint: str = "", severity: Severity = "error", **_: object
    ) -> None:
        assert message
        assert hint is not None
        self.told.append((where, code, severity))


class NoFiles:
    """A mock without a file beside it."""

    def sibling(self, variant: str) -> list[str]:
        raise ValueError(variant)

    def load(self, file: str, *, whole: bool = False) -> bytes | BodyFile:
        raise ValueError(f"{file}, {whole}")

    def named(self, name: str) -> bytes:
        raise ValueError(f"{name} is not there")

    def folder(self, name: str, *, whole: bool = False) -> Listed:
        raise ValueError(f"{name}, {whole}")

    def in_data(self, name: str) -> str:
        return name

    def beside(self, name: str) -> str:
        return name


@given(st.lists(st.sampled_from(["error", "warning"])))
def test_errors_are_counted_and_all_is_passed_on(severities: list[Severity]) -> None:
    book = Book()
    note = Noting(book)
    for severity in severities:
        note(("a", 0), "x", "no", severity=severity)
    assert note.errors == severities.count("error")
    assert book.told == [(("a", 0), "x", severity) for severity in severities]


@pytest.mark.parametrize(
    ("tables", "count", "told"),
    [
        ({}, 0, []),
        ({"query": {"a": "1"}, "headers": {"b": "2"}}, 2, []),
        ({"query": {"a": {"regex": "("}}}, 0, [(("responses", 1, "when", "query", "a", "regex"), "error")]),
        ({"headers": {"A": "1", "a": "2"}}, 2, [(("responses", 1, "when", "headers", "a"), "error")]),
        ({"body": {"schema": "none.json"}}, 0, [(("responses", 1, "when", "body", "schema"), "error")]),
    ],
)
def test_faults_are_told_beneath_the_table_they_stand_in(
    tables: dict[str, object], count: int, told: list[tuple[KeyPath, Severity]]
) -> None:
    book = Book()
    found = conditions_of(msgspec.convert(tables, match.Conditions), ("responses", 1, "when"), NoFiles(), Noting(book))
    assert [(where, severity) for where, _, severity in book.told] == told
    assert told or len(found) == count


def test_errors_become_sentences_where_there_are_no_lines() -> None:
    said = Sentences(below=1)
    said(("request", "path"), "bad-path", "the path does not start with `/`", "write `/a`")
    said((), "no-path", "the mock has no path")
    said(("request",), "slow", "only a warning", severity="warning")
    assert said.faults == ["path: the path does not start with `/`: write `/a`", "the mock has no path"]
