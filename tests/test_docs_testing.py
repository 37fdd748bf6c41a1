"""docs/testing.md and `example-workspace/clients/`: the page shows the files as they are, and they pass."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_docs import blocks

from keymock.commands.client import LANGUAGES
from keymock.pytest_plugin import pytest_addoption
from keymock.serve.routes import ROUTES
from keymock.testing import Mocks

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
CLIENTS = ROOT / "example-workspace/clients"


def test_the_page_shows_the_files_as_they_are() -> None:
    shown = {block.title: block.text for block in blocks(PAGE) if block.title}
    assert len(shown) == 3
    for name, text in shown.items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, name


def test_every_call_of_the_table_is_there() -> None:
    called = set(re.findall(r"`keymock\.(\w+)", PAGE)) - {"asgi", "testing", "mjs"}
    assert {"url", "override", "verify", "journal", "reset"} <= called
    assert [name for name in called if not hasattr(Mocks, name)] == []


def test_every_route_of_the_table_is_there() -> None:
    shapes = {(route.method, re.sub(r"\{\w+\}", "NAME", route.path.replace("{id}", "ID"))) for route in ROUTES}
    named = set(re.findall(r"`(GET|PUT|POST|DELETE) (/[^`?]*)", PAGE))
    assert len(named) >= 9
    assert named <= shapes


def test_every_option_of_the_page_is_there() -> None:
    parser = pytest.Parser(_ispytest=True)
    pytest_addoption(parser)
    known = {name for option in parser.getgroup("keymock").options for name in option.names()}
    assert set(re.findall(r"--keymock-\w+", PAGE)) <= known


def environ(tmp_path: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KEYMOCK", "PYTEST", "GIT_"))}
    return {**clean, "XDG_STATE_HOME": str(tmp_path / "state"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@pytest.mark.live
def test_the_tests_of_the_python_client_pass(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(ROOT / "example-workspace", workspace, ignore=shutil.ignore_patterns(".keymock", "__pycache__"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "keymock.pytest_plugin", "-p", "no:cacheprovider"]
    ended = subprocess.run(
        command, cwd=workspace / "clients/python", env=environ(tmp_path), capture_output=True, text=True, check=False
    )
    assert "3 passed" in ended.stdout, ended.stdout + ended.stderr


@pytest.mark.live
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not there")
def test_the_tests_of_the_web_client_pass(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(ROOT / "example-workspace", workspace, ignore=shutil.ignore_patterns(".keymock", "__pycache__"))
    web = workspace / "clients/web"
    shutil.copy(ROOT / "keymock/commands" / LANGUAGES["js"], web)
    ended = subprocess.run(
        [sys.executable, "-m", "keymock", "run", "--", "node", "--test"], cwd=web, env=environ(tmp_path),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "pass 2" in ended.stdout
