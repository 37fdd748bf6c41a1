from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tree_answers import plant

from keymock.commands.asked import Up
from keymock.commands.serving import _exposed, _faces
from keymock.serve.sockets import Face

PORT = "port = 9100\n"


def faces(root: Path, files: dict[str, str], port: int | None = None, host: str = "") -> list[Face]:
    asked = Up(root=plant(root, files), actor=None, source="", port=port, host=host)
    return _faces(asked)


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({}, {"mock": 8787, "control": 0}),
        ({"keymock.toml": "port = 9000\n"}, {"mock": 9000, "control": 0}),
        ({"keymock.toml": "port = \n"}, {"mock": 8787, "control": 0}),
        ({"projects/shop/project.toml": PORT}, {"mock": 8787, "control": 0, "projects/shop": 9100}),
        (
            {"projects/shop/project.toml": f'name = "Other"\n{PORT}'},
            {"mock": 8787, "control": 0, "projects/shop": 9100},
        ),
        ({"projects/shop/project.toml": 'mount = "/shop"\n'}, {"mock": 8787, "control": 0}),
        ({"projects/shop/project.toml": "port = \n"}, {"mock": 8787, "control": 0}),
        (
            {"keymock.toml": 'projects = ["services/*/mock"]\n', "services/pay/mock/project.toml": PORT},
            {"mock": 8787, "control": 0, "projects/pay": 9100},
        ),
        (
            {"keymock.toml": 'projects = ["/pay/"]\n', "pay/project.toml": f'name = "The Till"\n{PORT}'},
            {"mock": 8787, "control": 0, "projects/the-till": 9100},
        ),
    ],
)
def test_the_ports(tmp_path: Path, files: dict[str, str], names: dict[str, int]) -> None:
    assert {face.name: face.port for face in faces(tmp_path, files)} == names


def test_a_port_of_the_command_line_wins_and_free_ones_are_free_of_projects(tmp_path: Path) -> None:
    files = {"keymock.toml": "port = 9000\n", "projects/shop/project.toml": PORT}
    assert [face.port for face in faces(tmp_path, files, 9001)] == [9001, 0, 9100]
    assert [face.port for face in faces(tmp_path, files, 0)] == [0, 0]


def test_beyond_loopback_it_says_so(tmp_path: Path) -> None:
    asked = Up(root=tmp_path, actor=None, source="", host="192.0.2.1")
    assert [face.host for face in _faces(asked)] == ["192.0.2.1", ""]
    assert "WARNING: listening on 192.0.2.1" in _exposed(asked)
    assert _exposed(Up(root=tmp_path, actor=None, source="")) == ""


def test_what_stays_is_light() -> None:
    """The supervisor is what imports this; the worker is a fork of it, and may import the rest."""
    heavy = ("asyncio", "click", "granian", "multiprocessing", "subprocess", "toml_rs", "watchdog")
    told = f"import sys, keymock.commands.serving; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", told], text=True) == "[]\n"
