"""The story of a flow: what runs, in which order, with which values, and how it ends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stageplay import Play, answer, play, plot, states

from keymock.flows import run
from keymock.sending import Outgoing, Unsent

LOGIN = """
[[steps]]
id = "login"
method = "POST"
url = "{{ base_url }}/login"
json = { user = "ada" }
capture.token = "$.token"
"""
USE = """
[[steps]]
id = "use"
url = "{{ base_url }}/things/{{ login.body.thing }}"
headers.Authorization = "Bearer {{ token }}"
expect.status = 200
"""


def says(outgoing: Outgoing) -> Any:
    return {"token": "t1", "thing": 7} if outgoing.url.endswith("/login") else {"ok": True}


def test_what_a_step_captures_the_next_ones_read() -> None:
    found, made = play(LOGIN + USE, says)
    assert states(found) == "login passed, use passed"
    assert made.sent[1].url == "http://api/things/7"
    assert ("Authorization", "Bearer t1") in made.sent[1].headers
    assert found.steps[0].captured == {"token": "t1"}
    assert found.ok
    assert json.loads(made.sent[0].body) == {"user": "ada"}


def test_the_runner_says_which_flow_it_is_but_not_to_the_real_api() -> None:
    _, made = play('target = "fallback"\n' + LOGIN + USE.replace('id = "use"', 'id = "use"\ntarget = "real"'), says)
    assert dict(made.sent[0].headers)["x-keymock-flow"] == "projects/shop/flows/main; target=fallback"
    assert "x-keymock-flow" not in dict(made.sent[1].headers)
    assert made.targets == ["fallback", "real"]
    assert made.sent[1].url == "http://api-real/things/7"


def test_a_failure_ends_the_flow_but_not_the_teardown() -> None:
    text = LOGIN + USE.replace("200", "201") + LOGIN.replace("steps", "teardown").replace('"login"', '"out"')
    found, made = play(text + USE.replace('"use"', '"never"'), says)
    assert states(found) == "login passed, use failed, never not-run, out passed"
    (check,) = found.steps[1].checks
    assert (check.what, check.expected, check.actual, check.ok) == ("status", "201", "200", False)
    assert not found.ok
    assert len(made.sent) == 3


def test_keep_going_goes_on() -> None:
    found, _ = play(LOGIN + USE.replace("200", "201") + "keep_going = true\n" + USE.replace('"use"', '"then"'), says)
    assert states(found) == "login passed, use failed, then passed"
    assert not found.ok


def test_a_setup_that_fails_runs_no_step() -> None:
    text = USE.replace("steps", "setup").replace("{{ login.body.thing }}", "1").replace("{{ token }}", "") + LOGIN
    found, _ = play(text, lambda _: 500)
    assert states(found) == "use failed, login not-run"


@pytest.mark.parametrize(
    ("condition", "state"),
    [("{{ login.status == 200 }}", "passed"), ("{{ login.status == 404 }}", "skipped"), ("false", "skipped"),
     ("{{ login.headers.content_type == 'application/json' }}", "passed"), ("{{ login.body.thing > 9 }}", "skipped")],
)  # fmt: skip
def test_a_step_runs_if_its_condition_holds(condition: str, state: str) -> None:
    found, _ = play(LOGIN + USE + f'when = "{condition}"\n', says)
    assert found.steps[1].state == state
    assert found.ok


def test_a_loop_runs_once_for_each_and_its_answers_are_a_list() -> None:
    text = """
[[steps]]
id = "lines"
url = "{{ base_url }}/lines/:id"
for_each = { item = [1, { id = 2 }] }
params.id = "{{ item.id | default(item) }}"
[[steps]]
id = "after"
url = "{{ base_url }}/{{ lines[1].body.at }}"
"""
    found, made = play(text, lambda outgoing: {"at": outgoing.url[-1]})
    assert [outgoing.url for outgoing in made.sent] == ["http://api/lines/1", "http://api/lines/2", "http://api/2"]
    assert states(found) == "lines[0] passed, lines[1] passed, after passed"
    assert made.told[:3] == ["lines > lines[0] passed", "lines > lines[1] passed", "lines passed"]


def test_a_loop_over_no_list_is_told() -> None:
    found, _ = play('[[steps]]\nid = "a"\nurl = "{{ base_url }}/"\nfor_each = { x = "{{ space }}" }\n', says)
    assert found.steps[0].problem is not None
    assert (found.steps[0].problem.code, found.steps[0].problem.line) == ("not-a-list", 4)


def test_a_loop_ends_with_the_round_that_fails() -> None:
    text = '[[steps]]\nid = "a"\nurl = "{{ base_url }}/{{ x }}"\nfor_each = { x = [1, 2, 3] }\nexpect.status = 200\n'
    found, made = play(text, lambda outgoing: 500 if outgoing.url.endswith("2") else 200)
    assert states(found) == "a[0] passed, a[1] failed"
    assert len(made.sent) == 2


RETRY = '[[steps]]\nid = "a"\nurl = "{{ base_url }}/"\nretry = { times = 3, backoff = "100ms", most = "300ms" }\nexpect.status = 200\n'  # noqa: E501


def test_retries_wait_twice_as_long_each_time() -> None:
    answers = iter([503, Unsent("no-server", "nobody"), 503, 200])
    found, made = play(RETRY, lambda _: next(answers))
    assert (found.ok, found.steps[0].attempts, made.slept) == (True, 4, [0.1, 0.2, 0.3])


def test_retries_have_an_end_and_what_cannot_be_sent_has_none() -> None:
    found, made = play(RETRY, lambda _: 503)
    assert (found.ok, found.steps[0].attempts) == (False, 4)
    found, made = play(RETRY, lambda _: Unsent("host-not-allowed", "not allowed", "keymock allow x"))
    assert (found.steps[0].attempts, made.slept) == (1, [])
    assert found.steps[0].problem is not None
    assert (found.steps[0].problem.code, found.steps[0].problem.hint) == ("host-not-allowed", "keymock allow x")


REPEAT = """
[[steps]]
id = "wait"
url = "{{ base_url }}/job"
repeat = { until = { jsonpath."$.state" = "done" }, every = "100ms", within = "1s" }
expect.status = 200
"""


def test_a_repeat_waits_until_it_is_so() -> None:
    answers = iter([{"state": "new"}, {"state": "new"}, {"state": "done"}])
    found, made = play(REPEAT, lambda _: next(answers))
    assert (found.ok, found.steps[0].attempts, made.slept) == (True, 3, [0.1, 0.1])
    assert [check.what for check in found.steps[0].checks] == ["jsonpath $.state", "status"]


def test_a_repeat_has_a_deadline() -> None:
    found, made = play(REPEAT, lambda _: {"state": "new"})
    problem = found.steps[0].problem
    assert problem is not None
    assert (problem.code, problem.line) == ("not-in-time", 5)
    assert made.now == pytest.approx(1.0)


def test_members_of_a_group_do_not_see_each_other_and_all_are_seen_after() -> None:
    text = """
