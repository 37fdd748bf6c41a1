"""keymock/secret_store: the environment, a file that only its owner reads, the keyring."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from keymock.problems import Stop
from keymock.secret_store import SecretStore


def store(tmp_path: Path, text: str = "", mode: int = 0o600, **environ: str) -> SecretStore:
    root = tmp_path / "work"
    root.mkdir(exist_ok=True)
    if text:
        file = tmp_path / "config/keymock/secrets.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
    return SecretStore({"XDG_CONFIG_HOME": str(tmp_path / "config"), **environ}, root, "acme")


class Ring(KeyringBackend):
    """A keyring of two entries."""

    priority = 1
    locked = False

    def set_password(self, service: str, username: str, password: str) -> None:  # noqa: ARG002
        raise AssertionError("keymock writes no secret")

    def delete_password(self, service: str, username: str) -> None:  # noqa: ARG002
        raise AssertionError("keymock forgets no secret")

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return {("keymock", "RING"): "of-all", ("keymock/acme", "OWN"): "of-acme"}.get((service, username))


@pytest.fixture(autouse=True)
def ring() -> Iterator[Ring]:
    before, ring = keyring.get_keyring(), Ring()  # type: ignore[no-untyped-call]
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    assert store(tmp_path, 'A = "file"\n').get("A") == "file"
    assert store(tmp_path, 'A = "file"\n', A="env").get("A") == "env"
    assert store(tmp_path, 'A = "file"\n', A="env", KEYMOCK_SECRET_A="own").get("A") == "own"


def test_the_table_of_the_workspace_goes_before_the_top(tmp_path: Path) -> None:
    found = store(tmp_path, 'A = "all"\nB = "all"\n[acme]\nA = "acme"\n[other]\nB = "other"\n')
    assert (found.get("A"), found.get("B")) == ("acme", "all")


def test_the_keyring_comes_last(tmp_path: Path) -> None:
    found = store(tmp_path, 'RING = "file"\n')
    assert (found.get("OWN"), found.get("RING"), found.get("NONE")) == ("of-acme", "file", None)
    (tmp_path / "config/keymock/secrets.toml").unlink()
    assert store(tmp_path).get("RING") == "of-all"


def test_a_locked_keyring_holds_nothing(tmp_path: Path, ring: Ring) -> None:
    ring.locked = True
    assert store(tmp_path).get("OWN") is None


def test_nothing_is_a_secret_that_is_empty(tmp_path: Path) -> None:
    assert store(tmp_path, 'A = ""\nB = 1\n', A="").get("A") is None
    assert store(tmp_path).get("B") is None


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Stop) as caught:
        store(tmp_path, 'A = "x"\n', mode=0o640).get("A")
    (problem,) = caught.value.problems
    assert (problem.code, problem.hint[:9]) == ("secrets-open", "chmod 600")


def test_a_file_inside_the_workspace_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "work/secrets.toml"
    inside.parent.mkdir()
    inside.write_text('A = "x"\n')
    inside.chmod(0o600)
    with pytest.raises(Stop, match="could be committed"):
        store(tmp_path, KEYMOCK_SECRETS=str(inside)).get("A")


def test_a_pipe_holds_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(Stop, match="not a regular file"):
        store(tmp_path, KEYMOCK_SECRETS=str(tmp_path / "pipe")).get("A")


def test_a_broken_file_is_told_without_its_line(tmp_path: Path) -> None:
    with pytest.raises(Stop) as caught:
        store(tmp_path, 'A = "hunter22\n').get("A")
    (problem,) = caught.value.problems
    assert problem.line == 1
    assert "hunter22" not in repr(problem)


def test_where_to_keep_one_is_said(tmp_path: Path) -> None:
    assert store(tmp_path).keeping == f"keep it in {tmp_path}/config/keymock/secrets.toml (mode 600)"
