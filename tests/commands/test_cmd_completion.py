"""Completion: the script, and what the shell is told."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from prompt import Shell


@pytest.mark.parametrize("shell_name", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: Shell, shell_name: str) -> None:
    done = shell("completion", shell_name)
    assert done.code == 0
    assert "_KEYMOCK_COMPLETE" in done.out


def test_bash_takes_the_script(shell: Shell) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    subprocess.run([bash, "-n"], input=shell("completion", "bash").out, text=True, check=True)


def completed(shop: Shell, line: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    words = line.split(" ")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    monkeypatch.chdir(shop.folder)
    for name, value in shop.environ.items():
        monkeypatch.setenv(name, value)
    done = shop(_KEYMOCK_COMPLETE="bash_complete")
    assert os.environ["COMP_WORDS"] == line
    return [each.partition(",")[2] for each in done.out.split()]


def test_commands_options_and_words(shop: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert completed(shop, "keymock wh", monkeypatch) == ["whoami"]
    assert completed(shop, "keymock ls --me", monkeypatch) == ["--method"]
    assert completed(shop, "keymock can ada up", monkeypatch) == ["update"]
    assert completed(shop, "keymock schema de", monkeypatch) == ["defaults"]


def test_mocks_that_the_actor_may_see(shop: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert completed(shop, "keymock show get", monkeypatch) == ["projects/shop/mocks/users/get-user"]
    assert completed(shop, "keymock show plans", monkeypatch) == []
    assert completed(shop, "keymock --as ops@example.com url plans", monkeypatch) == ["projects/secret/mocks/plans"]
