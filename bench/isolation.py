"""Isolation and the price of the fixture: `python -m bench.isolation [--times 20] [--tests 200] [--workers 4]`.

Runs so many tests, shuffled anew each time, on so many workers against one server. Their scenarios, overrides and
sequences clash; whatever one of them sees of another fails it. Then: what the first test with the fixture costs over
an empty one, and each further.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent

MOCKS = {
    "keymock.toml": 'name = "clash"\n',
    "workspace/mocks/item.toml": '[request]\npath = "/item/:id"\n[response]\nbody = "shared"\n',
    "workspace/mocks/turn.toml": 'select = "sequence"\n[request]\npath = "/turn"\n'
    + "".join(f'[[responses]]\nname = "n{number}"\nbody = "{number}"\n' for number in range(1, 6)),
    "workspace/mocks/pay.toml": '[scenario]\nname = "order"\nrequires = "Started"\nsets = "paid"\n'
    '[request]\nmethod = "POST"\npath = "/pay"\n[response]\nstatus = 201\n',
    "workspace/mocks/pay-again.toml": '[scenario]\nname = "order"\nrequires = "paid"\n'
    '[request]\nmethod = "POST"\npath = "/pay"\n[response]\nstatus = 409\n',
}

CONFTEST = """
import os, random

def pytest_collection_modifyitems(items):
    random.Random(int(os.environ["SHUFFLE"])).shuffle(items)
"""

TESTS = """
import http.client, random
from urllib.parse import urlsplit
import pytest

def ask(url, method="GET"):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request(method, parts.path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()

@pytest.mark.parametrize("number", range({number}))
def test_clash(keymock, number):
    draw, asked = random.Random(number), 0
    assert ask(keymock.url + "/turn") == (200, "1")
    assert ask(keymock.url + "/pay", "POST")[0] == 201
    keymock.override("GET", "/item/:id", body=f"mine {{number}}")
    fails = draw.randint(0, 3)
    if fails:
        keymock.override("GET", "/item/:id", status=503, times=fails)
    for call in range(5):
        expected = (503, "") if call < fails else (200, f"mine {{number}}")
        assert ask(keymock.url + f"/item/{{draw.randint(1, 9)}}") == expected
    turns = draw.randint(1, 4)
    assert [ask(keymock.url + "/turn")[1] for _ in range(turns)] == [str(turn + 2) for turn in range(turns)]
    assert ask(keymock.url + "/pay", "POST")[0] == 409
    assert keymock.state("workspace/order") == "paid"
    keymock.verify("GET", "/item/:id", times=5)
    keymock.verify("GET", "/turn", times=turns + 1)
    keymock.verify_order(("POST", "/pay"), ("GET", "/item/:id"), ("POST", "/pay"))
    keymock.verify_nothing_else(("GET", "/item/:id"), ("GET", "/turn"), ("POST", "/pay"))
    assert len(keymock.journal) == 8 + turns
"""

COSTS = """
import pytest

@pytest.mark.parametrize("number", range({number}))
def test_it({fixture}number):
    pass
"""


def run(root: Path, tests: str, *arguments: str, shuffle: int = 0) -> tuple[str, float]:
    """What pytest says of some tests at the end, and how many seconds it took."""
    (root / "test_it.py").write_text(tests)
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "SHUFFLE": str(shuffle), "PYTHONPATH": str(HERE)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "keymock.pytest_plugin", "-p", "xdist", "--tb=short"]
    began = time.perf_counter()
    ended = subprocess.run(
        [*command, "-p", "no:cacheprovider", *arguments], cwd=root, env=environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    took = time.perf_counter() - began
    if ended.returncode:
        print(ended.stdout[-3000:])
    return ended.stdout.strip().splitlines()[-1], took


def plant(root: Path) -> None:
    """The mocks, and how pytest finds them."""
    for name, text in MOCKS.items():
        file = root / "mocks" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (root / "pytest.ini").write_text("[pytest]\nkeymock_workspace = mocks\n")


def costs(rounds: int) -> dict[str, float]:
    """What the first test with the fixture costs over an empty one, in seconds, and each further, in milliseconds.

    Medians of the differences between runs that follow one another.
    """
    first, further = [], []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        plant(root)
        for _ in range(rounds):
            empty, one, some, many = (
                run(root, COSTS.format(number=number, fixture=fixture))[1]
                for number, fixture in ((1, ""), (1, "keymock, "), (201, ""), (201, "keymock, "))
            )
            first.append(one - empty)
            further.append((many - one - (some - empty)) / 200 * 1000)
    return {"seconds": round(statistics.median(first), 3), "further_ms": round(statistics.median(further), 2)}


def main() -> None:
    """Prints a line a repetition, then the costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--tests", type=int, default=200)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5, help="of the costs")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        plant(root)
        (root / "conftest.py").write_text(CONFTEST)
        failed = 0
        for time_ in range(asked.times):
            last, took = run(root, TESTS.format(number=asked.tests), "-n", str(asked.workers), shuffle=time_)
            failed += int((re.findall(r"(\d+) (?:failed|error)", last) or ["0"])[0])
            print(f"repetition {time_ + 1}: {last}  ({took:.1f} s)", flush=True)
        print(f"failed tests in {asked.times} repetitions: {failed}")
    cost = costs(asked.rounds)
    print(f"first test {cost['seconds']:.3f} s over an empty one, each further {cost['further_ms']:.2f} ms")


if __name__ == "__main__":
    main()
