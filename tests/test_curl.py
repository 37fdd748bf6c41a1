"""keymock/curl: command lines as people and browsers write them, read and written."""

from __future__ import annotations

import shlex
import subprocess
from typing import Any

import pytest

from keymock import curl, document, saved, units
from keymock.document.write import write
from keymock.sending import Outgoing

STAY = {"redirects": False}
"""Without -L, curl follows no redirect."""


@pytest.mark.parametrize(
    ("line", "tables"),
    [
        ("curl https://a.example/users", {"method": "GET", "url": "https://a.example/users", **STAY}),
        ("$ curl a.example", {"method": "GET", "url": "http://a.example", **STAY}),
        ("curl -sSL 'https://a/b?x=1&y=2&y=3#z'",
         {"method": "GET", "url": "https://a/b", "query": {"x": "1", "y": ["2", "3"]}}),
        ("curl -I http://a", {"method": "HEAD", "url": "http://a", **STAY}),
        ("curl -XDELETE http://a", {"method": "DELETE", "url": "http://a", **STAY}),
        ("curl http://a -H 'X-A: 1' -H 'X-A: 2' -H 'Accept:' -H 'X-B;'",
         {"method": "GET", "url": "http://a", "headers": {"X-A": ["1", "2"], "X-B": ""}, **STAY}),
        ("curl http://a -d 'a=1&b=x+y' -d a=2",
         {"method": "POST", "url": "http://a", "form": {"a": ["1", "2"], "b": "x y"}, **STAY}),
        ("curl http://a -H 'Content-Type: application/json' -d '{\"a\": [1]}'",
         {"method": "POST", "url": "http://a", "json": {"a": [1]}, **STAY}),
        ("curl http://a --json '{\"a\": null}'",
         {"method": "POST", "url": "http://a", "headers": {"Accept": "application/json"},
          "json_text": '{"a": null}', **STAY}),
        ("curl http://a -H 'Content-Type: text/xml' --data-raw '<a/>'",
         {"method": "POST", "url": "http://a", "headers": {"Content-Type": "text/xml"}, "body": "<a/>", **STAY}),
        ("curl http://a -d @order.json", {"method": "POST", "url": "http://a", "body_file": "order.json", **STAY}),
        ("curl -G http://a -d q=1 --data-urlencode 'r=a b'",
         {"method": "GET", "url": "http://a", "query": {"q": "1", "r": "a b"}, **STAY}),
        ("curl http://a -u ada:x", {"method": "GET", "url": "http://a",
                                    "auth": {"basic": {"user": "ada", "password": "x"}}, **STAY}),
        ("curl http://a -H 'authorization: Bearer t'",
         {"method": "GET", "url": "http://a", "auth": {"bearer": "t"}, **STAY}),
        ("curl http://a -H 'Authorization: Basic YWRhOng='",
         {"method": "GET", "url": "http://a", "auth": {"basic": {"user": "ada", "password": "x"}}, **STAY}),
        ("curl http://a -b 'a=1; b=2' -H 'Cookie: c=3'",
         {"method": "GET", "url": "http://a", "cookies": {"a": "1", "b": "2", "c": "3"}, **STAY}),
        ("curl http://a -F n=1 -F 'f=@x.png;type=image/png;filename=\"y.png\"' -F f=@z",
         {"method": "POST", "url": "http://a", **STAY,
          "parts": {"n": "1",
                    "f": [{"file": "x.png", "content_type": "image/png", "filename": "y.png"}, {"file": "z"}]}}),
        ("curl -k -m 5 -x http://p:1 -L --max-redirs 3 http://a -A me -e http://b",
         {"method": "GET", "url": "http://a", "timeout": "5s", "redirects": 3, "verify": False, "proxy": "http://p:1",
          "headers": {"User-Agent": "me", "Referer": "http://b"}}),
        ("curl 'http://a' \\\n  -X POST \\\n  --compressed", {"method": "POST", "url": "http://a", **STAY}),
    ],
)  # fmt: skip
def test_a_command_line_is_read(line: str, tables: dict[str, Any]) -> None:
    found = curl.read(curl.split(line))
    assert found == tables
    parsed = document.parse(write(found).encode(), "requests/a.toml", saved.Request, dec_hook=units.dec_hook)
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("curl", "there is no address"),
        ("curl http://a http://b", "there is more than one address"),
        ("curl --hedaer 'A: b' http://a", "the curl option --hedaer is not known here"),
        ("curl http://a -H", "the curl option -H has no value"),
        ("curl 'http://a", "the command line cannot be read: No closing quotation"),
    ],
)
def test_what_cannot_be_read_is_told(line: str, told: str) -> None:
    with pytest.raises(curl.Unread) as caught:
        curl.read(curl.split(line))
    assert caught.value.message == told
    assert caught.value.hint


ALL = Outgoing(
    method="PUT", url="http://a.example/x?q=S3cr3t", verify=False, redirects=5, proxy="http://p:1",
    headers=(("Authorization", "Basic YWRhOlMzY3IzdA=="), ("X-A", "it's S3cr3t"), ("Accept", "*/*")),
    body=b'{"p": "S3cr3t"}',
)  # fmt: skip


def test_a_request_is_written_and_read_again() -> None:
    line = curl.written(ALL)
    assert curl.read(curl.split(line)) == {
        "method": "PUT", "url": "http://a.example/x", "query": {"q": "S3cr3t"}, "headers": {"X-A": "it's S3cr3t"},
        "auth": {"basic": {"user": "ada", "password": "S3cr3t"}}, "json": {"p": "S3cr3t"}, "verify": False,
        "proxy": "http://p:1",
    }  # fmt: skip


def test_a_secret_is_the_shells_variable_and_the_shell_fills_it_in() -> None:
    line = curl.written(ALL, {"S3cr3t": "PASSWORD"})
    assert "S3cr3t" not in line
    echoed = subprocess.run(
        ["/bin/sh", "-c", line.replace("curl", r"printf '%s\n'", 1)],
        env={"PASSWORD": "S3cr3t"}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert echoed.splitlines() == shlex.split(curl.written(ALL))[1:]


@pytest.mark.parametrize(
    ("outgoing", "line"),
    [
        (Outgoing(url="http://a/"), "curl -i http://a/"),
        (Outgoing(url="http://a/", method="HEAD"), "curl -I http://a/"),
        (Outgoing(url="http://a/", method="POST", body=b"a b"), "curl -i --data-binary 'a b' http://a/"),
    ],
)
def test_what_goes_without_saying_is_not_said(outgoing: Outgoing, line: str) -> None:
    assert curl.written(outgoing) == line
