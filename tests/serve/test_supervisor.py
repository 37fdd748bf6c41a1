from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from toy_up import HERE, Toy, toy

from keymock.serve.supervisor import Death, pause

KILLED, CRASHED, LEFT = int(signal.SIGKILL), int(signal.SIGABRT), 3 << 8
SERVED_LONG = Death(KILLED, 60, served=True)


def eventually(holds: Callable[[], bool], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.01)
    return holds()


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody has collected yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# ---- when to start another -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deaths", "expected"),
    [
        pytest.param([SERVED_LONG], 0.0, id="the first"),
        pytest.param([SERVED_LONG] * 20, 0.0, id="each after a long life"),
        pytest.param([Death(CRASHED, 0.2, served=True)] * 2, 0.0, id="two short lives"),
        pytest.param([Death(CRASHED, 0.2, served=True)] * 3, 0.1, id="three"),
        pytest.param([Death(CRASHED, 0.2, served=True)] * 4, 0.2, id="four"),
        pytest.param([Death(CRASHED, 0.2, served=True)] * 5, None, id="a crash loop"),
        pytest.param([SERVED_LONG, *[Death(LEFT, 0.1, served=False)] * 5], None, id="can no longer start"),
        pytest.param([Death(LEFT, 0.1, served=False)], None, id="never could start"),
        pytest.param([Death(CRASHED, 0.1, served=False)], 0.0, id="crashed at the very start: perhaps once"),
        pytest.param([Death(KILLED, 0.1, served=False)] * 5, None, id="killed five times at start: no memory, say"),
        pytest.param([Death(KILLED, 0.3, served=True)] * 10, 1.0, id="killed from outside, again and again"),
        pytest.param([*[Death(CRASHED, 0.2, served=True)] * 4, SERVED_LONG], 0.0, id="recovered"),
    ],
)
def test_the_pause_before_the_next_worker(deaths: list[Death], expected: float | None) -> None:
    assert pause(deaths) == expected


def test_a_death_is_told_by_its_cause() -> None:
    assert [Death(status, 1, served=True).cause for status in (KILLED, CRASHED, LEFT)] == [
        "SIGKILL",
        "SIGABRT",
        "exit code 3",
    ]


