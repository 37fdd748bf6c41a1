"""Mocks that start from the real API's answer: what they lay over it, and what is said where that cannot be."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from pathlib import Path
from typing import Any

import asgi_driver
import pytest
from conversation import Answer as Got
from conversation import Said
from real_api import Answer, Asked, RealApi, Says, real_api
from tree_answers import plant

from keymock.journal.showing import Choice, entries
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.variables import Mask

USER = {"id": 7, "email": "ada@example.com", "phone": "1", "tags": ["a", "b"], "big": 12345678901234567890}
JSON = ("Content-Type", "application/json; charset=utf-8")
MOCK = """
[request]
path = "/users/:id"

[response]
from = "upstream"
set."$.email" = "x-{{ request.params.id }}@example.com"
set."$.id" = "{{ request.params.id | int }}"
remove = ["$.phone", "$.tags[0]"]
"""


def user(asked: Asked) -> Answer:
    more = (("ETag", '"v1"'), ("X-Up", "1"), ("Set-Cookie", "s=1; Domain=127.0.0.1"))
    return Answer(200, (JSON, *more), json.dumps(USER).encode())


class Rig:
    """A project whose mocks start from a real API."""

    def __init__(self, root: Path, api: RealApi, *mocks: str, **options: Any) -> None:
        project = f'mount = "/shop"\n[upstream]\ntimeout = "500ms"\nurls.local = "{api.url}/v1"\n'
        files = {f"projects/shop/mocks/m{number}.toml": mock for number, mock in enumerate(mocks)}
        tree = plant(root, {"keymock.toml": "", "projects/shop/project.toml": project, **files})
        self.service = Service(Options(workspace=str(tree), **options), time.time_ns)
        assert [str(each) for each in self.service.problems] == []
        self.app = MockApp(self.service, time.time_ns, time.perf_counter_ns, None)

    def ask(self, target: str = "/shop/users/9", method: str = "GET", body: bytes = b"", **headers: str) -> Got:
        async def once() -> Got:
            try:
                pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
                return await asgi_driver.answer(self.app, Said(method, target, pairs, body))
            finally:
                await self.app.close()

        return asyncio.run(once())

    def entry(self) -> dict[str, Any]:
        return entries(self.service.journal, Choice(), Mask())[-1]


def asked(root: Path, says: Says, mock: str, method: str = "GET", **headers: str) -> tuple[Got, Asked, dict[str, Any]]:
    with real_api(says) as api:
        rig = Rig(root, api, mock)
        return rig.ask("/shop/users/9", method, b"", **headers), api.asked[-1], rig.entry()


def test_values_are_set_and_removed_and_the_rest_stays(tmp_path: Path) -> None:
    got, sent, entry = asked(tmp_path, user, MOCK, If_None_Match='"v1"', Range="bytes=0-3", Authorization="Bearer b")
    assert json.loads(got.body) == {
        "id": 9, "email": "x-9@example.com", "tags": ["b"], "big": 12345678901234567890,
    }  # fmt: skip
    headers = dict(got.headers)
    assert (got.status, headers["x-up"], headers["set-cookie"]) == (200, "1", "s=1")
    assert (headers["content-type"], headers["x-keymock-source"]) == ("application/json; charset=utf-8", "real")
    assert headers["x-keymock-mock"] == "projects/shop/mocks/m0"
    assert not headers.keys() & {"etag", "content-length"}, "they were those of other bytes"
    assert (sent.method, sent.target, sent.headers["authorization"]) == ("GET", "/v1/users/9", "Bearer b")
    assert sent.headers["accept-encoding"] == "gzip"
    assert not sent.headers.keys() & {"if-none-match", "range"}
    assert (entry["mock"], entry["source"], entry["matched"]) == ("projects/shop/mocks/m0", "real", True)
    assert json.loads(entry["response"]["body"])["email"] == "x-9@example.com"


def test_status_and_headers_are_laid_over_and_an_empty_one_takes_away(tmp_path: Path) -> None:
    mock = (
        '[request]\npath = "/users/:id"\n[response]\nfrom = "upstream"\nstatus = 203\n'
        'headers.X-Up = "mine"\nheaders.ETag = ""\nheaders.X-New = "{{ request.params.id }}"\n'
    )
    got, sent, _ = asked(tmp_path, user, mock, If_None_Match='"v2"', Accept_Encoding="br")
    headers = dict(got.headers)
    assert (got.status, headers["x-up"], headers["x-new"], headers["set-cookie"]) == (203, "mine", "9", "s=1")
    assert "etag" not in headers
    assert json.loads(got.body) == USER
    assert (sent.headers["if-none-match"], sent.headers["accept-encoding"]) == ('"v2"', "br"), "its body stays as it is"


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_what_came_packed_is_unpacked_changed_and_packed_for_who_takes_it(tmp_path: Path, coding: str) -> None:
    long = {**USER, "text": "x" * 5_000}
    packed = gzip.compress(json.dumps(long).encode())
    got, *_ = asked(
        tmp_path, lambda _: Answer(200, (JSON, ("Content-Encoding", "gzip")), packed), MOCK, Accept_Encoding=coding
    )
    assert dict(got.headers).get("content-encoding") == (coding if coding == "gzip" else None)
    body = gzip.decompress(got.body) if coding == "gzip" else got.body
    assert json.loads(body)["id"] == 9


def problem(got: Got) -> tuple[int, str, str, str]:
    said = json.loads(got.body)
    return got.status, said["code"], said["detail"], said["where"]


@pytest.mark.parametrize(
    ("answer", "code", "detail"),
    [
        (Answer(200, (("Content-Type", "text/html"),), b"<p>"), "not-json", "and this is text/html"),
        (Answer(200, (JSON, ("Content-Encoding", "br")), b"{}"), "upstream-encoding", "it is packed by `br`, which"),
        (Answer(200, (JSON, ("Content-Encoding", "gzip")), b"{}"), "upstream-encoding", "it is said to be gzip,"),
        (Answer(200, (JSON,), b"[1]"), "bad-jsonpath", "`set`: `$.email` does not fit the answer: there is a list"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_is_said_with_the_mocks_place(
    tmp_path: Path, answer: Answer, code: str, detail: str
) -> None:
    got, _, entry = asked(tmp_path, lambda _: answer, MOCK)
    status, told, said, where = problem(got)
    assert (status, told, where) == (502, code, "projects/shop/mocks/m0.toml:2")
    assert detail in said
    assert dict(got.headers)["x-keymock-mock"] == "projects/shop/mocks/m0"
    assert "x-keymock-source" not in dict(got.headers)
    assert (entry["mock"], entry["response"]["error"]) == ("projects/shop/mocks/m0", code)


@pytest.mark.parametrize("answer", [Answer(404, (JSON,), b'{"error":"no"}'), Answer(204), Answer(500, (), b"<h1>")])
def test_an_answer_that_is_no_success_keeps_its_body(tmp_path: Path, answer: Answer) -> None:
    got, *_ = asked(tmp_path, lambda _: answer, MOCK)
    assert (got.status, got.body) == (answer.status, answer.body)


def test_head_tells_what_get_would(tmp_path: Path) -> None:
    got, sent, _ = asked(tmp_path, user, MOCK, method="HEAD")
    whole, *_ = asked(tmp_path / "get", user, MOCK)
    assert (sent.method, got.status, got.body) == ("GET", 200, b"")
    assert int(dict(got.headers)["content-length"]) == len(whole.body)


def test_a_body_that_is_sent_goes_along_and_may_be_read_by_a_template(tmp_path: Path) -> None:
    mock = MOCK.replace("[request]\n", '[request]\nmethod = "PUT"\n')
    reading = mock.replace("{{ request.params.id | int }}", "{{ request.json.n }}")
    for number, text in enumerate((mock, reading)):
        with real_api(lambda asked: Answer(200, (JSON,), asked.body)) as api:
            got = Rig(tmp_path / str(number), api, text).ask(method="PUT", body=b'{"n": 3}')
        assert json.loads(got.body) == {"n": 3, "email": "x-9@example.com", "id": 3 if number else 9}


def test_delay_throttle_fault_and_variants_as_of_any_mock(tmp_path: Path) -> None:
    slow = MOCK + 'delay = "30ms"\nthrottle = { chunks = 3, over = "30ms" }\n'
    several = (
        'select = "sequence"\n[request]\npath = "/users/:id"\n[response]\nfrom = "upstream"\nset."$.id" = 1\n'
        '[[responses]]\nname = "as it is"\n[[responses]]\nname = "two"\nset."$.email" = "two"\n'
        '[[responses]]\nname = "own"\njson = { own = true }\n'
    )
    with real_api(user) as api:
        began = time.perf_counter()
        got = Rig(tmp_path / "a", api, slow).ask()
        assert time.perf_counter() - began >= 0.06
        assert json.loads(got.body)["id"] == 9
        rig = Rig(tmp_path / "b", api, several)
        bodies = [json.loads(rig.ask().body) for _ in range(3)]
        assert [each.get("email") for each in bodies] == ["ada@example.com", "two", None]
        assert [each.get("id") for each in bodies] == [1, 1, None]
        assert rig.entry()["response"]["name"] == "own"
        assert len(api.asked) == 3, "the last answer was the mock's own"


def test_a_stream_of_events_with_other_headers_is_passed_on_as_it_comes(tmp_path: Path) -> None:
    mock = '[request]\npath = "/users/:id"\n[response]\nfrom = "upstream"\nheaders.X-Mine = "1"\n'
    events = Answer(200, (("Content-Type", "text/event-stream"),), b"data: 1\n\ndata: 2\n\n")
    got, *_ = asked(tmp_path, lambda _: events, mock)
    assert (got.body, dict(got.headers)["x-mine"]) == (events.body, "1")


def test_no_answer_and_no_consent_are_told_as_of_any_request_that_is_passed_on(tmp_path: Path) -> None:
    with real_api(user) as api:
        away = Rig(tmp_path / "a", api, MOCK, offline=True)
        project = tmp_path / "a/projects/shop/project.toml"
        project.write_text('mount = "/shop"\n[upstream]\nurls.local = "https://api.example.com"\n')
        assert away.service.rescan()
        code = problem(away.ask())
        assert code[:2] == (502, "offline")
        rig = Rig(tmp_path / "b", api, MOCK)
    assert problem(rig.ask())[:2] == (502, "upstream-down")
    assert rig.entry()["mock"] == "projects/shop/mocks/m0"
