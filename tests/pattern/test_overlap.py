from __future__ import annotations

import pytest
from one_pattern import one

from keymock.pattern import Path, from_regex, match
from keymock.pattern.overlap import overlap, witness


@pytest.mark.parametrize(
    ("a", "b", "path"),
    [
        ("/users/:id", "/users/me", ("users", "me")),
        ("/users/:id", "/:kind/me", ("users", "me")),
        ("/:a", "/:b", ("x",)),
        ("/:a<int>", "/1{b}", ("11",)),
        ("/v{a}", "/{b<re:[a-z]+>}", ("vx",)),
        ("/{a}.", "/.{b}", (".x.",)),
        ("/a/*rest", "/:x/:y/c", ("a", "x", "c")),
        ("/a//b", "/a/*rest", ("a", "", "b")),
        ("/a/*rest?", "/a", ("a",)),
        ("/*a", "/*b?", ("x",)),
        ("/*a?", "/", ("",)),
        ("/:a<re:[a-z]*>", "/:b<re:.*>", ("x",)),
        ("/:a<re:(?i)foo|bar>", "/:b<re:[A-Z]{3}>", None),
        ("/:a<re:\\p{Lu}+>", "/:b<re:[A-Z]x?>", ("X",)),
        ("/:a<re:^[[:alpha:]]+$>", "/:b", ("x",)),
        ("/:a<re:\\Qab\\E>", "/ab", ("ab",)),
    ],
)
def test_overlap_finds_a_path_for_both(a: str, b: str, path: Path | None) -> None:
    shared = overlap(one(a), one(b))
    assert shared.verdict == "yes"
    assert path in (None, shared.witness)
    assert match(one(a))(shared.witness) is not None
    assert match(one(b))(shared.witness) is not None
    assert overlap(one(b), one(a)).verdict == "yes"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("/users", "/orders"),
        ("/users/:id", "/users"),
        ("/users/:id", "/users/"),
        ("/:a<int>", "/:b<uuid>"),
        ("/a{x}", "/b{x}"),
        ("/{x}.json", "/{x}.xml"),
        ("/files/*rest", "/files/"),
        ("/files/*rest", "/files"),
        ("/:a<re:[a-z]+>", "/:b<int>"),
        ("/:a<re:[A-Z]{3}>", "/:b<re:[A-Z]{4,}>"),
        ("/{a}.", "/.{b<re:\\.>}"),
        ("/:a<re:\\.>", "/:b"),
        ("/:a<re:\\Qab\\E>", "/abc"),
    ],
)
def test_overlap_proves_that_there_is_none(a: str, b: str) -> None:
    assert overlap(one(a), one(b)).verdict == "no"
    assert overlap(one(b), one(a)).verdict == "no"


@pytest.mark.parametrize(("a", "b"), [("/:a<re:\\Qab\\E>", "/:b<re:a.>"), ("/:a<re:a\\bb>", "/:b<re:ab>")])
def test_overlap_says_when_it_does_not_know(a: str, b: str) -> None:
    assert overlap(one(a), one(b)).verdict == "maybe"


@pytest.mark.parametrize(
    ("regex", "path", "verdict"),
    [
        ("/users/[0-9]+", "/users/:id", "yes"),
        ("/users/[0-9]+", "/users/me", "no"),
        ("/users/[0-9]+", "/users/:id<uuid>", "no"),
        (".*", "/a/b/*rest", "yes"),
        ("users", "/*rest?", "no"),
    ],
)
def test_overlap_with_a_whole_path_regex(regex: str, path: str, verdict: str) -> None:
    assert overlap(from_regex(regex), one(path)).verdict == verdict


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/users/:id/orders", ("users", "x", "orders")),
        ("/:id<int>", ("1",)),
        ("/:id<uuid>", ("11111111-1111-1111-1111-111111111111",)),
        ("/{n}.json", ("x.json",)),
        ("/:c<re:[A-Z]{3}>", ("XXX",)),
        ("/:c<re:a\\Bb>", ("ab",)),
        ("/a/*rest", ("a", "x")),
        ("/a/*rest?", ("a",)),
        ("/", ("",)),
        ("/:a<re:a\\bb>", None),
        ("/:a<re:\\Qab\\E>", None),
    ],
)
def test_witness_is_a_path_that_matches(path: str, expected: Path | None) -> None:
    assert witness(one(path)) == expected


def test_a_walk_through_two_large_expressions_ends() -> None:
    letters = "(?:[ab]{200}|[bc]{200}){0,4}"
    assert overlap(one(f"/:a<re:{letters}d>"), one(f"/:b<re:{letters}e>")).verdict in ("no", "maybe")
