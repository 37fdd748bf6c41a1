"""Edits of every kind, followed by a real server with a real watcher and a real git."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from live_server import Load, Serve, Server, write_mock

pytestmark = pytest.mark.live


def mock(body: str) -> str:
    return f'[request]\npath = "/item"\n\n[response]\nbody = "{body}"\n'


def test_an_edit_is_served_at_once(serve: Serve, tree: Path) -> None:
    server = serve(tree)
    assert server.body("/item") == b"one"
    server.write("workspace/mocks/item.toml", mock("two"))
    assert server.until(lambda: server.body("/item") == b"two") < 1
    assert server.ask("/item")[1]["x-keymock-generation"] == "2"


def test_truncate_and_write_in_two_steps_never_shows_a_part(serve: Serve, tree: Path) -> None:
    server = serve(tree)
    with Load(server, "/item") as load:
        for count in range(20):
            with (tree / "workspace/mocks/item.toml").open("w") as stream:
                stream.write('[request]\npath = "/item"\n')
                stream.flush()
                time.sleep(0.01)
                stream.write(f'\n[response]\nbody = "{count}"\n')
        server.until(lambda: server.body("/item") == b"19")
    assert not load.failures
    assert {status for status, _ in load.answers} == {200}
    assert {body for _, body in load.answers} <= {b"one", *(str(count).encode() for count in range(20))}


def test_atomic_rename_as_editors_do_it(serve: Serve, tree: Path) -> None:
    server = serve(tree)
    draft = tree / "workspace/mocks/.item.toml.swp"
    draft.write_text(mock("renamed"))
    draft.replace(tree / "workspace/mocks/item.toml")
    server.until(lambda: server.body("/item") == b"renamed")


def test_add_rename_and_delete(serve: Serve, tree: Path) -> None:
    server = serve(tree)
    added = write_mock(tree, "added", "new")
    server.until(lambda: server.body("/added") == b"new")
    added.rename(added.with_name("other.toml"))
    server.until(lambda: server.ask("/added")[1].get("x-keymock-mock") == "workspace/mocks/other")
    added.with_name("other.toml").unlink()
    server.until(lambda: server.ask("/added")[0] == 404)
    assert server.body("/item") == b"one"


def test_a_folder_moved_away_and_back(serve: Serve, tree: Path, tmp_path: Path) -> None:
    for number in range(5):
        write_mock(tree, f"group/m{number}", str(number))
    server = serve(tree)
    assert server.body("/group/m3") == b"3"
    folder = tree / "workspace/mocks/group"
    shutil.move(folder, tmp_path / "aside")
    server.until(lambda: server.ask("/group/m3")[0] == 404)
    shutil.move(tmp_path / "aside", folder)
    server.until(lambda: all(server.body(f"/group/m{number}") == str(number).encode() for number in range(5)))


def test_a_body_file_follows_its_own_edits(serve: Serve, tree: Path) -> None:
    (tree / "workspace/mocks/item.toml").write_text('[request]\npath = "/item"\n')
    body = tree / "workspace/mocks/item.body.json"
    body.write_text('{"a": 1}')
    server = serve(tree)
    assert server.ask("/item")[1]["content-type"] == "application/json"
    body.write_text('{"a": 2}')
    server.until(lambda: server.body("/item") == b'{"a": 2}')
    body.rename(body.with_suffix(".txt"))
    server.until(lambda: server.ask("/item")[1]["content-type"].startswith("text/plain"))


def test_broken_then_mended(serve: Serve, tree: Path) -> None:
    write_mock(tree, "good", "good")
    server = serve(tree)
    server.write("workspace/mocks/item.toml", '[request]\npath = "/item"\nstatsu = 1\n')
    server.until(lambda: len(server.status()["problems"]) == 1)
    problem = server.status()["problems"][0]
    assert (problem["code"], problem["path"], problem["line"]) == ("unknown-key", "workspace/mocks/item.toml", 3)
    assert server.body("/item") == b"one", "the last good version goes on"
    write_mock(tree, "good", "better")
    server.until(lambda: server.body("/good") == b"better")
    server.write("workspace/mocks/item.toml", mock("mended"))
    server.until(lambda: server.body("/item") == b"mended")
    assert server.status()["problems"] == []


def test_settings_defaults_and_roles_reload(serve: Serve, tree: Path) -> None:
    server = serve(tree, environ={"KEYMOCK_USER": "ada@example.com"})
    server.write("workspace/mocks/_defaults.toml", '[response]\nheaders.X-Team = "a"\n')
    server.until(lambda: server.ask("/item")[1].get("x-team") == "a")
    server.write("keymock.toml", "metadata_headers = false\n")
    server.until(lambda: "x-keymock-mock" not in server.ask("/item")[1])
    server.write("ROLES", "/workspace/ viewer:ada@example.com\n")
    server.until(lambda: server.ask("/item")[0] == 403)
    server.write("ROLES", "/workspace/ viewr:ada@example.com\n")
    server.until(lambda: any(problem["path"] == "ROLES" for problem in server.status()["problems"]))
    assert server.ask("/item")[0] == 403, "the last good ROLES stays in force"
    (tree / "ROLES").unlink()
    server.until(lambda: server.ask("/item")[0] == 200)


def test_the_workspace_deleted_and_made_again(serve: Serve, tree: Path) -> None:
    server = serve(tree)
    shutil.rmtree(tree / "workspace")
    server.until(lambda: server.ask("/item")[0] == 404)
    write_mock(tree, "item", "again")
    server.until(lambda: server.body("/item") == b"again")
    write_mock(tree, "item", "and again")
    server.until(lambda: server.body("/item") == b"and again")


def test_a_thousand_edits_under_load_lose_no_request(serve: Serve, tree: Path) -> None:
    server = serve(tree)
    file, draft = tree / "workspace/mocks/item.toml", tree / "item.draft"
    with Load(server, "/item") as load:
        for count in range(1_000):
            draft.write_text(mock(f"{count:04}"))
            draft.replace(file)
            time.sleep(0.001)
        server.until(lambda: server.body("/item") == b"0999")
    assert not load.failures
    assert {status for status, _ in load.answers} == {200}
    seen = [body for _, body in load.answers if body != b"one"]
    assert seen == sorted(seen), "a revision never goes back"
    assert len(set(seen)) > 3, "they are followed while they go on"


def git(root: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main", *words],
        cwd=root, check=True, capture_output=True,
    )  # fmt: skip


def test_a_checkout_of_many_changed_mocks_is_one_swap(serve: Serve, tree: Path) -> None:
    number = int((os.environ.get("KEYMOCK_LONG") and "5000") or "600")
    for item in range(number):
        write_mock(tree, f"many/m{item}", "main")
    write_mock(tree, "many/first", "main")
    (tree / ".gitignore").write_text(".keymock/\n")
    git(tree, "init", "-q")
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", "main")
    git(tree, "checkout", "-qb", "other")
    for item in range(number):
        write_mock(tree, f"many/m{item}", "other")
    git(tree, "commit", "-qam", "other")
    git(tree, "checkout", "-q", "main")
    server = serve(tree)
    before = server.status()["generation"]
    paths = [f"/many/m{item}" for item in range(0, number, max(1, number // 50))]
    with Load(server, "/many/m0") as first, Load(server, f"/many/m{number - 1}") as last:
        git(tree, "checkout", "-q", "other")
        done = time.monotonic()
        server.until(lambda: server.body("/many/m0") == b"other", seconds=20)
        settled = time.monotonic() - done
        assert {server.body(path) for path in paths} == {b"other"}, "no mix of two branches"
    assert server.status()["generation"] == before + 1
    assert not first.failures and not last.failures
    assert {status for status, _ in first.answers + last.answers} == {200}
    assert settled < 10


def test_a_killed_worker_comes_back(serve: Serve, tree: Path) -> None:
    server = serve(tree)
    write_mock(tree, "item", "two")
    server.until(lambda: server.body("/item") == b"two")
    generation = server.status()["generation"]
    worker = server.worker
    os.kill(worker, signal.SIGKILL)
    assert server.until(lambda: _answers(server, b"two"), seconds=10) < 5
    assert server.worker != worker
    assert server.status()["generation"] == generation + 1
    write_mock(tree, "item", "three")
    server.until(lambda: server.body("/item") == b"three")


def _answers(server: Server, body: bytes) -> bool:
    try:
        return server.body("/item") == body
    except OSError:
        return False


@pytest.mark.parametrize("save", ["poll"])
def test_polling_finds_edits_too(serve: Serve, tree: Path, save: str) -> None:
    server = serve(tree, f"--{save}")
    server.write("workspace/mocks/item.toml", mock("polled"))
    server.until(lambda: server.body("/item") == b"polled")


def test_sigterm_ends_cleanly(serve: Serve, tree: Path) -> None:
    server = serve(tree)
    ready = server.ready
    assert server.stop() == 0
    assert not list((tree / ".keymock" / "run").glob("*.json"))
    assert ready.pid == server.process.pid


Bad = Callable[[Path], None]


def too_many_dots(tree: Path) -> None:
    (tree / "workspace/mocks/dots.toml").write_text("a" + ".a" * 20_000 + " = 1\n")


def not_utf8(tree: Path) -> None:
    (tree / "workspace/mocks/latin.toml").write_bytes(b'name = "caf\xe9"\n')


def conflict(tree: Path) -> None:
    (tree / "workspace/mocks/conflict.toml").write_text("<<<<<<< HEAD\nname = 'a'\n=======\nname = 'b'\n>>>>>>> b\n")


def status_99(tree: Path) -> None:
    (tree / "workspace/mocks/status.toml").write_text('[request]\npath = "/s"\n[response]\nstatus = 99\n')


def framing(tree: Path) -> None:
    text = '[request]\npath = "/f"\n[response]\nheaders.Transfer-Encoding = "chunked"\n'
    (tree / "workspace/mocks/framing.toml").write_text(text)


def line_break(tree: Path) -> None:
    text = '[request]\npath = "/c"\n[response]\nheaders.X = "a\\r\\nb"\n'
    (tree / "workspace/mocks/crlf.toml").write_text(text)


def missing_body(tree: Path) -> None:
    text = '[request]\npath = "/m"\n[response]\nbody_file = "none.json"\n'
    (tree / "workspace/mocks/missing.toml").write_text(text)


def outside_body(tree: Path) -> None:
    text = '[request]\npath = "/o"\n[response]\nbody_file = "../../../../etc/passwd"\n'
    (tree / "workspace/mocks/outside.toml").write_text(text)


def linked_body(tree: Path) -> None:
    (tree / "workspace/mocks/linked.toml").write_text('[request]\npath = "/l"\n')
    (tree / "workspace/mocks/linked.body.txt").symlink_to("/etc/passwd")


def fifo_body(tree: Path) -> None:
    (tree / "workspace/mocks/fifo.toml").write_text('[request]\npath = "/p"\n')
    os.mkfifo(tree / "workspace/mocks/fifo.body.txt")


def huge_body(tree: Path) -> None:
    (tree / "workspace/mocks/huge.toml").write_text('[request]\npath = "/h"\n')
    with (tree / "workspace/mocks/huge.body.bin").open("wb") as stream:
        stream.truncate(10 * 1024**3)


EVIL: dict[str, tuple[Bad, str]] = {
    "dots": (too_many_dots, "too-deep"),
    "latin": (not_utf8, "not-utf8"),
    "conflict": (conflict, "conflict-markers"),
    "status": (status_99, "bad-value"),
    "framing": (framing, "framing-header"),
    "crlf": (line_break, "bad-header"),
    "missing": (missing_body, "body-missing"),
    "outside": (outside_body, "body-outside"),
    "linked": (linked_body, "symlink"),
    "fifo": (fifo_body, "not-a-file"),
    "huge": (huge_body, "too-large"),
}


def test_a_hostile_tree_serves_its_good_mocks_and_names_each_evil_file_once(serve: Serve, tree: Path) -> None:
    for make, _ in EVIL.values():
        make(tree)
    server = serve(tree)
    assert server.ask("/item")[0::2] == (200, b"one")
    problems = server.status()["problems"]
    found = {(Path(problem["path"]).stem, problem["code"]) for problem in problems}
    assert found == {(name, code) for name, (_, code) in EVIL.items()}
    assert len(problems) == len(EVIL)
    assert all(problem["line"] for problem in problems if problem["code"] not in ("symlink", "not-a-file", "too-large"))


def test_a_second_up_on_one_tree_is_one_sentence(serve: Serve, tree: Path) -> None:
    server = serve(tree)
    again = subprocess.run(
        [sys.executable, "-m", "keymock", "up", str(tree), "--port", "0"], capture_output=True, text=True, check=False
    )
    assert again.returncode == 2
    assert str(server.process.pid) in again.stderr
    assert server.ready.url in again.stderr
    assert "Traceback" not in again.stderr
