"""`keymock allow`."""

from __future__ import annotations

from prompt import Shell


def test_hosts_are_allowed_listed_and_taken_back(shop: Shell) -> None:
    assert shop("allow").err.startswith("nothing is allowed: this workspace reaches no host but this machine")
    done = shop("allow", "127.0.0.1:9000", "API.example.com")
    assert (done.code, done.out) == (0, "127.0.0.1:9000\napi.example.com\n")
    assert done.err.startswith(f"allowed for {shop.folder}, kept in ")
    assert shop("allow", "api.example.com", "--secrets", "--json").json == [
        {"host": "127.0.0.1:9000", "secrets": False},
        {"host": "api.example.com", "secrets": True},
    ]
    assert shop("allow", "--remove", "127.0.0.1:9000").out == "api.example.com  secrets too\n"


def test_nothing_of_it_lies_in_the_workspace(shop: Shell) -> None:
    before = sorted(shop.folder.rglob("*"))
    shop("allow", "127.0.0.1:9000")
    assert sorted(shop.folder.rglob("*")) == before


def test_slips_are_told(shop: Shell) -> None:
    wrong = shop("allow", "https://api.example.com/")
    assert wrong.code == 2
    assert "is no host: write HOST or HOST:PORT, without scheme and path" in wrong.err
    shop("allow", "api.example.com")
    gone = shop("allow", "--remove", "api.exmaple.com")
    assert gone.code == 2
    assert "allowed: api.example.com" in gone.err
    assert shop("allow", "--secrets").code == 2


def test_process_variables_are_allowed_by_name(shop: Shell) -> None:
    assert shop("allow", "--env", "REGION").out == "env.REGION\n"
    assert shop("allow", "--json").json == [{"env": "REGION"}]
    assert shop("allow", "--remove", "--env", "REIGON").code == 2
    assert shop("allow", "--remove", "--env", "REGION").err.startswith("nothing is allowed")
