"""What `keymock use` has set, kept between runs: `.keymock/toggles.json`, never committed."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from keymock.disk import write_whole
from keymock.learned import learned
from keymock.problems import Problem, warning
from keymock.toggles import Toggles

NAME = "toggles.json"
_MOST = 1 << 20


class ToggleFile:
    """The file in the runtime folder of a workspace."""

    def __init__(self, runtime: Path) -> None:
        self.path = runtime / NAME

    def read(self) -> tuple[Toggles, Problem | None]:
        """The toggles, none if there is no file; with a problem if there is one that cannot be read."""
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return Toggles(), None
        except OSError as fault:
            return Toggles(), self._ignored(fault.strerror or str(fault))
        try:
            return msgspec.json.decode(os.read(handle, _MOST), type=learned(Toggles)), None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as fault:
            return Toggles(), self._ignored(str(fault))
        finally:
            os.close(handle)

    def write(self, toggles: Toggles) -> None:
        """Keeps the toggles; without any there is no file. Raises OSError."""
        if toggles == Toggles():
            self.path.unlink(missing_ok=True)
        else:
            write_whole(self.path, msgspec.json.format(msgspec.json.encode(toggles), indent=2) + b"\n", 0o600)

    def _ignored(self, reason: str) -> Problem:
        message = f"what `keymock use` had set cannot be read, and does not hold: {reason}"
        return warning(f".keymock/{NAME}", "bad-toggles", message, hint="begin anew: keymock use --reset")
