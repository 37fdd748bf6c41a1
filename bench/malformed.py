"""Malformed Hosts and Origins, over HTTP, against the control plane: `python -m bench.malformed [--number 100000]`.

Each is sent with all else that the guard wants, the token included, or with everything but the token; to routes that
tell and to routes that change. What must hold: an answer for each that can be read as HTTP, a refusal unless the value
means one of our own names, not one byte of the token or of a mock, nothing changed, the same process alive.
"""

from __future__ import annotations

import argparse
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from keymock.testing import Mocks, serve
from tests.malformed_values import malformed

TREE = {
    "keymock.toml": 'name = "guarded"\n',
    "workspace/mocks/canary.toml": '[scenario]\nname = "order"\nrequires = "Started"\nsets = "paid"\n'
    '[request]\npath = "/canary-path"\n[response]\nbody = "canary-body"\n',
}
TELLING = ("GET /status", "GET /routes", "GET /journal", "GET /sessions", "GET /state", "GET /toggles", "GET /metrics")
CHANGING = (
    ("DELETE /journal", ""), ("PUT /sessions/made", "{}"), ("POST /reset?session=*", ""),
    ("PUT /toggles", '{"mocks": {"canary": "off"}}'), ("PUT /state/workspace/order", '{"state": "paid"}'),
    ("POST /journal/1/mock", "{}"), ("POST /secrets", '{"values": ["x"]}'),
)  # fmt: skip


class Sender:
    """One connection, made anew when the server has closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.stream: socket.socket | None = None

    def __call__(self, data: bytes) -> bytes:
        """The whole answer; empty if the server closed instead."""
        for _ in range(2):
            if self.stream is None:
                self.stream = socket.create_connection(("127.0.0.1", self.port), timeout=180)
            try:
                self.stream.sendall(data)
                answer = self._answer()
            except ConnectionError:
                answer = b""
            if answer:
                return answer
            self.close()  # it may have been closed before this was sent
        return b""

    def _answer(self) -> bytes:
        assert self.stream is not None
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.stream.recv(65536)
            if not more:
                return data
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lines = {line.partition(b":")[0].lower(): line.partition(b":")[2].strip() for line in head.split(b"\r\n")[1:]}
        left = int(lines.get(b"content-length", b"0")) - len(body)
        while left > 0:
            more = self.stream.recv(65536)
            if not more:
                break
            data, left = data + more, left - len(more)
        if left or lines.get(b"connection", b"").lower() == b"close":
            self.close()
        return data

    def close(self) -> None:
        if self.stream is not None:
            self.stream.close()
        self.stream = None


def attack(mocks: Mocks, number: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How often each status came, and what was wrong."""
    draw, wrong, statuses = random.Random(seed), [], Counter[str]()
    port, token = urlsplit(mocks.ready.control).port or 0, mocks.ready.token.encode()
    own = {f"{host}:{port}".encode() for host in ("127.0.0.1", "localhost", "[::1]")}
    sender = Sender(port)
    for count in range(number):
        host, origin = f"127.0.0.1:{port}".encode(), b""
        if draw.random() < 0.5:
            host = malformed(draw, port)
        else:
            origin = malformed(draw, port)
        with_token = draw.random() < 0.8
        means_us = host.strip().lower() in own and origin.strip().lower() in {b"", *(b"http://" + name for name in own)}
        line, body = (draw.choice(TELLING), "") if with_token and means_us else draw.choice(
            [*((told, "") for told in TELLING), *CHANGING])  # fmt: skip
        lines = [f"{line} HTTP/1.1".encode(), b"Host: " + host, *([b"Origin: " + origin] if origin else [])]
        lines += [b"Authorization: Bearer " + token] if with_token else []
        lines += [b"Content-Type: application/json", b"Content-Length: %d" % len(body), b"", body.encode()]
        split = b"\r\n\r\n" in host + b"\r\n" or b"\r\n\r\n" in origin + b"\r\n"  # then it is two requests
        if split:
            sender.close()
        answer = sender(b"\r\n".join(lines))
        if split:
            sender.close()
        status = answer[9:12].decode("latin-1") or "closed"
        statuses[status] += 1
        passed = status == "200"
        if passed and not (means_us and with_token):
            wrong.append(f"{count}: let through: {line} {host!r} {origin!r}")
        if status not in ("200", "400", "401", "403", "415", "431", "closed"):
            wrong.append(f"{count}: {status}: {line} {host!r} {origin!r}")
        if token in answer or (not passed and b"canary" in answer):
            wrong.append(f"{count}: tells a secret: {line} {host!r} {origin!r}")
    sender.close()
    return statuses, wrong


def seen(mocks: Mocks) -> dict[str, Any]:
    """All that a request could have changed."""
    client = mocks.client
    return {name: client.call("GET", name) for name in ("/state", "/toggles", "/journal", "/routes")} | {
        "sessions": [each["session"] for each in client.sessions()],
        "generation": client.status()["generation"], "since": client.status()["since"],
    }  # fmt: skip


def tried(number: int, seed: int) -> tuple[Counter[str], list[str], float]:
    """Statuses, what was wrong, and how many seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in TREE.items():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).write_text(text)
        files = sorted(Path(folder).rglob("*.toml"))
        with serve(Path(folder)) as mocks:
            before, began = seen(mocks), time.perf_counter()
            statuses, wrong = attack(mocks, number, seed)
            took = time.perf_counter() - began
            if seen(mocks) != before:
                wrong.append(f"something changed: {before} → {seen(mocks)}")
            if sorted(Path(folder).rglob("*.toml")) != files:
                wrong.append("a file was written")
    return statuses, wrong, took


def main() -> int:
    """Prints how often each status came, and whatever was wrong; 1 if something was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    statuses, wrong, took = tried(asked.number, asked.seed)
    print(f"{sum(statuses.values())} values in {took:.0f} s: {dict(sorted(statuses.items()))}")
    print("\n".join(wrong[:20]))
    print(f"{len(wrong)} wrong, nothing changed" if not wrong else f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
