"""What the user has allowed a repository to do: hosts it may reach, kept outside of it, where no pull request writes.

One file for each workspace in the user's own state folder, by the path of the workspace.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from keymock.outbound import Allowed, Host, host, hosts
from keymock.workspace import write_whole

VARIABLE = "KEYMOCK_ALLOW_OUTBOUND"
_MOST = 1 << 20


class Consent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file. `secrets` are those of the hosts that may be sent secrets; `workspace` is for whoever reads it."""

    workspace: str
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[Allowed, ...]:
        """The hosts, as `outbound` wants them."""
        return tuple(Allowed(each, str(each) in self.secrets) for each in hosts(self.hosts))


class ConsentFile:
    """The file of the workspace at `root`, in the user's state folder (`workspace.state_folder`)."""

    def __init__(self, state: Path, root: Path) -> None:
        self.root = str(Path(os.path.abspath(root)))  # noqa: PTH100  (as `discover`: links stay links)
        self.path = state / "consent" / f"{hashlib.sha256(self.root.encode()).hexdigest()[:32]}.json"

    def read(self) -> Consent:
        """What was allowed; nothing if there is no file, or one that cannot be read, or that others could write."""
        nothing = Consent(self.root)
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return nothing
        try:
            found = os.fstat(handle)
            if found.st_uid != os.getuid() or found.st_mode & 0o022:
                return nothing
            consent = msgspec.json.decode(os.read(handle, _MOST), type=Consent)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return nothing
        finally:
            os.close(handle)
        return consent if consent.workspace == self.root else nothing

    def allow(self, given: Iterable[Host], *, secrets: bool = False) -> Consent:
        """Adds hosts, and returns all that is allowed now. Raises OSError."""
        before, names = self.read(), [str(each) for each in given]
        return self._write(
            dict.fromkeys((*before.hosts, *names)), dict.fromkeys((*before.secrets, *(names if secrets else ())))
        )

    def forget(self, given: Iterable[Host]) -> Consent:
        """Takes hosts away, and returns all that is allowed now. Raises OSError."""
        before, names = self.read(), {str(each) for each in given}
        return self._write(
            [each for each in before.hosts if each not in names], [each for each in before.secrets if each not in names]
        )

    def _write(self, allowed: Iterable[str], secrets: Iterable[str]) -> Consent:
        consent = Consent(self.root, tuple(allowed), tuple(secrets))
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self.path, msgspec.json.format(msgspec.json.encode(consent), indent=2) + b"\n", 0o600)
        return consent


def for_this_run(flags: Iterable[str], variable: str) -> tuple[Allowed, ...]:
    """Hosts allowed by `--allow-outbound` and by KEYMOCK_ALLOW_OUTBOUND, a list with commas. Raises ValueError."""
    given = [*flags, *(part for part in variable.replace(",", " ").split() if part)]
    return tuple(Allowed(host(each)) for each in given)
