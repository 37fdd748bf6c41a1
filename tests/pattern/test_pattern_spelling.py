from __future__ import annotations

import pytest
from one_pattern import one

from keymock.pattern import from_regex, literal, match, normal


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
