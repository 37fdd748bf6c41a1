"""Who signed commits, by keys that are handed in: nothing of the repository's or the user's configuration counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from keymock.repo.glass import Glass


class SigningKey(NamedTuple):
    """A public key of SSH, and the person whom it signs for."""

    who: str
    kind: str
    material: str


def signers(glass: Glass, names: Sequence[str], keys: Sequence[SigningKey]) -> dict[str, str]:
    """Who signed each of these commits, by id; those are missing whose signature is none, bad, or of no such key."""
    if not names or not keys:
        return {}
    file = glass.folder / "signers"
    # Whom a key is for is told by its number, for a name could be a pattern to ssh-keygen.
    lines = (f'{at}@keymock namespaces="git" {key.kind} {key.material}\n' for at, key in enumerate(keys))
    file.write_text("".join(lines), encoding="ascii")
    told = glass.ask(
        "-c", "gpg.format=ssh", "-c", f"gpg.ssh.allowedSignersFile={file}", "-c", "gpg.ssh.program=ssh-keygen",
        "-c", "gpg.program=false", "-c", "gpg.openpgp.program=false", "-c", "gpg.x509.program=false",
        "log", "--no-walk=unsorted", "--format=tformat:%H%x00%G?%x00%GS", "--stdin",
        said=("\n".join(names) + "\n").encode("ascii"),
    )  # fmt: skip
    found = {}
    for line in told.decode("utf-8", "replace").splitlines():
        name, state, signer = [*line.split("\0"), "", ""][:3]
        number = signer.removesuffix("@keymock")
        if state == "G" and number.isdigit() and int(number) < len(keys):
            found[name] = keys[int(number)].who
    return found
