"""`keymock coverage`: which mocks, and which of their answers, a running server gave."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from keymock import coverage_files, telling
from keymock.commands.invocation import Invocation, root_of
from keymock.commands.printing import counted, put_json, remark
from keymock.commands.servers import client_of, server_option
from keymock.commands.verb import Word, verb
from keymock.coverage import Coverage, MockUse, merged, unused_for
from keymock.problems import Stop, error

FORMS = ("text", "json", "junit", "html")


@verb(
    "coverage",
    examples=(
        "keymock coverage                                    of the running server, since it started",
        "keymock coverage --save used.json                   keep it; a second time: add to it",
        "keymock coverage --from used.json --from ci.json    of runs that are over, laid together",
        "keymock coverage --format junit > coverage.xml      for CI; html: a page",
        "keymock coverage --strict                           exits 1 if a request found no mock, or a mock no request",
        "keymock coverage --from used.json --unused-for 90   what nothing has used for 90 days",
    ),
)
@click.option("--from", "files", type=click.Path(path_type=Path), multiple=True, help="A saved report; repeatable.")
@click.option("--save", type=click.Path(path_type=Path), help="Write the report here, added to what is there.")
@click.option("--format", "form", type=Word(FORMS), default="text", show_default=True, help="How to print it.")
@click.option("--strict", is_flag=True, help="The first two of the following.")
@click.option("--strict-unmatched", is_flag=True, help="Exit with 1 if a request found no mock.")
@click.option("--strict-unused", is_flag=True, help="Exit with 1 if a mock was never used.")
@click.option("--strict-operations", is_flag=True, help="Exit with 1 if an operation of a contract was never used.")
@click.option("--unused-for", type=click.IntRange(1), metavar="DAYS", help="Only mocks not used for so long.")
@server_option
def command(
    invocation: Invocation,
    files: tuple[Path, ...],
    save: Path | None,
    form: str,
    strict: bool,
    strict_unmatched: bool,
    strict_unused: bool,
    strict_operations: bool,
    unused_for: int | None,
    server: str,
) -> int:
    """Say which mocks and which of their answers were used, which operations of contracts, and what found no mock.

    Sessions count together. A mock that no run uses is dead weight: --unused-for looks at the day it was last used,
    else at the day git saw its file change.
    """
    read = [_read(invocation.folder / file) for file in files]
    report = merged(read) if read else msgspec.convert(client_of(invocation, server).coverage(), Coverage)
    if save is not None:
        report = _saved(invocation.folder / save, report)
    if unused_for is not None:
        return _tell_unused(invocation, report, unused_for)
    if invocation.json or form == "json":
        put_json(report)
    elif form == "junit":
        print(coverage_files.junit(report), end="")
    elif form == "html":
        print(coverage_files.page(report, "Mock coverage"), end="")
    else:
        print(telling.coverage(report, invocation.paint))
    unmatched = (strict or strict_unmatched) and report.unmatched > 0
    unused = (strict or strict_unused) and bool(report.unused)
    untried = strict_operations and bool(report.unused_operations)
    return 1 if unmatched or unused or untried else 0


_WRITTEN_BY = "reports are written by `keymock run --coverage FILE -- COMMAND` and `keymock coverage --save FILE`"


def _read(file: Path) -> Coverage:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Coverage)
    except OSError as fault:
        raise Stop(error(str(file), "no-file", f"cannot be read: {fault.strerror}", hint=_WRITTEN_BY)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Stop(error(str(file), "bad-json", f"this is no report of coverage: {fault}", hint=_WRITTEN_BY)) from None


def _saved(file: Path, report: Coverage) -> Coverage:
    whole = merged([_read(file), report]) if file.exists() else report
    try:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n")
    except OSError as fault:
        raise Stop(error(str(file), "not-writable", f"cannot be written: {fault.strerror}")) from None
    return whole


def _tell_unused(invocation: Invocation, report: Coverage, days: int) -> int:
    today = datetime.fromtimestamp(time.time(), UTC).date().isoformat()
    found = unused_for(report, days, _changed(root_of(invocation), [mock.file for mock in report.mocks]), today)
    if invocation.json:
        put_json({"unused": [{"mock": mock.mock, "file": mock.file, "days": age} for mock, age in found]})
        return 1 if found else 0
    for mock, age in found:
        print(f"{mock.mock}  {_since(mock, age)}")
    if not found:
        remark(invocation, f"every mock was used, or changed, within {counted(days, 'day')}")
    return 1 if found else 0


def _since(mock: MockUse, days: int) -> str:
    return f"last used {mock.last}, {days} days ago" if mock.last else f"never used, unchanged for {days} days"


def _changed(root: Path, files: Sequence[str]) -> dict[str, str]:
    """The day of the last commit that changed each file; empty where there is no git to ask."""
    from keymock.repo import behind_glass, commit_of, last_changes  # noqa: PLC0415  (few ask)

    try:
        with behind_glass(root, os.environ) as glass:
            prefix = glass.place.prefix
            found: dict[str, Any] = last_changes(glass, commit_of(glass, "HEAD"), [prefix + file for file in files])
    except Stop:
        return {}
    return {name.removeprefix(prefix): commit.committer.when.date().isoformat() for name, commit in found.items()}
