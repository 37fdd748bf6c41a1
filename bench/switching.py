"""A server that remembers exchanges and forgets them in turns: `python -m bench.switching ROOT PORT FILE`.

Two processes of the same program differ by up to a tenth for as long as they live, by where things happen to lie in
memory; what the journal costs is less than that. In one process, only the journal differs. And the machine's speed
drifts by more than that within a second: so turns are short, in pairs, and either of a pair may come first. SIGUSR1 has
what each of the two answered, and in how many seconds, written to the file as JSON: `{"on": [N, S], "off": [N, S]}`.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import signal
import socket
import sys
import time
from pathlib import Path

from keymock.journal import Forgetful
from keymock.serve.app import MockApp
from keymock.serve.granian_server import GranianServer
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.serve.turn import Turn
from keymock.serve.worker import finish_what_was_begun

TURN = 0.03
"""Seconds."""

QUIET = 100
"""Fewer exchanges in a turn are no load."""


async def serve(root: str, port: int, report: Path, turn: Turn) -> None:
    """As `keymock up` does, in the worker."""
    service = Service(Options(workspace=root), time.time_ns)
    journals = {"on": service.journal, "off": Forgetful()}
    answered = {"on": [0, 0.0], "off": [0, 0.0]}
    loop, draw = asyncio.get_running_loop(), random.Random(1)
    gc.collect()
    gc.freeze()

    async def switch() -> None:
        while True:
            for name in draw.sample(["on", "off"], 2):
                service.journal = journals[name]
                count, began = service.journal.count, time.perf_counter()
                await asyncio.sleep(TURN)
                if service.journal.count - count > QUIET:
                    answered[name][0] += service.journal.count - count
                    answered[name][1] += time.perf_counter() - began

    loop.add_signal_handler(signal.SIGUSR1, lambda: report.write_text(json.dumps(answered)))
    switching = loop.create_task(switch())
    listener = socket.create_server(("127.0.0.1", port), backlog=4096)
    app = MockApp(service, time.time_ns, time.perf_counter_ns)
    await GranianServer(app, listener, turn).serve()
    switching.cancel()


if __name__ == "__main__":
    finish_what_was_begun()
    own = Turn()
    with asyncio.Runner(loop_factory=own.loop) as runner:
        runner.run(serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), own))
