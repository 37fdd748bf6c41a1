from __future__ import annotations

import pytest

from keymock.layout import Layout, body_stem, project_name, project_of, resolve_id, scope_of

LAYOUT = Layout({"shop": "projects/shop", "pay": "services/pay/mock"})


@pytest.mark.parametrize(
    ("file", "kind", "id_path", "scope"),
    [
        ("keymock.toml", "settings", "keymock.toml", "private"),
        ("ROLES", "roles", "ROLES", "private"),
        ("environments/dev.toml", "document", "environments/dev.toml", "private"),
        ("workspace/mocks/a/b.toml", "mock", "workspace/mocks/a/b.toml", "workspace"),
        ("workspace/mocks/_defaults.toml", "defaults", "workspace/mocks/_defaults.toml", "workspace"),
        ("workspace/mocks/_draft.toml", "asset", "workspace/mocks/_draft.toml", "workspace"),
        ("workspace/mocks/a.body.toml", "body", "workspace/mocks/a.body.toml", "workspace"),
        ("workspace/mocks/a.json", "asset", "workspace/mocks/a.json", "workspace"),
        ("workspace/flows/f.toml", "document", "workspace/flows/f.toml", "workspace"),
        ("workspace/data/d.toml", "asset", "workspace/data/d.toml", "workspace"),
        ("projects/shop/project.toml", "project", "projects/shop/project.toml", "project"),
        ("projects/shop/openapi.yaml", "asset", "projects/shop/openapi.yaml", "project"),
        ("services/pay/mock/mocks/a.toml", "mock", "projects/pay/mocks/a.toml", "project"),
        ("private/ada/mocks/a.toml", "mock", "private/ada/mocks/a.toml", "private"),
        ("private/ada/workspace/mocks/a.toml", "mock", "workspace/mocks/a.toml", "workspace"),
        ("private/ada/projects/pay/mocks/a.toml", "mock", "projects/pay/mocks/a.toml", "project"),
        ("private/ada/projects/new/mocks/a.toml", "mock", "projects/new/mocks/a.toml", "project"),
    ],
)
def test_what_a_file_is(file: str, kind: str, id_path: str, scope: str) -> None:
    item = LAYOUT.classify(file)
    assert item is not None
    assert (item.kind, item.id_path, item.scope) == (kind, id_path, scope)
    assert item.overlay == (file.startswith("private/ada/") and "ada/mocks" not in file)
    assert item.owner == ("ada" if file.startswith("private/") else "")


@pytest.mark.parametrize(
    "file",
    ["README.md", "src/main.py", "workspace/README.md", "projects/unknown/mocks/a.toml", "private/ada/notes.txt",
     "private/ada", "services/pay/src/a.toml"],
)  # fmt: skip
def test_what_is_none_of_keymocks(file: str) -> None:
    assert LAYOUT.classify(file) is None


@pytest.mark.parametrize(
    "file",
    [
        "workspace/mocks/a.toml",
        "projects/shop/mocks/a.toml",
        "services/pay/mock/mocks/a.toml",
        "private/a/mocks/m.toml",
    ],
)
def test_an_id_path_leads_back_to_its_file(file: str) -> None:
    item = LAYOUT.classify(file)
    assert item is not None
    assert LAYOUT.file_of(item.id_path) == file
    assert file.startswith(LAYOUT.folder_of(item.space) + "/")


def test_spaces() -> None:
    assert [scope_of(space) for space in ("workspace", "projects/shop", "private/ada")] == [
        "workspace", "project", "private",
    ]  # fmt: skip
    assert [project_of(space) for space in ("workspace", "projects/shop", "private/ada")] == ["", "shop", ""]


@pytest.mark.parametrize(
    ("file", "stem"),
    [("w/a.body.json", "w/a"), ("w/a.ok.body.tar.gz", "w/a.ok"), ("w/x.body.d/a.body.json", "w/x.body.d/a")],
)
def test_the_stem_of_a_body(file: str, stem: str) -> None:
    assert body_stem(file) == stem


@pytest.mark.parametrize(
    ("folder", "title", "name"),
    [
        ("services/pay/mock", "", "pay"),
        ("services/Pay/mocks", "", "pay"),
        ("services/pay", "", "pay"),
        ("services/pay/mock", "The Shop (EU)", "the-shop-eu"),
        ("mock", "", ""),
    ],
)
def test_the_name_of_a_project(folder: str, title: str, name: str) -> None:
    assert project_name(folder, title) == name


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("workspace/mocks/get", ["workspace/mocks/get"]),
        ("get.toml", ["projects/p/mocks/get", "workspace/mocks/get"]),
        ("p/mocks/get", ["projects/p/mocks/get"]),
        ("et", []),
    ],
)
def test_a_unique_tail_is_enough(wanted: str, found: list[str]) -> None:
    assert resolve_id(wanted, ["workspace/mocks/get", "projects/p/mocks/get", "workspace/mocks/forget"]) == found
