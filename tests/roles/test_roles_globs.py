"""Patterns match as CODEOWNERS' do: cases from outside, an independent implementation, and a naive one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymock.roles.globs import Automaton, Patience, TooComplex, covers, fault, last_match, matches, overlap

SUITE = Path(__file__).parents[2].parent / "shared" / "suites" / "codeowners" / "patterns.json"

names = st.sampled_from(["a", "b", "ab", "aab", "x.toml", "{id}.GET.json", "sp ace"])
paths = st.lists(names, min_size=1, max_size=5).map("/".join)
pieces = st.sampled_from([
    "a", "b", "*", "**", "a*", "*b", "a*b", "?", "?b", "*?", "?*?a", "*ab*b", "*.toml", "{id}*", r"\*", r"sp\ ace",
    "a**b",
])  # fmt: skip


def _joined(top: str, parts: list[str], end: str) -> str:
    return top + "/".join(parts) + end


patterns = st.builds(
    _joined, st.sampled_from(["", "/"]), st.lists(pieces, min_size=1, max_size=4), st.sampled_from(["", "/"])
)


def naive(pattern: str, path: str) -> bool:
    """The rules of CODEOWNERS, name by name, with no thought of speed."""
    parts = pattern.strip("/").split("/")
    if "/" not in pattern[:-1]:
        parts.insert(0, "**")

    def fits(part: str, name: str) -> bool:
        shapes = {"*": ".*", "?": "."}
        tokens = re.findall(r"\\.|.", part, re.DOTALL)
        return bool(re.fullmatch("".join(shapes.get(t) or re.escape(t[-1]) for t in tokens), name, re.DOTALL))

    def walk(parts: list[str], left: list[str]) -> bool:
        if not parts:
            return bool(left) if pattern.endswith("/") else not left if pattern.endswith("/*") else True
        if parts == ["**"]:
            return bool(left)
        if parts[0] == "**":
            return any(walk(parts[1:], left[skipped:]) for skipped in range(len(left) + 1))
        return bool(left) and fits(parts[0], left[0]) and walk(parts[1:], left[1:])

    return walk(parts, path.split("/"))


def accepts(pattern: str, path: str) -> bool:
    machine = Automaton(pattern)
    states = machine.start
    for char in path:
        states = machine.move(states, char)
    return machine.accepts(states)


@pytest.mark.skipif(not SUITE.exists(), reason="the shared suites are not here")
def test_every_case_of_the_codeowners_suite() -> None:
    checks = [
        (case["pattern"], path, wanted)
        for case in json.loads(SUITE.read_text("utf-8"))
        for path, wanted in case["paths"].items()
    ]
    assert len(checks) == 153
    assert [check for check in checks if matches(check[0], check[1]) != check[2]] == []
    assert [check for check in checks if accepts(check[0], check[1]) != check[2]] == []


@given(patterns, paths)
def test_expression_and_automaton_agree_with_the_naive_reading(pattern: str, path: str) -> None:
    if pattern != "**/":
        assert matches(pattern, path) == accepts(pattern, path) == naive(pattern, path), (pattern, path)


@given(patterns, paths)
def test_agrees_with_an_independent_implementation(pattern: str, path: str) -> None:
    codeowners = pytest.importorskip("codeowners")
    if pattern.endswith("**/") or "\\ " in pattern or " " in path:
        return  # there it follows neither GitHub nor the suite above: to it, `a*` fits `sp ace`
    assert matches(pattern, path) == bool(codeowners.CodeOwners(f"{pattern} @x").of(path)), (pattern, path)


@given(patterns, patterns, st.lists(paths, min_size=1, max_size=20))
def test_covers_and_overlap_never_contradict_a_path(one: str, other: str, tried: list[str]) -> None:
    covered = covers(Automaton(one), Automaton(other))
    overlapping = overlap(Automaton(one), Automaton(other))
    for path in tried:
        if covered:
            assert matches(one, path) or not matches(other, path), path
        if not overlapping:
            assert not (matches(one, path) and matches(other, path)), path
    assert overlapping == overlap(Automaton(other), Automaton(one))
    assert overlapping or not covered


@pytest.mark.parametrize(
    ("outer", "inner", "wanted"),
    [
        ("*", "/projects/shop/", True),
        ("/projects/", "/projects/shop/", True),
        ("/projects/shop/", "/projects/shop/**", True),
        ("/projects/shop/**", "/projects/shop/", True),
        ("**", "*", True),
        ("/projects/*/mocks/", "/projects/shop/mocks/pay/", True),
        ("*.toml", "/projects/shop/", False),
        ("/projects/shop/", "/projects/shop-two/", False),
        ("/projects/shop/*", "/projects/shop/", False),
        ("mocks/", "/projects/*/mocks/", True),
    ],
)
def test_covers(outer: str, inner: str, wanted: bool) -> None:
    assert covers(Automaton(outer), Automaton(inner)) is wanted


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("*.toml", "/projects/shop/", True),
        ("/projects/shop/", "/projects/shop/mocks/", True),
        ("/projects/a*/", "/projects/*b/", True),
        ("/projects/shop/", "/projects/auth/", False),
        ("/*", "/projects/shop/", False),
        ("*.json", "/projects/*.toml", True),  # a folder may be called a.toml
        ("/projects/shop/*.json", "/projects/shop/*.yaml", False),
        ("/a?/", "/a/", False),
    ],
)
def test_overlap(one: str, other: str, wanted: bool) -> None:
    assert overlap(Automaton(one), Automaton(other)) is wanted


@pytest.mark.parametrize("pattern", ["!a", "/", "//", "a//b", "a/../b", "./a", "a\\", "x" * 1025])
def test_patterns_that_can_match_nothing_have_a_fault(pattern: str) -> None:
    assert fault(pattern)


@given(patterns)
def test_other_patterns_have_none(pattern: str) -> None:
    assert fault(pattern) == ""


def test_the_last_of_several_decides() -> None:
    deciding = last_match(["*", "/projects/", "/projects/shop/", "*.toml"])
    found = [deciding.match(path) for path in ("readme", "projects/a/b", "projects/shop/b", "projects/shop/b.toml")]
    assert [match and match.lastindex for match in found] == [4, 3, 2, 1]
    assert last_match([]).match("a") is None


def test_hostile_patterns_end() -> None:
    path = "/".join(["a" * 200] * 50)
    assert not matches("*a" * 300 + "b", path)
    assert not matches("*aa?a" * 200 + "b", path)
    assert not matches("**/" + "*a*/**/" * 40 + "b", path)
    assert not matches("**/" + "*?aa*a*/**/" * 40 + "b", path)


def test_comparing_ends_when_patience_does() -> None:
    one, other = Automaton("*a" + "?" * 40 + "b*c"), Automaton("*" + "?" * 40 + "a*c")
    with pytest.raises(TooComplex):
        overlap(one, other, Patience(50))
    with pytest.raises(TooComplex):
        covers(one, other, Patience(50))
