"""What the user has allowed a repository: hosts to reach, names to answer to, process variables to read.

Kept outside of it, where no pull request writes.

One file for each workspace in the user's own state folder, by the path of the workspace.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from keymock.disk import write_whole
from keymock.learned import learned
from keymock.outbound import Allowed, Host, canonical, host, hosts, is_loopback

VARIABLE = "KEYMOCK_ALLOW_OUTBOUND"
_MOST = 1 << 20


class Consent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file. `secrets` are those of the hosts that may be sent secrets; `workspace` is for whoever reads it."""

    workspace: str
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    env: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[Allowed, ...]:
        """The hosts, as `outbound` wants them."""
        return tuple(Allowed(each, str(each) in self.secrets) for each in hosts(self.hosts))

    def names(self, host_name: str) -> bool:
        """Whether the server may answer to a name: this machine's own, or one that was allowed."""
        name = canonical(host_name)
        return is_loopback(name) or any(each.host.name == name for each in self.allowed)


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
            consent = msgspec.json.decode(os.read(handle, _MOST), type=learned(Consent))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return nothing
        finally:
            os.close(handle)
        return consent if consent.workspace == self.root else nothing

    def allow(self, given: Iterable[Host], *, secrets: bool = False, env: Iterable[str] = ()) -> Consent:
        """Adds hosts and process variables, and returns all that is allowed now. Raises OSError."""
        before, names = self.read(), [str(each) for each in given]
        trusted = (*before.secrets, *(names if secrets else ()))
        return self._write((*before.hosts, *names), trusted, (*before.env, *env))

    def forget(self, given: Iterable[Host], *, env: Iterable[str] = ()) -> Consent:
        """Takes hosts and process variables away, and returns all that is allowed now. Raises OSError."""
        before, gone = self.read(), {*(str(each) for each in given), *(f"env {name}" for name in env)}
        return self._write(
            [each for each in before.hosts if each not in gone],
            [each for each in before.secrets if each not in gone],
            [each for each in before.env if f"env {each}" not in gone],
        )

    def _write(self, allowed: Iterable[str], secrets: Iterable[str], env: Iterable[str]) -> Consent:
        consent = Consent(self.root, *(tuple(dict.fromkeys(each)) for each in (allowed, secrets, env)))
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self.path, msgspec.json.format(msgspec.json.encode(consent), indent=2) + b"\n", 0o600)
        return consent


FREE = ("CI", "LANG", "TZ")
"""Process variables that tell nobody anything: they need no consent."""


def variables(consent: Consent, environ: Mapping[str, str]) -> dict[str, str]:
    """The process variables that the user lets a workspace read, where its keymock.toml asks for them."""
    return {name: environ[name] for name in (*FREE, *consent.env) if name in environ}


def for_this_run(flags: Iterable[str], variable: str) -> tuple[Allowed, ...]:
    """Hosts allowed by `--allow-outbound` and by KEYMOCK_ALLOW_OUTBOUND, a list with commas. Raises ValueError."""
    given = [*flags, *(part for part in variable.replace(",", " ").split() if part)]
    return tuple(Allowed(host(each)) for each in given)
