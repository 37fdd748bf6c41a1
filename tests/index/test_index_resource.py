from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import load, plant

from keymock.index.resource import prototype
from keymock.pattern import parse

FILE = "workspace/mocks/users.toml"
SEED = '[{"id": 1, "name": "Ada"}]'


def data(keys: str) -> str:
    return f'[data]\nresource = "users"\n{keys}\n'


@pytest.mark.parametrize(
    ("keys", "paths"),
    [
        ("", ["/users", "/users/:id"]),
        ('path = "/api/people"', ["/api/people", "/api/people/:id"]),
        ('path = "/api/people/"', ["/api/people/", "/api/people/:id"]),
    ],
)
def test_a_resource_is_two_routes(tmp_path: Path, keys: str, paths: list[str]) -> None:
    catalog = load(plant(tmp_path, {FILE: data(keys)}))
    assert catalog.problems == ()
    listed, single = catalog.routes["workspace/mocks/users"], catalog.routes["workspace/mocks/users#id"]
    assert [route.patterns for route in (listed, single)] == [parse(path) for path in paths]
    assert (set(listed.methods) >= {"GET", "POST"}, set(single.methods) >= {"GET", "PUT", "PATCH", "DELETE"}) == (
        True,
        True,
    )
    assert listed.resource is not None
    assert single.resource is not None
    assert (listed.resource.item, single.resource.item) == ("", "id")
    assert not listed.still


@pytest.mark.parametrize("place", ["workspace/mocks/users.json", "workspace/data/users.json"])
def test_a_seed_lies_beside_the_mock_or_in_data(tmp_path: Path, place: str) -> None:
    catalog = load(plant(tmp_path, {FILE: data('seed = "users.json"'), place: SEED}))
    assert catalog.problems == ()
    resource = catalog.routes["workspace/mocks/users"].resource
    assert resource is not None
    assert len(prototype(resource)) == 1


@pytest.mark.parametrize(
    ("keys", "seed", "told"),
    [
        ('seed = "none.json"', SEED, "3:8 body-missing: "),
        ('seed = "seed.json"', "{", "3:8 invalid-seed: seed.json"),
        ('seed = "seed.json"', '[{"id": 1}, {"id": 1}]', "3:8 invalid-seed: seed.json"),
        ('schema = "seed.json"', "{", "3:10 invalid-schema: "),
        ('path = "/:id"', SEED, "3:13 bad-path: "),
        ('path = "/*rest"', SEED, "3:10 bad-path: "),
    ],
)
def test_what_is_wrong_with_a_resource(tmp_path: Path, keys: str, seed: str, told: str) -> None:
    catalog = load(plant(tmp_path, {FILE: data(keys), "workspace/mocks/seed.json": seed}))
    (problem,) = catalog.problems
    assert f"{problem.line}:{problem.column} {problem.code}: {problem.message}".startswith(told)
    assert catalog.routes == {}


def test_records_begin_anew_only_when_what_they_come_from_changes(tmp_path: Path) -> None:
    def identity() -> str:
        resource = load(tmp_path).routes["workspace/mocks/users"].resource
        assert resource is not None
        name: str = resource.identity
        return name

    plant(tmp_path, {FILE: data('seed = "users.json"'), "workspace/mocks/users.json": SEED})
    first = identity()
    plant(tmp_path, {FILE: 'name = "U"\n' + data('seed = "users.json"')})
    assert identity() == first
    plant(tmp_path, {"workspace/mocks/users.json": '[{"id": 2}]'})
    assert identity() != first


@pytest.mark.parametrize(
    ("more", "line"),
    [('[response]\nbody = "x"', 4), ("[response]\nstatus = 201", 4), ('[[responses]]\nname = "a"', 3)],
)
def test_a_body_beside_records_is_told(tmp_path: Path, more: str, line: int) -> None:
    text = f'[data]\nresource = "users"\n{more}\n'
    (found,) = load(plant(tmp_path, {FILE: text})).problems
    assert (found.code, found.line) == ("two-bodies", line)
