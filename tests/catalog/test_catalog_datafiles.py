"""Files of `data/`: which they are, what they hold, and that a broken one keeps what it last held."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from asgi_driver import ask
from conversation import Said
from tree_answers import load, plant

from keymock.catalog.datafiles import name_of, read
from keymock.layout import Layout
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service

TREE: dict[str, str | bytes] = {
    "workspace/mocks/price.toml": '[request]\npath = "/price"\n[response]\nbody = "{{ data.prices.hat }}"\n',
    "workspace/data/prices.json": '{"hat": 1}',
}
SAID = Said("GET", "/price", (), b"")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("workspace/data/prices.json", "prices"),
        ("projects/shop/data/users.csv", "users"),
        ("private/ada/data/mine.toml", "mine"),
        ("workspace/data/deep/prices.json", ""),
        ("workspace/data/no-name.json", ""),
        ("workspace/data/image.png", ""),
        ("workspace/mocks/data/prices.json", ""),
    ],
)
def test_which_files_have_a_name(file: str, name: str) -> None:
    item = Layout({"shop": "projects/shop"}).classify(file)
    assert item is not None
    assert name_of(item) == name


@pytest.mark.parametrize(
    ("file", "data", "value"),
    [
        ("a.json", b"[1, null]", [1, None]),
        ("a.json", b'\xef\xbb\xbf"text"', "text"),
        ("a.csv", b"a,b\r\n1,x y\r\n", [{"a": "1", "b": "x y"}]),
        ("a.toml", b"a.b = 1\n", {"a": {"b": 1}}),
    ],
)
def test_what_they_hold(file: str, data: bytes, value: object) -> None:
    assert read(data, file) == (value, ())


@pytest.mark.parametrize(
    ("file", "data", "line", "says"),
    [
        ("a.json", b'{\n"a": 1,\n}', 3, "this is not JSON: "),
        ("a.json", b"", 0, "the file is empty"),
        ("a.json", b"[" * 300 + b"]" * 300, 0, "goes more than 128 levels deep"),
        ("a.json", b"\xff", 1, "is not UTF-8"),
        ("a.csv", b"a,b\n1\n", 2, "1 cells, and 2 names"),
        ("a.csv", b"", 0, "the file is empty"),
        ("a.toml", b"\na = \n", 2, ""),
    ],
)
def test_what_is_wrong_is_told_with_its_line(file: str, data: bytes, line: int, says: str) -> None:
    value, (problem,) = read(data, file)
    assert value is None
    assert (problem.path, problem.line) == (file, line)
    assert says in problem.message


def test_it_follows_the_disk_and_a_broken_one_keeps_what_it_held(tmp_path: Path) -> None:
    root = plant(tmp_path, TREE)
    service = Service(Options(workspace=str(root)), time.time_ns)
    here = MockApp(service, time.time_ns, time.perf_counter_ns, None)
    assert ask(here, SAID).body == b"1"
    for text, body, problems in (('{"hat": 2}', b"2", []), ('{"hat": ', b"2", ["bad-data"]), ('{"hat": 3}', b"3", [])):
        plant(root, {"workspace/data/prices.json": text})
        service.rescan(["workspace/data/prices.json"])
        assert ask(here, SAID).body == body
        assert [problem.code for problem in service.problems] == problems
    (root / "workspace/data/prices.json").unlink()
    service.rescan()
    assert ask(here, SAID).status == 500


def test_one_too_large_is_told(tmp_path: Path) -> None:
    large = b'"' + b"x" * (11 * 1024 * 1024) + b'"'
    catalog = load(plant(tmp_path, {**TREE, "workspace/data/large.json": large}))
    assert [problem.code for problem in catalog.problems] == ["too-large"]
    assert list(catalog.data_files["workspace"]) == ["prices"]
