from __future__ import annotations

import os
from pathlib import Path

import pytest
from tree_answers import ask, load, mock, plant, told, world

from keymock.catalog import Catalog, policy_of
from keymock.catalog.loading import folders_matching, owner_of
from keymock.workspace import Workspace, WorkTree

GOOD = {"workspace/mocks/m.toml": mock("/m", response='body = "one"'), "workspace/mocks/other.toml": mock("/o")}
BROKEN = {"workspace/mocks/m.toml": '[request]\npath = "/m\n'}


def body(catalog: Catalog, path: str = "/m") -> bytes | int:
    reply = ask(world(catalog), path)
    return reply.body if reply.mock else reply.status


def codes(catalog: Catalog) -> set[str]:
    return {problem.code for problem in catalog.problems}


def test_a_tree_in_which_nothing_changed_is_the_same_catalog(tmp_path: Path) -> None:
    first = load(plant(tmp_path, GOOD))
    assert load(tmp_path, before=first) is first
    second = load(plant(tmp_path, {"workspace/mocks/n.toml": mock("/n")}), before=first)
    assert second.units.keys() - first.units.keys() == {"workspace/mocks/n"}
    (tmp_path / "workspace/mocks/n.toml").unlink()
    assert load(tmp_path, before=second).units == first.units


# ---- a file that broke keeps its own last good version ---------------------------------------------------------------


def test_broken_from_the_start_is_left_out_and_the_rest_is_served(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, GOOD | BROKEN))
    assert (body(catalog), body(catalog, "/o")) == (404, b"")
    assert [problem.path for problem in catalog.problems] == ["workspace/mocks/m.toml"]


def test_broken_then_mended(tmp_path: Path) -> None:
    first = load(plant(tmp_path, GOOD))
    broken = load(plant(tmp_path, BROKEN), before=first)
    assert (body(broken), len(broken.problems)) == (b"one", 1)
    still = load(plant(tmp_path, {"workspace/mocks/m.toml": "nonsense"}), before=broken)
    assert (body(still), len(still.problems)) == (b"one", 1)
    mended = load(plant(tmp_path, {"workspace/mocks/m.toml": mock("/m", response='body = "two"')}), before=still)
    assert (body(mended), mended.problems) == (b"two", ())


def test_a_deleted_file_is_no_broken_one(tmp_path: Path) -> None:
    first = load(plant(tmp_path, GOOD))
    (tmp_path / "workspace/mocks/m.toml").unlink()
    assert body(load(tmp_path, before=first)) == 404


def test_a_deleted_body_is_a_fault_and_the_last_answer_stays(tmp_path: Path) -> None:
    files = {"workspace/mocks/m.toml": mock("/m", response='body_file = "b.txt"'), "workspace/mocks/b.txt": "text"}
    first = load(plant(tmp_path, files))
    (tmp_path / "workspace/mocks/b.txt").unlink()
    gone = load(tmp_path, before=first)
    assert (body(gone), codes(gone)) == (b"text", {"body-missing"})
    back = load(plant(tmp_path, {"workspace/mocks/b.txt": "again"}), before=gone)
    assert (body(back), codes(back)) == (b"again", set())


def test_a_sibling_body_that_goes_leaves_an_empty_answer(tmp_path: Path) -> None:
    first = load(plant(tmp_path, {"workspace/mocks/m.toml": mock("/m"), "workspace/mocks/m.body.json": "{}"}))
    assert body(first) == b"{}"
    (tmp_path / "workspace/mocks/m.body.json").unlink()
    assert body(load(tmp_path, before=first)) == b""


def test_broken_settings_stay_as_they_last_were(tmp_path: Path) -> None:
    first = load(plant(tmp_path, GOOD | {"keymock.toml": "metadata_headers = false\n"}))
    broken = load(plant(tmp_path, {"keymock.toml": "metadata_headers = \n"}), before=first)
    assert (broken.settings.metadata_headers, len(broken.problems)) == (False, 1)
    again = load(tmp_path, before=broken)
    assert (again.settings.metadata_headers, len(again.problems)) == (False, 1)
    assert load(tmp_path).settings.metadata_headers


@pytest.mark.parametrize("file", ["projects/p/project.toml", "projects/p/mocks/_defaults.toml"])
def test_so_do_projects_and_defaults(tmp_path: Path, file: str) -> None:
    first = load(plant(tmp_path, {file: 'base_path = "/v1"\n', "projects/p/mocks/m.toml": mock("/m")}))
    broken = load(plant(tmp_path, {file: "base_path = [\n"}), before=first)
    assert body(broken, "/v1/m") == b""
    assert body(load(tmp_path), "/m") == b"", "from the start it counts as left out"


def test_unreadable_roles_are_in_force_as_they_last_were(tmp_path: Path) -> None:
    first = load(plant(tmp_path, GOOD | {"ROLES": "* admin:ada@x\n/workspace/ member:anyone\n"}))
    broken = load(plant(tmp_path, {"ROLES": "* nonsense:ada@x\n"}), before=first)
    assert body(broken) == b"one"
    assert broken.problems
    assert body(load(tmp_path)) == 404, "from the start: served to nobody"


# ---- the price of change ---------------------------------------------------------------------------------------------


