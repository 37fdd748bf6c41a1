from __future__ import annotations

import subprocess
import sys

import msgspec

from keymock.learned import learned

LEVELS = 30
"""Of Structs within Structs: enough that the threads meet while the first of them is still being learned."""

RACE = f"""
import sys, threading
sys.setswitchinterval(1e-6)
import msgspec
from keymock.learned import learned

def deep(number):
    kind = msgspec.defstruct("Leaf", [("leaf", int)])
    for level in range({LEVELS}):
        kind = msgspec.defstruct(f"Level{{level}}", [("first", int), ("inner", kind), ("last", int)])
    return kind

def data():
    value = {{"leaf": 7}}
    for _ in range({LEVELS}):
        value = {{"first": 2, "inner": value, "last": 3}}
    return value

told = msgspec.msgpack.encode(data())
for number in range(40):
    kind, start, read = deep(number), threading.Barrier(3), []

    def reads():
        start.wait()
        read.append(msgspec.to_builtins(msgspec.msgpack.decode(told, type=LEARNED(kind))))

    threads = [threading.Thread(target=reads) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [data()] * 3
print("all read")
"""


def test_threads_that_read_a_type_for_the_first_time_wait_for_one_another() -> None:
    """In another process: the fault that this is about ends one without a word."""
    ended = subprocess.run(
        [sys.executable, "-c", RACE.replace("LEARNED", "learned")], capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (0, "all read\n"), ended.stderr


def test_it_is_the_type_itself() -> None:
    kind = msgspec.defstruct("Kind", [("name", str)])
    assert learned(kind) is kind
    assert learned(dict[str, int]) == dict[str, int]
