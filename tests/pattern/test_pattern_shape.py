from __future__ import annotations

import msgspec
from one_pattern import one

from keymock.pattern import Param, Pattern, from_regex, outline
from keymock.pattern.shape import letter, text_of


def test_rank_goes_segment_by_segment() -> None:
    ranked = [
        one("/users/me"),
        one("/users/:id<int>"),
        one("/users/:id"),
        one("/users/*rest"),
        one("/users/*rest?"),
        one("/{a}s/me"),
        one("/:a/me"),
        one("/*rest"),
        one("/*rest?"),
        from_regex("/users/me"),
    ]
    assert [pattern.shape for pattern in ranked] == ["LL", "LM", "LP", "LR", "LS", "ML", "PL", "R", "S", "Z"]
    assert sorted(ranked, key=lambda pattern: pattern.shape) == ranked


def test_an_exact_end_goes_before_a_rest_that_takes_nothing() -> None:
    assert one("/files").shape < one("/files/*rest?").shape


def test_what_an_index_needs() -> None:
    pattern = one("/users/:id/v{n<int>}/orders/*rest")
    assert pattern.fixed == ((0, "users"), (3, "orders"))
    assert pattern.length == 4
    assert pattern.segments[2] == ("v", Param("n", "int"))


def test_an_outline_is_shape_and_values() -> None:
    assert outline(one("/users/:id/v{n<int>}/orders/*rest")) == ("LPMLR", ("users", "orders"))
    assert outline(one("/a/*rest?")) == ("LS", ("a",))
    assert outline(from_regex("/a", base_path="/b")) == ("Z", ())


def test_a_segment_is_literal_plain_or_constrained() -> None:
    segments = one("/users/:id/:n<int>/v{n2}").segments
    assert [letter(segment) for segment in segments] == ["L", "P", "M", "M"]
    assert [text_of(segment) for segment in segments] == ["users", None, None, None]


def test_patterns_survive_the_cache() -> None:
    patterns = [one("/users/:id<int>/v{a}.{b}/*rest?"), from_regex("/x", base_path="/:t"), one("/")]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(patterns), type=list[Pattern]) == patterns
