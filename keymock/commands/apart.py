"""The command line of `keymock up`, read by a copy of this process while this one imports what serves.

click, the options, where and who: that takes as long as our own modules, and there is a second processor. What stays
has never heard of click. Whatever is wrong with the line, the copy says, and its exit code is that of this process.
"""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from keymock import copies
from keymock.commands.asked import Up
from keymock.commands.invocation import Invocation
from keymock.commands.printing import lenient


def run(arguments: Sequence[str], environ: Mapping[str, str], folder: Path) -> int:
    """As `running.run`, for a command line that begins with `up`."""
    if not copies.has_two_processors():
        from keymock.commands import running  # noqa: PLC0415  (click, which else only the copy needs)

        return running.run(arguments, environ, folder)
    copy = copies.begin(partial(_read, arguments, environ, folder))
    from keymock.commands import serving  # noqa: PLC0415  (meanwhile)

    told, code = copy.heard()
    gc.freeze()  # as in `group`: what imports have made stays
    gc.enable()
    if not told:
        return code
    asked: Up = pickle.loads(told)  # noqa: S301  (by a copy of ourselves; paths may be no UTF-8)
    lenient()
    try:
        return serving.serve(asked, environ)
    except BaseException as end:  # noqa: BLE001  (as `running.run` does)
        from keymock.commands.running import ended  # noqa: PLC0415  (as above)

        return ended(end, arguments, Invocation(folder=folder, environ=environ))


def _read(arguments: Sequence[str], environ: Mapping[str, str], folder: Path, writing: int) -> int:
    """The whole work of the copy: what was asked for goes into the pipe, if it can be done at all."""

    def tell(asked: Up) -> int:
        with os.fdopen(writing, "wb") as stream:
            stream.write(pickle.dumps(asked))
        return 0

    from keymock.commands.running import run as run_whole  # noqa: PLC0415  (the copy alone)

    return run_whole(arguments, environ, folder, tell)
