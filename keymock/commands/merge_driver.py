"""`keymock merge-driver`: git asks it to put two changes of one mock together."""

from __future__ import annotations

from pathlib import Path

import click

from keymock.commands.invocation import Invocation, root_of
from keymock.commands.printing import put_json, remark
from keymock.commands.verb import verb
from keymock.disk import write_whole
from keymock.merging import merge
from keymock.problems import Stop, error
from keymock.repo.lines import merge_lines

ATTRIBUTES = ("workspace/**/*.toml merge=keymock", "projects/**/*.toml merge=keymock")
COMMAND = "git config merge.keymock.driver 'keymock merge-driver %O %A %B %L %P'"
LABELS = ("ours", "theirs")


@verb(
    "merge-driver",
    examples=(
        "keymock merge-driver --install          .gitattributes, and the line to type in each clone",
        "keymock merge-driver %O %A %B %L %P     what git is told to run",
    ),
)
@click.argument("base", required=False, type=click.Path(path_type=Path))
@click.argument("ours", required=False, type=click.Path(path_type=Path))
@click.argument("theirs", required=False, type=click.Path(path_type=Path))
@click.argument("size", required=False, type=click.IntRange(1, 1000), default=7)
@click.argument("path", required=False, default="")
@click.option("--install", is_flag=True, help="Write .gitattributes, and say what to type.")
def command(
    invocation: Invocation, base: Path | None, ours: Path | None, theirs: Path | None, size: int, path: str,
    install: bool,
) -> int:  # fmt: skip
    """Put two changes of one mock together: tables by key, responses by name, so that two headers are no conflict.

    The result is written over OURS, as git wants it. What both sides changed differently stands between markers, and
    nothing else does; then it exits with 1. Files that are no TOML are merged by their lines.
    """
    if install:
        return _install(invocation)
    if base is None or ours is None or theirs is None:
        raise Stop(error("keymock merge-driver", "usage", "git calls this with three files", hint=COMMAND))
    files = [invocation.folder / file for file in (base, ours, theirs)]
    try:
        return _merge(invocation, files, size, path or ours.name)
    except OSError as fault:
        raise Stop(error(str(fault.filename), "unreadable", f"cannot be read or written: {fault.strerror}")) from None


def _merge(invocation: Invocation, files: list[Path], size: int, name: str) -> int:
    base, ours, theirs = files
    texts = [_text(file) for file in files]
    known = [text for text in texts if text is not None]
    done = merge(known[0], known[1], known[2], LABELS, size) if len(known) == 3 else None
    if done is None:
        lines = merge_lines(base, ours, theirs, invocation.environ, LABELS, size)
        write_whole(ours, lines.content)
        return 1 if lines.conflicts else 0
    write_whole(ours, done.text.encode())
    if invocation.json:
        put_json({"conflicts": list(done.conflicts)})
    elif done.conflicts:
        remark(invocation, f"{name}: both sides changed {', '.join(done.conflicts)}")
    return 1 if done.conflicts else 0


def _text(file: Path) -> str | None:
    """The text of a file, None if it is none or has other line ends than LF, which its lines keep better."""
    data = file.read_bytes()
    if b"\r" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _install(invocation: Invocation) -> int:
    """Writes what travels with the repository; what git runs is each user's own to say, so that is only printed."""
    root = root_of(invocation)
    file = root / ".gitattributes"
    before = file.read_text(encoding="utf-8") if file.is_file() else ""
    missing = [line for line in ATTRIBUTES if line not in before.splitlines()]
    if missing:
        gap = "\n" if before and not before.endswith("\n") else ""
        write_whole(file, (before + gap + "".join(f"{line}\n" for line in missing)).encode())
    if invocation.json:
        put_json({"created": [".gitattributes"] if missing else []})
        return 0
    print(f"{'wrote' if missing else 'already in'} .gitattributes; now type, once in each clone:")
    print(f"  {COMMAND}")
    return 0
