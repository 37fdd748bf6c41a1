"""One row for each sentence of the rules ("Paths and values") that concerns paths."""

from __future__ import annotations

import pytest
from one_pattern import one

from keymock.exchange import split_path
from keymock.pattern import from_regex, match, params, parse

UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


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


def test_literals_may_have_been_checked_by_the_caller() -> None:
    read = match(one("/users/:id/orders"), literals_checked=True)
    assert read(("not looked at", "7", "nor this")) == {"id": "7"}
    assert read(("users", "", "orders")) is None
    assert match(one("/users/:id/*rest"), literals_checked=True)(("users",)) is None


def test_parameters_are_named_as_they_stand() -> None:
    assert params(one("/users/:id/v{n<int>}/orders/*rest")) == ("id", "n", "rest")
    assert params(from_regex("/(?P<a>.)/(?P<b>.)")) == ("a", "b")