def test_the_supervisor_is_light() -> None:
    script = (
        "import sys, keymock.serve.supervisor\n"
        "print([name for name in ('asyncio', 'granian', 'click', 'multiprocessing') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


# ---- coming up -------------------------------------------------------------------------------------------------------


@pytest.mark.live
def test_up_is_told_in_the_ready_file_and_on_standard_output_without_the_token(tmp_path: Path) -> None:
    with toy(tmp_path) as server:
        ready = server.wait_until_ready()
        assert ready["pid"] == server.process.pid
        assert ready["generation"] == 1
        assert ready["workspace"] == str(tmp_path)
        assert ready["actor"] == "ada@example.com"
        assert ready["projects"]["pay"] == {"url": "http://pay.localhost"}
        assert ready["projects"]["shop"]["url"].startswith("http://127.0.0.1:")
        assert len(ready["token"]) > 40
        assert server.process.stdout
        printed = server.process.stdout.readline()
        assert ready["token"] not in printed
        assert json.loads(printed)["url"] == ready["url"]
        assert json.loads((tmp_path / ".keymock" / "run" / f"{ready['pid']}.json").read_text()) == ready
        assert server.get("/")[0] == 200


@pytest.mark.live
def test_a_second_up_on_the_same_tree_exits_2_at_once_and_names_the_first(tmp_path: Path) -> None:
    with toy(tmp_path) as first:
        ready = first.wait_until_ready()
        with toy(tmp_path, ready_file=tmp_path / "second.json") as second:
            started = time.monotonic()
            out, errors = second.process.communicate(timeout=10)
            assert time.monotonic() - started < 2
        assert (second.process.returncode, out) == (2, "")
        assert f"(pid {ready['pid']}, {ready['url']})" in errors
        assert "Traceback" not in errors
        with toy(tmp_path, "--beside", ready_file=tmp_path / "third.json") as beside:
            assert beside.wait_until_ready()["url"] != ready["url"]
        assert first.get("/")[0] == 200


@pytest.mark.live
def test_a_port_in_use_exits_2_and_names_its_holder(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        with toy(tmp_path, "--port", str(port)) as server:
            _, errors = server.process.communicate(timeout=10)
    assert server.process.returncode == 2
    assert f"port {port} is in use by " in errors
    assert f"(pid {os.getpid()})" in errors or sys.platform != "linux"
    assert len(errors.splitlines()) == 2
    assert not (tmp_path / "ready.json").exists()


@pytest.mark.live
def test_a_folder_that_cannot_be_written_is_replaced_by_the_users(tmp_path: Path) -> None:
    (tmp_path / ".keymock").write_text("in the way")
    (tmp_path / "tmp").mkdir()
    with toy(tmp_path) as server:
        server.wait_until_ready()
        assert list((tmp_path / "tmp").glob("keymock-*/*/run/*.json"))


@pytest.mark.live
def test_a_worker_that_refuses_is_one_sentence(tmp_path: Path) -> None:
    with toy(tmp_path, "--fails", "stop") as server:
        _, errors = server.process.communicate(timeout=10)
    assert server.process.returncode == 2
    assert "there is no workspace here" in errors
    assert "Traceback" not in errors


@pytest.mark.live
def test_a_bug_at_start_is_reported_once_with_exit_3(tmp_path: Path) -> None:
    with toy(tmp_path, "--fails", "raise") as server:
        _, errors = server.process.communicate(timeout=10)
    assert server.process.returncode == 3
    assert errors.count("RuntimeError: a bug at start") == 1
    assert "[worker-keeps-dying]" in errors


@pytest.mark.live
@pytest.mark.parametrize("fails", ["kill", "job"])
def test_a_worker_that_dies_again_and_again_is_given_up(tmp_path: Path, fails: str) -> None:
    with toy(tmp_path, "--fails", fails) as server:
        _, errors = server.process.communicate(timeout=20)
    assert server.process.returncode == 3
    assert errors.count("[worker-died]") == 4
    assert errors.count("[worker-keeps-dying]") == 1


# ---- a worker dies ---------------------------------------------------------------------------------------------------


@pytest.mark.live
def test_a_killed_worker_is_back_in_two_seconds_and_the_generation_goes_on(tmp_path: Path) -> None:
    with toy(tmp_path) as server:
        server.wait_until_ready()
        assert server.get("/edit")[1]["generation"] == 2
        assert server.get("/edit")[1]["generation"] == 3
        former = server.worker()
        os.kill(former, signal.SIGKILL)
        started = time.monotonic()
        status, body = server.get("/")  # waits in the queue of the port: the connection is never refused
        assert (status, body["generation"]) == (200, 4)
        assert body["pid"] != former
        assert time.monotonic() - started < 2
        assert eventually(lambda: server.ready["generation"] == 4)
        code, _, errors = server.stop()
    assert code == 0
    assert f"the worker (pid {former}) died of SIGKILL" in errors
    assert "the journal are lost" in errors


@pytest.mark.live
def test_ten_kills_under_load_fail_at_most_one_request_a_connection_each(tmp_path: Path) -> None:
    failures: list[str] = []
    slowest = 0.0
    answered = 0
    done = threading.Event()

    def visit(server: Toy) -> None:
        nonlocal slowest, answered
        while not done.is_set():
            started = time.monotonic()
            try:
                assert server.get("/")[0] == 200
                answered += 1
            except OSError as failure:
                failures.append(repr(failure))
            slowest = max(slowest, time.monotonic() - started)

    with toy(tmp_path) as server:
        server.wait_until_ready()
        clients = [threading.Thread(target=visit, args=(server,)) for _ in range(4)]
        for client in clients:
            client.start()
        for _ in range(10):
            os.kill(server.worker(), signal.SIGKILL)
            time.sleep(0.05)
        done.set()
        for client in clients:
            client.join()
        code, _, errors = server.stop()
    assert code == 0
    assert errors.count("[worker-died]") == 10
    assert len(failures) <= 40, failures
    assert answered > 10
    assert slowest < 4


@pytest.mark.live
def test_without_its_supervisor_the_worker_ends(tmp_path: Path) -> None:
    with toy(tmp_path) as server:
        server.wait_until_ready()
        worker = server.worker()
        server.process.kill()
        server.process.wait()
        assert eventually(lambda: not alive(worker), 3)
        with toy(tmp_path, ready_file=tmp_path / "next.json") as another:  # nothing of the dead one is in the way
            pid = another.wait_until_ready()["pid"]
            assert [path.stem for path in (tmp_path / ".keymock" / "run").glob("*.json")] == [str(pid)]


# ---- stopping --------------------------------------------------------------------------------------------------------


@pytest.mark.live
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_it_and_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    with toy(tmp_path) as server:
        ready = server.wait_until_ready()
        worker = server.worker()
        code, seconds, errors = server.stop(number)
    assert (code, errors) == (0, "")
    assert seconds < 2
    assert not server.ready_file.exists()
    assert list((tmp_path / ".keymock" / "run").glob("*.json")) == []
    assert not alive(worker)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(ready["url"].rpartition(":")[2])), timeout=1)


