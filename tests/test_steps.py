"""The keys of a flow."""

from __future__ import annotations

import pytest

from keymock import document, units
from keymock.steps import Capture, Flow


def told(text: str) -> list[str]:
    parsed = document.parse(text.encode(), "flows/a.toml", Flow, dec_hook=units.dec_hook)
    return [f"{problem.line}: {problem.message}" for problem in parsed.problems]


def test_every_key_by_example() -> None:
    assert told('''
name = "Checkout"
target = "fallback"
environment = "local"
data = "users.csv"
variables.a = 1
[[setup]]
request = "auth/login"
[[steps]]
id = "a"
method = "POST"
url = "{{ base_url }}/a"
project = "shop"
target = "real"
when = "{{ x }}"
for_each = { item = "{{ list }}" }
capture.a = "$.a"
capture.b = { cookie = "s", default = "" }
expect = { status = "2xx", headers.A = "b", time = "1s" }
repeat = { until = { status = 200 }, every = "10ms", within = "1s" }
retry = { times = 3, backoff = "50ms", most = "1s" }
pause = "10ms"
keep_going = true
[[steps]]
flow = "other"
with = { a = 1 }
[[teardown]]
parallel = [{ url = "http://x" }]
''') == []  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[steps]]\nurll = "x"\n', "2: unknown key `urll`"),
        ('[[steps]]\nexpect.staus = 1\n', "2: unknown key `staus`"),
        ("[[steps]]\nexpect.contract = 1\n", "2: "),
        ('[[steps]]\nid = "a-b"\n', "2: `id`"),
        ('[[steps]]\ncapture.x = { header = "a", cookie = "b" }\n', "2: a capture looks at one place"),
        ('[[steps]]\nretry = { times = 0 }\n', "2: `times`"),
        ('target = "both"\n', "1: `target` must be"),
    ],
)  # fmt: skip
def test_mistakes_are_told_where_they_stand(text: str, message: str) -> None:
    assert told(text)[0].startswith(message)


def test_a_bare_text_is_a_jsonpath() -> None:
    assert Capture(jsonpath="$.a").jsonpath == "$.a"
