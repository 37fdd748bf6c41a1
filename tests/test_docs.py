"""The pages tell the truth: what they show is what there is, what they run prints what they say.

A block ```` ```console ```` is run line by line: `$ keymock …` as a process, `$ curl …` by the app, and `cd`, `rm`,
`export`. A block ```` ```toml FILE ```` is that file: the first one as `keymock new` wrote it, later ones are saved.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import asgi_driver
import pytest
from conversation import Said

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "example-workspace/README.md"])


class Block(NamedTuple):
    """A fenced block of a page: what stands behind the fence, and what stands in it."""

    language: str
    title: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    for info, text in re.findall(r"^```(\S[^\n]*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        language, _, title = info.partition(" ")
        yield Block(language, title, text)


def steps(console: str) -> Iterator[tuple[str, str]]:
    """Every command of a console block, and what is to be printed."""
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


class Shell:
    """As much of a shell as the pages need."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.days = 0
        self.environ = {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ.get("PATH", "")}
        self.environ["PYTHONPATH"] = str(ROOT)  # the program beside these pages, wherever another one is installed

    def run(self, line: str) -> str:
        """What a command prints: standard output, then standard error."""
        program, *words = shlex.split(line)
        if program == "keymock":
            command = [sys.executable, "-m", "keymock", *words]
            ended = subprocess.run(
                command, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False
            )
            return ended.stdout + ended.stderr
        if program == "git":
            return self._git(words)
        if program == "curl":
            return self._curl(words)
        if program == "cd":
            self.folder = self.folder / words[0]
        elif program == "rm":
            (self.folder / words[0]).unlink()
        elif program == "export":
            name, _, value = words[0].partition("=")
            self.environ[name] = value
        else:
            raise AssertionError(f"the shell of the pages has no {program}")
        return ""

    def _git(self, words: list[str]) -> str:
        """git with a clock that goes on by a day at each command, so that ids of commits are those of the page."""
        self.days += 1
        date = f"2026-01-{self.days:02}T10:00:00+00:00"
        environ = {
            **self.environ,
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_DATE": date,
            "GIT_CONFIG_GLOBAL": "/dev/null",
        }
        ended = subprocess.run(
            ["git", *words], cwd=self.folder, env=environ, capture_output=True, text=True, check=False
        )
        return ended.stdout + ended.stderr

    def _curl(self, words: list[str]) -> str:
        headers = []
        while words[0] == "-H":
            name, _, value = words[1].partition(": ")
            headers.append((name, value))
            words = words[2:]
        host, slash, path = words[0].partition("/")
        said = Said("GET", slash + path, (("Host", host), *headers), b"")
        with asgi_driver.serve(self.folder, self.environ.get("KEYMOCK_USER"), {}) as ask:
            return ask(said).body.decode().rstrip("\n") + "\n"


def section(page: str, heading: str) -> str:
    """What stands under a heading of a page, up to the next one of its kind; the whole page for no heading."""
    if not heading:
        return page
    _, found, after = page.partition(f"\n## {heading}\n")
    assert found, heading
    return after.partition("\n## ")[0] + "\n"


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("getting-started.md", ""),
        ("contract.md", ""),
        ("requests.md", ""),
        ("revisions.md", ""),
        ("review.md", ""),
        ("roles.md", "Something of one's own over a shared mock"),
        ("answers.md", "Mocks without TOML"),
        ("answers.md", "Presets and switches"),
    ],
)
def test_a_page_that_is_followed_prints_what_it_says(name: str, heading: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path / "acme")  # whose name stands in what is committed, and so in the ids of commits
    shell.folder.mkdir()
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    written: dict[Path, str] = {}
    for block in blocks(section(page, heading)):
        if block.language == "console":
            for command, printed in steps(block.text):
                assert f"$ {command}\n{shell.run(command)}" == f"$ {command}\n{printed}"
        elif block.title:
            file = shell.folder / block.title
            if file.exists() and file.read_text(encoding="utf-8") != written.get(file):
                assert file.read_text(encoding="utf-8") == block.text
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
            written[file] = block.text


def test_the_readme_shows_a_mock_as_it_is() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    file = ROOT / "example-workspace/projects/shop/mocks/users/get-user.toml"
    (shown,) = (block.text for block in blocks(page) if block.language == "toml")
    assert file.read_text(encoding="utf-8").startswith(shown)
    assert file.relative_to(ROOT).as_posix() in page


def test_the_readme_and_ci_run_the_tests_alike() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci/run").read_text(encoding="utf-8")
    for command in ("-c constraints.txt -e '.[test]'", "python -m pytest -n 2 -q"):
        assert command in page
        assert command in ci


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target
