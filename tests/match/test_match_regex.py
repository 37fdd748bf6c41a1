"""`regex` and `glob`."""

from __future__ import annotations

import time
from typing import Any

import pytest
from asking import ask, wrong

from keymock.match.regex import SUBJECT


@pytest.mark.parametrize(
    ("matcher", "text", "holds"),
    [
        ({"regex": "b+"}, "abbc", True),
        ({"regex": "^b"}, "abbc", False),
        ({"regex": "^a.*c$"}, "abbc", True),
        ({"regex": "B", "ignore_case": True}, "abc", True),
        ({"regex": r"^\d+$"}, "٣", False),
        ({"regex": r"^\pL+$"}, "größe", True),
        ({"regex": "(?P<x>a)"}, "a", True),
        ({"regex": ""}, "", True),
        ({"regex": r"(a)\1", "engine": "python"}, "aa", True),
        ({"regex": "A(?=b)", "engine": "python", "ignore_case": True}, "ab", True),
        ({"glob": "a*c"}, "abbc", True),
        ({"glob": "a*c"}, "abbcd", False),
        ({"glob": "*"}, "a\nb/c", True),
        ({"glob": "a?c"}, "a.c", True),
        ({"glob": "a.c"}, "abc", False),
        ({"glob": "[a-c]x"}, "bx", True),
        ({"glob": "[!a-c]x"}, "bx", False),
        ({"glob": "[]x"}, "[]x", True),
        ({"glob": "[^]]"}, "a", False),
        ({"glob": "A*", "ignore_case": True}, "ab", True),
        ({"glob": ""}, "", True),
        ({"glob": "ü?"}, "üß", True),
    ],
)
def test_text(matcher: dict[str, Any], text: str, holds: bool) -> None:
    assert ask({"headers": {"q": matcher}}, headers={"q": text}) is holds


def test_only_texts_match_patterns() -> None:
    assert not ask({"body": {"json": {"n": {"$regex": "1"}}}}, body='{"n": 1}')
    assert not ask({"body": {"json": {"n": {"$glob": "*"}}}}, body='{"n": null}')


def test_evil_patterns_are_linear() -> None:
    started = time.perf_counter()
    assert not ask({"query": {"q": {"regex": "^(a+)+$"}}}, "q=" + "a" * 40_000 + "!")
    assert not ask({"query": {"q": {"glob": "*a" * 50 + "b"}}}, "q=" + "a" * 40_000)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("engine", ["re2", "python"])
def test_a_text_too_long_does_not_match(engine: str) -> None:
    table = {"body": {"text": {"regex": "a", "engine": engine}}}
    assert ask(table, body="a" * SUBJECT)
    assert not ask(table, body="a" * (SUBJECT + 1))


def test_an_unusable_pattern_says_what_to_do() -> None:
    fault = wrong({"query": {"q": {"regex": "(?=a)b"}}})
    assert (fault.path, fault.code) == (("query", "q", "regex"), "invalid-regex")
    assert "look-around" in fault.hint
    assert 'engine = "python"' in fault.hint
    assert 'engine = "python"' not in wrong({"query": {"q": {"regex": "("}}}).hint
    assert wrong({"query": {"q": {"regex": "[[a"}}}).code == "invalid-regex"
    assert wrong({"query": {"q": {"regex": "(" * 5000, "engine": "python"}}}).code == "invalid-regex"
    assert wrong({"query": {"q": {"regex": "(", "engine": "python"}}}).code == "invalid-regex"
    assert wrong({"query": {"q": {"glob": "[z-a]"}}}).code == "invalid-glob"
