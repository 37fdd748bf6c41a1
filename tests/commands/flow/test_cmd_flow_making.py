"""`keymock new --from flow:ID`: flow → mocks → the same flow green against them, on three different APIs."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable

import pytest
from a_store import Store, store
from prompt import Shell
from real_api import Answer, Asked, Says, real_api
from store_api import said

__all__ = ["store"]


def forms_and_cookies() -> Says:
    """A site with a session cookie, a form, and pages of HTML."""
    sessions: set[str] = set()

    def says(asked: Asked) -> Answer:
        cookie = asked.headers.get("cookie", "").removeprefix("sid=")
        if asked.target == "/login" and asked.method == "POST":
            sid = secrets.token_hex(12)
            sessions.add(sid)
            return Answer(303, (("Set-Cookie", f"sid={sid}; Path=/; HttpOnly"), ("Location", "/home")))
        if cookie not in sessions:
            return Answer(401, (), b"no")
        return Answer(
            200, (("Content-Type", "text/html; charset=utf-8"),), b"<h1>" + b"Hello {{ you }} " * 60 + b"</h1>"
        )

    return says


def pages_and_binary() -> Says:
    """A list in pages, with null and numbers for ids, ETags, and an image."""
    pixel = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )

    def says(asked: Asked) -> Answer:
        path, _, query = asked.target.partition("?")
        if path == "/v2/photos":
            page = int(query.removeprefix("page=") or 1)
            return said(200, {"photos": [{"id": 1000 + page, "album": None}], "next": page + 1 if page < 3 else None})
        if path == "/v2/photos/1001/raw":
            return Answer(200, (("Content-Type", "image/png"), ("ETag", '"abc"')), pixel)
        return said(404, {"error": "no"})

    return says


COOKIES = """
[[steps]]
id = "login"
method = "POST"
url = "{{ base_url }}/login"
form = { user = "ada" }
redirects = false
capture.sid = { cookie = "sid" }
expect.status = 303
[[steps]]
id = "home"
url = "{{ base_url }}{{ login.headers.location }}"
cookies.sid = "{{ sid }}"
expect.status = 200
expect.text = { contains = "Hello" }
"""
PAGES = """
[[steps]]
id = "first"
url = "{{ base_url }}/photos"
query.page = 1
capture.photo = "$.photos[0].id"
capture.next = "$.next"
expect.status = 200
[[steps]]
id = "second"
url = "{{ base_url }}/photos"
query.page = "{{ next }}"
expect.jsonpath."$.photos[0].id" = 1002
[[steps]]
id = "raw"
url = "{{ base_url }}/photos/:id/raw"
params.id = "{{ photo }}"
expect.headers.ETag = '"abc"'
[[steps]]
id = "missing"
url = "{{ base_url }}/nothing"
expect.status = 404
"""


@pytest.mark.parametrize(
    ("api", "base", "flow", "mocks"),
    [(forms_and_cookies, "", COOKIES, 2), (pages_and_binary, "/v2", PAGES, 3)],
    ids=["cookies", "pages"],
)
def test_there_and_back(shell: Shell, api: Callable[[], Says], base: str, flow: str, mocks: int) -> None:
    with real_api(api()) as real:
        shell.put("keymock.toml", "")
        shell.put("projects/p/project.toml", f'[upstream]\nurls.local = "{real.url}{base}"\n')
        shell.put("projects/p/environments/local.toml", 'base_url = "{{ target_url }}"\n')
        shell.put("projects/p/flows/there.toml", flow)
        for _ in range(2):
            assert shell("flow", "run", "there", "--target", "real").code == 0
        made = shell("new", "--from", "flow:there", "--run", "--json")
        assert (made.code, len(made.json["mocks"])) == (0, mocks), made
        asked = len(real.asked)
        against_mocks = shell("flow", "run", "there")
        assert (against_mocks.code, len(real.asked)) == (0, asked), against_mocks.out
        assert shell("flow", "run", "there", "--target", "both").code == 0
        assert shell("check").code == 0


def test_an_id_and_a_token_that_change_on_each_real_run(store: Store) -> None:
    tokens = set()
    for _ in range(2):
        store("flow", "run", "checkout", "--target", "real")
        tokens.add(
            next(asked.headers["authorization"] for asked in store.api.asked[::-1] if "authorization" in asked.headers)
        )
    assert len(tokens) == 2
    code, out, _ = store("new", "--from", "flow:checkout", "--run", "--json")
    assert (code, len(json.loads(out)["mocks"])) == (0, 7)
    written = b"".join((store.shell.folder / file).read_bytes() for file in json.loads(out)["files"])
    for asked in store.api.asked:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        assert not token or token.encode() not in written
    assert store("flow", "run", "checkout")[0] == 0


def test_from_saved_examples_without_asking_anybody(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    example = '[[examples]]\nname = "ok"\nstatus = 201\njson = { id = "abcd1", token = "abcdefgh" }\n'
    shell.put("projects/p/requests/make.toml", f'method = "POST"\nurl = "{{{{ base_url }}}}/things"\n{example}')
    shell.put(
        "projects/p/requests/get.toml",
        'url = "{{ base_url }}/things/:id"\nparams.id = "{{ id }}"\n[[examples]]\nname = "ok"\nbody = "hi"\n',
    )
    shell.put("projects/p/environments/local.toml", 'base_url = "{{ target_url }}"\n')
    shell.put(
        "projects/p/flows/a.toml",
        '[[steps]]\nrequest = "make"\ncapture.id = "$.id"\n[[steps]]\nid = "got"\nrequest = "get"\n',
    )
    made = shell("new", "--from", "flow:a", "--json")
    assert (made.code, made.json["mocks"]) == (
        0,
        ["projects/p/mocks/a/things/post", "projects/p/mocks/a/things/get-by-id"],
    )
    assert shell("flow", "run", "flows/a").code == 0
    shell.put("projects/p/requests/get.toml", 'url = "{{ base_url }}/x"\n')
    refused = shell("new", "--from", "flow:a")
    assert (refused.code, "has no example to answer with" in refused.err, "--run" in refused.err) == (1, True, True)


def test_nothing_is_overwritten_and_a_flow_that_fails_makes_nothing(store: Store) -> None:
    assert store("new", "--from", "flow:checkout", "--run")[0] == 0
    assert "is there already" in store("new", "--from", "flow:checkout", "--run")[2]
    flow = store.shell.folder / "projects/store/flows/checkout.toml"
    store.shell.put(
        "projects/store/flows/other.toml", flow.read_text().replace("expect.status = 202", "expect.status = 418")
    )
    code, _, err = store("new", "--from", "flow:other", "--run")
    assert (code, "pay: status: expected 418, came 202" in err) == (1, True), err
    assert not (store.shell.folder / "projects/store/mocks/other").exists()
    assert store("new", "--from", "flow:checkout", "--run", "--status", "200")[0] == 2
    assert store("new", "GET", "/x", "--run")[0] == 2
