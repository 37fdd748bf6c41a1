"""Recordings that settings name: where they lie, that an edit is heard of, and that a broken file changes nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from recorded import orders
from tree_answers import load, mock, plant

from keymock import recordings
from keymock.catalog import Catalog, update
from keymock.catalog.recorded import places
from keymock.index import BodyFault
from keymock.serve.options import Options
from keymock.serve.service import Service

DRAWN = 'delay = { recorded = "day.har" }'
DAY = "projects/shop/data/day.har"
NAME = "projects/shop/mocks/m"
TREE = {
    "projects/shop/project.toml": f"[defaults]\n{DRAWN}\n",
    f"{NAME}.toml": mock("/orders/:id"),
    DAY: orders([10, 20]),
}


def median(catalog: Catalog, name: str = NAME) -> float:
    return recordings.drawn(catalog.routes[name].answers[0].play.wait.samples, 0.5)


@pytest.mark.parametrize(
    ("owner", "settings", "file"),
    [
        ("keymock.toml", f"[defaults]\n{DRAWN}", "workspace/data/day.har"),
        ("keymock.toml", f"[defaults.response]\n{DRAWN}", "workspace/data/day.har"),
        ("keymock.toml", '[defaults]\ndelay = { recorded = "workspace/mocks/day.har" }', "workspace/mocks/day.har"),
        ("projects/shop/project.toml", f"[defaults]\n{DRAWN}", "projects/shop/day.har"),
        ("projects/shop/mocks/_defaults.toml", f"[response]\n{DRAWN}", "projects/shop/mocks/day.har"),
        ("projects/shop/mocks/_defaults.toml", f"[response]\n{DRAWN}", DAY),
    ],
)
def test_where_it_lies(tmp_path: Path, owner: str, settings: str, file: str) -> None:
    files = {f"{NAME}.toml": mock("/orders/:id"), owner: settings + "\n"}
    catalog = load(plant(tmp_path, {**files, file: orders([10])}))
    assert catalog.problems == ()
    assert median(catalog) == 0.01
    assert catalog.routes[NAME].answers[0].play.wait.source == file


@pytest.mark.parametrize(
    ("owner", "folder", "found"),
    [
        ("keymock.toml", "workspace", ["workspace/data/a.har"]),
        ("projects/p/mocks/x/_defaults.toml", "projects/p", ["projects/p/mocks/x/a.har", "projects/p/data/a.har"]),
    ],
)
def test_the_places_in_order(owner: str, folder: str, found: list[str]) -> None:
    assert list(places("a.har", owner, folder)) == found


def test_no_place_leads_out() -> None:
    with pytest.raises(BodyFault):
        list(places("../../../a.har", "projects/p/project.toml", "projects/p"))


@pytest.mark.parametrize("name", ["none.har", "../../../../etc/passwd.har"])
def test_one_that_is_not_there_is_told_at_its_key(tmp_path: Path, name: str) -> None:
    catalog = load(
        plant(tmp_path, {**TREE, "projects/shop/project.toml": f'[defaults]\ndelay = {{ recorded = "{name}" }}\n'})
    )
    (problem,) = catalog.problems
    assert (problem.path, problem.line, problem.column) == ("projects/shop/project.toml", 2, 22)
    assert problem.code == ("body-missing" if name == "none.har" else "body-outside")
    assert catalog.routes[NAME].answers[0].play.still, "the mocks beneath are served all the same"


def test_an_edit_is_heard_of_and_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    service = Service(Options(workspace=str(plant(tmp_path, TREE))), time.time_ns)
    assert median(service.catalog) == 0.02
    plant(tmp_path, {DAY: orders([70])})
    service.rescan([DAY])
    assert median(service.catalog) == 0.07
    plant(tmp_path, {DAY: '{"log": {\n"entries": [}', f"{NAME}.toml": mock("/orders/:id", response='body = "new"')})
    service.rescan([DAY, f"{NAME}.toml"])
    (problem,) = service.problems
    assert (problem.path, problem.line, problem.column, problem.code) == (DAY, 2, 13, "bad-recording")
    assert median(service.catalog) == 0.07
    assert service.catalog.routes[NAME].answers[0].body == b"new", "what is not broken goes on"
    (tmp_path / DAY).unlink()
    service.rescan([DAY])
    assert [problem.code for problem in service.problems] == ["body-missing"]
    assert median(service.catalog) == 0.07
    plant(tmp_path, {DAY: orders([90])})
    service.rescan([DAY])
    assert service.problems == ()
    assert median(service.catalog) == 0.09


def test_a_mocks_own_recording_too(tmp_path: Path) -> None:
    own = "projects/shop/mocks/own.har"
    files = {f"{NAME}.toml": mock("/orders/:id", response='delay = { recorded = "own.har" }'), own: orders([10])}
    service = Service(Options(workspace=str(plant(tmp_path, files))), time.time_ns)
    plant(tmp_path, {own: orders([70])})
    service.rescan([own])
    assert median(service.catalog) == 0.07
    plant(tmp_path, {own: "{"})
    service.rescan([own])
    (problem,) = service.problems
    assert (problem.path, problem.message[:14]) == (f"{NAME}.toml", "own.har:1:2: t")
    assert median(service.catalog) == 0.07


def test_one_file_is_read_for_each_column(tmp_path: Path) -> None:
    files = {
        "keymock.toml": '[faults.slow]\ndelay = { recorded = { file = "a.csv", column = "total" } }\n'
        '[defaults]\ndelay = { recorded = { file = "a.csv", column = "wait" } }\n',
        "workspace/data/a.csv": "wait,total\n10,70\n",
        f"{NAME}.toml": mock("/orders/:id"),
    }
    catalog = load(plant(tmp_path, files))
    assert catalog.problems == ()
    assert median(catalog) == 0.01
    assert sorted(kept.recording.times for kept in catalog.recordings.values()) == [(0.01,), (0.07,)]


def test_only_the_mocks_that_draw_from_it_are_made_anew(tmp_path: Path) -> None:
    files = {**TREE, "projects/other/mocks/m.toml": mock("/other")}
    before = load(plant(tmp_path, files))
    assert update(before, [DAY]) is None, "which mocks lie beneath is told by the whole tree"
    plant(tmp_path, {DAY: orders([70])})
    after = load(tmp_path, before=before)
    made_anew = [name for name, unit in after.units.items() if unit is not before.units.get(name)]
    assert made_anew == [NAME]
