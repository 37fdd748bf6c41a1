"""`keymock use`: mocks off, pinned, presets; beside a server and without one."""

from __future__ import annotations

import json
import stat

import pytest
from prompt import Shell

CART = 'select = "rules"\n[request]\npath = "/cart"\n[[responses]]\nname = "full"\nbody = "full"\n'
CART += '[[responses]]\nname = "empty"\nstatus = 404\n'
GET = "projects/shop/mocks/cart/get"
NOTHING = {"default": "", "projects": {}, "mocks": {}, "flows": {}, "preset": ""}
TO_WRITE, TABLE = "write one into a project.", '[upstream] urls.local = "http://127.0.0.1:3000"'


@pytest.fixture
def shop(shop: Shell) -> Shell:
    shop.put("projects/shop/mocks/cart/get.toml", CART)
    shop.put("projects/shop/presets/down.toml", '[use]\n"cart/get" = "empty"\n')
    shop.put("projects/shop/flows/buy.toml", '[[steps]]\nurl = "http://localhost/"\n')
    return shop


def test_nothing_is_switched_to_begin_with(shop: Shell) -> None:
    assert shop("use").err == "nothing is switched: every mock answers as it is written\n"
    assert shop("use", "--json").json == NOTHING


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["off", "cart/get"], "keymock use off --mock cart/get"),
        (["answer", "empty", "cart/get"], "keymock use answer empty --mock cart/get"),
        (["fallback", "shop"], "keymock use fallback --project shop"),
    ],
)
def test_a_word_too_many_is_answered_with_the_line_to_type(shop: Shell, typed: list[str], meant: str) -> None:
    assert meant in shop("use", *typed).err
    assert "usage" not in shop("use", *meant.split()[2:]).err


