"""What a webhook cannot be, each told where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import load, plant

from keymock.faults import Wait

MOCK = "workspace/mocks/m.toml"
RESPONSES = '[[responses]]\nname = "ok"\n[[responses]]\nname = "late"\nwhen.query.late = "1"\n'


def tree(tmp_path: Path, webhook: str, more: str = "", **files: str) -> Path:
    text = f'[request]\npath = "/a/:id"\n[[webhooks]]\n{webhook}\n{more}'
    return plant(tmp_path, {MOCK: text, **{f"workspace/mocks/{name}": text for name, text in files.items()}})


@pytest.mark.parametrize(
    ("webhook", "problem"),
    [
        ('url = "localhost:9000/hook"', "4:7 bad-url: `localhost:9000/hook` is no address"),
        ('url = "ftp://localhost/"', "4:7 bad-url: "),
        ('url = "http:///hook"', "4:7 bad-url: "),
        ('url = "http://a:99999/"', "4:7 bad-url: "),
        ('url = "http://a/b c"', "4:7 bad-url: "),
        ('url = "{{ nobody }}"', "4:11 unknown-name: unknown name `nobody`"),
        ('url = "http://a/{{ request.params.x }}"', "4:35 unknown-name: the path has no parameter `x`"),
        ('url = "http://a/{{ body }}"', "4:20 unknown-name: unknown name `body`"),
        ('method = "GET"', "3:3 missing-key: [[webhooks]] needs `url`"),
        ('url = "http://a/"\nafter = ["okk"]', "5:10 no-such-answer: the mock has no response `okk`"),
        ('url = "http://a/"\nbody = "a"\njson = 1', "6:1 two-bodies: "),
        ('url = "http://a/"\nbody_file = "no.json"', "5:13 body-missing: "),
        ('url = "http://a/"\nheaders.Host = "b"\nheaders.Connection = "close"', "6:9 framing-header: "),
        ('url = "http://a/"\njson = { a = "{{ b }}" }', "5:18 unknown-name: "),
        ('url = "http://a/"\nretry = { times = 0 }', "5:19 bad-value: "),
        ('url = "http://a/"\nmethod = "post"', "5:10 bad-value: "),
        ('url = "http://a/"\ntimeout = "10"', "5:11 bad-value: "),
    ],
)
def test_what_is_wrong_with_a_webhook(webhook: str, problem: str, tmp_path: Path) -> None:
    (found,) = load(tree(tmp_path, webhook, RESPONSES)).problems
    assert f"{found.line}:{found.column} {found.code}: {found.message}".startswith(problem)


def test_a_misspelt_answer_is_guessed(tmp_path: Path) -> None:
    (found,) = load(tree(tmp_path, 'url = "http://a/"\nafter = ["okk"]', RESPONSES)).problems
    assert found.hint == "did you mean `ok`?"


def test_a_talk_has_none(tmp_path: Path) -> None:
    (found,) = load(tree(tmp_path, 'url = "http://a/"', '[websocket]\non_connect = "hi"\n')).problems
    assert (found.code, found.line) == ("bad-webhook", 3)


def test_a_file_too_large_is_told(tmp_path: Path) -> None:
    (found,) = load(tree(tmp_path, 'url = "http://a/"\nbody_file = "b.txt"', **{"b.txt": "x" * 300_000})).problems
    assert (found.code, found.line) == ("too-large", 5)


def test_what_a_webhook_becomes(tmp_path: Path) -> None:
    text = (
        'url = "http://a/"\nbody_file = "b.json"\ndelay = "2s"\nretry = { times = 2, backoff = "50ms" }\nverify = false'
    )
    catalog = load(tree(tmp_path, text, **{"b.json": "{}", "m.body.json": "[]"}))
    assert catalog.problems == ()
    (hook,) = catalog.routes["workspace/mocks/m"].webhooks
    assert (hook.content.body, dict(hook.content.headers)) == (b"{}", {b"content-type": b"application/json"})
    assert (hook.wait, hook.tries, hook.backoff, hook.timeout) == (Wait("fixed", 2.0), 3, 0.05, 10.0)
    assert (hook.verify, hook.live, hook.method) == (False, False, "POST")


def test_the_body_beside_the_mock_is_not_the_webhooks(tmp_path: Path) -> None:
    (hook,) = load(tree(tmp_path, 'url = "http://a/"', **{"m.body.json": "[]"})).routes["workspace/mocks/m"].webhooks
    assert (hook.content.body, hook.content.headers) == (b"", ())
