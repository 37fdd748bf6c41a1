"""keymock/preparing/addresses: parameters, queries, and what can be sent."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from keymock.exchange import parse_query
from keymock.preparing.addresses import as_text, parameters, spelled, with_parameters, with_query


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("{{ base_url }}/users/:id", ["id"]),
        ("http://a:8080/users/:id/files/{name}.png?at=:no", ["id", "name"]),
        ("http://a/:id/:id", ["id"]),
        ("http://a/b:c/{{ d }}/e", []),
        ("http://a/b", []),
    ],
)
def test_parameters_are_parts_of_the_path(url: str, names: list[str]) -> None:
    assert parameters(url) == names


def test_values_are_escaped_slashes_and_all() -> None:
    assert with_parameters("http://a/:id/x?b=:id", {"id": "1/ü {{"}) == "http://a/1%2F%C3%BC%20%7B%7B/x?b=:id"


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("http://a/b", "http://a/b?q=1&q=a%20b"),
        ("http://a/b?x=1", "http://a/b?x=1&q=1&q=a%20b"),
        ("http://a/b?", "http://a/b?q=1&q=a%20b"),
        ("http://a/b#top", "http://a/b?q=1&q=a%20b#top"),
    ],
)
def test_a_query_goes_behind(url: str, whole: str) -> None:
    assert with_query(url, [("q", "1"), ("q", "a b")]) == whole
    assert with_query(url, []) == url


@given(strategies.lists(strategies.tuples(strategies.text(min_size=1), strategies.text())))
def test_a_query_is_read_as_it_was_meant(pairs: list[tuple[str, str]]) -> None:
    try:
        query = with_query("http://a/", pairs).partition("?")[2]
    except UnicodeEncodeError:
        return  # half a character cannot be sent
    read = parse_query(query.encode())
    assert [(name, value) for name, values in read.items() for value in values] == sorted(
        pairs, key=lambda pair: list(read).index(pair[0])
    )


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://a.example", "http://a.example/"),
        ("https://a.example:8443/b?c=d#e", "https://a.example:8443/b?c=d"),
        ("http://a/ü b/%2F/100%", "http://a/%C3%BC%20b/%2F/100%25"),
        ("http://a/?q=ü&x=a+b&y[]=1", "http://a/?q=%C3%BC&x=a+b&y[]=1"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
    ],
)
def test_addresses_are_spelled_as_they_are_sent(url: str, sent: str) -> None:
    assert spelled(url) == sent
    assert spelled(sent) == sent


@pytest.mark.parametrize("url", ["/users", "shop.example/users", "ftp://a/", "http://", "http://a:x/", "http://a:b@c/"])
def test_what_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"no address|belong under"):
        spelled(url)


@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), (1, "1"), (1.5, "1.5"), (True, "true"), ({"a": [1]}, '{"a":[1]}')]
)
def test_values_become_text_as_json_writes_them(value: object, text: str) -> None:
    assert as_text(value) == text
