"""`keymock hook`: installed into a real repository, and asked by git itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from clone import PATH, Clone, needs_git
from prompt import ADA, Shell

pytestmark = needs_git

USER = "projects/shop/mocks/user.toml"
ROLES = f"* admin:ops@example.com\n/projects/shop/ viewer:* editor:{ADA}\n/workspace/ member:ops@example.com\n"


@pytest.fixture
def clone(shell: Shell) -> Clone:
    made = Clone(shell.folder)
    made.commit("begin", {"keymock.toml": "", "ROLES": ROLES, USER: 'request.path = "/u"\n'})
    return made


def test_what_is_fine_is_silent_on_standard_output(shell: Shell, clone: Clone) -> None:
    assert shell("hook", "run") == (0, "", "")
    clone.put(USER, 'request.path = "/u"\nresponse.status = 404\n')
    assert shell("hook", "run") == (0, "", ""), "nothing of that is staged"
    clone.git("add", "-A")
    done = shell("hook", "run")
    assert (done.code, done.out) == (0, "")
    assert "✗ the status is 404, was 200" in done.err


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        (USER, "[request\n", "this header is not closed"),
        ("projects/shop/mocks/b.toml", 'request.path = "/u"\n', "both answer GET /u"),
        ("projects/shop/mocks/b.body.txt", "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1\n", "looks like a token"),
        (f"private/{ADA}/mocks/a.toml", 'request.path = "/p"\n', "a private file does not belong"),
        ("workspace/mocks/a.toml", 'request.path = "/w"\n', "needs member"),
    ],
)
def test_what_is_staged_and_should_not_be(shell: Shell, clone: Clone, file: str, text: str, says: str) -> None:
    clone.put(file, text)
    clone.git("add", "-f", file)
    done = shell("hook", "run")
    assert done.code == 1
    assert says in done.out
    assert "git commit --no-verify goes past it, and CI decides" in done.err
    assert shell("hook", "run", "--json").json["allowed"] is False


def test_the_first_commit_of_all(shell: Shell) -> None:
    made = Clone(shell.folder)
    made.put("keymock.toml", "")
    made.put("ROLES", ROLES)
    made.put(USER, 'request.path = "/u"\n')
    made.git("add", "-A")
    assert shell("hook", "run").code == 0


def test_git_itself_asks_it(shell: Shell, clone: Clone, tmp_path: Path) -> None:
    done = shell("hook", "install")
    assert (done.code, done.out) == (0, ".git/hooks/pre-commit\n")
    assert "is advice: CI decides" in done.err
    assert shell("hook", "install").code == 0, "once more does no harm"
    program = tmp_path / "bin" / "keymock"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m keymock "$@"\n')
    program.chmod(0o755)
    root = Path(__file__).parent.parent.parent
    environ = {**shell.environ, "PATH": f"{program.parent}{os.pathsep}{PATH}", "PYTHONPATH": str(root)}
    environ |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": ADA, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": ADA}

    def commit() -> subprocess.CompletedProcess[str]:
        clone.git("add", "-A")
        line = ["git", "commit", "-qm", "x"]
        return subprocess.run(line, cwd=clone.folder, env=environ, capture_output=True, text=True, check=False)

    clone.put(USER, 'request.path = "/v"\n')
    assert commit().returncode == 0
    clone.put(USER, "[request\n")
    refused = commit()
    assert refused.returncode == 1
    assert "this header is not closed" in refused.stdout + refused.stderr


def test_a_hook_that_is_there_stays(shell: Shell, clone: Clone) -> None:
    clone.put(".git/hooks/pre-commit", "#!/bin/sh\nmake lint\n")
    done = shell("hook", "install")
    assert (done.code, "add this line to it: keymock hook run" in done.err) == (2, True)
    assert (clone.folder / ".git/hooks/pre-commit").read_text() == "#!/bin/sh\nmake lint\n"
    clone.configure("core.hooksPath", ".husky")
    assert "core.hooksPath" in shell("hook", "install").err


def test_a_workspace_below_the_top_is_named_in_it(shell: Shell) -> None:
    made = Clone(shell.folder)
    made.commit("begin", {"a b/keymock.toml": "", "a b/workspace/mocks/a.toml": 'request.path = "/u"\n'})
    done = shell("hook", "install", at=made.folder / "a b")
    assert done.code == 0
    assert "exec keymock --workspace 'a b' hook run" in (made.folder / ".git/hooks/pre-commit").read_text()


def test_no_repository(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    assert shell("hook", "install").code == 2
    assert "not-a-repository" in shell("hook", "run").err
