"""A server that remembers exchanges, or does not, as it is told by SIGUSR1: `python -m bench.switching ROOT PORT`.

Two processes of the same program differ by up to a tenth for as long as they live, by where things happen to lie in
memory; what the journal costs is less than that. In one process, only the journal differs.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
import time

from keymock.journal import Forgetful
from keymock.serve.app import MockApp
from keymock.serve.granian_server import GranianServer
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.serve.turn import Turn
from keymock.serve.worker import finish_what_was_begun


async def serve(root: str, port: int, turn: Turn) -> None:
    """As `keymock up` does, in the worker."""
    service = Service(Options(workspace=root), time.time_ns)
    journals = [service.journal, Forgetful()]
    gc.collect()
    gc.freeze()

    def switch() -> None:
        journals.reverse()
        service.journal = journals[0]

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, switch)
    listener = socket.create_server(("127.0.0.1", port), backlog=4096)
    app = MockApp(service, time.time_ns, time.perf_counter_ns)
    await GranianServer(app, listener, turn).serve()


if __name__ == "__main__":
    finish_what_was_begun()
    own = Turn()
    with asyncio.Runner(loop_factory=own.loop) as runner:
        runner.run(serve(sys.argv[1], int(sys.argv[2]), own))
