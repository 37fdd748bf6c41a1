"""`keymock flow run`: the checkout of the example workspace, against all that it can be run against."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from xml.etree import ElementTree

import pytest
from a_store import Store, store

__all__ = ["store"]

STEPS = ["login", "begin", "look", "items", "order", "pay", "paid"]


def test_against_the_real_api_then_against_mocks_made_of_it_then_against_both(store: Store) -> None:
    code, out, _ = store("flow", "run", "checkout", "--target", "real", "--json")
    told = json.loads(out)
    assert (code, told["ok"], [step["id"] for step in told["steps"]]) == (0, True, STEPS)
    assert {step["target"] for step in told["steps"] if step["target"]} == {"real"}
    assert (told["steps"][4]["attempts"], told["steps"][6]["attempts"]) == (2, 3)
    assert store("new", "--from", "flow:checkout", "--run")[0] == 0
    asked = len(store.api.asked)
    for _ in range(2):  # each run is a session of its own
        code, out, _ = store("flow", "run", "checkout", "--json")
        assert (code, json.loads(out)["target"]) == (0, "mock")
    assert len(store.api.asked) == asked
    assert store("check")[0] == 0
    code, out, _ = store("flow", "run", "checkout", "--target", "both", "--json")
    assert (code, json.loads(out)["differences"]) == (0, [])


def test_where_mock_and_reality_differ_the_answer_is_no(store: Store) -> None:
    store("new", "--from", "flow:checkout", "--run")
    mock = store.shell.folder / "projects/store/mocks/checkout/login/post.toml"
    mock.write_text(mock.read_text().replace("expires_in = 3600", 'expires_in = "3600", more = 1'))
    code, out, _ = store("flow", "run", "checkout", "--target", "both")
    assert code == 1
    assert "mock and reality differ:" in out
    assert "  login  body $.expires_in  mock: text  real: a number" in out
    assert "  login  body $.more  mock: a number  real: nothing" in out


def test_a_failed_expectation_is_told_with_its_place_and_the_rest_stays(store: Store) -> None:
    flow = store.shell.folder / "projects/store/flows/checkout.toml"
    flow.write_text(flow.read_text().replace("{ gt = 0 }", "{ gt = 99999 }"))
    code, out, _ = store("flow", "run", "checkout", "--target", "real")
    assert code == 1
    assert "✓ login" in out
    assert "jsonpath $.total: expected > 99999, came 1150" in out
    assert "projects/store/flows/checkout.toml:42" in out
    assert out.endswith("✗ 5 passed, 1 failed, 2 not run\n")


def test_reports_for_ci_and_for_people(store: Store) -> None:
    junit, page = store.shell.folder / "out/r.xml", store.shell.folder / "out/r.html"
    store("flow", "run", "checkout", "--target", "real", "--junit", "out/r.xml", "--html", "out/r.html")
    (suite,) = ElementTree.parse(junit).getroot()  # noqa: S314
    assert (suite.get("tests"), suite.get("failures")) == ("8", "0")
    assert "Wait until it is paid" in page.read_text()


def test_once_for_each_row(store: Store) -> None:
    store.shell.put("rows.csv", "user\nada\nbob\n")
    code, out, _ = store("flow", "run", "checkout", "--target", "real", "--data", "rows.csv", "--json")
    told = json.loads(out)
    assert (code, [run["row"] for run in told["runs"]], [run["ok"] for run in told["runs"]]) == (
        1,
        [1, 2],
        [True, False],
    )


def test_nothing_that_can_run_is_a_wrong_command(store: Store) -> None:
    for words, message in (
        (["chekout"], "there is no flow `chekout`"),
        (["checkout", "--target", "raal"], "did you mean `real`?"),
        (["checkout", "--env", "stagging"], "there is no environment `stagging`"),
        (["checkout", "--data", "no.csv"], "no.csv cannot be read"),
    ):
        code, _, err = store("flow", "run", *words)
        assert (code, message in err) == (2, True), err
    store.shell.put("projects/store/flows/bad.toml", '[[steps]]\nrequest = "nothing"\n[[steps]]\nurll = "x"\n')
    code, _, err = store("flow", "run", "flows/bad")
    assert (code, "bad.toml:4:1" in err, "did you mean `url`?" in err) == (2, True, True)
    store.shell.put("projects/store/flows/skip.toml", '[[steps]]\nurl = "http://x"\nwhen = "false"\n')
    assert store("flow", "run", "flows/skip")[:2] == (2, "skip  projects/store/flows/skip, mock\n"
                                                      "○ step  skipped\n✗ 1 skipped\n")  # fmt: skip


A = "url = '{{ base_url }}/a'\n"
BAD = (
    (
        "a variable that leads back to itself",
        '[variables]\nx = "{{ y }}"\ny = "{{ x }}"\n',
        "url = '{{ x }}'",
        "variables lead back to themselves: x → y → x",
        "bad.toml:2:1",
    ),
    ("an upstream that is down", "", f"target = 'real'\n{A}", "nobody answers at http://127.0.0.1:9/a", "bad.toml:7:7"),
    ("no TLS", "", "url = 'https://127.0.0.1:{port}/a'", "no trusted TLS with https://127.0.0.1:", "bad.toml:6:7"),
    (
        "a host without consent",
        "",
        "url = 'https://named.test/a'",
        "nobody has allowed named.test:443 to be reached",
        "bad.toml:6:7",
    ),
    (
        "a host that nobody names",
        "",
        "url = 'https://other.test/a'",
        "is no host that this workspace names",
        "bad.toml:6:7",
    ),
    (
        "a body that is missing",
        "",
        f"method = 'POST'\nbody_file = 'no.json'\n{A}",
        "there is no file projects/store/flows/no.json",
        "bad.toml:7:13",
    ),
    ("a capture that finds nothing", "", f"{A}capture.token = '$.token'", "`$.token` finds nothing", "bad.toml:7:17"),
    (
        "a captured value that is not there",
        "",
        "url = '{{ base_url }}/{{ token }}'",
        "there is no variable `token`",
        "bad.toml:6:26",
    ),
    ("an answer that is no list", "", f"{A}for_each.x = '{{{{ first.status }}}}'", "comes to no list", "bad.toml:7:14"),
)


@pytest.mark.parametrize(("what", "head", "step", "said", "place"), BAD)
def test_bad_input_is_one_sentence_at_its_place_and_the_rest_of_the_report_stays(
    store: Store, what: str, head: str, step: str, said: str, place: str
) -> None:
    """The step before passed, the one after did not run, the teardown did; exit 1."""
    project = store.shell.folder / "projects/store/project.toml"
    project.write_text(project.read_text().replace(store.api.url, "http://127.0.0.1:9"))
    settings = store.shell.folder / "keymock.toml"
    settings.write_text('outbound = ["named.test"]\n' + settings.read_text())
    store.shell.put("projects/store/mocks/a.toml", '[request]\npath = "/a"\n[response]\njson = { b = 1 }\n')
    first = f"[[steps]]\nid = 'first'\n{A}"
    step = step.replace("{port}", str(store.api.port))
    lines = f"{first}[[steps]]\nid = 'broken'\n{step}\n[[steps]]\nid = 'never'\n{A}[[teardown]]\nid = 'clean'\n{A}"
    store.shell.put("projects/store/flows/bad.toml", head + lines)
    code, out, err = store("flow", "run", "flows/bad", "--json")
    told = json.loads(out)
    assert (code, err) == (1, ""), what
    assert [(one["id"], one["state"]) for one in told["steps"]] == [
        ("first", "passed"), ("broken", "failed"), ("never", "not-run"), ("clean", "passed"),
    ]  # fmt: skip
    problem = told["steps"][1]["problem"]
    assert said in problem["message"]
    line = problem["line"] - (0 if "variables lead" in said else head.count("\n"))
    assert f"{problem['path'].rpartition('/')[2]}:{line}:{problem['column']}" == place
    code, out, _ = store("flow", "run", "flows/bad")
    assert (code, "✗ broken" in out, said in out, out.count("Traceback")) == (1, True, True, 0)
    assert out.endswith("✗ 2 passed, 1 failed, 1 not run\n")


def test_what_is_wrong_in_the_file_runs_nothing(store: Store) -> None:
    """All of it at once, each with its line; exit 2."""
    put = store.shell.put
    put("projects/store/flows/one.toml", '[[steps]]\nflow = "flows/two"\n')
    put("projects/store/flows/two.toml", '[[steps]]\nflow = "flows/one"\n')
    put("projects/store/flows/many.toml",
        '[[steps]]\nrequest = "auth/logn"\n[[steps]]\nurl = "http://a"\nexpect.schema = "no.json"\n')  # fmt: skip
    code, out, err = store("flow", "run", "flows/one")
    assert (code, out, "flows run one another in a circle: one → two → one [flow-cycle]" in err) == (2, "", True)
    assert "two.toml:2:8" in err
    code, out, err = store("flow", "run", "flows/many")
    assert (code, out) == (2, "")
    assert "many.toml:2:11: error: there is no request `auth/logn`" in err
    assert "did you mean `auth/login`?" in err
    assert "many.toml:5:17: error: the schema `no.json` cannot be read: there is no file" in err


def test_no_host_without_consent(store: Store) -> None:
    project = store.shell.folder / "projects/store/project.toml"
    project.write_text(project.read_text().replace("http://127.0.0.1", "http://api.example.com"))
    code, out, _ = store("flow", "run", "checkout", "--target", "real")
    assert (code, "keymock allow api.example.com" in out) == (2, True), out


def test_an_api_that_is_down_is_told_with_the_step(store: Store) -> None:
    project = store.shell.folder / "projects/store/project.toml"
    project.write_text(project.read_text().replace(store.api.url, "http://127.0.0.1:9"))
    code, out, _ = store("flow", "run", "checkout", "--target", "real")
    assert code == 1
    assert "✗ login" in out
    assert "nobody answers at http://127.0.0.1:9/login" in out
    assert store("flow", "run", "checkout", "--target", "real", "--offline")[0] == 2


def test_a_seeded_secret_is_nowhere(store: Store) -> None:
    canary = "c4n4ry-v4lu3-0f-t0d4y"
    request = store.shell.folder / "projects/store/requests/auth/login.toml"
    request.write_text(request.read_text() + 'headers.X-Api = "{{ secret.CANARY }}"\nquery.k = "{{ secret.CANARY }}"\n')
    said = []
    for target in ("real", "mock", "both"):
        words = ["flow", "run", "checkout", "--target", target]
        said.append("".join(map(str, store(*words, "--json", CANARY=canary))))
        said.append("".join(map(str, store(*words, "--junit", "r.xml", "--html", "r.html", CANARY=canary))))
    said.append("".join(map(str, store("new", "--from", "flow:checkout", "--run", CANARY=canary))))
    said.append("".join(map(str, store("flow", "show", "checkout", CANARY=canary))))
    assert any(canary in str(asked) for asked in store.api.asked)
    assert all(canary not in text for text in said)
    for file in store.shell.folder.rglob("*"):
        assert not file.is_file() or canary.encode() not in file.read_bytes(), file


@pytest.mark.live
def test_ctrl_c_ends_it_after_the_step_under_way_and_tells_what_ran(store: Store) -> None:
    """The first step waits for something that never comes; the process is asked to end meanwhile."""
    store.shell.put(
        "projects/store/flows/long.toml",
        '[[steps]]\nrequest = "auth/login"\n[[steps]]\nid = "wait"\nmethod = "POST"\nurl = "{{ base_url }}/login"\n'
        'json = { user = "nobody" }\nrepeat = { until = { status = 200 }, every = "50ms", within = "60s" }\n'
        '[[steps]]\nid = "never"\nurl = "{{ base_url }}/"\n',
    )
    environ = {**store.shell.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    words = ["flow", "run", "long", "--target", "real", "--junit", "r.xml"]
    process = subprocess.Popen([sys.executable, "-m", "keymock", *words], cwd=store.shell.folder, env=environ,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    try:
        for _ in range(400):
            if len(store.api.asked) > 3:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert "✓ login" in out
    assert "✗ wait" in out
    assert "it was ended by hand before it came to be as `until` says" in out
    assert out.endswith("✗ 1 passed, 1 failed, 1 not run, ended by hand\n")
    (suite,) = ElementTree.parse(store.shell.folder / "r.xml").getroot()  # noqa: S314
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    assert "Traceback" not in err
