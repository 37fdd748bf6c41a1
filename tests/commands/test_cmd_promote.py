"""`keymock promote`: what was one's own becomes everybody's."""

from __future__ import annotations

import pytest
from prompt import ADA, Shell

from keymock.commands.promote import _changes

UNA, OPS = "una@example.com", "ops@example.com"
OWN = f"private/{ADA}"


def files(shop: Shell) -> set[str]:
    return {path.relative_to(shop.folder).as_posix() for path in shop.folder.rglob("*") if path.is_file()}


def test_a_private_mock_moves_with_its_body(shop: Shell) -> None:
    shop.put(f"{OWN}/mocks/mine.body.json", "{}")
    before = files(shop)
    told = shop("promote", "mine", "--scope", "project:shop")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        f"moved   {OWN}/mocks/mine.toml → projects/shop/mocks/mine.toml",
        f"moved   {OWN}/mocks/mine.body.json → projects/shop/mocks/mine.body.json",
    ]
    assert files(shop) - before == {"projects/shop/mocks/mine.toml", "projects/shop/mocks/mine.body.json"}
    assert before - files(shop) == {f"{OWN}/mocks/mine.toml", f"{OWN}/mocks/mine.body.json"}
    assert shop("explain", "/shop/api/mine", KEYMOCK_USER=UNA).code == 0


def test_data_that_another_mock_needs_stays_as_well(shop: Shell) -> None:
    shop.put(f"{OWN}/mocks/mine.toml", '[request]\npath = "/mine"\n[response]\nbody_file = "../data/a.json"\n')
    shop.put(f"{OWN}/mocks/too.toml", '[request]\npath = "/too"\n[response]\nbody_file = "../data/a.json"\n')
    shop.put(f"{OWN}/data/a.json", "{}")
    told = shop("promote", "mine", "--scope", "workspace", "--json").json
    assert told == {
        "mock": "workspace/mocks/mine",
        "files": ["workspace/mocks/mine.toml", "workspace/data/a.json"],
        "removed": [f"{OWN}/mocks/mine.toml"],
    }
    assert shop("check").code == 0


def test_an_overlay_goes_into_its_mock_and_comments_stay(shop: Shell) -> None:
    shared = "workspace/mocks/health.toml"
    head = '# Is it up?\n[request]\npath = "/health"  # always\n'
    shop.put(shared, head + '\n[response]\nbody = "fine"\nheaders.A = "1"\n')
    shop.put(f"{OWN}/{shared}", '[response]\nstatus = 503\nheaders.A = { remove = true }\nheaders.B = "2"\n')
    assert shop("promote", "health").out == f"moved   {OWN}/{shared} → {shared}\n"
    text = (shop.folder / shared).read_text()
    assert text.startswith(head)
    assert not (shop.folder / f"{OWN}/{shared}").exists()
    response = shop("show", "health", "--json").json["response"]
    assert (response["status"], response["headers"], response["body"]) == (503, {"B": "2"}, "fine")


def test_a_body_of_the_overlay_takes_the_place_of_the_shared_one(shop: Shell) -> None:
    place = "projects/shop/mocks/users/get-user"
    shop.put(f"{OWN}/{place}.toml", "[response]\nstatus = 201\n")
    shop.put(f"{OWN}/{place}.body.txt", "mine")
    assert shop("promote", "get-user").code == 0
    assert (shop.folder / f"{place}.body.txt").read_text() == "mine"
    assert not (shop.folder / f"{place}.body.json").exists()
    shop.put(f"{OWN}/{place}.toml", '[response]\nbody = "inline"\n')
    assert shop("promote", "get-user").code == 0
    assert not (shop.folder / f"{place}.body.txt").exists()
    assert shop("check").code == 0


def test_it_takes_the_right_to_write_there(shop: Shell) -> None:
    shop.put(f"private/{UNA}/mocks/hers.toml", '[request]\npath = "/hers"\n')
    before = files(shop)
    told = shop("promote", "hers", "--scope", "project:shop", KEYMOCK_USER=UNA)
    assert told.code == 1
    assert "adding to it needs editor or admin" in told.err
    assert files(shop) == before
    shop.put(f"private/{UNA}/projects/shop/mocks/users/get-user.toml", "[response]\nstatus = 500\n")
    before = files(shop)
    assert shop("promote", "get-user", KEYMOCK_USER=UNA).code == 1
    assert files(shop) == before
    assert shop("promote", "hers", "--scope", "workspace", KEYMOCK_USER=UNA).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["health"], "is shared, and you have no overlay on it"),
        (["mine", "--scope", "private"], "that is private again"),
        (["mine", "--scope", "shop"], "did you mean `project:shop`?"),
        (["his"], "there is no mock `his`"),
    ],
)
def test_what_is_typed_wrong(shop: Shell, words: list[str], said: str) -> None:
    told = shop("promote", *words)
    assert (told.code, said in told.err) == (2, True), told.err


def test_nothing_is_overwritten(shop: Shell) -> None:
    shop.put("workspace/mocks/mine.toml", '[request]\npath = "/other"\n')
    before = files(shop)
    told = shop("promote", f"{OWN}/mocks/mine", "--scope", "workspace")
    assert (told.code, "is there already" in told.err) == (2, True)
    assert files(shop) == before


def test_changes_are_of_keys() -> None:
    before = {"a": 1, "t": {"x": 1, "y": {"z": 1}}, "l": [1]}
    after = {"a": True, "t": {"y": {"z": 2}, "n": 1}, "l": [1]}
    assert dict(_changes(before, after)) == {("a",): True, ("t", "x"): None, ("t", "y", "z"): 2, ("t", "n"): 1}
