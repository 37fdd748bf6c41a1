from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from keymock.problems import Stop
from keymock.serve.runfiles import (
    Address,
    Ready,
    ReadyFiles,
    Server,
    choose_server,
    live,
    lock,
    read_ready,
    runtime_folder,
)

ME = os.getuid()
READY = Ready(
    url="http://127.0.0.1:8787",
    projects={"shop": Address("http://127.0.0.1:8788")},
    control="http://127.0.0.1:8800",
    token="s3cret",
    pid=4242,
    actor="ada@example.com",
    generation=1,
    workspace="/home/ada/shop",
)
OTHER = msgspec.structs.replace(READY, pid=4343, url="http://127.0.0.1:9787", control="http://127.0.0.1:9800")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def folder_for(workspace: Path, **environ: str) -> Path:
    return runtime_folder(workspace, environ, ME, workspace / "tmp")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_for(tmp_path)


# ---- the folder ------------------------------------------------------------------------------------------------------


def test_the_folder_is_private_and_ignored_by_git(tmp_path: Path) -> None:
    assert folder_for(tmp_path) == tmp_path / ".keymock"
    assert mode(tmp_path / ".keymock") == 0o700
    assert (tmp_path / ".keymock" / ".gitignore").read_text() == "*\n"


def test_a_folder_that_was_only_begun_is_ignored_too(tmp_path: Path) -> None:
    (tmp_path / ".keymock").mkdir(mode=0o700)
    folder_for(tmp_path)
    assert (tmp_path / ".keymock" / ".gitignore").read_text() == "*\n"
    (tmp_path / ".keymock" / ".gitignore").write_text("mine\n")
    folder_for(tmp_path)
    assert (tmp_path / ".keymock" / ".gitignore").read_text() == "mine\n"


def test_a_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / ".keymock").mkdir(mode=0o755)
    assert folder_for(tmp_path) == tmp_path / ".keymock"
    assert mode(tmp_path / ".keymock") == 0o700


def test_a_symlink_that_came_with_a_repository_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "tmp").mkdir()
    (tmp_path / ".keymock").symlink_to("elsewhere")
    assert folder_for(tmp_path).parent == tmp_path / "tmp" / f"keymock-{ME}"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_run_folder_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "tmp").mkdir()
    (tmp_path / ".keymock").mkdir()
    (tmp_path / ".keymock" / "run").symlink_to("../elsewhere")
    assert folder_for(tmp_path).parent == tmp_path / "tmp" / f"keymock-{ME}"


def test_where_the_workspace_cannot_be_written_the_users_runtime_folder_serves(tmp_path: Path) -> None:
    (tmp_path / ".keymock").write_text("in the way")
    (tmp_path / "user").mkdir()
    first = folder_for(tmp_path, XDG_RUNTIME_DIR=str(tmp_path / "user"))
    assert first.parent == tmp_path / "user" / "keymock"
    assert mode(first) == 0o700
    assert first == folder_for(tmp_path, XDG_RUNTIME_DIR=str(tmp_path / "user"))


def test_two_workspaces_share_no_folder(tmp_path: Path) -> None:
    (tmp_path / "user").mkdir()
    found = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".keymock").write_text("in the way")
        found.add(folder_for(tmp_path / name, XDG_RUNTIME_DIR=str(tmp_path / "user")))
    assert len(found) == 2


@pytest.mark.skipif(ME == 0, reason="root writes anywhere")
def test_a_read_only_folder_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    tmp_path.chmod(0o555)
    try:
        assert folder_for(tmp_path).parent == tmp_path / "tmp" / f"keymock-{ME}"
    finally:
        tmp_path.chmod(0o755)


def test_a_folder_of_another_user_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / ".keymock").mkdir()
    (tmp_path / "tmp").mkdir()
    with pytest.raises(Stop) as caught:  # nothing here belongs to that user
        runtime_folder(tmp_path, {}, ME + 1, tmp_path / "tmp")
    assert caught.value.problems[0].code == "no-runtime-folder"
    assert caught.value.exit_code == 2


# ---- the lock --------------------------------------------------------------------------------------------------------


