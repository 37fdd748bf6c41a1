from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import load, mock, plant

from keymock.catalog import Catalog, Shelf
from keymock.unit_cache import UnitCache, code, is_kept
from keymock.workspace import Workspace

TREE = {"keymock.toml": "", "workspace/mocks/a.toml": mock("/a"), "projects/shop/mocks/m.toml": mock("/m")}


def cached(root: Path, files: dict[str, str] = TREE, actor: str | None = None) -> tuple[UnitCache, Catalog]:
    cache = UnitCache(root / ".keymock", root / "state")
    catalog = Workspace(plant(root, files), actor).load()
    cache.write(catalog, actor)
    return cache, catalog


def test_units_come_back_as_they_were(tmp_path: Path) -> None:
    assert not is_kept(tmp_path / ".keymock")
    cache, catalog = cached(tmp_path)
    assert is_kept(tmp_path / ".keymock")
    assert cache.read() == catalog.units
    known = Workspace(tmp_path, None).load(known=cache.read())
    assert known.routes == load(tmp_path).routes


def test_a_forged_cache_is_none(tmp_path: Path) -> None:
    cache, _ = cached(tmp_path)
    sealed = cache.file.read_bytes()
    for forged in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\0" * 32 + sealed[32:], sealed[32:], sealed[:40], b""):
        cache.file.write_bytes(forged)
        assert cache.read() == {}


def test_a_cache_that_somebody_else_sealed_is_none(tmp_path: Path) -> None:
    cache, catalog = cached(tmp_path)
    theirs = UnitCache(tmp_path / ".keymock", tmp_path / "other")
    assert theirs.read() == {}, "no key"
    theirs.write(catalog, None)
    assert cache.read() == {}


def test_a_cache_of_other_code_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = plant(tmp_path / "code", {"keymock/__init__.py": "", "keymock/match/parts.py": "old"})
    monkeypatch.setattr("keymock.__path__", [str(package / "keymock")])
    cache, catalog = cached(tmp_path / "tree")
    before = code()
    assert cache.read() == catalog.units
    (package / "keymock/match/parts.py").write_text("newer")
    assert code() != before
    assert cache.read() == {}


def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    cached(tmp_path)
    assert (tmp_path / "state/cache.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / ".keymock/index.msgpack").stat().st_mode & 0o777 == 0o600


# ---- a start that finds everything as the last one left it ----------------------------------------------------------

CONTRACT = """
openapi: 3.1.0
info: {title: t, version: "1"}
paths: {/p: {get: {responses: {"200": {description: ok}}}}}
"""
RICH = {
    **TREE,
    "ROLES": "* user:ada\n",
    "workspace/mocks/b.toml": '[request]\npath = "/b"\n',
    "workspace/mocks/b.body.json": "{}",
    "workspace/mocks/broken.toml": "status = 1\n",
    "workspace/mocks/_defaults.toml": '[response.headers]\nx-a = "1"\n',
    "workspace/mocks/users/{id}.GET.404.json": "{}",
    "projects/shop/project.toml": 'contract = "openapi.yaml"\n',
    "projects/shop/openapi.yaml": CONTRACT,
    "private/ada/workspace/mocks/a.toml": "[response]\nstatus = 201\n",
    "private/ada/workspace/mocks/nowhere.toml": "[response]\nstatus = 201\n",
    "private/ada/mocks/own.toml": mock("/own"),
}  # fmt: skip


def same(one: Catalog, other: Catalog) -> None:
    assert list(one.units) == list(other.units)
    assert one.units == other.units
    assert list(one.routes) == list(other.routes)
    assert one.problems == other.problems
    assert (one.overlays, one.items, one.contexts.defaults) == (other.overlays, other.items, other.contexts.defaults)
    assert one.tree.bodies == other.tree.bodies


def test_it_opens_no_mock_and_has_them_all(tmp_path: Path) -> None:
    cache, catalog = cached(tmp_path, RICH, "ada")
    known = cache.read()
    warm = Workspace(tmp_path, "ada").load(known=known)
    assert known.holds(warm.units)
    assert isinstance(warm.units, Shelf)
    assert set(warm.units._opened) == set(known.scene.others if known.scene else ())
    same(warm, catalog)
    assert len(catalog.problems) == 2
    assert len(catalog.units) == 7


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("workspace/mocks/a.toml", mock("/other")),
        ("workspace/mocks/new.toml", mock("/new")),
        ("workspace/mocks/b.body.json", '{"longer": 1}'),
        ("workspace/mocks/_defaults.toml", '[response.headers]\nx-a = "22"\n'),
        ("workspace/mocks/users/{id}.GET.200.json", "{}"),
        ("ROLES", "* viewer:ada\n"),
        ("private/ada/workspace/mocks/b.toml", "[response]\nstatus = 201\n"),
        ("keymock.toml", '[defaults.headers]\nx-b = "1"\n'),
        ("projects/shop/openapi.yaml", CONTRACT.replace("/p", "/other")),
        ("environments/local.toml", '[variables]\na = "b"\n'),
    ],
)
def test_whatever_changed_meanwhile_is_seen(tmp_path: Path, file: str, text: str) -> None:
    cache, _ = cached(tmp_path, RICH, "ada")
    plant(tmp_path, {file: text})
    known = cache.read()
    warm = Workspace(tmp_path, "ada").load(known=known)
    assert not known.holds(warm.units)
    same(warm, Workspace(tmp_path, "ada").load())


def test_another_actor_has_units_of_their_own(tmp_path: Path) -> None:
    cache, _ = cached(tmp_path, RICH, "ada")
    for actor in ("bob", None):
        known = cache.read()
        warm = Workspace(tmp_path, actor).load(known=known)
        assert not known.holds(warm.units)
        same(warm, Workspace(tmp_path, actor).load())
