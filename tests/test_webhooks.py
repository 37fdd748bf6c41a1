"""What goes out after an answer, and after which answers anything does."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

from test_reply import Caller, caller

from keymock.state import Session

FILE = "workspace/mocks/m.toml"
HOOK = '[[webhooks]]\nurl = "http://127.0.0.1:9000/hook"\n'


def one(root: Path, text: str, more: str = "", session: Session | None = None) -> Caller:
    return caller(root, {FILE: f'[request]\nmethod = "*"\npath = "/a/:id"\n{text}\n', **_files(more)}, session)


def _files(more: str) -> dict[str, str | bytes]:
    return {"keymock.toml": more} if more else {}


def test_a_webhook_knows_request_answer_and_its_own_body(tmp_path: Path) -> None:
    here = one(
        tmp_path,
        '[response]\nstatus = 201\nheaders.ETag = "v1"\njson = { id = "{{ uuid() }}" }\n'
        '[[webhooks]]\nmethod = "PUT"\nurl = "http://{{ request.json.host }}/{{ response.status }}"\n'
        'headers.X-Tag = "{{ response.headers.etag }}"\nheaders.X-Sign = \'{{ body | hmac("k") }}\'\n'
        'json = { id = "{{ response.json.id }}", n = "{{ request.params.id | int }}", call = "{{ call }}" }\n',
    )
    made = here.ask("/a/7", "POST", {"content-type": "application/json"}, '{"host": "b.example"}')
    (call,) = made.calls
    body = json.dumps({"id": json.loads(made.body)["id"], "n": 7, "call": 1}, separators=(",", ":")).encode()
    assert (call.method, call.url, call.body) == ("PUT", "http://b.example/201", body)
    assert dict(call.headers) == {
        "content-type": "application/json",
        "x-tag": "v1",
        "x-sign": hmac.new(b"k", body, hashlib.sha256).hexdigest(),
    }
    assert (call.mock, call.number, call.wait, call.tries) == ("workspace/mocks/m", 1, 0.0, 1)


def test_of_events_a_webhook_knows_the_first_turn(tmp_path: Path) -> None:
    here = one(
        tmp_path,
        '[response.events]\nevery = "1s"\nat_end = "stay"\nlist = [{ data = "a" }, { data = "{{ n }}" }]\n'
        '[[webhooks]]\nurl = "http://b.example"\nbody = "{{ response.body }}"\n',
    )
    (call,) = here.ask("/a/1").calls
    assert call.body == b"data: a\n\ndata: 2\n\n"


def test_it_follows_the_answers_that_it_names(tmp_path: Path) -> None:
    here = one(
        tmp_path,
        f'[[responses]]\nname = "ok"\n[[responses]]\nname = "no"\nwhen.params.id = "0"\n{HOOK}after = ["ok"]\n'
        f'{HOOK}after = ["ok", "no"]\n',
    )
    assert [call.number for call in here.ask("/a/1").calls] == [1, 2]
    assert [call.number for call in here.ask("/a/0").calls] == [2]


def test_it_does_not_follow_what_the_mock_did_not_give(tmp_path: Path) -> None:
    limited = one(tmp_path / "limited", f'[response]\nrate_limit = {{ requests = 1, per = "1h" }}\n{HOOK}')
    assert [len(limited.ask("/a/1").calls) for _ in range(2)] == [1, 0]
    guarded = one(tmp_path / "guarded", f'[guard]\nauth.bearer = "t"\n[response]\n{HOOK}')
    assert guarded.ask("/a/1").calls == ()
    assert len(guarded.ask("/a/1", headers={"authorization": "Bearer t"}).calls) == 1
    preferred = one(tmp_path / "preferred", f'[[responses]]\nname = "ok"\n{HOOK}')
    assert preferred.ask("/a/1", headers={"prefer": "code=200"}).calls == ()
    profile = one(tmp_path / "profile", f"[response]\n{HOOK}", "[faults.down]\nstatus = 503\n")
    assert profile.ask("/a/1", headers={"x-keymock-faults": "down"}).calls == ()
    failed = one(tmp_path / "failed", f'[response]\nbody = "{{{{ request.query.q }}}}"\n{HOOK}')
    assert failed.ask("/a/1").status == 500
    assert failed.ask("/a/1").calls == ()
    broken = one(tmp_path / "broken", f'[response]\nfault = "reset"\n{HOOK}')
    assert len(broken.ask("/a/1").calls) == 1


def test_a_resource_calls_after_what_it_changed(tmp_path: Path) -> None:
    text = f'[data]\nresource = "orders"\nseed = "orders.json"\n{HOOK}json = {{ now = "{{{{ response.json.id }}}}" }}\n'
    here = caller(tmp_path, {FILE: text, "workspace/mocks/orders.json": '[{"id": 1}]'})
    assert here.ask("/orders").calls == ()
    created = here.ask("/orders", "POST", {"content-type": "application/json"}, "{}")
    assert [call.body for call in created.calls] == [b'{"now":2}']
    assert here.ask("/orders", "POST", {"content-type": "application/json"}, '{"id": 1}').calls == ()


def test_what_cannot_be_filled_in_says_why(tmp_path: Path) -> None:
    here = one(tmp_path, '[response]\n[[webhooks]]\nurl = "{{ request.json.callback }}"\n')
    made = here.ask("/a/1", "POST", {}, "{}")
    assert made.status == 200
    assert [call.fault for call in made.calls] == [f"{FILE}:1: `request.json` has no `callback`"]


def test_chances_repeat_and_are_its_own(tmp_path: Path) -> None:
    text = "[response]\nbody = '{{ uuid() }}'\n" + f"{HOOK}body = '{{{{ uuid() }}}}'\n" * 2
    text += 'delay = { uniform = ["1s", "9s"] }\n'
    first, again = (one(tmp_path / name, text, session=Session("", 3)) for name in ("first", "again"))
    made = first.ask("/a/1")
    assert made.calls == again.ask("/a/1").calls
    assert len({made.body, *(call.body for call in made.calls)}) == 3
    assert 1 <= made.calls[1].wait < 9
    assert first.ask("/a/1").calls[1].wait != made.calls[1].wait


def test_a_body_is_read_for_a_webhook_alone(tmp_path: Path) -> None:
    from keymock.engine import answer
    from keymock.exchange import Request
    from keymock.index import NeedsBody

    here = one(tmp_path, f'[response]\n{HOOK}body = "{{{{ request.body }}}}"\n')
    request = Request("POST", b"/a/1", b"", [], None)
    assert isinstance(answer(request, here.here), NeedsBody)
