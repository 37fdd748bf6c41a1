"""`keymock request new --from journal:N`."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import msgspec
import pytest
from prompt import ADA, Shell


def ask(served: Shell, method: str, target: str, body: str = "", **headers: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(served.ready["url"]).netloc, timeout=10)
    try:
        connection.request(method, target, body or None, {"X-Tenant": "t1", **headers})
        connection.getresponse().read()
    finally:
        connection.close()


@pytest.mark.live
def test_an_exchange_becomes_a_request_that_asks_it_again(served: Shell) -> None:
    served.put("projects/shop/environments/local.toml", 'base_url = "{{ target_url }}"\n')
    ask(served, "GET", "/shop/api/users/7?expand=profile&token=hunter22", Authorization="Bearer hunter22")
    number = served("journal", "--json").json["entries"][-1]["id"]
    done = served("request", "new", "--from", f"journal:{number}", "--json")
    assert (done.code, done.json["secrets"]) == (0, ["AUTHORIZATION", "TOKEN"])
    (file,) = done.json["files"]
    text = (served.folder / file).read_text()
    assert msgspec.toml.decode(text) == {
        "method": "GET", "url": "{{ base_url }}/api/users/:id", "params": {"id": "7"},
        "query": {"expand": "profile", "token": "{{ secret.TOKEN }}"},
        "headers": {"X-Tenant": "t1", "Authorization": "{{ secret.AUTHORIZATION }}"},
    }  # fmt: skip
    saved = done.json["request"]
    assert served("request", "new", "--from", f"journal:{number}").out.endswith("-2.toml\n")  # nothing is overwritten
    sent = served("request", "send", saved, "--json", TOKEN="t", AUTHORIZATION="Bearer a", KEYMOCK_USER=ADA)
    assert sent.json["response"]["status"] == 200


@pytest.mark.live
def test_it_asks_roles_and_tells_slips(served: Shell) -> None:
    ask(served, "POST", "/nobody", '{"a": 1}', **{"Content-Type": "application/json"})
    number = served("journal", "--json").json["entries"][-1]["id"]
    words = ("request", "new", "--from", f"journal:{number}", "--scope")
    done = served(*words, "project:shop", KEYMOCK_USER="vic@example.com")
    assert (done.code, "editor" in done.err) == (1, True), done.err
    done = served(*words, "workspace", "--name", "again")
    kept = "json" in (served.folder / "workspace/requests/again.toml").read_text()
    assert (done.code, kept or "--journal-bodies" in done.err) == (0, True)
    for slip, said in (
        (["--from", "journal:x"], "names no exchange"),
        (["--from", "request:a"], "names no exchange"),
        (["--from", f"journal:{number}", "GET"], "`GET` has no place"),
        (["--from", "journal:999"], "the journal holds none of the id 999"),
    ):
        done = served("request", "new", *slip)
        assert (done.code, said in done.err) == (2, True), done.err
