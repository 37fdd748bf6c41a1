from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from live_server import Serve
from prompt import Shell
from tree_answers import mock, plant

from keymock.commands.up import Bytes, Moment


@pytest.mark.parametrize(("text", "size"), [("512", 512), ("64KiB", 65536), ("1MB", 1_000_000), ("5 apples", None)])
def test_sizes(text: str, size: int | None) -> None:
    if size is None:
        with pytest.raises(click.BadParameter, match="is not a size"):
            Bytes().convert(text, None, None)
    else:
        assert Bytes().convert(text, None, None) == size


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("1970-01-01T00:00:01", 1.0),
        ("1970-01-02", 86_400.0),
        ("tomorrow", None),
    ],
)
def test_moments(text: str, moment: float | None) -> None:
    if moment is None:
        with pytest.raises(click.BadParameter, match="is no time"):
            Moment().convert(text, None, None)
    else:
        assert Moment().convert(text, None, None) == moment


TREE = {
    "keymock.toml": "",
    "workspace/mocks/now.toml": mock("/now", response='body = "{{ now() }}"'),
    "workspace/mocks/any.toml": 'select = "random"\n[request]\npath = "/any"\n' + "".join(
        f'[[responses]]\nname = "{name}"\nbody = "{name}"\n' for name in "abcd"
    ),
}  # fmt: skip


@pytest.mark.live
def test_a_run_is_repeated_by_its_seed_and_the_clock_stands(serve: Serve, tmp_path: Path) -> None:
    first, again = (
        serve(plant(tmp_path / name, TREE), "--seed", "7", "--freeze-time", "2030-01-02T03:04:05Z") for name in "ab"
    )
    said = [first.body("/any") for _ in range(10)]
    assert [again.body("/any") for _ in range(10)] == said
    assert len(set(said)) > 1
    assert first.body("/now") == again.body("/now")
    assert b"2030-01-02" in first.body("/now")
    assert (first.stop(), again.stop()) == (0, 0)


@pytest.mark.live
@pytest.mark.parametrize(
    ("files", "arguments", "told"),
    [
        ({"workspace/mocks/bad.toml": "a = \n"}, ["--strict"], "workspace/mocks/bad.toml:1:"),
        ({"ROLES": "* admin:ops@example.com\n"}, ["--strict"], "mocks are withheld from nobody"),
        ({}, ["--seed", "x"], "'x' is not a valid integer"),
        ({}, ["--freeze-time", "soon"], "`soon` is no time"),
        ({}, ["--max-body", "5 apples"], "`5 apples` is not a size"),
        ({}, ["--faults", "none-such"], "there is no fault profile `none-such`"),
    ],
)
def test_what_stops_it_is_one_sentence_and_exit_2(
    tmp_path: Path, files: dict[str, str], arguments: list[str], told: str
) -> None:
    root = plant(tmp_path / "tree", {**TREE, **files})
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("KEYMOCK", "GIT_"))}
    environ |= {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state"), "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "keymock", "up", str(root), "--port", "0", *arguments],
        capture_output=True, text=True, env=environ, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, told in done.stdout + done.stderr) == (2, True), done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.live
def test_for_programs_it_prints_json(serve: Serve, tmp_path: Path) -> None:
    server = serve(plant(tmp_path / "tree", TREE), "--json")
    assert server.process.stdout is not None
    ready = json.loads(server.process.stdout.readline())
    assert ready["url"] == server.ready.url
    assert "token" not in json.dumps(ready)
    assert server.stop() == 0


@pytest.mark.parametrize("flag", ["--journal-bodies", "--journal-to=x.db"])
def test_nothing_is_kept_of_what_is_not_remembered(shop: Shell, flag: str) -> None:
    """So `keymock run` and the fixture of pytest, which keep bodies, cannot be made to remember nothing."""
    ended = shop("up", "--no-journal", flag)
    assert ended.code == 2
    assert "--no-journal keeps nothing" in ended.err