def test_a_second_server_is_told_who_has_the_tree(folder: Path) -> None:
    with lock(folder, 4242) as note:
        note("http://127.0.0.1:8787")
        with pytest.raises(Stop) as caught, lock(folder, 4343):
            pass
    assert caught.value.exit_code == 2
    assert caught.value.problems[0].message == ("this working tree is served already (pid 4242, http://127.0.0.1:8787)")


def test_a_server_that_is_still_starting_has_the_tree_too(folder: Path) -> None:
    with lock(folder, 4242), pytest.raises(Stop, match="pid 4242, still starting"), lock(folder, 4343):
        pass


def test_the_lock_is_free_after_use(folder: Path) -> None:
    for _ in range(2):
        with lock(folder, 4242) as note:
            note("http://127.0.0.1:8787")
    assert (folder / "lock").read_text() == ""
    assert mode(folder / "lock") == 0o600


def test_the_lock_of_a_killed_server_stops_nobody(folder: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from keymock.serve.runfiles import lock\n"
        "with lock(Path(sys.argv[1]), 4242) as note: note('http://x'); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Stop), lock(folder, 1):
            pass
        other.send_signal(signal.SIGKILL)
    assert "4242" in (folder / "lock").read_text()
    with lock(folder, 1):
        pass


def test_something_else_in_the_place_of_the_lock_is_a_sentence(folder: Path) -> None:
    (folder / "lock").symlink_to("../elsewhere")
    with pytest.raises(Stop, match="cannot open the lock"), lock(folder, 1):
        pass


# ---- ready files -----------------------------------------------------------------------------------------------------


def test_a_ready_file_is_private_whole_and_as_the_interface_says(folder: Path, tmp_path: Path) -> None:
    files = ReadyFiles(folder, 4242, tmp_path / "ready.json")
    files.write(READY)
    for path in (folder / "run" / "4242.json", tmp_path / "ready.json"):
        assert mode(path) == 0o600
        assert json.loads(path.read_text()) == {
            "url": "http://127.0.0.1:8787",
            "projects": {"shop": {"url": "http://127.0.0.1:8788"}},
            "control": "http://127.0.0.1:8800",
            "token": "s3cret",
            "pid": 4242,
            "actor": "ada@example.com",
            "generation": 1,
            "workspace": "/home/ada/shop",
        }
    files.remove()
    assert sorted(entry.name for entry in (folder / "run").iterdir()) == [".gitignore"]
    assert not (tmp_path / "ready.json").exists()


def test_a_server_that_came_back_writes_it_again(folder: Path) -> None:
    files = ReadyFiles(folder, 4242)
    files.write(READY)
    files.write(msgspec.structs.replace(READY, generation=7))
    assert [ready.generation for ready in live(folder, ME)] == [7]
    files.remove()
    assert live(folder, ME) == []


def test_the_ready_file_of_an_earlier_run_is_gone_before_the_server_is_ready(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "ready.json").write_text("{}")
    ReadyFiles(folder, 4242, tmp_path / "ready.json")
    assert not (tmp_path / "ready.json").exists()


def test_a_ready_file_that_somebody_else_wrote_meanwhile_stays(folder: Path, tmp_path: Path) -> None:
    files = ReadyFiles(folder, 4242, tmp_path / "ready.json")
    files.write(READY)
    (tmp_path / "ready.json").unlink()
    (tmp_path / "ready.json").write_text("theirs")
    files.remove()
    assert (tmp_path / "ready.json").read_text() == "theirs"


def test_a_ready_file_without_a_folder_is_a_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Stop, match="there is no folder"):
        ReadyFiles(folder, 4242, tmp_path / "missing" / "ready.json")
    with pytest.raises(Stop, match="cannot write the ready file"):
        ReadyFiles(folder, 4242, tmp_path)


def test_what_is_printed_has_no_token() -> None:
    assert "token" not in READY.public()
    assert "s3cret" not in json.dumps(READY.public())
    assert READY.public()["url"] == "http://127.0.0.1:8787"


def test_live_lists_by_process_id(folder: Path) -> None:
    held = [ReadyFiles(folder, ready.pid) for ready in (OTHER, READY)]
    for files, ready in zip(held, (OTHER, READY), strict=True):
        files.write(ready)
    assert live(folder, ME) == [READY, OTHER]
    for files in held:
        files.remove()