def test_it_is_kept_for_the_next_start_and_seen_meanwhile(shop: Shell) -> None:
    set_ = shop("use", "off", "--mock", "cart/get")
    assert set_ == (0, f"{GET}  off\n", "no server runs: it holds from the next `keymock up` on\n")
    file = shop.folder / ".keymock/toggles.json"
    assert json.loads(file.read_text())["mocks"] == {GET: "off"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert shop("use", "--json").json == {**NOTHING, "mocks": {GET: "off"}}
    assert "off (keymock use)" in shop("ls").out
    assert {each["mock"]: each["enabled"] for each in shop("ls", "--json").json}[GET] is False
    explained = shop("explain", "GET", "/shop/api/cart")
    assert (explained.code, explained.err) == (1, "1 mock switched by hand: keymock use\n")
    assert shop("show", "cart/get").err == "switched: off  (keymock use)\n"
    assert shop("check").code == 0


def test_an_answer_is_pinned_by_name_and_by_status(shop: Shell) -> None:
    assert shop("use", "answer", "empty", "--mock", "cart/get").out == f"{GET}  answers empty\n"
    assert shop("explain", "GET", "/shop/api/cart", "--json").json["answer"]["status"] == 404
    assert shop("use", "answer", "200", "--mock", "cart/get").out == f"{GET}  answers 200\n"
    assert shop("explain", "GET", "/shop/api/cart", "--json").json["answer"]["status"] == 200


def test_a_preset_switches_many_and_a_single_word_beats_it(shop: Shell) -> None:
    assert shop("use", "preset", "down").out == "preset  down\n"
    assert "answers empty (keymock use)" in shop("ls").out
    shop("use", "answer", "full", "--mock", "cart/get")
    assert shop("use").out == f"preset                        down\n{GET}  answers full\n"
    assert shop("explain", "GET", "/shop/api/cart", "--json").json["answer"]["response"] == "full"


def test_reset_puts_back_one_or_all(shop: Shell) -> None:
    shop("use", "preset", "down")
    shop("use", "off", "--mock", "cart/get")
    assert shop("use", "--reset", "--mock", "cart/get", "--json").json == {**NOTHING, "preset": "down"}
    assert shop("use", "--reset", "--json").json == NOTHING
    assert not (shop.folder / ".keymock/toggles.json").exists()


def test_mock_or_real_for_all_a_project_a_mock_or_a_flow(shop: Shell) -> None:
    shop.put(
        "projects/shop/project.toml", 'mount = "/shop"\nbase_path = "/api"\n[upstream]\nurls.local = "http://[::1]:9"\n'
    )
    shop("use", "fallback")
    shop("use", "real", "--project", "shop")
    shop("use", "mock", "--mock", "cart/get")
    assert shop("use", "real", "--flow", "buy").out == (
        f"everything                    fallback\nproject shop                  real\n{GET}  mock\n"
        "flow projects/shop/flows/buy  real\n"
    )
    asked = shop("explain", "GET", "/shop/api/other", "--json").json
    assert asked["upstream"] == {"project": "shop", "url": "http://[::1]:9"}
    assert shop("explain", "GET", "/shop/api/cart", "--json").json["answer"]["mock"] == GET
    assert "flows" in json.loads((shop.folder / ".keymock/toggles.json").read_text())
    shop("use", "--reset", "--flow", "buy")
    shop("use", "--reset", "--project", "shop")
    shop("use", "--reset", "--mock", "cart/get")
    assert shop("use", "--json").json == {**NOTHING, "default": "fallback"}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["off"], "usage", "say which mock"),
        (["of", "--mock", "cart/get"], "usage", "`of` is none of real, mock, fallback, off, answer, preset"),
        (["answer", "--mock", "cart/get"], "usage", "`use answer` takes one name"),
        (["off", "cart/get"], "usage", "`cart/get` is a word too many after `use off`"),
        (["answer", "empty", "cart/get"], "usage", "`cart/get` is a word too many after `use answer empty`"),
        (["real", "shop"], "usage", "`shop` is a word too many after `use real`"),
        (["preset", "a", "b"], "usage", "`use preset` takes one name"),
        (["preset", "down", "--mock", "cart/get"], "usage", "a preset is for all mocks, so it takes no --mock"),
        (["--mock", "cart/get"], "usage", "say what to do with it"),
        (["off", "--reset"], "usage", "`--reset` puts all of it back, `off` does not"),
        (["off", "--project", "shop"], "usage", "`use off` is not for a project or a flow, so it takes no --project"),
        (["real", "--project", "shop", "--mock", "cart/get"], "usage",
         "--mock cart/get and --project shop are two things; switch one at a time"),
        (["real"], "no-upstream", f"no project has an upstream, so there is nothing real: {TO_WRITE}toml: {TABLE}"),
        (["real", "--project", "shpo"], "no-such-project", "there is no project `shpo`: did you mean `shop`?"),
        (["fallback", "--project", "shop"], "no-upstream",
         f"the project `shop` has no upstream: {TO_WRITE[:-10]}its project.toml: {TABLE}"),
        (["real", "--flow", "byu"], "no-such-flow", "there is no flow `byu`: did you mean `buy`?"),
        (["off", "--mock", "cart/gte"], "no-such-mock", "there is no mock `cart/gte`: did you mean `cart/get`?"),
        (["answer", "emtpy", "--mock", "cart/get"], "no-such-answer",
         f"{GET} has no answer `emtpy`: did you mean `empty`?"),
        (["preset", "dwon"], "no-such-preset", "there is no preset `dwon`: did you mean `down`?"),
        (["off", "--mock", "plans"], "no-such-mock", "there is no mock `plans`"),
        (["--session", "s"], "no-server", "no server runs for this workspace"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_told_and_changes_nothing(shop: Shell, words: list[str], code: str, message: str) -> None:
    refused = shop("use", *words, "--json")
    (problem,) = refused.json["problems"]
    assert (refused.code, problem["code"], problem["message"]) == (2, code, message)
    assert not (shop.folder / ".keymock/toggles.json").exists()


def test_a_server_follows_at_once(served: Shell) -> None:
    served.put("projects/shop/mocks/cart/get.toml", CART)
    served.put("projects/shop/presets/down.toml", '[use]\n"cart/get" = "empty"\n')
    served("sync")
    target = "/shop/api/cart"
    assert served.get(target) == (200, b"full")
    assert served("use", "preset", "down").err == ""
    assert served.get(target)[0] == 404
    served("use", "answer", "full", "--mock", "cart/get", "--session", "mine")
    assert served.get(target, **{"x-keymock-session": "mine"}) == (200, b"full")
    assert served.get(target)[0] == 404
    assert served("use", "--session", "mine", "--json").json["mocks"] == {GET: {"answer": "full"}}
    served("use", "off", "--mock", "cart/get")
    assert b'"no-mock"' in served.get(target)[1]
    assert json.loads((served.folder / ".keymock/toggles.json").read_text())["preset"] == "down"
    refused = served("use", "off", "--mock", "cart/gte", "--json")
    assert refused.json["problems"][0]["code"] == "no-such-mock"
    served("use", "--reset")
    assert served.get(target) == (200, b"full")
