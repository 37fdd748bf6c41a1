"""`keymock run -- COMMAND`: serves while a command runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from prompt import Shell

from keymock.commands.run import variables
from keymock.problems import Stop
from keymock.serve.runfiles import Address, Ready

HERE = Path(__file__).parents[2]

ASK = """
import json, os, sys
from urllib.error import HTTPError
from urllib.request import urlopen
found = {name: value for name, value in os.environ.items() if name.startswith(("KEYMOCK_U", "KEYMOCK_C", "API"))}
try:
    found["status"] = urlopen(os.environ["KEYMOCK_URL"] + sys.argv[1]).status
except HTTPError as answer:
    found["status"] = answer.code
open("found.json", "w").write(json.dumps(found))
sys.exit(int(sys.argv[2]))
"""

LOOK = """
import subprocess, sys
from os import environ
from urllib.request import urlopen
urlopen(environ["KEYMOCK_URL"] + "/health").close()
keymock = [sys.executable, "-m", "keymock"]
with open("journal.json", "w") as out:
    subprocess.run([*keymock, "journal", "--json"], stdout=out, check=True)
subprocess.run([*keymock, "verify", "GET /health", "--times", "1"], check=True)
subprocess.run([*keymock, "use", "workspace/mocks/health", "off"], check=True)
sys.exit(subprocess.run([*keymock, "verify", "GET /never"]).returncode)
"""

READY = Ready(
    "http://127.0.0.1:1", {"my-shop": Address("http://127.0.0.1:1/shop")}, "http://127.0.0.1:2", "t", 1, "", 1, ""
)


@pytest.mark.live
def test_a_command_finds_the_mocks_and_its_code_is_ours(shop: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.folder)
    ended = shop("run", "--env", "API=shop", "--", sys.executable, "-c", ASK, "/health", "7")
    assert ended.code == 7, ended.err
    found = json.loads((shop.folder / "found.json").read_text())
    assert found["status"] == 200
    assert found["API"] == found["KEYMOCK_URL_SHOP"] == found["KEYMOCK_URL"] + "/shop"
    strict = shop("run", "--strict", "--coverage", "used.json", "--", sys.executable, "-c", ASK, "/nothing", "0")
    assert (strict.code, "GET /nothing" in strict.err) == (2, False)  # with --strict, what is withheld is refused
    plain = shop("run", "--coverage", "used.json", "--", sys.executable, "-c", ASK, "/mine", "0")
    assert plain.code == 0
    assert json.loads((shop.folder / "used.json").read_text())["unmatched"] == 1
    assert shop("run", "--with-private", "--", sys.executable, "-c", ASK, "/mine", "0").code == 0
    assert json.loads((shop.folder / "found.json").read_text())["status"] == 200
    assert shop("run", "--strict-unused", "--", sys.executable, "-c", ASK, "/health", "0").code == 1


@pytest.mark.live
def test_a_request_without_a_mock_fails_a_strict_run(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shell.folder)
    shell.put("keymock.toml", "")
    ended = shell("run", "--strict", "--", sys.executable, "-c", ASK, "/nothing", "0")
    assert ended.code == 1
    assert "✗ GET /nothing  1×" in ended.err


CONTRACT = """
openapi: 3.0.3
info: {title: Pets, version: "1"}
paths:
  /pets:
    get: {responses: {200: {description: all}}}
    post: {responses: {201: {description: made}}}
"""


@pytest.mark.live
def test_an_operation_that_nobody_used_fails_a_run_that_is_strict_about_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shell.folder)
    shell.put("keymock.toml", "")
    shell.put("projects/pets/openapi.yaml", CONTRACT)
    asking = ("--", sys.executable, "-c", ASK, "/pets", "0")
    ended = shell("run", "--strict", "--strict-operations", *asking)
    assert ended.code == 1, ended.err
    assert "✗ projects/pets/openapi.yaml#POST /pets" in ended.err
    assert shell("run", "--strict", *asking).code == 0


@pytest.mark.live
def test_verbs_in_the_command_ask_the_server_of_this_run(served: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(served.folder)  # `served`: another server runs for the same workspace, and is not asked
    another = str(served.folder.parent / "ready.json")
    ended = served("run", "--", sys.executable, "-c", LOOK, PYTHONPATH=str(HERE), KEYMOCK_SERVER=another)
    assert ended.code == 1, ended.err
    entries = json.loads((served.folder / "journal.json").read_text())["entries"]
    assert [(entry["path"], entry["status"]) for entry in entries] == [("/health", 200)]
    assert served.get("/health")[0] == 200  # `use` has switched the mock off in this run alone


ADDRESSES = """
import subprocess, sys
from os import environ
keymock = [sys.executable, "-m", "keymock"]
with open("said.txt", "w") as out:
    print(environ["KEYMOCK_URL"], file=out, flush=True)
    subprocess.run([*keymock, "url", "workspace/mocks/health"], stdout=out, check=True)
    subprocess.run([*keymock, "request", "send", "health", "-q"], stdout=out, check=True)
    subprocess.run([*keymock, "flow", "run", "alive", "-q"], stdout=out, check=True)
    subprocess.run([*keymock, "verify", "GET /health", "--times", "2", "--session", "*"], stdout=out, check=True)
    subprocess.run([*keymock, "doctor"], stdout=out)
"""


@pytest.mark.live
def test_addresses_in_the_command_are_those_of_this_run(served: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(served.folder)  # `served`: another server runs for the same workspace, and is not asked
    served.put("workspace/requests/health.toml", 'url = "{{ target_url() }}/health"\n')
    served.put("workspace/flows/alive.toml", '[[steps]]\nrequest = "health"\nexpect.status = 200\n')
    ended = served("run", "--", sys.executable, "-c", ADDRESSES, PYTHONPATH=str(HERE))
    assert ended.code == 0, ended.err
    own, address, *lines = (served.folder / "said.txt").read_text().splitlines()
    assert address == f"{own}/health"
    told = next(line for line in lines if "server" in line)
    assert (own in told, served.ready["url"] in told) == (True, False)
    assert served("verify", "GET /health", "--times", "0").code == 0


@pytest.mark.live
def test_a_command_that_is_not_there(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    assert shell("run", "--", "no-such-command-at-all").code == 127


def test_a_report_that_has_no_folder_is_refused_before_the_command_runs(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    ended = shell("run", "--coverage", "none/used.json", "--", "touch", str(shell.folder / "ran"))
    assert (ended.code, "none/used.json: error: cannot be written: there is no such folder" in ended.err) == (2, True)
    assert not (shell.folder / "ran").exists()


def test_what_a_command_finds_in_its_environment() -> None:
    assert variables(READY, ("API_URL=my-shop",)) == {
        "KEYMOCK_URL": "http://127.0.0.1:1", "KEYMOCK_CONTROL": "http://127.0.0.1:2", "KEYMOCK_TOKEN": "t",
        "KEYMOCK_URL_MY_SHOP": "http://127.0.0.1:1/shop", "API_URL": "http://127.0.0.1:1/shop",
    }  # fmt: skip


@pytest.mark.parametrize("pair", ["API", "=shop", "API=other"])
def test_a_project_that_is_not_there_is_told(pair: str) -> None:
    with pytest.raises(Stop):
        variables(READY, (pair,))
