"""The command line. `main` is the console script; what it runs is in `commands.running`."""

from __future__ import annotations

import gc
import os
import sys

from keymock.commands import COMPLETE, module_of, overview
from keymock.commands.interrupting import as_exception, at_once


def main() -> None:
    """Runs the command line of this process, and ends it with its exit code."""
    at_once()
    if sys.argv[1:] in ([], ["--help"], ["-h"], ["help"]) and COMPLETE not in os.environ:
        print(overview())
        return
    # None of this before --help has answered: click alone takes longer than all of it.
    gc.disable()  # imports leave no garbage, and looking for it takes a tenth of their time; on again in `group`
    from pathlib import Path  # noqa: PLC0415

    if module_of("".join(sys.argv[1:2])) == "keymock.commands.up" and COMPLETE not in os.environ:
        from keymock.commands.apart import run  # noqa: PLC0415
    else:
        from keymock.commands.running import run  # noqa: PLC0415

        as_exception()
    sys.exit(run(sys.argv[1:], os.environ, Path.cwd()))
