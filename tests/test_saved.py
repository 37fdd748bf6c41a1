"""keymock/saved: the shape of saved requests; what is wrong with one is in mistakes/request-*.txt."""

from __future__ import annotations

import jsonschema_rs
import pytest

from keymock import document, saved, units
from keymock.document.schema import json_schema


def read(text: str) -> saved.Request:
    parsed = document.parse(text.encode(), "requests/a.toml", saved.Request, dec_hook=units.dec_hook)
    assert parsed.value is not None, parsed.problems
    return parsed.value


def test_the_bodies_that_a_request_has_are_named() -> None:
    assert read('url = "http://a"').bodies == ()
    assert read('body = "a"\njson = {}').bodies == ("body", "json")


def test_examples_are_answers() -> None:
    (ok, bad) = read(
        '[[examples]]\nname = "ok"\n[[examples]]\nname = "bad"\nstatus = 400\nbody_file = "x.json"\n'
    ).examples
    assert (ok.status, bad.status, bad.body_file) == (200, 400, "x.json")


@pytest.mark.parametrize(
    ("request_", "good"),
    [
        ({"url": "http://a", "method": "GET", "timeout": "5s", "redirects": 3, "verify": False}, True),
        ({"url": "http://a", "redirects": False, "timeout": "{{ t }}"}, True),
        ({"auth": {"api_key": {"header": "X", "value": "k"}}, "parts": {"a": "b", "c": {"file": "d"}}}, True),
        ({"method": "get"}, False),
        ({"timeout": "5"}, False),
        ({"auth": {"bearr": "x"}}, False),
        ({"examples": [{"status": 200}]}, False),
    ],
)
def test_an_editor_tells_what_is_told_here(request_: dict[str, object], good: bool) -> None:
    assert jsonschema_rs.is_valid(json_schema(saved.Request, units.schema_hook), request_) is good
