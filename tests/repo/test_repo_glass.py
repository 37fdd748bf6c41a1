"""A repository that is full of traps, seen through glass: none of them springs, and nothing of it changes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from clone import ENVIRON, PATH, Clone, needs_git
from traps import set_traps

from keymock.problems import Stop
from keymock.repo import (
    Glass,
    behind_glass,
    blame,
    changes,
    commit,
    commit_of,
    commits,
    contents,
    entries,
    has_commits,
    history,
    merge_base,
    merged,
    tree_of,
    user_email,
)  # fmt: skip

pytestmark = needs_git

A = "workspace/mocks/a.toml"


@pytest.fixture
def trapped(clone: Clone, tmp_path: Path) -> tuple[Clone, Path]:
    """A clone with two branches and a trap in every setting; and the file that any of them would leave."""
    clone.git("checkout", "-q", "-b", "side")
    clone.commit("side", {A: "1\nside\n3\n"})
    clone.git("checkout", "-q", "main")
    clone.commit("main", {A: "1\nmain\n3\n"})
    script, trace = tmp_path / "evil.sh", tmp_path / "ran"
    script.write_text(f'#!/bin/sh\necho "$0 $*" >> {trace}\n')
    script.chmod(0o755)
    set_traps(clone, script)
    return clone, trace


def ask_everything(glass: Glass) -> None:
    main, side = commit_of(glass, "main"), commit_of(glass, "side")
    base = merge_base(glass, main, side)
    has_commits(glass)
    found = entries(glass, tree_of(glass, main))
    assert contents(glass, [entry.id for entry in found])
    assert changes(glass, main, side)
    assert commits(glass, base, main)
    assert commit(glass, main).subject == "main"
    assert history(glass, main, [A])
    assert blame(glass, main, A, b"1\nnew\n3\n")
    result = merged(glass, main, side)
    assert result.conflicts == (A,)


def test_no_trap_springs(trapped: tuple[Clone, Path]) -> None:
    clone, trace = trapped
    before = _state(clone.folder / ".git")
    user_email(clone.folder, ENVIRON)
    with behind_glass(clone.folder, ENVIRON) as glass:
        ask_everything(glass)
        with pytest.raises(Stop):
            commit_of(glass, "mian")
    assert not trace.exists(), trace.read_text()
    assert _state(clone.folder / ".git") == before


def test_the_traps_would_spring(trapped: tuple[Clone, Path]) -> None:
    clone, trace = trapped
    subprocess.run(["git", "status"], cwd=clone.folder, env=ENVIRON, capture_output=True, check=False)
    assert trace.exists(), "the test above would hold for traps that are broken"


def test_a_missing_object_is_not_fetched(trapped: tuple[Clone, Path]) -> None:
    clone, trace = trapped
    blob = clone.git("rev-parse", f"main:{A}")
    (clone.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    clone.configure("core.repositoryFormatVersion", "1")
    clone.configure("extensions.partialClone", "origin")
    with behind_glass(clone.folder, ENVIRON) as glass:
        with pytest.raises(Stop):
            contents(glass, [blob])
        with pytest.raises(Stop):
            commit_of(glass, blob)
    assert not trace.exists(), trace.read_text()


def test_only_git_itself_is_started(clone: Clone, tmp_path: Path) -> None:
    """Every program that the shell's path leads to leaves a mark; git is the only one that may."""
    real = shutil.which("git", path=PATH)
    marks = tmp_path / "marks"
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "git").write_text(f'#!/bin/sh\necho git "$1" >> {marks}\nexec {real} "$@"\n')
    for name in ("less", "ssh", "gpg", "ssh-keygen", "vi", "sh"):
        (bin / name).write_text(f"#!/bin/bash\necho {name} >> {marks}\n")
    for file in bin.iterdir():
        file.chmod(0o755)
    with behind_glass(clone.folder, {**ENVIRON, "PATH": str(bin)}) as glass:
        head = commit_of(glass, "main")
        contents(glass, [entry.id for entry in entries(glass, head)])
        merged(glass, head, head)
    assert {line.split()[0] for line in marks.read_text().splitlines()} == {"git"}


def test_the_glass_is_gone_afterwards(clone: Clone) -> None:
    with behind_glass(clone.folder, ENVIRON) as glass:
        assert glass.folder.is_dir()
    assert not glass.folder.exists()


def test_a_failure_of_git_is_a_sentence(glass: Glass) -> None:
    with pytest.raises(Stop) as stop:
        glass.ask("cat-file", "-t", "nonsense")
    assert stop.value.problems[0].message == "git cat-file: Not a valid object name nonsense"


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for path in folder.rglob("*"):
        stat = os.lstat(path)
        found[str(path)] = (stat.st_mtime_ns, stat.st_size)
    return found
