from __future__ import annotations

import pytest

from keymock.pattern.automaton import TooHard, sequence, verbatim
from keymock.pattern.expressions import compiled
from keymock.pattern.regex_automaton import regex
from keymock.pattern.walk import shared_text


def reads(expression: str, text: str) -> bool:
    return shared_text(sequence([verbatim("\0"), regex(expression)]), verbatim("\0" + text), "\0") is not None


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        ("ab|c", ["ab", "c", "abc", "a"]),
        ("a*b+c?", ["b", "aabb", "bc", "a", "bcc"]),
        ("a{2}b{1,}c{0,2}", ["aab", "aabbcc", "ab", "aabccc"]),
        ("(a|(?P<n>b)|(?:c))+?", ["abc", "d", "cab"]),
        (r"\d\w\s\D\W\S", ["1a a b", "1a aab", "aa a b"]),
        ("[a-c_-]+", ["a-_c", "d", "-"]),
        ("[^a-c]", ["d", "b", "é"]),
        (r"[]a]\]", ["]]", "a]", "b]"]),
        (r"[\d\-x]+", ["1-x", "y"]),
        (r"\x41\x{e9}\101\t", ["AéA\t", "AeA\t"]),
        ("(?i)ab", ["AB", "aB", "ac"]),
        ("((?i)a)b", ["Ab", "AB"]),
        ("(?i:a(?-i)b)", ["Ab", "AB"]),
        ("a.c", ["abc", "ac", "a/c"]),
    ],
)
def test_it_reads_what_re2_does(expression: str, texts: list[str]) -> None:
    fullmatch = compiled(expression).fullmatch
    assert [text for text in texts if reads(expression, text)] == [text for text in texts if fullmatch(text)]


@pytest.mark.parametrize(
    ("expression", "text"), [(r"a\bb", "ab"), ("^a$", "a"), (r"\p{Lu}", "x"), ("[[:alpha:]]", "1"), (r"[\pN]", "x")]
)
def test_assertions_become_nothing_and_named_classes_any_character(expression: str, text: str) -> None:
    assert reads(expression, text)


@pytest.mark.parametrize("expression", [r"\Qa.b\E", r"a\C", "a)"])
def test_what_is_not_read_here_is_too_hard(expression: str) -> None:
    with pytest.raises(TooHard):
        regex(expression)
