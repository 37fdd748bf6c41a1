"""Which mock a word on the command line means."""

from __future__ import annotations

import pytest
from prompt import Shell

USER = "projects/shop/mocks/users/get-user"


@pytest.mark.parametrize(
    ("word", "folder"),
    [
        (USER, ""),
        (f"{USER}.toml", ""),
        ("users/get-user", ""),
        ("get-user", "workspace"),
        ("mocks/users/get-user.toml", "projects/shop"),
        ("../get-user", "projects/shop/mocks/users/deeper"),
        ("./get-user.toml", "projects/shop/mocks/users"),
    ],
)
def test_a_mock_is_named_by_id_end_or_file(shop: Shell, word: str, folder: str) -> None:
    here = shop.folder / folder
    here.mkdir(parents=True, exist_ok=True)
    assert shop("show", "--json", word, at=here).json["mock"] == USER


def test_a_slip_is_told_the_nearest(shop: Shell) -> None:
    done = shop("show", "users/get-usr")
    assert done.code == 2
    assert "there is no mock `users/get-usr` [no-such-mock]\n  did you mean `users/get-user`?" in done.err


def test_an_ambiguous_end_names_them_all(shop: Shell) -> None:
    shop.put("workspace/mocks/users/get-user.toml", '[request]\npath = "/x"\n')
    done = shop("show", "get-user")
    assert done.code == 2
    assert f"`get-user` is ambiguous: {USER}, workspace/mocks/users/get-user" in done.err


@pytest.mark.parametrize("word", ["plans", "projects/secret/mocks/plans", "projects/secret/mocks/plans.toml", "his"])
def test_what_is_not_seen_is_no_such_mock(shop: Shell, word: str) -> None:
    for line in (("show", word), ("url", word)):
        done = shop(*line)
        assert done.code == 2
        assert done.err.startswith(f"keymock: error: there is no mock `{word}` [no-such-mock]")


def test_a_broken_mock_shows_its_problems(shop: Shell) -> None:
    shop.put("workspace/mocks/broken.toml", '[request]\npth = "/a"\n')
    done = shop("show", "broken")
    assert done.code == 1
    assert "workspace/mocks/broken.toml:2:1: error: " in done.err
    assert "did you mean `path`?" in done.err
