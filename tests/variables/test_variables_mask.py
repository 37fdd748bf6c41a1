"""keymock/variables/mask: no secret in what is shown, however it is spelled."""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, strategies

from keymock.variables import Mask

SECRET = 'pä ss"w/ö+rd\\n'


@pytest.mark.parametrize(
    "text",
    [
        f"the password is {SECRET}!",
        json.dumps({"password": SECRET}),
        json.dumps({"password": SECRET}, ensure_ascii=False),
        urlencode({"password": SECRET}),
        quote(SECRET),
        "Basic " + b64encode(SECRET.encode()).decode(),
    ],
)
def test_it_is_found_as_it_is_sent(text: str) -> None:
    mask = Mask([SECRET])
    shown = mask.text(text)
    assert "•••" in shown
    assert mask.data(text.encode()) == shown.encode()
    for part in (SECRET, quote(SECRET), json.dumps(SECRET)[1:-1]):
        assert part not in shown


def test_trees_are_masked_in_keys_and_values() -> None:
    assert Mask(["hunter22"]).tree({"hunter22": ["x hunter22", 1, None, ("hunter22",)]}) == {
        "•••": ["x •••", 1, None, ["•••"]]
    }


def test_the_longer_of_two_secrets_goes_first() -> None:
    assert Mask(["abc", "abcdef"]).text("abcdef abc") == "••• •••"


def test_a_number_that_is_one_becomes_text() -> None:
    assert Mask(["4711"]).tree({"pin": 4711, "other": 471, "yes": True}) == {"pin": "•••", "other": 471, "yes": True}


def test_the_end_of_a_text_that_was_cut_may_begin_one() -> None:
    mask = Mask(['hunter"22'])
    assert (mask.text("a hunt", cut=True), mask.text("a hunt")) == ("a •••", "a hunt")
    assert mask.text('a \\"hunter\\…') == 'a \\"•••…'
    assert mask.text("nothing of it…") == "nothing of it…"
    assert mask.data(b"\xff hunter%2", cut=True) == b"\xff " + "•••".encode()


def test_it_says_which_are_where() -> None:
    mask = Mask(["hunter22", "c4n4ry"])
    assert mask.within(["a", "x c4n4ry"]) == ["c4n4ry"]
    assert ("c4n4ry" in mask, "other" in mask, len(mask), mask.hides("hunter22")) == (True, False, 2, True)


def test_one_that_a_url_was_made_of_as_it_is() -> None:
    assert Mask(["a+b%2Fcd"]).text("a b/cd") == "•••"


def test_what_is_too_short_to_be_told_from_words_is_left() -> None:
    mask = Mask(["a"])
    assert not mask
    assert mask.text("a banana") == "a banana"


@given(strategies.text(min_size=3, max_size=40), strategies.text(max_size=20))
def test_no_text_shows_a_secret_that_was_added(secret: str, around: str) -> None:
    shown = Mask([secret]).text(f"{around}{secret}{around}")
    assert secret not in shown or "•" in secret
