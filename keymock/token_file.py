"""The tokens that were issued for a workspace, kept in the user's own state folder: no pull request writes there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from keymock.disk import write_whole
from keymock.learned import learned
from keymock.tokens import Token, by_digest

_MOST = 1 << 20

Stamp = tuple[int, int, int]


class Issued(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file. `workspace` is for whoever reads it, and so that a file in the wrong place opens nothing."""

    workspace: str
    tokens: tuple[Token, ...] = ()


class TokenFile:
    """The file of the workspace at `root`, in the user's state folder (`workspace.state_folder`)."""

    def __init__(self, state: Path, root: Path) -> None:
        self.root = str(Path(os.path.abspath(root)))  # noqa: PTH100  (as `discover`: links stay links)
        self.path = state / "tokens" / f"{hashlib.sha256(self.root.encode()).hexdigest()[:32]}.json"
        self._stamp: Stamp | None = None
        self._known: dict[str, Token] = {}

    def read(self) -> tuple[Token, ...]:
        """All that were issued; none if there is no file, or one that cannot be read, or that others could see."""
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return ()
        try:
            found = os.fstat(handle)
            if found.st_uid != os.getuid() or found.st_mode & 0o077:
                return ()
            issued = msgspec.json.decode(os.read(handle, _MOST), type=learned(Issued))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return ()
        finally:
            os.close(handle)
        return issued.tokens if issued.workspace == self.root else ()

    def known(self) -> dict[str, Token]:
        """The tokens by their digest, as they are now: what was revoked a moment ago is not among them."""
        stamp = self._now()
        if stamp != self._stamp:
            self._known = by_digest(self.read())
            self._stamp = stamp
        return self._known

    def write(self, tokens: Iterable[Token]) -> None:
        """Keeps these tokens and no other. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        issued = Issued(self.root, tuple(tokens))
        write_whole(self.path, msgspec.json.format(msgspec.json.encode(issued), indent=2) + b"\n", 0o600)

    def _now(self) -> Stamp | None:
        try:
            found = os.lstat(self.path)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
