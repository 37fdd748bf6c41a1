from __future__ import annotations

import pytest
from telling import of_mock, told


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('path = "/a"', 'path = ["/a", "/b"]', "addition: it answers `/b` too"),
        ('path = ["/a", "/b"]', 'path = "/a"', "breaking: it answers `/b` no longer"),
        ('path = "/a"\nmethod = "PUT"', 'path = "/a"\nmethod = "*"', "addition: it takes any method now"),
        ('path = "/a"\nmethod = "*"', 'path = "/a"\nmethod = "PUT"', "breaking: it takes `*` no longer"),
        ('path = "/a"\nquery.n = "1"', 'path = "/a"\nquery.n = "2"',
         'breaking: it asks for the query parameter `n`: `"2"`, was `"1"`'),
    ],
)  # fmt: skip
def test_what_is_different_about_being_reached(before: str, after: str, says: str) -> None:
    assert of_mock(f"[request]\n{before}\n", f"[request]\n{after}\n") == [says]


def test_switched_on_and_prior() -> None:
    plain = '[request]\npath = "/a"\n'
    assert of_mock(f"enabled = false\n{plain}", plain) == ["addition: it is switched on"]
    assert of_mock(plain, f"priority = 2\n{plain}") == ["change: its priority is 2, was 0"]
    assert of_mock(f'tags = ["a"]\nname = "A"\n{plain}', plain) == [
        "note: it has no name any more, was `A`",
        "note: its tags are none",
    ]


def test_a_guard_that_goes_or_asks_for_more() -> None:
    plain = 'request.path = "/a"\n'
    guarded = f'{plain}[guard]\nauth.bearer = "t"\n'
    assert of_mock(guarded, plain) == ["change: no guard stands before it any more"]
    assert of_mock(guarded, guarded + 'headers.x = "1"\n') == [
        "breaking: the guard before it asks, or answers, otherwise"
    ]


def test_who_may_call_from_elsewhere() -> None:
    mock = {"workspace/mocks/a.toml": 'request.path = "/a"\n'}
    assert told(mock, {**mock, "keymock.toml": "cors = true\n"}) == [
        "change: which other origins may call it is different"
    ]
