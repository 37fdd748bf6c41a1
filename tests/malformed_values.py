"""Values of headers such as nobody should send; the tests send some of them, and `bench/malformed.py` very many."""

from __future__ import annotations

import random


def malformed(draw: random.Random, port: int) -> bytes:
    """A Host or an Origin: cut, doubled, stuffed, of any bytes, near a good one or not."""
    good = [f"127.0.0.1:{port}", f"localhost:{port}", f"http://localhost:{port}", "[::1]", "null", "", "evil.example"]
    value = bytearray(draw.choice(good).encode())
    for _ in range(draw.randint(1, 6)):
        at, change = draw.randint(0, len(value)), draw.randint(0, 5)
        if change == 0:
            value[at:at] = draw.randbytes(draw.randint(1, 8))
        elif change == 1:
            value[at:at] = draw.choice([b"@", b":", b"..", b"/", b"%00", b"\r\n", b"[", b"]", b" ", b",", "ä".encode()])
        elif change == 2:
            del value[at : at + draw.randint(1, 4)]
        elif change == 3:
            value *= draw.randint(1, 3)
        elif change == 4:
            value += b":" + str(draw.randint(-5, 10**9)).encode()
        else:
            value = value.swapcase()
    return bytes(value[:20_000])
