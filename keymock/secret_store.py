"""Where secrets come from: the process environment, a file that only its owner reads, the system's keyring.

Nothing here is ever in a repository: the file lies in the user's configuration, and one that others could read, or
that lies inside the workspace, is refused.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from keymock import document
from keymock.problems import Stop, error

VARIABLE = "KEYMOCK_SECRETS"
PREFIX = "KEYMOCK_SECRET_"
_MOST = 1 << 20


class SecretStore:
    """The secrets of one user for the workspace at `root`, called `name` in keymock.toml."""

    def __init__(self, environ: Mapping[str, str], root: Path, name: str = "") -> None:
        self.environ = environ
        self.root = root
        self.name = name
        self.path = _path(environ)

    def get(self, secret: str) -> str | None:
        """The value of a secret, None for one that is nowhere. Raises Stop for a file that cannot be trusted.

        `KEYMOCK_SECRET_X` goes before `X`, a table `[name of the workspace]` of the file before its top, both before
        the keyring.
        """
        return next((value for value, _ in self._found(secret)), None)

    def places(self, secret: str) -> list[str]:
        """Where a secret has a value, the place that counts first: a process variable, the file, the keyring."""
        return [place for _, place in self._found(secret)]

    def _found(self, secret: str) -> Iterator[tuple[str, str]]:
        for variable in dict.fromkeys((PREFIX + secret, secret)):
            if self.environ.get(variable):
                yield self.environ[variable], f"the process variable {variable}"
        found = self._file.get(self.name, {})
        for table, name in ((found if isinstance(found, dict) else {}, f" [{self.name}]"), (self._file, "")):
            value = table.get(secret)
            if isinstance(value, str) and value:
                yield value, f"{self.shown_path}{name}"
        kept = self._in_keyring(secret)
        if kept is not None:
            yield kept, "the keyring"

    @property
    def keeping(self) -> str:
        """Where a secret can be kept, for a hint."""
        return f"keep it in {self.shown_path} (mode 600)"

    @property
    def shown_path(self) -> str:
        """The file as people write it, with `~`."""
        home = str(Path.home())
        return f"~{str(self.path)[len(home) :]}" if str(self.path).startswith(f"{home}/") else str(self.path)

    @cached_property
    def _file(self) -> Mapping[str, Any]:
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return {}
        except OSError as fault:
            raise Stop(error(str(self.path), "unreadable", f"cannot be read: {fault.strerror}")) from None
        try:
            self._check(os.fstat(handle))
            data = os.read(handle, _MOST)
        finally:
            os.close(handle)
        parsed = document.parse(data, str(self.path), dict[str, Any])
        if parsed.problems:  # without the line itself: it is one of secrets
            raise Stop(*(error(each.path, each.code, each.message, line=each.line) for each in parsed.problems))
        return parsed.tables

    def _check(self, found: os.stat_result) -> None:
        """Raises Stop for a file that others could read, or that could be committed."""
        if not stat.S_ISREG(found.st_mode):
            raise Stop(error(str(self.path), "not-a-file", "the file of secrets is not a regular file"))
        if found.st_uid != os.getuid() or found.st_mode & 0o077:
            message = "others can read the file of secrets, so it is not used"
            raise Stop(error(str(self.path), "secrets-open", message, hint=f"chmod 600 {self.path}"))
        if self.path.resolve().is_relative_to(self.root.resolve()):
            message = "the file of secrets lies inside the workspace, where it could be committed"
            raise Stop(error(str(self.path), "secrets-open", message, hint=f"move it to {_path({})}"))

    def _in_keyring(self, secret: str) -> str | None:
        try:
            import keyring  # noqa: PLC0415  (an extra, and 130 ms)
            from keyring.errors import KeyringError  # noqa: PLC0415  (as above)
        except ImportError:
            return None
        for service in (f"keymock/{self.name}" if self.name else "", "keymock"):
            try:
                found = keyring.get_password(service, secret) if service else None
            except KeyringError:  # no keyring here, or one that is locked: then it holds nothing for us
                return None
            if found:
                return str(found)
        return None


def _path(environ: Mapping[str, str]) -> Path:
    """`KEYMOCK_SECRETS`, else `secrets.toml` in the user's configuration."""
    given = environ.get(VARIABLE, "")
    if given:
        return Path(given).expanduser()
    base = environ.get("XDG_CONFIG_HOME") or ""
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "keymock" / "secrets.toml"
