"""`--at REV`, through the commands that have it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from clone import Clone, needs_git
from live_server import Serve
from prompt import Shell
from tree_answers import mock

from keymock.commands.revisions import known

pytestmark = needs_git


@pytest.fixture
def history(shell: Shell) -> Clone:
    """`v1` says "one" at /a; today says "two", has /b as well, and a private mock."""
    clone = Clone(shell.folder)
    clone.commit("one", {"keymock.toml": "", "workspace/mocks/a.toml": mock("/a", response='body = "one"')})
    clone.git("tag", "v1")
    clone.commit(
        "two",
        {
            "workspace/mocks/a.toml": mock("/a", response='body = "two"'),
            "workspace/mocks/b.toml": mock("/b"),
            "private/ada@example.com/mocks/mine.toml": mock("/mine"),
        },
    )
    return clone


def test_ls(history: Clone, shell: Shell) -> None:
    assert shell("ls", "--at", "v1").out == "GET  /a  200  v1:workspace/mocks/a.toml\n"
    assert [one["path"] for one in shell("ls", "--at", "HEAD", "--json").json] == ["/a", "/b"]
    assert "/mine" in shell("ls").out


def test_show(history: Clone, shell: Shell) -> None:
    assert 'body = "one"' in shell("show", "a", "--at", "v1").out
    assert 'body = "two"' in shell("show", "a").out
    assert shell("show", "b", "--at", "v1").code == 2


def test_explain(history: Clone, shell: Shell) -> None:
    assert shell("explain", "/b").code == 0
    told = shell("explain", "/b", "--at", "v1")
    assert (told.code, told.out) == (1, "404  no mock answers GET /b\n")
    assert "v1:workspace/mocks/a.toml:2" in shell("explain", "/a", "--at", "v1").out


def test_what_is_switched_by_hand_is_of_today(history: Clone, shell: Shell) -> None:
    shell.put(".keymock/toggles.json", '{"version":1,"mocks":{"workspace/mocks/a":"off"}}')
    assert shell("explain", "/a", "--at", "v1").code == 0


@pytest.mark.parametrize("command", [["ls"], ["show", "a"], ["explain", "/a"], ["up"]])
@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("v2", "there is no revision `v2` here"),
        ("--output=x", "is no revision"),
        ("-", "`-` is no revision"),
    ],
)
def test_revisions_that_are_none(history: Clone, shell: Shell, command: list[str], revision: str, said: str) -> None:
    told = shell(*command, f"--at={revision}")
    assert told.code == 2
    assert said in told.err


@pytest.mark.parametrize("command", [["ls"], ["up"]])
def test_no_repository(shell: Shell, command: list[str]) -> None:
    shell.put("keymock.toml", "")
    told = shell(*command, "--at", "main")
    assert told.code == 2
    assert "is in no git repository" in told.err


def test_no_commits(shell: Shell) -> None:
    Clone(shell.folder)
    shell.put("keymock.toml", "")
    told = shell("ls", "--at", "HEAD")
    assert (told.code, "this repository has no commit yet" in told.err) == (2, True)


def test_branches_and_tags_complete(history: Clone, shell: Shell) -> None:
    environ = {**shell.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
               "_KEYMOCK_COMPLETE": "bash_complete", "COMP_WORDS": "keymock ls --at ", "COMP_CWORD": "3"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "keymock"], cwd=shell.folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.stdout == "plain,main\nplain,v1\n"


def test_completion_has_nothing_to_say_outside_of_a_repository(shell: Shell, tmp_path: Path) -> None:
    from keymock.commands.invocation import Invocation

    shell.put("keymock.toml", "")
    assert known(Invocation(folder=tmp_path, environ=shell.environ)) == []


@pytest.mark.live
def test_two_revisions_and_the_work_tree_side_by_side(history: Clone, serve: Serve) -> None:
    today, past = serve(history.folder), serve(history.folder, "--at", "v1")
    again = serve(history.folder, "--at", "main")
    assert len({today.port, past.port, again.port}) == 3
    assert [server.body("/a") for server in (today, past, again)] == [b"two", b"one", b"two"]
    assert past.ask("/b")[0] == 404
    assert past.ready.revision.startswith("v1 (")
    history.commit("three", {"workspace/mocks/a.toml": mock("/a", response='body = "three"')})
    history.git("tag", "-f", "v1")
    today.until(lambda: today.body("/a") == b"three", 20)
    assert [server.body("/a") for server in (past, again)] == [b"one", b"two"]
    assert past.ask("/a")[1]["x-keymock-generation"] == "1"
    worker = past.worker
    os.kill(worker, signal.SIGKILL)
    past.until(lambda: past.worker not in (0, worker), 20)
    assert past.body("/a") == b"one"
    assert (today.stop(), past.stop(), again.stop()) == (0, 0, 0)
