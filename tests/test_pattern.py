"""One row for each sentence of the rules ("Paths and values") that concerns paths."""

from __future__ import annotations

import msgspec
import pytest

from keymock.exchange import split_path
from keymock.pattern import (
    Param,
    Path,
    Pattern,
    PatternError,
    from_regex,
    literal,
    match,
    normal,
    overlap,
    params,
    parse,
    witness,
)

UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


def one(text: str, base_path: str = "") -> Pattern:
    [pattern] = parse(text, base_path=base_path)
    return pattern


def found(text: str, raw_path: str) -> dict[str, str] | None:
    """What the path of a request line gives; of several spellings, the first that matches."""
    answers = (match(pattern)(split_path(raw_path.encode())) for pattern in parse(text))
    return next((answer for answer in answers if answer is not None), None)


@pytest.mark.parametrize(
    ("path", "request_path", "expected"),
    [
        # literals: case-sensitive, `/a` and `/a/` differ, empty segments are kept
        ("/", "/", {}),
        ("/users", "/users", {}),
        ("/users", "/Users", None),
        ("/users", "/users/", None),
        ("/users/", "/users/", {}),
        ("/users/", "/users", None),
        ("/a//b", "/a//b", {}),
        ("/a//b", "/a/b", None),
        ("/a;v=1+2", "/a;v=1+2", {}),
        # a mock whose path ends in `/?` takes both
        ("/users/?", "/users", {}),
        ("/users/?", "/users/", {}),
        ("/users/?", "/users//", None),
        ("/users/:id/?", "/users/7/", {"id": "7"}),
        ("/?", "/", {}),
        # mock paths are written decoded, `%2F` stays inside its segment
        ("/a b", "/a%20b", {}),
        ("/a%20b", "/a%20b", None),
        ("/100%", "/100%25", {}),
        ("/ü", "/%C3%BC", {}),
        ("/files/:name", "/files/a%2Fb", {"name": "a/b"}),
        ("/files/a/b", "/files/a%2Fb", None),
        ("/files/.well-known", "/files/.well-known", {}),
        # a literal `:` `*` `{` is doubled
        ("/::id", "/:id", {}),
        ("/::id", "/7", None),
        ("/docs::batch", "/docs:batch", {}),
        ("/**", "/*", {}),
        ("/a**", "/a*", {}),
        ("/{{id}", "/{id}", {}),
        ("/a}b", "/a}b", {}),
        ("/{name}::cancel", "/job:cancel", {"name": "job"}),
        # `:name`, whole segments; no parameter matches empty
        ("/users/:id", "/users/7", {"id": "7"}),
        ("/users/:id", "/users/", None),
        ("/users/:id", "/users/7/", None),
        ("/users/:id", "/users", None),
        ("/:a/:b_2", "/x/y", {"a": "x", "b_2": "y"}),
        ("/:a/:b", "/x/", None),
        ("/{id}", "/7", {"id": "7"}),
        ("/{user-id}/{user.name}", "/7/x", {"user-id": "7", "user.name": "x"}),
        # `{name}` inside a segment, two at most, non-greedy
        ("/{name}.json", "/a.json", {"name": "a"}),
        ("/{name}.json", "/.json", None),
        ("/{name}.json", "/a.json.json", {"name": "a.json"}),
        ("/v{major}.{minor}", "/v1.2", {"major": "1", "minor": "2"}),
        ("/v{major}.{minor}", "/v1.2.3", {"major": "1", "minor": "2.3"}),
        ("/v{major}.{minor}", "/v1.", None),
        ("/v{major}.{minor}", "/v.1", None),
        ("/{a}{b}", "/xyz", {"a": "x", "b": "yz"}),
        ("/{a}{b}", "/x", None),
        ("/ab{x}ba", "/aba", None),
        ("/{w<int>}x{h<int>}", "/640x480", {"w": "640", "h": "480"}),
        ("/{a}-{b<int>}", "/x--1", {"a": "x", "b": "-1"}),
        ("/{a}-{b<int>}", "/x-y-1", {"a": "x-y", "b": "1"}),
        ("/{a<re:[a-z]+>}{b<re:[a-z0-9]+>}", "/xyz", {"a": "x", "b": "yz"}),
        # int: `-?\d+`, the string is kept
        ("/:id<int>", "/007", {"id": "007"}),
        ("/:id<int>", "/-1", {"id": "-1"}),
        ("/:id<int>", "/+1", None),
        ("/:id<int>", "/1.0", None),
        ("/:id<int>", "/1%0A", None),
        ("/:id<int>", "/%D9%A1", None),
        ("/{id<int>}", "/5", {"id": "5"}),
        # uuid
        ("/:id<uuid>", f"/{UUID}", {"id": UUID}),
        ("/:id<uuid>", f"/{UUID.upper()}", {"id": UUID.upper()}),
        ("/:id<uuid>", f"/{UUID.replace('-', '')}", None),
        # re: full match of the decoded segment, ends at the last `>`
        ("/:c<re:[A-Z]{3}>", "/EUR", {"c": "EUR"}),
        ("/:c<re:[A-Z]{3}>", "/EURO", None),
        ("/:c<re:a|b>", "/ab", None),
        ("/:c<re:a>b>", "/a%3Eb", {"c": "a>b"}),
        ("/:c<re:a b>", "/a%20b", {"c": "a b"}),
        ("/:c<re:.*>", "/", None),
        ("/x{c<re:\\d{2}>}y", "/x12y", {"c": "12"}),
        ("/{c<re:\\p{Lu}+>}-{d<re:(?i)x>}", "/Ä-X", {"c": "Ä", "d": "X"}),
        ("/{a<re:x>}y>}", "/x%3E%7Dy", {"a": "x>}y"}),
        # `*rest` takes one or more segments, its value keeps raw slashes
        ("/files/*rest", "/files/a", {"rest": "a"}),
        ("/files/*rest", "/files/a/b/", {"rest": "a/b/"}),
        ("/files/*rest", "/files/a//b", {"rest": "a//b"}),
        ("/files/*rest", "/files", None),
        ("/files/*rest", "/files/", None),
        ("/files/*rest", "/files//", {"rest": "/"}),
        ("/*rest", "/", None),
        ("/:a/*rest", "/x/y/z", {"a": "x", "rest": "y/z"}),
        ("/:a/*rest", "//y", None),
        ("/{a}.x/*rest", "/a.x/y", {"a": "a", "rest": "y"}),
        # `*rest?` none or more
        ("/files/*rest?", "/files", {"rest": ""}),
        ("/files/*rest?", "/files/a/b", {"rest": "a/b"}),
        ("/files/*rest?", "/files/", None),
        ("/files/*rest?", "/file", None),
        ("/files/*rest?", "/", None),
        ("/*rest?", "/", {"rest": ""}),
        ("/*rest?", "/a", {"rest": "a"}),
    ],
)
def test_matches(path: str, request_path: str, expected: dict[str, str] | None) -> None:
    assert found(path, request_path) == expected