def test_what_is_unchanged_is_taken_over(tmp_path: Path) -> None:
    first = load(plant(tmp_path, GOOD))
    again = load(plant(tmp_path, {"workspace/mocks/m.toml": mock("/new")}), before=first)
    assert again.units["workspace/mocks/other"] is first.units["workspace/mocks/other"]
    assert again.units["workspace/mocks/m"] is not first.units["workspace/mocks/m"]


def test_defaults_above_a_mock_make_it_anew(tmp_path: Path) -> None:
    first = load(plant(tmp_path, GOOD))
    again = load(plant(tmp_path, {"workspace/mocks/_defaults.toml": 'base_path = "/v1"'}), before=first)
    assert (body(again, "/v1/m"), body(again)) == (b"one", 404)


# ---- projects anywhere -----------------------------------------------------------------------------------------------

MONOREPO = {
    "keymock.toml": 'projects = ["services/*/mock"]\n',
    "services/pay/mock/mocks/m.toml": mock("/pay"),
    "services/shop/mock/project.toml": 'name = "The Shop"\nbase_path = "/v1"\n',
    "services/shop/mock/mocks/m.toml": mock("/shop"),
    "services/shop/src/mocks/m.toml": mock("/no"),
    "services/deep/er/mock/mocks/m.toml": mock("/no"),
    "projects/plain/mocks/m.toml": mock("/plain"),
}


def test_projects_anywhere_have_ids_like_all_others(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, MONOREPO))
    assert sorted(catalog.routes) == ["projects/pay/mocks/m", "projects/plain/mocks/m", "projects/the-shop/mocks/m"]
    assert catalog.routes["projects/pay/mocks/m"].file == "services/pay/mock/mocks/m.toml"
    assert [body(catalog, path) for path in ("/pay", "/v1/shop", "/plain", "/no")] == [b"", b"", b"", 404]


def test_an_overlay_lies_over_a_project_anywhere_by_its_id(tmp_path: Path) -> None:
    over = {"private/ada/projects/pay/mocks/m.toml": '[response]\nbody = "mine"'}
    catalog = load(plant(tmp_path, MONOREPO | over), "ada")
    assert (body(catalog, "/pay"), catalog.problems) == (b"mine", ())


def test_two_projects_of_one_name(tmp_path: Path) -> None:
    twin = {"services/plain/mock/mocks/m.toml": mock("/twin")}
    catalog = load(plant(tmp_path, MONOREPO | twin))
    assert codes(catalog) == {"two-projects"}
    assert (body(catalog, "/plain"), body(catalog, "/twin")) == (b"", 404)


def test_folders_above_files_that_fit_a_glob() -> None:
    files = ["services/a/mock/mocks/m.toml", "services/a/src/x", "services/b/mock/project.toml", "services/mock"]
    assert folders_matching("services/*/mock", files) == {"services/a/mock", "services/b/mock"}


# ---- whose tree ------------------------------------------------------------------------------------------------------


def test_only_ones_own_private_folder_is_read(tmp_path: Path) -> None:
    root = plant(tmp_path, {"private/ada/mocks/a.toml": mock("/a"), "private/bob/mocks/b.toml": "broken"})
    assert sorted(load(root, "ada").routes) == ["private/ada/mocks/a"]
    assert load(root, "ada").problems == ()
    assert load(root).routes == {}
    assert (owner_of("Ada@Example.com"), owner_of(None)) == ("ada@example.com", "")


def test_a_link_is_no_mock(tmp_path: Path) -> None:
    root = plant(tmp_path, GOOD)
    (root / "workspace/mocks/link.toml").symlink_to(root / "workspace/mocks/m.toml")
    (root / "workspace/mocks/folder").symlink_to(root / "workspace")
    os.mkfifo(root / "workspace/mocks/pipe.toml")
    catalog = load(root)
    assert {problem.path: problem.code for problem in catalog.problems} == {
        "workspace/mocks/link.toml": "symlink", "workspace/mocks/pipe.toml": "not-a-file",
    }  # fmt: skip
    assert told(ask(world(catalog), "/m")) == "m"


# ---- the rights alone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "allowed"),
    [
        ({}, True),
        ({"ROLES": "* editor:ada\n"}, True),
        ({"ROLES": "* viewer:ada\n"}, False),
        ({"ROLES": "* viewer:ada\n", "keymock.toml": 'roles = "review"\n'}, True),
        ({"ROLES": "* viewer:ada\n", "keymock.toml": "roles = \n"}, False),
        ({"ROLES": "* nonsense\n"}, False),
        ({"ROLES": "#" * 2_000_000}, False),
        ({"ROLES/x": ""}, False),
        ({"ROLES": b"\xff\xfe"}, False),
    ],
)
def test_the_rights_alone_are_those_of_the_whole_tree(
    tmp_path: Path, files: dict[str, str | bytes], allowed: bool
) -> None:
    source = WorkTree(plant(tmp_path, files))
    assert Workspace(tmp_path, None).load().policy == policy_of(source).roles
    assert policy_of(source).decide("ada", "update", "workspace/mocks/m.toml").allowed is allowed


def test_roles_that_are_a_link_or_a_pipe_are_no_rules_and_open_nothing(tmp_path: Path) -> None:
    plant(tmp_path, {"other": "* editor:ada\n"})
    (tmp_path / "ROLES").symlink_to("other")
    assert policy_of(WorkTree(tmp_path)).roles.broken
    (tmp_path / "ROLES").unlink()
    os.mkfifo(tmp_path / "ROLES")
    assert policy_of(WorkTree(tmp_path)).roles.broken
