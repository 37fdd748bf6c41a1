"""The tutorial and the page about flows: every command run beside the API of the page, every key read."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from a_store import Store, store
from test_docs import blocks, steps

from keymock import document, units
from keymock.flows.reading import parse
from keymock.steps import Flow

__all__ = ["store"]

ROOT = Path(__file__).parent.parent


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def settled(text: str, port: str) -> str:
    """What is another one every time, as the page has it: ports, times, ids."""
    text = re.sub(r"\d+ ms", "5 ms", text.replace(f"127.0.0.1:{port}", "127.0.0.1:3000"))
    return re.sub(r"[0-9a-f]{16}", "41f2c0de5a7b9e63", text)


def wait_for(port: str, api: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        assert api.poll() is None
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the API of the page does not listen")


def test_the_tutorial_prints_what_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    port, folder, ran = free_port(), tmp_path, 0
    environ = {"HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ.get("PATH", "")}
    if "PYTHONPATH" in os.environ:
        environ["PYTHONPATH"] = os.environ["PYTHONPATH"]
    api: subprocess.Popen[bytes] | None = None
    try:
        for block in blocks(page):
            if block.title:
                file = folder / block.title
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block.text.replace("127.0.0.1:3000", f"127.0.0.1:{port}").replace("3000)", f"{port})"))
            if block.title == "api.py":
                api = subprocess.Popen([sys.executable, "api.py"], cwd=folder)
                wait_for(port, api)
            for line, printed in steps(block.text) if block.language == "console" else ():
                program, *words = shlex.split(line)
                if program == "cd":
                    folder = folder / words[0]
                    continue
                command = [sys.executable, "-m", "keymock", *words]
                ended = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
                assert f"$ {line}\n{settled(ended.stdout + ended.stderr, port)}" == f"$ {line}\n{printed}"
                ran += 1
    finally:
        if api is not None:
            api.send_signal(signal.SIGTERM)
            api.wait(10)
    assert ran == 7


def test_every_key_of_the_page_is_one_and_no_key_is_missing() -> None:
    page = (ROOT / "docs/flows.md").read_text(encoding="utf-8")
    (text,) = [block.text for block in blocks(page) if block.title == "flows/every-key.toml"]
    parsed = parse(text.encode(), "flows/every-key.toml")
    assert parsed.problems == ()
    written = [step for part in ("setup", "steps", "teardown") for step in parsed.tables[part]]
    told = {key for step in written for key in step} | set(parsed.tables)
    own = {"id", "name", "request", "flow", "with", "parallel", "project", "target", "when", "for_each", "capture",
           "expect", "repeat", "retry", "pause", "keep_going"}  # fmt: skip
    assert own <= told
    assert set(Flow.__struct_encode_fields__) <= told


def test_the_example_flow_is_read_without_a_problem() -> None:
    file = "example-workspace/projects/store/flows/checkout.toml"
    read = document.parse((ROOT / file).read_bytes(), file, Flow, dec_hook=units.dec_hook)
    assert read.problems == ()
    assert read.value is not None
    assert len(read.value.steps) >= 6
    has = {key for step in read.tables["steps"] for key in step}
    assert {"capture", "when", "for_each", "retry", "repeat"} <= has


def test_every_command_of_the_page_runs(store: Store) -> None:
    (store.shell.folder / "customers.csv").write_text("customer\nada\nbob\n")
    page = (ROOT / "docs/flows.md").read_text(encoding="utf-8")
    (shown, *_) = [block.text for block in blocks(page) if block.language == "sh"]
    lines = shown.strip().splitlines()
    assert len(lines) == 9
    for line in lines:
        program, *words = shlex.split(line, comments=True)
        code, out, err = store(*words)
        assert (program, code) == ("keymock", 0), (line, out, err)
    assert (store.shell.folder / "report.xml").read_text().startswith("<?xml")
    assert "<html" in (store.shell.folder / "report.html").read_text()
