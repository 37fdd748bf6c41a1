"""Signatures by keys that are handed in, whatever the repository says of keys."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from clone import ENVIRON, PATH, Clone, needs_git

from keymock.repo import SigningKey, behind_glass, signers

pytestmark = [
    needs_git,
    pytest.mark.skipif(shutil.which("ssh-keygen", path=PATH) is None, reason="ssh-keygen is not installed"),
]


def key(folder: Path, name: str) -> SigningKey:
    file = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(file)], check=True, capture_output=True
    )
    kind, material = file.with_suffix(".pub").read_text().split()[:2]
    return SigningKey(f"{name}@example.com", kind, material)


def signed(clone: Clone, message: str, file: Path | None) -> str:
    options = ["-c", "gpg.format=ssh", "-c", f"user.signingKey={file}"] if file else []
    clone.git(
        *options, "commit", "-q", "--allow-empty", "-m", message, *(["-S"] if file else []), who="eve@example.com"
    )
    return clone.git("rev-parse", "HEAD")


def test_a_signature_names_the_person_of_its_key(clone: Clone, tmp_path: Path) -> None:
    ada, bob, eve = (key(tmp_path, name) for name in ("ada", "bob", "eve"))
    by_ada, by_bob, by_eve, by_nobody = (
        signed(clone, name or "nobody", tmp_path / name if name else None) for name in ("ada", "bob", "eve", "")
    )
    own = tmp_path / "allowed"
    own.write_text(f"ops@example.com {eve.kind} {eve.material}\n")
    clone.configure("gpg.ssh.allowedSignersFile", str(own))
    with behind_glass(clone.folder, ENVIRON) as glass:
        asked = [by_ada, by_bob, by_eve, by_nobody]
        assert signers(glass, asked, [ada, bob]) == {by_ada: "ada@example.com", by_bob: "bob@example.com"}
        assert signers(glass, asked, []) == {}
        assert signers(glass, [], [ada]) == {}
