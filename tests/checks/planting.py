"""Trees written in one line a mock, and what the checks say of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from keymock import checks
from keymock.catalog import Catalog
from keymock.problems import Problem
from keymock.workspace import Workspace


def mock(request: str, top: str = "", response: str = "body = 'x'") -> str:
    """The text of a mock: keys of `[request]`, keys above it, keys of `[response]`."""
    return f"{top}\n[request]\n{request}\n[response]\n{response}\n"


def catalog(root: Path, files: Mapping[str, str], actor: str | None = None) -> Catalog:
    """The tree, written and read. Without a fault of its own: these tests are about mocks beside one another."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    loaded = Workspace(root, actor).load()
    assert not [problem for problem in loaded.problems if problem.severity == "error"], loaded.problems
    return loaded


def found(root: Path, files: Mapping[str, str], actor: str | None = None) -> tuple[Problem, ...]:
    """What the checks find in a tree."""
    return checks.run(catalog(root, files, actor))


def codes(root: Path, files: Mapping[str, str], actor: str | None = None) -> list[str]:
    """The codes of what they find, each once."""
    return sorted({problem.code for problem in found(root, files, actor)})


def on_one_route(*requests: str) -> dict[str, str]:
    """Mocks of one scope, named `a`, `b` … , with these keys under `[request]`."""
    return {f"workspace/mocks/{name}.toml": mock(keys) for name, keys in zip("abcdefgh", requests, strict=False)}
