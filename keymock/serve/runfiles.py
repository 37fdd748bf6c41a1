"""What a running server leaves on disk: a folder nobody else can read, a lock, and a file that says where it is.

`<workspace>/.keymock/lock` is held by the one `keymock up` of that working tree, `.keymock/run/<pid>.json` describes
each server that runs, `--at` and `keymock run` included. Both are held with flock: unlike a process id, a lock cannot
outlive its process, be reused, or mean another process in another container.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from keymock.learned import learned
from keymock.problems import Stop, error

_PUBLIC_BITS = 0o077
_MAX_READY = 1 << 20


class Address(msgspec.Struct, frozen=True):
    """Where one project answers."""

    url: str


class Ready(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ready file: everything a script needs to talk to a server. Holds the token; see `public`.

    Fields may be added by later versions, so unknown ones are let through here.
    """

    url: str
    projects: dict[str, Address]
    control: str
    token: str
    pid: int
    actor: str
    generation: int
    workspace: str
    revision: str = ""
    """What `--at` named, with the commit that it meant; empty for the work tree."""

    def public(self) -> dict[str, object]:
        """The same without the token, for standard output."""
        fields: dict[str, object] = msgspec.to_builtins(self)
        del fields["token"]
        return fields

    @property
    def described(self) -> str:
        """One server, told from others."""
        at = f" at {self.revision}" if self.revision else ""
        return f"keymock up of {self.workspace}{at} (pid {self.pid}, {self.url})"


class Server(msgspec.Struct, frozen=True):
    """Where a verb talks to, and what opens the door."""

    control: str
    token: str


def runtime_folder(workspace: Path, environ: Mapping[str, str], user: int, temporary: Path) -> Path:
    """The folder for this workspace's lock, run files and caches, mode 0700: made if it is not there.

    `<workspace>/.keymock`; where that cannot be written, locked or trusted (a symlink that came with a repository,
    another user's folder), `$XDG_RUNTIME_DIR/keymock/<hash>`, else `<temporary>/keymock-<user>/<hash>`.
    `user` is the user id that must own it. Raises Stop when there is no place at all.
    """
    own = workspace / ".keymock"
    if _make_private(own, user) and _make_private(own / "run", user):
        return own
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, and most workspaces never come here

    given = environ.get("XDG_RUNTIME_DIR", "")
    name = hashlib.sha256(os.fsencode(workspace)).hexdigest()[:16]
    for base in (*([Path(given) / "keymock"] if given else []), temporary / f"keymock-{user}"):
        if all(_make_private(folder, user) for folder in (base, base / name, base / name / "run")):
            return base / name
    message = f"cannot write to {own}, nor to {temporary}"
    hint = "keymock keeps its lock and its token there; make one of them writable, or set XDG_RUNTIME_DIR"
    raise Stop(error("keymock up", "no-runtime-folder", message, hint=hint))


def _make_private(folder: Path, user: int) -> bool:
    """Make the folder, or take one that is really ours: a real folder, owned by the user, writable, lockable."""
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        found = os.fstat(handle)
        if found.st_uid != user:
            return False
        if stat.S_IMODE(found.st_mode) != 0o700:
            os.fchmod(handle, 0o700)
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)  # some network file systems have no locks
        _ignore(handle)
        return os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False
    finally:
        os.close(handle)


def _ignore(folder: int) -> None:
    """No token is ever committed, with or without `keymock init`; nor if whoever made the folder was ended just then.

    Only in a folder that is ours: a link could lead anywhere.
    """
    with contextlib.suppress(FileExistsError):
        handle = os.open(".gitignore", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644, dir_fd=folder)
        os.write(handle, b"*\n")
        os.close(handle)


@contextlib.contextmanager
def lock(folder: Path, pid: int) -> Iterator[Callable[[str], None]]:
    """Hold the working tree for one server; the yielded function notes the address once it is known.

    Raises Stop (exit code 2) naming the process and the address of the server that has it.
    The file stays: deleting a lock file lets two processes hold two locks of one name.
    """
    path = folder / "lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as failure:  # a folder or a symlink of that name
        raise Stop(error(str(path), "no-runtime-folder", f"cannot open the lock: {failure.strerror}")) from failure
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _already_up(os.pread(handle, 4096, 0)) from None
        _note(handle, {"pid": pid, "url": ""})
        yield lambda address: _note(handle, {"pid": pid, "url": address})
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _note(handle: int, content: Mapping[str, object]) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, msgspec.json.encode(content), 0)


def _already_up(content: bytes) -> Stop:
    try:
        holder = msgspec.json.decode(content, type=learned(dict[str, int | str]))
    except msgspec.DecodeError:  # between taking the lock and the first note
        holder = {}
    pid, address = holder.get("pid", ""), holder.get("url", "")
    who = f"pid {pid}, {address}" if address else f"pid {pid}, still starting" if pid else "it is still starting"
    hint = "stop that one, or serve another revision beside it with --at REV"
    return Stop(error("keymock up", "already-up", f"this working tree is served already ({who})", hint=hint))


