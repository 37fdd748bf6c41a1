"""Names, joined names, handles, groups."""

from __future__ import annotations

from keymock.roles.grammar import parse
from keymock.roles.people import ANYONE, INVITED, People


def people(text: str) -> People:
    roles, problems = parse(text)
    assert problems == ()
    return People(roles)


def test_a_name_counts_in_any_case() -> None:
    some = people("* editor:Ada@Example.com\n")
    assert some.find("ada@EXAMPLE.com") == "ada@example.com"
    assert some.shown("ada@example.com") == "Ada@Example.com"


def test_joined_names_are_one_person() -> None:
    some = people("ada = ada@example.com github:ada-l\n* editor:ADA@example.com\n")
    assert {some.find(name) for name in ("ada", "Ada@Example.com", "github:ada-l", "GitHub:Ada-L")} == {"ada"}
    assert some.find("ada-l") is None
    assert some.named == ("ada",)


def test_a_handle_is_the_account_of_that_name() -> None:
    some = people("* editor:@octo,plain\n")
    assert some.find("octo") == some.find("@Octo") == some.find("github:octo") == "octo"
    assert some.find("plain") == "plain"
    assert some.find("github:plain") is None, "only what is written as a handle stands for accounts of hosts"


def test_a_handle_is_the_person_whose_one_account_it_is() -> None:
    some = people("ada = ada@example.com github:octo\n* editor:@octo\n")
    assert some.find("github:octo") == some.find("octo") == some.find("ada@example.com") == "ada"


def test_a_handle_of_two_people_is_neither() -> None:
    some = people("ada = github:octo\nbob = gitlab:octo\n* editor:@octo\n")
    assert (some.find("github:octo"), some.find("gitlab:octo"), some.find("octo")) == ("ada", "bob", "octo")


def test_whoever_is_named_anywhere_is_invited() -> None:
    key = "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    some = people(f"@idle: a@x # c@x\nb@x = bb@x\nkey k@x ssh-ed25519 {key}\n* viewer:d@x # e@x\n")
    assert set(some.named) == {"a@x", "b@x", "k@x", "d@x"}
    assert INVITED in some.stands(some.find("bb@x"))
    assert some.find("c@x") is None
    assert some.find("e@x") is None


def test_nobody_strangers_and_odd_names_are_not_found() -> None:
    some = people("@shop: a@x\n* viewer:*,anyone,a@x\n")
    for actor in (None, "", "zoe", "@shop", "@shop:", "*", "anyone", "anyone:", "a x", "a@x\n", ".a"):
        assert some.find(actor) is None, actor
    assert some.stands(None) == {ANYONE}


def test_groups_nest_and_may_hold_everybody() -> None:
    some = people("@shop: a@x, b@x\n@LEADS: @Shop c@x\n@all: *\n@world: anyone\n* viewer:@leads\n")
    assert some.stands("a@x") == {"a@x", INVITED, ANYONE, "@shop:", "@leads:", "@all:", "@world:"}
    assert some.stands("c@x") == {"c@x", INVITED, ANYONE, "@leads:", "@all:", "@world:"}
    assert some.stands(None) == {ANYONE, "@world:"}
    assert some.expand(["@leads:"]) == ("a@x", "b@x", "c@x")
    assert some.expand([INVITED, "c@x", ANYONE]) == ("a@x", "b@x", "c@x", ANYONE)


def test_a_name_is_no_group() -> None:
    some = people("@shop: a@x\n* viewer:shop,@@shop\n")
    assert "@shop:" not in some.stands(some.find("shop")) | some.stands(some.find("@@shop"))
