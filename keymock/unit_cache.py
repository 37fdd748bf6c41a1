"""Compiled mocks kept between runs, so that a warm start parses nothing.

A repository could carry a forged cache with routes of its own, so the file is sealed with a key that lies outside of
it, in the user's state folder; without such a key there is no cache.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

import msgspec

import keymock
from keymock import __version__
from keymock.catalog import Catalog, Scene, Sheet, Shelf, put_away, scene_of
from keymock.disk import write_whole
from keymock.learned import learned

CACHE = "index.msgpack"
_SEAL = 32
_HASH = "sha256"  # processors have instructions for it: a third of the time of BLAKE2


class _Cache(msgspec.Struct, array_like=True):
    code: str
    scene: Scene
    sheet: Sheet


class UnitCache:
    """The cache of one workspace: `runtime` is its `.keymock`, `state` the user's own folder."""

    def __init__(self, runtime: Path, state: Path) -> None:
        self.file = runtime / CACHE
        self.state = state

    def read(self) -> Shelf:
        """The units of the last run; none where there is no cache, or other code or somebody else wrote it."""
        try:
            sealed = self.file.read_bytes()
            key = (self.state / "cache.key").read_bytes()
        except OSError:
            return nothing()
        data = memoryview(sealed)[_SEAL:]
        if not hmac.compare_digest(sealed[:_SEAL], _seal(data, key)):
            return nothing()
        try:
            cache = msgspec.msgpack.decode(data, type=learned(_Cache))
        except (msgspec.MsgspecError, RecursionError):
            return nothing()
        return Shelf(cache.sheet.names, [cache.sheet], scene=cache.scene) if cache.code == code() else nothing()

    def write(self, catalog: Catalog, actor: str | None) -> None:
        """Keeps the units for the next run. A disk that cannot be written costs only time, so nothing is raised."""
        data = msgspec.msgpack.encode(_Cache(code(), scene_of(catalog, actor), put_away(catalog.units)))
        try:
            write_whole(self.file, _seal(data, self._key()) + data, 0o600)
        except OSError:
            return

    def _key(self) -> bytes:
        file = self.state / "cache.key"
        try:
            return file.read_bytes()
        except FileNotFoundError:
            key = secrets.token_bytes(32)
            self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(file, key, 0o600)
            return key


def is_kept(runtime: Path) -> bool:
    """Whether there is a cache, good or not."""
    return (runtime / CACHE).exists()


def nothing() -> Shelf:
    """The units of a start without a cache."""
    return Shelf((), [])


def _seal(data: bytes | memoryview, key: bytes) -> bytes:
    return hmac.digest(key, data, _HASH)


def code() -> str:
    """What made the units: keymock's version, and the state of each of its files, for those who are changing them.

    A unit is opened long after the cache was read, when it is too late to find that its shape is another one.
    """
    digest = hashlib.blake2b(digest_size=8)
    pending = list(keymock.__path__)
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith(".py"):
                    found = entry.stat()
                    digest.update(f"{entry.name} {found.st_mtime_ns} {found.st_size}".encode())
                elif "." not in entry.name and entry.name != "__pycache__":
                    pending.append(entry.path)
    return f"{__version__} {digest.hexdigest()}"