@pytest.mark.parametrize(
    ("regex", "base", "request_path", "expected"),
    [
        ("/users/(?P<id>[0-9]+)", "", "/users/7", {"id": "7"}),
        ("/users/(?<id>[0-9]+)", "", "/users/7", {"id": "7"}),
        ("^/users/[0-9]+$", "", "/users/7", {}),
        ("/users", "", "/users/7", None),
        (".*", "", "/", {}),
        ("/a(?:/(?P<b>x))?", "", "/a", {}),
        ("/a b/.*", "", "/a%20b/c", {}),
        ("/users/.+", "/api", "/api/users/7", {}),
        ("/users/.+", "/api", "/users/7", None),
        ("/.*|", "/api", "/api", {}),
        ("/x/(?P<id>.+)", "/:tenant", "/acme/x/7", {"tenant": "acme", "id": "7"}),
    ],
)
def test_a_whole_path_regex(regex: str, base: str, request_path: str, expected: dict[str, str] | None) -> None:
    pattern = from_regex(regex, base_path=base)
    assert match(pattern)(split_path(request_path.encode())) == expected
    assert match(pattern, literals_checked=True)(split_path(request_path.encode())) == expected
    assert pattern.shape == "Z"


@pytest.mark.parametrize(
    ("path", "message", "offset", "hint"),
    [
        ("users", "a path starts with `/`", 0, "write `/users`"),
        ("", "a path starts with `/`", 0, "write `/`"),
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
    assert params(pattern) == ("id", "n", "rest")
    assert params(from_regex("/(?P<a>.)/(?P<b>.)")) == ("a", "b")
    assert pattern.segments[2] == ("v", Param("n", "int"))


def test_literals_may_have_been_checked_by_the_caller() -> None:
    read = match(one("/users/:id/orders"), literals_checked=True)
    assert read(("not looked at", "7", "nor this")) == {"id": "7"}
    assert read(("users", "", "orders")) is None
    assert match(one("/users/:id/*rest"), literals_checked=True)(("users",)) is None


@pytest.mark.parametrize(
    ("path", "named", "nameless"),
    [
        ("/users/{id}", "/users/:id", "/users/{}"),
        ("/users/:id<int>", "/users/:id<int>", "/users/{<int>}"),
        ("/{user-id}/x{n}", "/{user-id}/x{n}", "/{}/x{}"),
        ("/a::b/**/{{c}", "/a::b/**/{{c}", "/a::b/**/{{c}"),
        ("/f/*rest?", "/f/*rest?", "/f/*?"),
        ("/", "/", "/"),
    ],
)
def test_one_spelling(path: str, named: str, nameless: str) -> None:
    assert normal(one(path)) == named
    assert normal(one(path), names=False) == nameless


def test_a_regex_is_spelled_as_in_toml() -> None:
    assert normal(from_regex('/a"b', base_path="/api")) == '/api{ regex = "/a\\"b" }'


def test_decoded_text_is_spelled_so_that_it_means_itself() -> None:
    text = "/:a/*/{b}/c::d"
    assert match(one(literal(text)))(tuple(text[1:].split("/"))) == {}


def test_patterns_survive_the_cache() -> None:
    patterns = [one("/users/:id<int>/v{a}.{b}/*rest?"), from_regex("/x", base_path="/:t"), one("/")]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(patterns), type=list[Pattern]) == patterns


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
