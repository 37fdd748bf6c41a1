"""Exchanges in the forms of others: HAR, curl, a test of pytest. They come as they leave the journal: no secrets."""

from __future__ import annotations

import json
import re
import shlex
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

Shown = Mapping[str, Any]
"""An entry in the shape of `GET /journal`."""

_OF_THE_WAY = frozenset({"accept-encoding", "connection", "content-length", "host", "transfer-encoding", "user-agent"})
"""Headers that a client makes by itself."""


def har(entries: Iterable[Shown], url: str, version: str) -> dict[str, Any]:
    """HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/). `url` is where the mocks are."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "keymock", "version": version},
            "entries": [_har_entry(entry, url) for entry in entries],
        }
    }


def _har_entry(entry: Shown, url: str) -> dict[str, Any]:
    request, response = entry["request"], entry["response"]
    kind = _header(response.get("headers", ()), "content-type")
    asked: dict[str, Any] = {
        "method": entry["method"], "url": _address(entry, url), "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": _named(request.get("headers", ())), "queryString": _pairs(request.get("query", "")),
        "headersSize": -1, "bodySize": len(_body(request)),
    }  # fmt: skip
    if "body" in request:
        asked["postData"] = {"mimeType": _header(request["headers"], "content-type"), "text": request["body"]}
    content: dict[str, Any] = {"size": response.get("size", 0), "mimeType": kind or "application/octet-stream"}
    if "body" in response:
        content["text"] = response["body"]
    elif "body_base64" in response:
        content |= {"text": response["body_base64"], "encoding": "base64"}
    return {
        "startedDateTime": entry["time"],
        "time": entry["duration_ms"],
        "request": asked,
        "response": {
            "status": entry["status"], "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": _named(response.get("headers", ())), "content": content, "redirectURL": "", "headersSize": -1,
            "bodySize": response.get("size", 0),
        },
        "cache": {},
        "timings": {"send": 0, "wait": entry["duration_ms"], "receive": 0},
        "comment": entry["mock"] or response.get("error") or "",
    }  # fmt: skip


def curl(entry: Shown, url: str) -> str:
    """A command line that asks the same again."""
    words = ["curl", "-i"]
    if entry["method"] != "GET" or "body" in entry["request"]:
        words += ["-X", entry["method"]]
    for name, value in _own_headers(entry):
        words += ["-H", f"{name}: {value}"]
    if entry["session"]:
        words += ["-H", f"x-keymock-session: {entry['session'].rpartition('/')[2]}"]  # of the caller who stands before
    if "body" in entry["request"]:
        words += ["--data-raw", entry["request"]["body"]]
    return " ".join(shlex.quote(word) for word in (*words, _address(entry, url)))


def pytest_of(entry: Shown) -> str:
    """A test of pytest that asks the same, and fails for as long as no mock answers it."""
    name = re.sub(r"[^a-z0-9]+", "_", f"{entry['method']} {entry['path']}".lower()).strip("_")
    query = entry["request"].get("query", "")
    target = entry["path"] + (f"?{query}" if query else "")
    body = entry["request"].get("body")
    given = dict(_own_headers(entry))
    sent = f", data={json.dumps(body)}.encode()" if body is not None else ""
    return f'''\
from urllib.request import Request, urlopen


def test_{name}(keymock):
    request = Request(
        keymock.url + {json.dumps(target)}, method="{entry["method"]}", headers={json.dumps(given)}{sent}
    )
    with urlopen(request) as answer:
        assert answer.status < 400
    keymock.verify("{entry["method"]}", {json.dumps(entry["path"])}, times=1)
'''


def _address(entry: Shown, url: str) -> str:
    query = entry["request"].get("query", "")
    host = _header(entry["request"].get("headers", ()), "host")
    base = f"http://{host}" if host else url.rstrip("/")
    return f"{base}{entry['path']}" + (f"?{query}" if query else "")


def _own_headers(entry: Shown) -> list[tuple[str, str]]:
    return [(name, value) for name, value in entry["request"].get("headers", ()) if name not in _OF_THE_WAY]


def _header(pairs: Iterable[Sequence[str]], wanted: str) -> str:
    return next((value for name, value in pairs if name == wanted), "")


def _named(pairs: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _pairs(query: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)]


def _body(part: Mapping[str, Any]) -> bytes:
    if "body_base64" in part:
        return b64decode(part["body_base64"])
    return str(part.get("body", "")).encode()
