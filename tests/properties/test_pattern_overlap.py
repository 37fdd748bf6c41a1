"""Patterns against naive oracles. KEYMOCK_LONG in the environment asks for many more examples."""

from __future__ import annotations

import os
import re
from itertools import zip_longest

import re2
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from keymock.pattern import Param, Path, Pattern, Segment, literal, match, normal, params, parse
from keymock.pattern.overlap import overlap, witness

LONG = "KEYMOCK_LONG" in os.environ
bounded = settings(
    max_examples=20_000 if LONG else 300,
    deadline=None,
    derandomize=not LONG,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
TYPES = ["", "", "<int>", "<uuid>", "<re:[ab]+>", "<re:a|b1>", "<re:.*>", "<re:[^a]{1,2}>", "<re:(?i)A.?>"]
texts = st.text(alphabet="ab1-.:*{}", max_size=3).filter(lambda text: text not in (".", "..", "?"))
kinds = st.sampled_from(TYPES)


@st.composite
def spelled_segments(draw: st.DrawFn, number: int) -> tuple[int, str]:
    """A segment as a mock spells it, and its place in the order of precedence."""
    rank = draw(st.integers(0, 2))
    if rank == 0:
        return 0, literal(draw(texts))
    name, kind = f"p{number}", draw(kinds)
    if rank == 2:
        return (1 if kind else 2), draw(st.sampled_from([f":{name}{kind}", f"{{{name}{kind}}}"]))
    before, after = literal(draw(texts)), literal(draw(texts))
    second = draw(st.sampled_from(["", f"{{q{number}{draw(kinds)}}}"]))
    between = literal(draw(texts)) if second else ""
    assume("{" not in before + between + after and (before or after or second))
    return 1, f"{before}{{{name}{kind}}}{between}{second}{after}"


@st.composite
def spelled_patterns(draw: st.DrawFn) -> tuple[tuple[int, ...], str]:
    """A path as a mock spells it, and the ranks of its segments: 0 literal … 4 an optional rest."""
    segments = [draw(spelled_segments(number)) for number in range(draw(st.integers(0, 3)))]
    rest = draw(st.sampled_from([(), (), ((3, "*rest"),), ((4, "*rest?"),)]))
    segments += rest or (() if segments else ((0, ""),))
    return tuple(rank for rank, _ in segments), "/" + "/".join(text for _, text in segments)


patterns = spelled_patterns().map(lambda drawn: parse(drawn[1])[0])
paths = st.lists(
    st.one_of(texts, st.sampled_from([UUID, "1", "-1", "a", "b1", "a1b", "v", ""])), min_size=1, max_size=4
).map(tuple)


def is_of(kind: str, value: str) -> bool:
    expressions = {"": ".+", "int": "-?[0-9]+", "uuid": "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"}
    return bool(value) and re.fullmatch(expressions.get(kind, kind[3:]), value) is not None


def naive_segment(parts: Segment, text: str) -> dict[str, str] | None:
    """Every split tried, the shortest first parameter first."""
    if not parts:
        return None if text else {}
    first, others = parts[0], parts[1:]
    if isinstance(first, str):
        return naive_segment(others, text.removeprefix(first)) if text.startswith(first) else None
    for end in range(1, len(text) + 1):
        found = naive_segment(others, text[end:]) if is_of(first.type, text[:end]) else None
        if found is not None:
            return {first.name: text[:end], **found}
    return None


def naive_match(pattern: Pattern, path: Path) -> dict[str, str] | None:
    here, rest = path[: pattern.length], path[pattern.length :]
    if len(here) < pattern.length or (rest and not pattern.rest):
        return None
    if pattern.rest and not (any(rest) or len(rest) > 1):
        takes_nothing = rest == () or pattern.length == 0
        if not (pattern.rest_optional and takes_nothing):
            return None
    found = {pattern.rest: "/".join(rest)} if pattern.rest else {}
    for segment, text in zip(pattern.segments, here, strict=True):
        more = naive_segment(segment, text)
        if more is None:
            return None
        found |= more
    return found


@bounded
@given(spelled_patterns())
def test_a_pattern_is_what_its_normal_spelling_says(drawn: tuple[tuple[int, ...], str]) -> None:
    [pattern] = parse(drawn[1])
    assert parse(normal(pattern)) == (pattern,)
    assert normal(parse(normal(pattern))[0], names=False) == normal(pattern, names=False)


@bounded
@given(patterns, paths)
def test_matching_equals_trying_everything(pattern: Pattern, path: Path) -> None:
    for tried in (path, witness(pattern) or path):
        expected = naive_match(pattern, tried)
        assert match(pattern)(tried) == expected
        if expected is not None:
            assert match(pattern, literals_checked=True)(tried) == expected
            assert set(expected) == set(params(pattern))


@bounded
@given(spelled_patterns(), spelled_patterns())
def test_rank_is_segment_by_segment(one: tuple[tuple[int, ...], str], other: tuple[tuple[int, ...], str]) -> None:
    """ "Path rank, segment by segment: literal; constrained; plain parameter; `*rest`"."""
    [a], [b] = parse(one[1]), parse(other[1])
    first = 0
    for left, right in zip_longest(one[0], other[0], fillvalue=-1):
        if left != right:
            first = -1 if left < right else 1
            break
    assert (a.shape > b.shape) - (a.shape < b.shape) == first


@bounded
@given(patterns, patterns, st.lists(paths, max_size=5))
def test_overlap_is_proven_either_way(a: Pattern, b: Pattern, tried: list[Path]) -> None:
    """ "`ambiguous` (error) only with a witness request confirmed against both mocks"."""
    shared = overlap(a, b)
    assert overlap(b, a).verdict == shared.verdict
    if shared.verdict == "yes":
        assert naive_match(a, shared.witness) is not None
        assert naive_match(b, shared.witness) is not None
        assert not {".", ".."} & set(shared.witness)
        return
    for path in (*tried, witness(a) or ("",), witness(b) or ("",)):
        assert shared.verdict == "maybe" or None in (naive_match(a, path), naive_match(b, path))


@bounded
@given(patterns)
def test_a_witness_is_matched(pattern: Pattern) -> None:
    path = witness(pattern)
    assert overlap(pattern, pattern).verdict == ("yes" if path else "no")
    if path:
        assert naive_match(pattern, path) is not None


def wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda both: f"(?:{both[0]}|{both[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+?", "?", "{2}", "{1,}", "{0,2}"])).map(
            lambda both: f"({both[0]}){both[1]}"
        ),
        inner.map(lambda text: f"(?i:{text})"),
        inner.map(lambda text: f"(?P<g>{text})" if "(?P<g>" not in text else text),
    )


ATOMS = [
    "a",
    "B",
    "1",
    ".",
    r"\d",
    r"\W",
    "[a-b1]",
    "[^a]",
    r"[^\dB]",
    "[]-]",
    r"\x61",
    "^",
    "$",
    r"\b",
    "(?i)",
    r"\pL",
    "[[:alpha:]-]",
    "ä",
]


@bounded
@given(
    st.recursive(st.sampled_from(ATOMS), wrapped, max_leaves=6),
    st.lists(st.text(alphabet="aAbB1-]äÄ", min_size=1, max_size=3), max_size=6),
)
def test_no_text_that_re2_takes_is_overlooked(regex: str, values: list[str]) -> None:
    try:
        re2.compile(regex, QUIET)
    except re2.error:  # one name twice
        return
    for value in values:
        shared = overlap(Pattern(((Param("a", f"re:{regex}"),),)), Pattern(((Param("b", f"re:{re.escape(value)}"),),)))
        taken = re2.fullmatch(regex, value, QUIET) is not None
        assert shared.verdict in (("yes",) if taken else ("no", "maybe"))


QUIET = re2.Options()
QUIET.log_errors = False
