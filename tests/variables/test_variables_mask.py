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


def test_what_is_too_short_to_be_told_from_words_is_left() -> None:
    mask = Mask(["a"])
    assert not mask
    assert mask.text("a banana") == "a banana"


@given(strategies.text(min_size=3, max_size=40), strategies.text(max_size=20))
def test_no_text_shows_a_secret_that_was_added(secret: str, around: str) -> None:
    shown = Mask([secret]).text(f"{around}{secret}{around}")
    assert secret not in shown or secret in f"{around}•••{around}"
