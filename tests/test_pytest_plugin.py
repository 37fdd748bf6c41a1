"""The pytest plug-in, as a project uses it: runs of pytest over test files of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tree_answers import mock, plant

from keymock.pytest_plugin import session_of
from keymock.serve.beside import alive

pytestmark = pytest.mark.live

TREE: dict[str, str | bytes] = {
    "mocks/keymock.toml": 'name = "acme"\n',
    "mocks/workspace/mocks/hello.toml": mock("/hello", 'headers.X-Tenant = { present = true }', response='body = "hi"'),
    "mocks/workspace/mocks/turn.toml": 'select = "sequence"\n[request]\npath = "/turn"\n'
                                       '[[responses]]\nname = "a"\nbody = "1"\n[[responses]]\nname = "b"\nbody = "2"\n',
    "pytest.ini": "[pytest]\nkeymock_workspace = mocks\nfilterwarnings = error\n",
    "asking.py": """
from urllib.error import HTTPError
from urllib.request import Request, urlopen

def ask(url, **headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urlopen(Request(url, headers=given), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as answer:
        return answer.code, answer.read().decode()
""",
}  # fmt: skip


class Ended:
    """A run of pytest that is over."""

    def __init__(self, code: int, out: str) -> None:
        self.code = code
        self.out = out


COMMAND = (
    sys.executable, "-m", "pytest", "-q", "-p", "keymock.pytest_plugin", "-p", "xdist", "-p", "no:cacheprovider",
)  # fmt: skip


def prepared(root: Path, tests: str) -> dict[str, str]:
    """Writes one file of tests, and the mocks that they ask; the environment that pytest runs in."""
    plant(root, TREE | {"test_it.py": "from asking import ask\n" + tests})
    (root / "tmp").mkdir(exist_ok=True)
    # What may be installed for this interpreter is left out: the plug-in would be there twice.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KEYMOCK", "PYTEST", "GIT_"))}
    return {**clean, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TMPDIR": str(root / "tmp")}


def run(root: Path, tests: str, *arguments: str) -> Ended:
    """Runs pytest over one file of tests, with this plug-in and xdist and no other."""
    environ = prepared(root, tests)
    ended = subprocess.run(
        [*COMMAND, *arguments], cwd=root, env=environ, capture_output=True, text=True, check=False, timeout=100
    )
    assert list((root / "tmp").glob("keymock-*")) == []
    return Ended(ended.returncode, ended.stdout + ended.stderr)


def test_a_session_a_test_and_one_server_for_all(tmp_path: Path) -> None:
    ended = run(tmp_path, """
from pathlib import Path

def test_one(keymock):
    assert [ask(keymock.url + "/turn")[1] for _ in range(2)] == ["1", "2"]
    Path("pid-one").write_text(str(keymock.ready.pid))

def test_two(keymock):
    assert ask(keymock.url + "/turn") == (200, "1")
    keymock.override("GET", "/hello", body="mine")
    assert ask(keymock.url + "/hello") == (200, "mine")
    keymock.verify("GET", "/hello", times=1)
    Path("pid-two").write_text(str(keymock.ready.pid))

def test_three(keymock):
    assert ask(keymock.url + "/hello", x_tenant="a") == (200, "hi")

def test_without():
    pass
""")  # fmt: skip
    assert (ended.code, "4 passed" in ended.out) == (0, True), ended.out
    one, two = ((tmp_path / name).read_text() for name in ("pid-one", "pid-two"))
    assert one == two
    assert not alive(int(one))


def test_a_request_without_a_mock_fails_its_test_and_the_report_says_what_came_near(tmp_path: Path) -> None:
    ended = run(tmp_path, """
import pytest

def test_missed(keymock):
    ask(keymock.url + "/hello")

def test_failed_by_itself(keymock):
    ask(keymock.url + "/helo")
    assert False, "own words"

@pytest.mark.keymock(allow_unmatched=True)
def test_allowed(keymock):
    assert ask(keymock.url + "/nothing")[0] == 404

def test_fine(keymock):
    pass
""")  # fmt: skip
    assert "2 failed, 2 passed" in ended.out, ended.out
    assert "1 request found no mock:" in ended.out
    assert "✗ headers.x-tenant  present  came: absent" in ended.out
    assert "workspace/mocks/hello.toml" in ended.out
    assert "own words" in ended.out


def test_what_a_mark_says_holds_for_its_test(tmp_path: Path) -> None:
    ended = run(tmp_path, """
import pytest

@pytest.mark.keymock(seed=7, freeze_time="2030-01-01T00:00:00Z")
def test_marked(keymock):
    [own] = [each for each in keymock.client.sessions() if each["session"] == keymock.name]
    assert (own["seed"], own["freeze_time"]) == (7, "2030-01-01T00:00:00+00:00")
""")  # fmt: skip
    assert ended.code == 0, ended.out


CLASHING = """
import random
import pytest

@pytest.mark.parametrize("number", range({number}))
def test_clashing(keymock, number):
    draw = random.Random(number)
    assert ask(keymock.url + "/turn") == (200, "1")
    keymock.override("GET", "/hello", body=f"for {{number}}")
    once = draw.random() < 0.5
    if once:
        keymock.override("GET", "/hello", status=503, times=1)
    statuses = [ask(keymock.url + "/hello") for _ in range(3)]
    assert statuses == [(503, "")] * once + [(200, f"for {{number}}")] * (3 - once)
    assert ask(keymock.url + "/turn") == (200, "2")
    keymock.verify("GET", "/hello", times=3)
    keymock.verify("GET", "/turn", times=2)
    keymock.verify_nothing_else(("GET", "/hello"), ("GET", "/turn"))
    assert len(keymock.journal) == 5
"""


def test_clashing_tests_in_parallel_do_not_see_each_other(tmp_path: Path) -> None:
    """'200 tests under `pytest -n 4` against one server: 0 leaks'; here 24 on 3 workers, the rest is a long run."""
    ended = run(tmp_path, CLASHING.format(number=24), "-n", "3")
    assert (ended.code, "24 passed" in ended.out) == (0, True), ended.out


def test_one_server_for_all_workers(tmp_path: Path) -> None:
    ended = run(tmp_path, """
import pytest
from pathlib import Path

@pytest.mark.parametrize("number", range(6))
def test_it(keymock, number):
    with open(f"pid-{number}", "w") as file:
        file.write(str(keymock.ready.pid))
""", "-n", "2")  # fmt: skip
    assert ended.code == 0, ended.out
    pids = {file.read_text() for file in tmp_path.glob("pid-*")}
    assert len(pids) == 1
    assert not alive(int(pids.pop()))


def test_what_was_used_is_written_and_what_was_not_fails_a_strict_run(tmp_path: Path) -> None:
    tests = 'def test_it(keymock):\n    ask(keymock.url + "/turn")\n'
    ended = run(tmp_path, tests, "--keymock-coverage", "used.json")
    assert ended.code == 0, ended.out
    used = {one["mock"]: one["answers"] for one in json.loads((tmp_path / "used.json").read_text())["mocks"]}
    assert [answer.get("used", 0) for answer in used["workspace/mocks/turn"]] == [1, 0]
    strict = run(tmp_path, tests, "--keymock-strict")
    assert strict.code == 1
    assert "✗ workspace/mocks/hello" in strict.out


def test_whoever_does_not_use_it_pays_nothing(tmp_path: Path) -> None:
    ended = run(tmp_path, """
import sys

def test_it():
    assert not [name for name in sys.modules if name.startswith("keymock.") and name != "keymock.pytest_plugin"]
    assert "msgspec" not in sys.modules
""")  # fmt: skip
    assert ended.code == 0, ended.out


SEEN = """
import os
from pathlib import Path

import pytest

def begun():
    return len(list(Path(os.environ["TMPDIR"]).glob("keymock-*/server.pid")))
"""


def test_it_is_begun_before_the_first_test_if_a_later_one_asks_for_it(tmp_path: Path) -> None:
    ended = run(tmp_path, SEEN + """
def test_first():
    assert begun() == 1

def test_second(keymock):
    assert begun() == 1
    ask(keymock.url + "/turn")
""")  # fmt: skip
    assert (ended.code, "2 passed" in ended.out) == (0, True), ended.out


def test_it_is_begun_by_the_first_who_asks_where_nobody_could_foresee_it(tmp_path: Path) -> None:
    ended = run(tmp_path, SEEN + """
def test_first():
    assert begun() == 0

def test_second(request):
    ask(request.getfixturevalue("keymock").url + "/turn")
    assert begun() == 1
""")  # fmt: skip
    assert (ended.code, "2 passed" in ended.out) == (0, True), ended.out


@pytest.mark.parametrize(
    ("arguments", "mark", "broken", "number"),
    [
        ([], "", "", "1"),
        (["--collect-only"], "", "", "0"),
        (["--setup-plan"], "", "", "0"),
        (["-k", "without"], "", "", "0"),
        ([], "@pytest.mark.skip", "", "0"),
        ([], "", "def", "0"),
        (["--continue-on-collection-errors"], "", "def", "1"),
    ],
)
def test_none_is_begun_if_no_test_will_ask_for_it(
    tmp_path: Path, arguments: list[str], mark: str, broken: str, number: str
) -> None:
    """conftest.py, which is asked before the plug-in tidies up, writes how many were begun."""
    count = "from test_it import begun\n\ndef pytest_unconfigure():\n    open('begun', 'w').write(str(begun()))\n"
    plant(tmp_path, {"conftest.py": count, "test_more.py": broken})
    run(tmp_path, SEEN + f"{mark}\ndef test_with(keymock): pass\n\ndef test_without(): pass\n", *arguments)
    assert (tmp_path / "begun").read_text() == number


def test_a_run_that_is_killed_takes_its_server_along(tmp_path: Path) -> None:
    environ = prepared(tmp_path, """
import time
from pathlib import Path

def test_it(keymock):
    Path("draft").write_text(str(keymock.ready.pid))
    Path("draft").rename("pid")
    time.sleep(100)
""")  # fmt: skip
    killed = subprocess.Popen(COMMAND, cwd=tmp_path, env=environ, stdout=subprocess.DEVNULL)
    last = time.monotonic() + 60
    try:
        while not (tmp_path / "pid").exists():
            assert time.monotonic() < last
            time.sleep(0.02)
    finally:
        killed.kill()
        killed.wait()
    pid = int((tmp_path / "pid").read_text())
    while alive(pid):
        assert time.monotonic() < last
        time.sleep(0.02)


def test_a_server_that_cannot_start_is_told_in_the_report(tmp_path: Path) -> None:
    ended = run(tmp_path, "def test_it(keymock): pass\n", "--keymock-workspace", "nowhere")
    assert ended.code == 1
    assert "nowhere is no folder" in ended.out


def test_names_of_sessions_are_short_readable_and_their_own() -> None:
    first, second = session_of("a/test_x.py::test_it[a b/c]"), session_of("a/test_x.py::test_it[a b-c]")
    assert first.startswith("test_it-a-b-c-")
    assert first != second
    assert first == session_of("a/test_x.py::test_it[a b/c]")
    assert len(session_of("x" * 10_000)) <= 64