def test_the_file_of_a_dead_server_is_swept_away_even_if_its_pid_lives(folder: Path) -> None:
    path = folder / "run" / f"{os.getpid()}.json"
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(READY, pid=os.getpid())))
    path.chmod(0o600)
    assert live(folder, ME) == []
    assert not path.exists()


def test_a_run_file_that_came_with_a_repository_is_ignored(folder: Path) -> None:
    (folder / "run" / "1.json").write_bytes(msgspec.json.encode(READY))
    (folder / "run" / "1.json").chmod(0o644)  # git knows 644 and 755 only
    (folder / "run" / "2.json").symlink_to("1.json")
    (folder / "run" / "3.json").mkdir()
    assert live(folder, ME) == []


def test_no_server_ever_ran_here(tmp_path: Path) -> None:
    assert live(tmp_path, ME) == []


def test_reading_a_ready_file(tmp_path: Path) -> None:
    (tmp_path / "ready.json").write_bytes(msgspec.json.encode(msgspec.to_builtins(READY) | {"later": 1}))
    assert read_ready(tmp_path / "ready.json") == READY
    (tmp_path / "ready.json").write_text("[]")
    with pytest.raises(Stop, match="not a ready file"):
        read_ready(tmp_path / "ready.json")
    with pytest.raises(Stop, match="cannot read it"):
        read_ready(tmp_path / "missing.json")


# ---- which server a verb talks to ------------------------------------------------------------------------------------

OURS = Server(READY.control, READY.token)


@pytest.mark.parametrize(
    ("option", "environ", "running", "expected"),
    [
        ("", {}, [READY], OURS),
        ("", {"KEYMOCK_TOKEN": "other"}, [READY], OURS),
        ("ready.json", {}, [], OURS),
        ("", {"KEYMOCK_SERVER": "ready.json"}, [OTHER], OURS),
        ("ready.json", {"KEYMOCK_SERVER": "http://127.0.0.1:1"}, [OTHER], OURS),
        (READY.control, {}, [READY, OTHER], OURS),
        (READY.url + "/", {}, [READY, OTHER], OURS),
        (OTHER.control, {}, [READY, OTHER], Server(OTHER.control, OTHER.token)),
        ("http://10.0.0.5:8800", {"KEYMOCK_TOKEN": "t"}, [READY], Server("http://10.0.0.5:8800", "t")),
        (
            "",
            {"KEYMOCK_SERVER": "http://10.0.0.5:8800/", "KEYMOCK_TOKEN": "t"},
            [],
            Server("http://10.0.0.5:8800", "t"),
        ),
        (READY.control, {"KEYMOCK_TOKEN": "t"}, [READY], Server(READY.control, "t")),
        (
            "",
            {"KEYMOCK_CONTROL": "http://127.0.0.1:7", "KEYMOCK_TOKEN": "t"},
            [READY],
            Server("http://127.0.0.1:7", "t"),
        ),
        ("", {"KEYMOCK_CONTROL": "http://127.0.0.1:7", "KEYMOCK_SERVER": "ready.json"}, [OTHER], OURS),
    ],
)
def test_the_server_chosen(option: str, environ: dict[str, str], running: list[Ready], expected: Server) -> None:
    assert choose_server(option, environ, running, read=lambda path: {"ready.json": READY}[str(path)]) == expected


@pytest.mark.parametrize(
    ("option", "running", "code", "told"),
    [
        ("", [], "no-server", "keymock up"),
        ("", [READY, OTHER], "several-servers", "http://127.0.0.1:8800 (pid 4242), http://127.0.0.1:9800 (pid 4343)"),
        ("http://10.0.0.5:8800", [READY], "no-token", "KEYMOCK_TOKEN"),
    ],
)
def test_no_server_to_choose(option: str, running: list[Ready], code: str, told: str) -> None:
    with pytest.raises(Stop) as caught:
        choose_server(option, {}, running)
    assert caught.value.exit_code == 2
    assert caught.value.problems[0].code == code
    assert told in caught.value.problems[0].hint