@pytest.mark.live
def test_a_request_in_flight_is_finished(tmp_path: Path) -> None:
    answers: list[int] = []
    with toy(tmp_path) as server:
        server.wait_until_ready()
        client = threading.Thread(target=lambda: answers.append(server.get("/slow")[0]))
        client.start()
        time.sleep(0.1)
        code, seconds, _ = server.stop()
        client.join()
    assert (answers, code) == ([200], 0)
    assert seconds < 2


@pytest.mark.live
def test_a_request_without_end_holds_it_five_seconds_at_most(tmp_path: Path) -> None:
    with toy(tmp_path) as server, hanging(server):
        code, seconds, _ = server.stop()
    assert code == 0
    assert 3 < seconds < 5.5


@pytest.mark.live
def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with toy(tmp_path) as server, hanging(server):
        server.process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        code, seconds, _ = server.stop(signal.SIGINT)
    assert code == 0
    assert seconds < 1


@pytest.mark.live
def test_an_event_stream_that_nobody_closes_holds_it_not_at_all(tmp_path: Path) -> None:
    with toy(tmp_path) as server:
        control = server.wait_until_ready()["control"].rpartition(":")[2]
        with socket.create_connection(("127.0.0.1", int(control)), timeout=10) as stream:
            stream.sendall(b"GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert b"200" in stream.recv(4096)
            code, seconds, _ = server.stop()
            assert code == 0
            assert seconds < 1.5
            assert b"bye" in b"".join(iter(lambda: stream.recv(4096), b""))


@pytest.mark.live
@pytest.mark.parametrize("closed", ["stdout", "both", "pipe"])
def test_it_serves_whatever_becomes_of_standard_output(tmp_path: Path, closed: str) -> None:
    shell = {"stdout": ">&-", "both": ">&- 2>&-", "pipe": "| true"}[closed]
    command = f'"{sys.executable}" "{HERE}" "{tmp_path}" --ready-file "{tmp_path / "ready.json"}" {shell}'
    process = subprocess.Popen(
        ["/bin/sh", "-c", command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    )
    server = Toy(process, tmp_path / "ready.json")
    assert eventually(server.ready_file.exists, 10)
    pid = server.ready["pid"]
    try:
        os.kill(server.worker(), signal.SIGKILL)
        assert server.get("/")[1]["generation"] == 2
    finally:
        os.kill(pid, signal.SIGTERM)
        process.wait(timeout=10)
    assert eventually(lambda: not alive(pid))


class hanging:  # noqa: N801 - reads as a with-statement should
    """A request that is never answered, in flight."""

    def __init__(self, server: Toy) -> None:
        server.wait_until_ready()
        self._connection = socket.create_connection(("127.0.0.1", int(server.ready["url"].rpartition(":")[2])))

    def __enter__(self) -> None:
        self._connection.sendall(b"GET /endless HTTP/1.1\r\nhost: localhost\r\n\r\n")
        time.sleep(0.2)

    def __exit__(self, *_: object) -> None:
        self._connection.close()
