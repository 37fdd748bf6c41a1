"""What a path may not be, and what stands in front of it. What it means is in `test_pattern_matching.py`."""

from __future__ import annotations

import pytest

from keymock.pattern import PatternError, from_regex, normal, parse


@pytest.mark.parametrize(
    ("path", "message", "offset", "hint"),
    [
        ("users", "a path starts with `/`", 0, "write `/users`"),
        ("", "a path starts with `/`", 0, "write `/`"),
        ("^/users/[0-9]+$", "a path starts with `/`", 0, "by a regular expression: path = { regex = '^/…$' }"),
        ("/a/../b", "no request can have a segment `..`", 3, "leads to"),
        ("/.", "no request can have a segment `.`", 1, "leads to"),
        ("/a\0b", "a path cannot contain NUL", 2, ""),
        ("/a/:id/:id", "two parameters are called `id`", 8, "a name of its own"),
        ("/{id}-{id}", "two parameters are called `id`", 7, "a name of its own"),
        ("/:id/*id", "two parameters are called `id`", 6, "a name of its own"),
        ("/:", "`:` is not `:` and a name", 1, "`::`"),
        ("/:id.json", "`:id.json` is not `:` and a name", 1, "`{name}`"),
        ("/:a-:b", "`:a-:b` is not `:` and a name", 1, "`{name}`"),
        ("/:id<int>.json", "`:id<int>.json` is not `:` and a name", 1, "`{name}`"),
        ("/docs:id", "`:` inside a segment", 5, "`::`"),
        ("/a*", "`*` inside a segment", 2, "`**`"),
        ("/*", "`*` is not `*` and a name", 1, "`**`"),
        ("/*.js", "`*.js` is not `*` and a name", 1, "`**`"),
        ("/*rest/b", "`*rest` can only stand at the end of a path", 1, "takes slashes too"),
        ("/*rest/?", "`*rest` can only stand at the end of a path", 1, "takes slashes too"),
        ("/{a", "`{a` is not a parameter", 1, "`{{`"),
        ("/x{}", "`{}` is not a parameter", 2, "`{{`"),
        ("/{a}{b}{c}", "more than two parameters in the segment `{a}{b}{c}`", 1, "re:"),
        ("/:id<int", "the type in `:id<int` has no end", 4, "close it"),
        ("/x{id<int}", "the type in `{id<int}` has no end", 5, "close it"),
        ("/:id<re:a/b>", "the type in `:id<re:a` has no end", 4, "cannot contain a `/`"),
        ("/:id<uid>", "no type is called `uid`", 5, "did you mean `uuid`?"),
        ("/:id<string>", "no type is called `string`", 5, "needs no type"),
        ("/:id<re:>", "the regular expression is empty", 5, "empty segment"),
        ("/:id<re:a(?=b)>", "re2 cannot look around: `(?=`", 9, "say what does match"),
        ("/:id<re:(?<!a)b>", "re2 cannot look around: `(?<!`", 8, "say what does match"),
        ("/:id<re:(a)\\1>", "re2 has no back-references: `\\1`", 11, "repeat the expression"),
        ("/x-{id<re:a[>}", "not a regular expression of re2: missing ]: [", 11, ""),
    ],
)
def test_refuses(path: str, message: str, offset: int, hint: str) -> None:
    with pytest.raises(PatternError) as refused:
        parse(path)
    assert (refused.value.message, refused.value.offset) == (message, offset)
    assert hint in refused.value.hint


def test_refuses_a_regex_that_re2_has_not() -> None:
    with pytest.raises(PatternError, match="re2 cannot look around") as refused:
        from_regex("/a/(?!b).*")
    assert refused.value.offset == 3


@pytest.mark.parametrize(
    ("base", "path", "spelled"),
    [
        ("", "/users", ["/users"]),
        ("/", "/users", ["/users"]),
        ("/api/v1", "/users", ["/api/v1/users"]),
        ("/api/v1/", "/users", ["/api/v1/users"]),
        ("/api", "/", ["/api/"]),
        ("/api", "/?", ["/api", "/api/"]),
        ("/api", "/users/?", ["/api/users", "/api/users/"]),
        ("/:tenant", "/*rest?", ["/:tenant/*rest?"]),
    ],
)
def test_base_path_is_put_in_front(base: str, path: str, spelled: list[str]) -> None:
    assert [normal(pattern) for pattern in parse(path, base_path=base)] == spelled


@pytest.mark.parametrize(
    ("base", "path", "message", "offset"),
    [
        ("/api", "/a/b:c", "`:` inside a segment", 4),
        ("/:id", "/:id", "two parameters are called `id`", 2),
        ("/a/:", "/users", "in base_path `/a/:`: `:` is not `:` and a name", 0),
        ("/*all", "/users", "in base_path `/*all`: `*all` can only stand at the end of a path", 0),
        ("api", "/users", "base_path `api` does not start with `/`", 0),
    ],
)
def test_offsets_count_in_the_path_itself(base: str, path: str, message: str, offset: int) -> None:
    with pytest.raises(PatternError) as refused:
        parse(path, base_path=base)
    assert (refused.value.message, refused.value.offset) == (message, offset)
