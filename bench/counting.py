"""Whether the journal counts every request that was answered: `python -m bench.counting [--requests 100000]`.

So many requests, pipelined over several connections as fast as they are answered; then what the control plane counted
(`/coverage`, the id of the last entry) is held against the answers that came, to the last one.
"""

from __future__ import annotations

import argparse
import re
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from bench import trees
from keymock.testing import Mocks, serve

AT_ONCE = 50
PATHS = ("/static/7", "/short/8", "/nowhere")
"""One that is kept ready, one that is filled in, one that no mock answers."""


def asked(url: str, number: int, came: dict[str, int], lock: threading.Lock) -> None:
    """Sends so many requests on one connection, and counts the answers by path."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 80), 60)
    own = dict.fromkeys(PATHS, 0)
    left, buffer = number, b""
    while left:
        turn = [PATHS[(left - each) % len(PATHS)] for each in range(min(AT_ONCE, left))]
        connection.sendall(b"".join(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode() for path in turn))
        for path in turn:
            while (head := buffer.find(b"\r\n\r\n")) < 0:
                buffer += connection.recv(65536)
            length = int(re.search(rb"content-length: (\d+)", buffer[:head], re.IGNORECASE)[1])  # type: ignore[index]
            while len(buffer) < head + 4 + length:
                buffer += connection.recv(65536)
            buffer = buffer[head + 4 + length :]
            own[path] += 1
        left -= len(turn)
    connection.close()
    with lock:
        for path, count in own.items():
            came[path] += count


def counted(mocks: Mocks) -> dict[str, int]:
    """What the server counted, by path."""
    used = {
        mock["route"]: sum(each.get("used", 0) for each in mock["answers"]) for mock in mocks.client.coverage()["mocks"]
    }
    return {"/static/7": used["GET /static/:id"], "/short/8": used["GET /short/:id"],
            "/nowhere": mocks.client.coverage()["unmatched"]}  # fmt: skip


def main() -> int:
    """Prints what came and what was counted; 1 if they differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=8)
    options = parser.parse_args()
    each = options.requests // options.connections
    came, lock = dict.fromkeys(PATHS, 0), threading.Lock()
    with tempfile.TemporaryDirectory() as folder:
        trees.templates(Path(folder))
        with serve(folder) as mocks:
            began = time.perf_counter()
            threads = [
                threading.Thread(target=asked, args=(mocks.ready.url, each, came, lock))
                for _ in range(options.connections)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            took = time.perf_counter() - began
            found = counted(mocks)
            entries = mocks.client.journal(limit=1)
    total = sum(came.values())
    print(f"{total} answers in {took:.1f} s ({total / took:.0f}/s): {came}")
    print(f"counted {sum(found.values())}: {found}; the last entry is {entries[-1]['id']}")
    return 0 if found == came and entries[-1]["id"] == total else 1


if __name__ == "__main__":
    sys.exit(main())
