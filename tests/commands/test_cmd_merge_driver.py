"""`keymock merge-driver`, as git itself calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from clone import PATH, Clone, needs_git
from prompt import Shell

pytestmark = needs_git

MOCK = "workspace/mocks/a.toml"
BASE = '[request]\npath = "/a"\n[response]\nstatus = 200\nheaders.A = "1"\n'


@pytest.fixture
def clone(shell: Shell, tmp_path: Path) -> Clone:
    made = Clone(shell.folder)
    made.commit("begin", {"keymock.toml": "", MOCK: BASE})
    assert "git config merge.keymock.driver" in shell("merge-driver", "--install").out
    made.commit("attributes")
    program = tmp_path / "bin" / "keymock"
    program.parent.mkdir()
    root = Path(__file__).parent.parent.parent
    program.write_text(f'#!/bin/sh\nPYTHONPATH={root} exec {sys.executable} -m keymock "$@"\n')
    program.chmod(0o755)
    made.configure("merge.keymock.driver", f"{program} merge-driver %O %A %B %L %P")
    return made


def merge(clone: Clone, ours: str, theirs: str) -> tuple[int, str]:
    clone.git("checkout", "-q", "-b", "topic")
    clone.commit("theirs", {MOCK: theirs})
    clone.git("checkout", "-q", "main")
    clone.commit("ours", {MOCK: ours})
    environ = {**os.environ, "PATH": PATH, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_COMMITTER_NAME": "a",
               "GIT_COMMITTER_EMAIL": "a@b.c", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c"}  # fmt: skip
    line = ["git", "merge", "-q", "topic", "-m", "merge"]
    done = subprocess.run(line, cwd=clone.folder, env=environ, capture_output=True, text=True, check=False)
    return done.returncode, (clone.folder / MOCK).read_text()


def test_git_puts_two_headers_together(clone: Clone) -> None:
    code, text = merge(clone, BASE + 'headers.B = "2"\n', BASE + 'headers.C = "3"\n')
    assert (code, text) == (0, BASE + 'headers.B = "2"\nheaders.C = "3"\n')


def test_a_real_conflict_stays_one_and_is_readable(clone: Clone) -> None:
    code, text = merge(clone, BASE.replace("200", "201"), BASE.replace("200", "202") + 'headers.C = "3"\n')
    assert code == 1
    assert "<<<<<<< ours\nstatus = 201\n=======\nstatus = 202\n>>>>>>> theirs\n" in text
    assert text.endswith('headers.A = "1"\nheaders.C = "3"\n')


def test_what_is_no_toml_is_merged_by_its_lines(clone: Clone) -> None:
    code, text = merge(clone, "# one\n[broken\n" + BASE, BASE + "# two\n")
    assert (code, text) == (0, "# one\n[broken\n" + BASE + "# two\n")


def test_installing_twice_writes_once(shell: Shell, clone: Clone) -> None:
    before = (clone.folder / ".gitattributes").read_text()
    assert shell("merge-driver", "--install").out.startswith("already in .gitattributes")
    assert (clone.folder / ".gitattributes").read_text() == before
    assert shell("merge-driver", "--install", "--json").json == {"created": []}


def test_what_is_missing_is_said(shell: Shell) -> None:
    assert "git calls this with three files" in shell("merge-driver").err
    assert shell("merge-driver", "a", "b", "c").code == 2