class ReadyFiles:
    """The files that say where this server is: `run/<pid>.json`, and one more wherever `--ready-file` points.

    A script may wait for that file to appear, so one that a killed server left behind is removed at once.
    """

    def __init__(self, folder: Path, pid: int, extra: Path | None = None) -> None:
        self._paths = [folder / "run" / f"{pid}.json"]
        self._held: dict[Path, int] = {}
        if extra is None:
            return
        if not extra.parent.is_dir():
            raise Stop(error(str(extra), "ready-file", f"there is no folder {extra.parent} for the ready file"))
        try:
            extra.unlink(missing_ok=True)
        except OSError as failure:
            raise Stop(error(str(extra), "ready-file", f"cannot write the ready file: {failure.strerror}")) from failure
        self._paths.append(extra)

    def write(self, ready: Ready) -> None:
        """Write them whole, or again when the server has come back: a reader sees the old file or the new one."""
        for path in self._paths:
            former = self._held.pop(path, None)
            self._held[path] = _write_held(path, msgspec.json.encode(ready) + b"\n")
            if former is not None:
                os.close(former)

    def remove(self) -> None:
        """Take them away, unless somebody has put another file there."""
        for path, handle in self._held.items():
            _remove_if_same(path, handle)
            os.close(handle)
        self._held.clear()


def _write_held(path: Path, content: bytes) -> int:
    """Write a private file in one step, locked before anyone can see it. Returns the descriptor that holds the lock."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with contextlib.suppress(OSError):  # the file of --ready-file may lie where locks do not work; nobody asks for it
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.write(handle, content)
    temporary.replace(path)
    return handle


def _remove_if_same(path: Path, handle: int) -> None:
    with contextlib.suppress(OSError):
        if os.path.samestat(path.lstat(), os.fstat(handle)):
            path.unlink()


def live(folder: Path, user: int) -> list[Ready]:
    """The servers that run, by process id. Files of dead ones are removed; files that others could write are ignored.

    `user` is the user id that must own them: a run file that came with a repository must not send us anywhere.
    """
    found = (_live(path, user) for path in sorted((folder / "run").glob("*.json")))
    return sorted((ready for ready in found if ready), key=lambda ready: ready.pid)


def _live(path: Path, user: int) -> Ready | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        entry = os.fstat(handle)
        if not stat.S_ISREG(entry.st_mode) or entry.st_uid != user or entry.st_mode & _PUBLIC_BITS:
            return None
        if _is_free(handle):
            _remove_if_same(path, handle)
            return None
        return msgspec.json.decode(os.read(handle, _MAX_READY), type=learned(Ready))
    except msgspec.DecodeError:  # of another version, or not ours
        return None
    finally:
        os.close(handle)


def _is_free(handle: int) -> bool:
    """Whether nobody holds the file: its server is dead."""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_ready(path: Path) -> Ready:
    """A ready file that somebody named. Raises Stop if it is not there or not one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=learned(Ready))
    except OSError as failure:
        hint = "it is written when the server can answer; is `keymock up --ready-file` running?"
        raise Stop(error(str(path), "no-server", f"cannot read it: {failure.strerror}", hint=hint)) from failure
    except msgspec.DecodeError as failure:
        raise Stop(error(str(path), "no-server", f"this is not a ready file of keymock: {failure}")) from failure


def named_server(option: str, environ: Mapping[str, str]) -> str:
    """The file or address that is named: `--server FILE|URL`, else KEYMOCK_SERVER, else KEYMOCK_CONTROL, which
    `keymock run` gives to its command; empty if none is.
    """
    return option or environ.get("KEYMOCK_SERVER", "") or environ.get("KEYMOCK_CONTROL", "")


def choose_server(
    option: str, environ: Mapping[str, str], running: Sequence[Ready], read: Callable[[Path], Ready] = read_ready
) -> Server:
    """Which server a verb talks to: the one that is named, else the only one that runs.

    A URL is opened by KEYMOCK_TOKEN, or by the token of the running server that it belongs to.
    Raises Stop (exit code 2): none, several, or no token.
    """
    named = named_server(option, environ)
    if named.startswith(("http://", "https://")):
        return _at(named.rstrip("/"), environ.get("KEYMOCK_TOKEN", ""), running)
    if named:
        ready = read(Path(named))
        return Server(ready.control, ready.token)
    if len(running) == 1:
        return Server(running[0].control, running[0].token)
    if running:
        several = ", ".join(
            f"{ready.control} (pid {ready.pid}{ready.revision and f', at {ready.revision}'})" for ready in running
        )
        hint = f"choose with --server: {several}"
        raise Stop(error("keymock", "several-servers", f"{len(running)} servers run for this workspace", hint=hint))
    hint = "start one with `keymock up`, or name one with --server FILE|URL"
    raise Stop(error("keymock", "no-server", "no server runs for this workspace", hint=hint))


def _at(address: str, token: str, running: Sequence[Ready]) -> Server:
    for ready in running:
        if address in (ready.control, ready.url):
            return Server(ready.control, token or ready.token)
    if token:
        return Server(address, token)
    hint = "set KEYMOCK_TOKEN, or give the ready file instead of the address"
    raise Stop(error("keymock", "no-token", f"there is no token for {address}", hint=hint))