[[steps]]
id = "both"
parallel = [
  { id = "a", url = "{{ base_url }}/a", capture = { x = "$.at" } },
  { id = "b", url = "{{ base_url }}/b", capture = { y = "$.at" } },
]
[[steps]]
id = "after"
url = "{{ base_url }}/{{ x }}{{ y }}/{{ a.status }}"
"""
    found, made = play(text.replace("\n  ", " ").replace(",\n]", "]"), lambda outgoing: {"at": outgoing.url[-1]})
    assert made.sent[-1].url == "http://api/ab/200"
    assert states(found) == "a passed, b passed, after passed"


def test_a_flow_can_be_a_step() -> None:
    inner = '[variables]\nwho = "nobody"\n' + LOGIN.replace('"ada"', '"{{ who }}"')
    text = '[[steps]]\nid = "in"\nflow = "login"\nwith = { who = "bob" }\n[[steps]]\nid = "b"\nurl = "{{ base_url }}/{{ in.token }}"\n'  # noqa: E501
    found, made = play(text.replace('"in"', '"enter"').replace("in.token", "enter.token"), says, flows={"login": inner})
    assert json.loads(made.sent[0].body) == {"user": "bob"}
    assert made.sent[1].url == "http://api/t1"
    assert states(found) == "login passed, b passed"
    assert found.steps[0].id == "enter"


def test_a_saved_request_with_more_laid_over_it() -> None:
    saved = {"get": 'method = "PUT"\nurl = "{{ base_url }}/:id"\nparams.id = "1"\nheaders.A = "1"\njson = { a = 1 }\n'}
    text = '[[steps]]\nrequest = "get"\nparams.id = "2"\nheaders.B = "2"\nbody = "text"\n'
    _, made = play(text, says, requests=saved)
    (sent,) = made.sent
    assert (sent.method, sent.url, sent.body) == ("PUT", "http://api/2", b"text")
    assert {"A": "1", "B": "2"}.items() <= dict(sent.headers).items()


def test_a_variable_that_there_is_not_is_told_where_it_stands() -> None:
    found, made = play(LOGIN + USE.replace("{{ token }}", "{{ tokn }}"), says)
    problem = found.steps[1].problem
    assert problem is not None
    assert (problem.code, problem.path, problem.line) == ("unresolved-variable", "projects/shop/flows/main.toml", 12)
    assert problem.hint == "did you mean `token`?"
    assert len(made.sent) == 1


def test_a_capture_that_finds_nothing_fails_the_step_and_tells_the_place() -> None:
    found, _ = play(LOGIN.replace("$.token", "$.tokn") + USE, says)
    problem = found.steps[0].problem
    assert problem is not None
    assert (problem.code, problem.line, problem.message) == (
        "nothing-captured",
        7,
        "`$.tokn` finds nothing in the body",
    )


def test_expectations_may_hold_templates() -> None:
    expected = 'expect.jsonpath."$.ok" = "{{ login.body.thing == 7 }}"\n'
    found, _ = play(LOGIN + USE + expected, says)
    assert found.ok


def test_an_end_by_hand_runs_nothing_more() -> None:
    made = Play(says)
    made.stop_after = 1
    found = run(plot(LOGIN + USE), made.stage)
    assert states(found) == "login passed, use not-run"
    assert (found.stopped, found.ok) == (True, False)


def test_rows_are_variables() -> None:
    made = Play(says)
    found = run(plot('[[steps]]\nurl = "{{ base_url }}/{{ who }}"\n'), made.stage, row={"who": "ada"}, number=3)
    assert (made.sent[0].url, found.row) == ("http://api/ada", 3)


def test_a_pause_and_a_step_of_another_project() -> None:
    _, made = play('[[steps]]\nproject = "auth"\npause = "50ms"\nurl = "{{ base_url }}/{{ space }}"\n', says)
    assert (made.slept, made.sent[0].url) == ([0.05], "http://api/projects/auth")


def test_answers_have_headers_and_cookies_to_read() -> None:
    text = '[[steps]]\nid = "a"\nurl = "{{ base_url }}/"\n[[steps]]\nurl = "{{ base_url }}/{{ a.cookies.s }}/{{ a.headers.etag }}"\n'  # noqa: E501
    _, made = play(text, lambda _: answer(True, ("Set-Cookie", "s=9; Path=/"), ("ETag", "x")))
    assert made.sent[1].url == "http://api/9/x"
