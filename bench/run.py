"""Speed, as ratios beside a bare granian app in the same run: `python -m bench.run [NAME…] [--json]`.

Each row starts both servers, pins them to one processor and the load to another where there are two, and loads them
in turns, so that a machine that drifts drifts for both. Needs `wrk`. Rows are medians of the rounds.
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

from bench import isolation, trees

HERE = Path(__file__).resolve().parent.parent
SERVER_CPU, LOAD_CPU = "0", "1"
ROUNDS, SECONDS = 5, 2


def pinned(cpu: str) -> list[str]:
    """The command that keeps a process on one processor, where the machine can."""
    return ["taskset", "-c", cpu] if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else []


@contextlib.contextmanager
def running(command: list[str], url: str, *, pin: bool = True, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server, from its first answer until the block ends."""
    process = subprocess.Popen(
        [*(pinned(SERVER_CPU) if pin else []), *command],
        cwd=HERE,
        env={**os.environ, **more},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(url)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_for(url: str, seconds: float = 120) -> None:
    """Until the URL answers with any status below 500."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urlopen(url, timeout=1) as answer:
                answer.read()
            return
        except OSError as fault:
            if getattr(fault, "code", 500) < 500:
                return
            if time.monotonic() > end:
                raise
            time.sleep(0.002)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def bare(port: int, size: int = 84) -> list[str]:
    return [sys.executable, "-m", "bench.bare", str(port), str(size)]


def keymock(root: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "keymock", "up", str(root), "--port", str(port), "-q"]


def wrk(url: str, script: str = "", connections: int = 32, seconds: int = SECONDS) -> tuple[float, float, int]:
    """Requests a second, the 99th percentile in ms, and how many answers were not 2xx or failed."""
    command = [*pinned(LOAD_CPU), "wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency"]
    if script:
        command += ["-s", script]
    return _report(subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout)


def _report(text: str) -> tuple[float, float, int]:
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    failed = sum(int(found) for found in re.findall(r"Non-2xx or 3xx responses: (\d+)", text))
    failed += sum(int(part) for found in re.findall(r"Socket errors: (.*)", text) for part in re.findall(r"\d+", found))
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit], failed


def compare(
    make: Callable[[Path], None],
    path: str,
    *,
    bare_path: str = "/",
    script: str = "",
    bare_script: str = "",
    size: int = 84,
    connections: int = 32,
) -> dict[str, object]:
    """keymock over a tree, and the bare app, in turns: medians of the rates, and the median of their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make(root)
        ports = free_port(), free_port()
        ours, theirs = (f"http://127.0.0.1:{port}" for port in ports)
        with running(keymock(root, ports[0]), ours + "/__keymock/health"), running(bare(ports[1], size), theirs):
            wrk(ours + path, script, connections, 1)
            wrk(theirs + bare_path, bare_script or script, connections, 1)
            pairs = [
                (wrk(ours + path, script, connections), wrk(theirs + bare_path, bare_script or script, connections))
                for _ in range(ROUNDS)
            ]
    return {
        "ratio": round(statistics.median(mine[0] / yours[0] for mine, yours in pairs), 3),
        "keymock": round(statistics.median(mine[0] for mine, _ in pairs)),
        "granian": round(statistics.median(yours[0] for _, yours in pairs)),
        "p99_ms": round(statistics.median(mine[1] for mine, _ in pairs), 2),
        "granian_p99_ms": round(statistics.median(yours[1] for _, yours in pairs), 2),
        "failed": sum(mine[2] for mine, _ in pairs),
    }


def journal(path: str) -> dict[str, object]:
    """keymock with its journal and without, in one process that switches (`bench.switching`); several of them."""
    ratios, rates, failed = [], [], 0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            root, report = Path(folder) / "tree", Path(folder) / "report.json"
            trees.templates(root)
            port = free_port()
            url = f"http://127.0.0.1:{port}"
            command = [sys.executable, "-m", "bench.switching", str(root), str(port), str(report)]
            with running(command, url + "/__keymock/health") as server:
                wrk(url + path, seconds=1)
                failed += wrk(url + path, seconds=4 * SECONDS)[2]
                server.send_signal(signal.SIGUSR1)
                while not report.exists() or not report.read_text():
                    time.sleep(0.05)
            (on, on_seconds), (off, off_seconds) = json.loads(report.read_text()).values()
            ratios.append((on / on_seconds) / (off / off_seconds))
            rates.append((on / on_seconds, off / off_seconds))
    return {
        "ratio": round(statistics.median(ratios), 3),
        "lowest": round(min(ratios), 3),
        "highest": round(max(ratios), 3),
        "on": round(statistics.median(rate for rate, _ in rates)),
        "off": round(statistics.median(rate for _, rate in rates)),
        "failed": failed,
    }


def prices() -> dict[str, object]:
    """How many times a static answer's price answers with templates have: all of them from one process, in turns.

    Each round has a process of its own, as in `journal`.
    """
    paths = {"static": "/static/7", "path": "/short/7", "draw": "/drawn/7", "query_and_header": "/asked/7?page=2"}
    paid: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(2 * ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            trees.templates(Path(folder))
            port = free_port()
            url = f"http://127.0.0.1:{port}"
            with running(keymock(Path(folder), port), url + "/__keymock/health"):
                for turn in range(4):
                    rates = {name: wrk(url + path, seconds=1)[0] for name, path in paths.items()}
                    if turn:
                        for name, rate in rates.items():
                            paid[name].append(rates["static"] / rate)
    return {name: round(statistics.median(each), 3) for name, each in paid.items()}


def over(paths: list[str]) -> str:
    """A wrk script that walks over these paths."""
    listed = ",".join(f'"{path}"' for path in paths[:: max(1, len(paths) // 1000)])
    script = Path(tempfile.mkdtemp()) / "paths.lua"
    script.write_text(
        f"local paths = {{{listed}}}\nlocal at = 0\n"
        "request = function()\n at = at % #paths + 1\n return wrk.format('GET', paths[at])\nend\n"
    )
    return str(script)


def ever_new(path: str) -> str:
    """A wrk script that asks for another path each time, below this one."""
    script = Path(tempfile.mkdtemp()) / "new.lua"
    script.write_text(
        f"local at = 0\nrequest = function()\n at = at + 1\n return wrk.format('GET', '{path}/' .. at)\nend\n"
    )
    return str(script)


def posting(number: int) -> str:
    """A wrk script that posts 1 KB of JSON, each time for another of so many mocks."""
    script = Path(tempfile.mkdtemp()) / "post.lua"
    script.write_text(
        "local pad = string.rep('x', 960)\nlocal at = 0\nrequest = function()\n"
        f" local item = at % {number}\n at = at + 1\n"
        ' local body = \'{"kind":"k\' .. item .. \'","pad":"\' .. pad .. \'"}\'\n'
        " local headers = {['Content-Type'] = 'application/json', ['X-Tenant'] = 't' .. item % 2}\n"
        " return wrk.format('POST', '/orders?channel=c' .. item % 5, headers, body)\nend\n"
    )
    return str(script)


def mocks(number: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        script = over(trees.many(Path(folder), number))
    return compare(lambda root: trees.many(root, number) and None, "/", script=script)


def growth(few: int, many: int) -> dict[str, object]:
    """Few mocks and many, each beside the bare app under the same script, in turns; and how far apart their ratios are.

    Each round has servers of its own, as in `journal`.
    """
    shares: dict[int, list[float]] = {few: [], many: []}
    with contextlib.ExitStack() as folders:
        roots = {number: Path(folders.enter_context(tempfile.TemporaryDirectory())) for number in shares}
        scripts = {number: over(trees.many(root, number)) for number, root in roots.items()}
        for fresh in range(2 * ROUNDS):
            ports = {number: free_port() for number in roots}
            idle = free_port()
            theirs = f"http://127.0.0.1:{idle}/"
            with contextlib.ExitStack() as servers:
                for number, root in roots.items():
                    health = f"http://127.0.0.1:{ports[number]}/__keymock/health"
                    servers.enter_context(running(keymock(root, ports[number]), health))
                servers.enter_context(running(bare(idle), theirs))
                for turn in range(3):
                    for number in (few, many) if (turn + fresh) % 2 else (many, few):
                        mine = wrk(f"http://127.0.0.1:{ports[number]}/", scripts[number], seconds=1)
                        yours = wrk(theirs, scripts[number], seconds=1)
                        if turn:
                            shares[number].append(mine[0] / yours[0])
    ratios = {number: statistics.median(each) for number, each in shares.items()}
    return {
        f"ratio_{few}": round(ratios[few], 3),
        f"ratio_{many}": round(ratios[many], 3),
        "many_by_few": round(ratios[many] / ratios[few], 3),
    }


def operations(number: int, validate: str) -> dict[str, object]:
    """Operations with an example, asked over and over, each by several ids."""
    script = over([f"/things-{each % number}/{each}" for each in range(2_000)])
    return compare(lambda root: trees.contract(root, number, validate), "/", script=script)


def post(number: int) -> dict[str, object]:
    return compare(lambda root: trees.twenty_on_one_path(root, number), "/orders", script=posting(number))


def first_answer(number: int, *, warm: bool) -> dict[str, object]:
    """Seconds from the start of `keymock up` to its first answer; and memory, supervisor and worker together."""
    times, memory = [], []
    with tempfile.TemporaryDirectory() as folder:
        root, state = Path(folder) / "tree", Path(folder) / "state"
        path = trees.many(root, number)[-1]
        for attempt in range(ROUNDS + warm):
            if not warm:
                shutil.rmtree(root / ".keymock", ignore_errors=True)
            port = free_port()
            began = time.perf_counter()
            url = f"http://127.0.0.1:{port}{path}"
            with running(keymock(root, port), url, pin=False, XDG_STATE_HOME=str(state)) as process:
                if attempt or not warm:
                    times.append(time.perf_counter() - began)
                    memory.append(proportional_memory(process.pid))
                if warm and not attempt:
                    time.sleep(4)  # the cache is written when the start is over
    return {"seconds": round(statistics.median(times), 3), "mib": round(statistics.median(memory), 1)}


def proportional_memory(pid: int) -> float:
    """MiB of a process and its children, what they share counted once."""
    total = 0.0
    for each in [pid, *children(pid)]:
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{each}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1]) / 1024  # type: ignore[index]
    return total


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in listed]


def edits(number: int, times: int = 60) -> dict[str, object]:
    """Milliseconds from the closing of an edited file to its new answer; failed polls."""
    taken, failed = [], 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        trees.many(root, number)
        file = trees.write(root, "edited", {"request": {"path": "/edited"}, "response": {"body": "0"}})
        port = free_port()
        url = f"http://127.0.0.1:{port}/edited"
        with running(keymock(root, port), url):
            time.sleep(1)
            for count in range(1, times + 1):
                file.write_text(f'[request]\npath = "/edited"\n[response]\nbody = "{count}"\n')
                began = time.perf_counter()
                while True:
                    try:
                        with urlopen(url, timeout=2) as answer:
                            if answer.read() == str(count).encode():
                                break
                    except OSError:
                        failed += 1
                    if time.perf_counter() - began > 5:
                        failed += 1
                        break
                taken.append((time.perf_counter() - began) * 1000)
                time.sleep(0.02)
    return {"median_ms": round(statistics.median(taken), 2), "max_ms": round(max(taken), 2), "failed": failed}


def edits_under_load(times: int = 1_000) -> dict[str, object]:
    """Edits of ten mocks one after the other, each served before the next, while another mock is asked all the time."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        trees.many(root, 10)
        file = trees.write(root, "edited", {"request": {"path": "/edited"}, "response": {"body": "0"}})
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        late = 0
        with running(keymock(root, port), url + "/edited"):
            load = subprocess.Popen(
                [*pinned(LOAD_CPU), "wrk", "-t1", "-c8", "-d600", "--latency", url + "/group-0/items-0/detail"],
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            try:
                for count in range(1, times + 1):
                    file.write_text(f'[request]\npath = "/edited"\n[response]\nbody = "{count}"\n')
                    began = time.monotonic()
                    while (served := _said(url + "/edited")) != str(count) and time.monotonic() - began < 5:
                        time.sleep(0.001)
                    late += served != str(count)
            finally:
                load.send_signal(signal.SIGINT)
            rate, _, failed = _report(load.communicate(timeout=30)[0])
    return {"edits": times, "not_served": late, "requests_per_second": round(rate), "failed": failed}


def _said(url: str) -> str:
    with urlopen(url, timeout=5) as answer:
        return str(answer.read(), "utf-8")


def command(*words: str) -> dict[str, object]:
    """Seconds of a whole command, start to end."""
    times = []
    for _ in range(9):
        began = time.perf_counter()
        subprocess.run([shutil.which("keymock") or "keymock", *words], check=False, capture_output=True)
        times.append(time.perf_counter() - began)
    return {"seconds": round(statistics.median(times), 3), "min": round(min(times), 3)}


ROWS: dict[str, Callable[[], dict[str, object]]] = {
    "one static mock": lambda: compare(lambda root: trees.many(root, 1) and None, "/group-0/items-0/detail"),
    "10 mocks": lambda: mocks(10),
    "100 mocks": lambda: mocks(100),
    "1 000 mocks": lambda: mocks(1_000),
    "10 000 mocks": lambda: mocks(10_000),
    "10 000 mocks against 10": lambda: growth(10, 10_000),
    "1 mock on one POST path": lambda: post(1),
    "20 mocks on one POST path": lambda: post(20),
    "an answer without a template": lambda: compare(trees.templates, "/static/7"),
    "a template of the path": lambda: compare(trees.templates, "/short/7"),
    "… each time of another one": lambda: compare(trees.templates, "/", script=ever_new("/short")),
    "an answer without one, each time of another path": lambda: compare(
        trees.templates, "/", script=ever_new("/static")
    ),
    "a template of the path and a draw": lambda: compare(trees.templates, "/drawn/7"),
    "templates by the price of a static answer": prices,
    "a template of a 1 KB body": lambda: compare(trees.templates, "/orders", script=posting(20)),
    "journal on against off, static": lambda: journal("/static/7"),
    "journal on against off, a draw": lambda: journal("/drawn/7"),
    "a scenario of three steps": lambda: compare(trees.scenario, "/order"),
    "contract of 10 operations, validation off": lambda: operations(10, "off"),
    "contract of 10 operations, validation on": lambda: operations(10, "enforce"),
    "contract of 1 000 operations, validation off": lambda: operations(1_000, "off"),
    "contract of 1 000 operations, validation on": lambda: operations(1_000, "enforce"),
    "1 MiB body": lambda: compare(lambda root: trees.large_body(root, 1 << 20), "/large", size=1 << 20),
    "50 ms delay, 512 connections": lambda: compare(trees.delayed, "/delay", bare_path="/delay", connections=512),
    "first answer, 1 mock, cold": lambda: first_answer(1, warm=False),
    "first answer, 10 000 mocks, cold": lambda: first_answer(10_000, warm=False),
    "first answer, 10 000 mocks, warm": lambda: first_answer(10_000, warm=True),
    "pytest fixture, first test and further ones": lambda: isolation.costs(ROUNDS),
    "edit to served, 10 mocks": lambda: edits(10),
    "edit to served, 1 000 mocks": lambda: edits(1_000),
    "edit to served, 10 000 mocks": lambda: edits(10_000),
    "1 000 edits under load": edits_under_load,
    "keymock --help": lambda: command("--help"),
}


def main() -> None:
    """Runs the rows whose names contain a given word, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="rows to run, by a part of their name")
    parser.add_argument("--json", action="store_true", help="one JSON object a row")
    asked = parser.parse_args()
    compileall.compile_dir(HERE / "keymock", quiet=1)  # as pip does: an edited module would be compiled at every start
    for name, measure in ROWS.items():
        if asked.names and not any(part in name for part in asked.names):
            continue
        row = measure()
        if asked.json:
            print(json.dumps({"row": name, **row}), flush=True)
        else:
            print(f"{name:34}", "  ".join(f"{key} {value}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
