"""`keymock private override`: an overlay of one's own, and what is in its way."""

from __future__ import annotations

import pytest
from prompt import ADA, Shell
from tree_answers import mock

UNA, VIC = "una@example.com", "vic@example.com"
MINE = f"private/{ADA}/projects/shop/mocks/users/get-user"
PATH = "/shop/api/users/1?expand=profile"

VARIANTS = """\
[request]
path = "/pay"

[[responses]]
name = "paid"
status = 200

[[responses]]
name = "declined"
status = 402
when.query.fail = "1"
"""


def test_a_status_and_a_header(shop: Shell) -> None:
    told = shop("private", "override", "get-user", "--status", "503", "--header", "Retry-After: 1")
    assert (told.code, told.out) == (0, f"wrote  {MINE}.toml\n")
    assert (shop.folder / f"{MINE}.toml").read_text() == (
        "# Lies over projects/shop/mocks/users/get-user.toml, for you alone: what stands here goes before what stands "
        'there.\n\n[response]\nstatus = 503\nheaders.Retry-After = "1"\n'
    )
    assert shop("explain", PATH).out.startswith("503  projects/shop/mocks/users/get-user\n")
    assert shop("explain", PATH, KEYMOCK_USER=UNA).out.startswith("200  ")
    assert "your overlay" in shop("ls").out


def test_a_body_takes_the_place_of_any_other(shop: Shell) -> None:
    assert shop("private", "override", "get-user", "--json-body", '{"id": 2}', "--json").json["files"] == [
        f"{MINE}.toml"
    ]
    assert shop("show", "get-user", "--json").json["response"]["json"] == {"id": 2}


def test_a_long_body_is_a_file_beside_the_overlay(shop: Shell) -> None:
    long = "a line of text\n" * 200
    files = shop("private", "override", "get-user", "--body", long, "--json").json["files"]
    assert files == [f"{MINE}.body.txt", f"{MINE}.toml"]
    assert (shop.folder / files[0]).read_text() == long
    assert shop("check").code == 0


def test_without_anything_it_is_there_to_be_edited(shop: Shell) -> None:
    shop("private", "override", "get-user")
    assert "[response]\nstatus = 200\n" in (shop.folder / f"{MINE}.toml").read_text()
    again = shop("private", "override", "get-user", "--status", "500")
    assert (again.code, "your overlay is there already" in again.err) == (2, True)


def test_of_several_answers_one_is_named(shop: Shell) -> None:
    shop.put("workspace/mocks/pay.toml", VARIANTS)
    told = shop("private", "override", "pay", "--status", "500")
    assert (told.code, "say which" in told.err, "--response paid | declined" in told.err) == (2, True, True)
    assert "did you mean `declined`?" in shop("private", "override", "pay", "--response", "declind").err
    assert shop("private", "override", "pay", "--response", "declined", "--status", "503").code == 0
    assert shop("explain", "/pay?fail=1").out.startswith("503  workspace/mocks/pay (declined)\n")
    assert shop("explain", "/pay").out.startswith("200  ")


@pytest.mark.parametrize(
    ("who", "words", "code", "said"),
    [
        (UNA, ["get-user"], 0, ""),
        (VIC, ["get-user"], 1, "an overlay works only where you may use the mock"),
        (VIC, ["plans"], 2, "there is no mock `plans`"),
        (ADA, ["mine"], 2, "is yours already"),
        (ADA, ["get-user", "--status", "99"], 2, "`99` is no status"),
        (ADA, ["get-user", "--body", "a", "--json-body", "1"], 2, "both --body and --json-body"),
        (ADA, ["get-user", "--response", "x"], 2, "has one answer, without a name"),
    ],
)
def test_who_may_and_what_is_typed_wrong(shop: Shell, who: str, words: list[str], code: int, said: str) -> None:
    told = shop("private", "override", *words, KEYMOCK_USER=who)
    assert told.code == code, told.err
    assert said in told.err


def test_nobody_has_no_private_folder(shop: Shell) -> None:
    shop.put("workspace/mocks/open.toml", mock("/open"))
    told = shop("private", "override", "open", KEYMOCK_USER="")
    assert (told.code, "nobody has no private folder" in told.err) == (2, True)


def test_a_mock_without_toml_wants_a_file_of_that_name(shop: Shell) -> None:
    shop.put("workspace/mocks/things.GET.json", "{}")
    told = shop("private", "override", "things.GET")
    assert (told.code, "is a mock without TOML" in told.err) == (2, True), told
