"""Mocks without TOML in a tree: what they are made of, what becomes of them, and what is told of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import ask, load, mock, plant, world

from keymock import checks
from keymock.catalog import Catalog, bare, update

USER = "workspace/mocks/users/{id}.GET"


def answers(catalog: Catalog, target: str, method: str = "GET") -> tuple[int, bytes]:
    reply = ask(world(catalog, "ada"), target, method=method)
    return reply.status, reply.body


def told(catalog: Catalog) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in catalog.problems]


def test_all_files_of_a_route_are_one_mock(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {f"{USER}.json": "1", f"{USER}.404.json": "2", f"{USER}.202.txt": "3"}))
    assert list(catalog.units) == [USER]
    assert [answer.status for answer in catalog.routes[USER].answers] == [200, 202, 404]
    assert catalog.routes[USER].file == f"{USER}.json"


def test_without_a_2xx_the_lowest_answers(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {"workspace/mocks/a.GET.503.txt": "b", "workspace/mocks/a.GET.404.txt": "a"}))
    assert answers(catalog, "/a") == (404, b"a")


def test_two_files_for_one_answer_are_one_problem(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {
        "workspace/mocks/a.GET.json": "1", "workspace/mocks/a.GET.txt": "1", "workspace/mocks/b.GET.json": "1",
    }))  # fmt: skip
    assert told(catalog) == [("workspace/mocks/a.GET.txt", "two-bodies")]
    assert catalog.problems[0].message == "a.GET.json and a.GET.txt are both the answer 200"
    assert answers(catalog, "/a")[0] == 404
    assert answers(catalog, "/b")[0] == 200


def test_a_name_that_is_wrong_is_one_problem_and_spoils_nothing_beside_it(tmp_path: Path) -> None:
    files = {f"workspace/mocks/a.{name}": "1" for name in ("GET.json", "GET.99.json", "PSOT.json", "TRACE.txt")}
    catalog = load(plant(tmp_path, files))
    assert told(catalog) == [
        ("workspace/mocks/a.GET.99.json", "bad-mock-name"),
        ("workspace/mocks/a.PSOT.json", "bad-mock-name"),
        ("workspace/mocks/a.TRACE.txt", "bad-mock-name"),
    ]
    assert answers(catalog, "/a") == (200, b"1")


def test_a_path_that_cannot_be_read_is_told_of_its_file(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {"workspace/mocks/{id.GET.json": "1"}))
    assert told(catalog) == [("workspace/mocks/{id.GET.json", "bad-path")]


def test_outside_of_mocks_folders_a_name_says_nothing(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {"workspace/data/a.GET.json": "1", "workspace/data/a.GET.99.json": "1"}))
    assert not catalog.units
    assert not catalog.problems


@pytest.mark.parametrize("toml", ["users/{id}.GET.toml", "users/any-name.toml"])
def test_a_toml_file_takes_over_without_a_word(tmp_path: Path, toml: str) -> None:
    plant(tmp_path, {f"{USER}.json": "bare", f"workspace/mocks/{toml}": mock("/users/:id", response='body = "toml"')})
    catalog = load(tmp_path)
    assert answers(catalog, "/users/1") == (200, b"toml")
    assert not catalog.problems
    assert not checks.run(catalog)


def test_edits_are_told_without_looking_at_the_whole_tree(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {f"{USER}.json": "1", "workspace/mocks/other.toml": mock("/other")}))
    steps: list[tuple[dict[str, str | None], tuple[int, bytes | None]]] = [
        ({f"{USER}.json": "one"}, (200, b"one")),
        ({f"{USER}.203.json": "more"}, (200, b"one")),
        ({f"{USER}.json": None}, (203, b"more")),
        ({"workspace/mocks/users/{id}.DELETE.204": ""}, (203, b"more")),
        ({f"{USER}.203.json": None}, (405, None)),
        ({f"{USER}.json": "again"}, (200, b"again")),
    ]
    for change, (status, body) in steps:
        for name, text in change.items():
            if text is None:
                (tmp_path / name).unlink()
            else:
                plant(tmp_path, {name: text})
        after = update(catalog, list(change))
        assert after is not None
        assert after.units == load(tmp_path).units
        assert answers(after, "/users/1") == (status, body or answers(after, "/users/1")[1])
        catalog = after


@pytest.mark.parametrize("name", ["users/{id}.GET.99.json", "users/{id}.GET.toml"])
def test_what_concerns_other_files_too_takes_the_whole_tree(tmp_path: Path, name: str) -> None:
    catalog = load(plant(tmp_path, {f"{USER}.json": "1"}))
    plant(tmp_path, {f"workspace/mocks/{name}": mock("/x")})
    assert update(catalog, [f"workspace/mocks/{name}"]) is None


def test_a_second_file_for_an_answer_leaves_the_last_good_one(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {f"{USER}.json": "1"}))
    plant(tmp_path, {f"{USER}.txt": "2"})
    after = update(catalog, [f"{USER}.txt"])
    assert after is not None
    assert answers(after, "/users/1") == (200, b"1")
    assert [code for _, code in told(after)] == ["two-bodies"]


def test_a_tree_that_is_read_again_takes_over_what_did_not_change(tmp_path: Path) -> None:
    before = load(plant(tmp_path, {f"{USER}.json": "1", f"{USER}.404.json": "1"}))
    assert load(tmp_path, before=before).units[USER] is before.units[USER]
    plant(tmp_path, {f"{USER}.500.json": "1"})
    assert len(load(tmp_path, before=before).routes[USER].answers) == 3


def test_an_overlay_replaces_one_answer_and_adds_others(tmp_path: Path) -> None:
    over = f"private/ada/{USER}"
    plant(
        tmp_path, {f"{USER}.json": "shared", f"{USER}.404.json": "404", f"{over}.json": "mine", f"{over}.500.txt": ""}
    )
    catalog = load(tmp_path, "ada")
    route = catalog.routes[USER]
    assert [(answer.status, answer.body) for answer in route.answers] == [(200, b"mine"), (404, b"404"), (500, b"")]
    assert route.scope == "private"
    assert catalog.overlays == {USER: f"{over}.json"}
    assert load(tmp_path, "bob").routes[USER].answers[0].body == b"shared"


def test_an_overlay_over_nothing_says_so(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {"workspace/mocks/a.GET.json": "1", f"private/ada/{USER}.json": "mine"}), "ada")
    assert told(catalog) == [(f"private/ada/{USER}.json", "overlay-without-base")]
    assert list(catalog.units) == ["workspace/mocks/a.GET"]


def test_the_toml_that_would_say_the_same(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {f"{USER}.404.json": "1", f"{USER}.json": "2"}))
    assert bare.tables(list(catalog.items.values())) == {
        "request": {"method": "GET", "path": "/users/{id}"},
        "responses": [{"status": 200, "body_file": "{id}.GET.json"}, {"status": 404, "body_file": "{id}.GET.404.json"}],
    }
