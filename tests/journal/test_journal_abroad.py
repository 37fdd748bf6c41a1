"""Exchanges in the forms of others."""

from __future__ import annotations

import ast
import shlex
from typing import Any

from remembering import add, answered, route

from keymock.journal import Journal
from keymock.journal.abroad import curl, har, pytest_of
from keymock.journal.showing import as_json
from keymock.variables import Mask

URL = "http://127.0.0.1:8787"
HEADERS = [(b"host", b"localhost:8787"), (b"content-type", b"application/json"), (b"accept-encoding", b"gzip"),
           (b"authorization", b"Bearer hunter2")]  # fmt: skip


def shown(**changed: Any) -> dict[str, Any]:
    given = {"method": "POST", "query": b"page=1", "body": b'{"n":1}', "headers": HEADERS, **changed}
    return as_json(add(Journal(), "/orders", sent=answered(route(request={"path": "/orders"})), **given), Mask())


def test_an_archive_of_exchanges() -> None:
    (entry,) = har([shown()], URL, "1.0")["log"]["entries"]
    assert (entry["request"]["method"], entry["request"]["url"]) == ("POST", "http://localhost:8787/orders?page=1")
    assert entry["request"]["queryString"] == [{"name": "page", "value": "1"}]
    assert entry["request"]["postData"] == {"mimeType": "application/json", "text": '{"n":1}'}
    assert entry["response"]["content"] == {"size": 4, "mimeType": "text/plain", "text": "fine"}
    assert (entry["time"], entry["comment"]) == (2.5, "workspace/mocks/a")
    assert "hunter2" not in str(entry)


def test_a_command_line_that_asks_the_same_again() -> None:
    words = shlex.split(curl(shown(session="ada", body=b"it's"), URL))
    assert words[:4] == ["curl", "-i", "-X", "POST"]
    assert words[-3:] == ["--data-raw", "it's", "http://localhost:8787/orders?page=1"]
    assert "x-keymock-session: ada" in words
    assert "accept-encoding: gzip" not in words
    plain = shown(method="GET", query=b"", body=None, headers=[(b"accept", b"*/*")])
    assert curl(plain, URL) == f"curl -i -H 'accept: */*' {URL}/orders"


def test_a_test_that_asks_the_same_is_python() -> None:
    text = pytest_of(shown())
    tree = ast.parse(text)
    assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef)] == ["test_post_orders"]
    assert 'keymock.url + "/orders?page=1"' in text
    assert 'keymock.verify("POST", "/orders", times=1)' in text
