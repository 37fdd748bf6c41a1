from __future__ import annotations

import asyncio
import zlib
from pathlib import Path

import pytest
from contracted_shop import shop

from keymock.contracted import SMALL, Onlooker, onlooker
from keymock.exchange import Headers, Request
from keymock.serve.onlooking import Seen, look

JSON: Headers = [(b"content-type", b"application/json"), (b"X-Version", b"3")]
WRONG = 'response.body/name: "x" is shorter than 2 characters'


def beside(root: Path, validate: str, target: str = "/users/7") -> Onlooker:
    service = shop(root, f"validate = {validate}")
    request = Request.of("GET", target, {}, b"")
    found = onlooker(service.world.contracts, "projects/shop", request, request.segments)
    assert isinstance(found, Onlooker)
    return found


def looked(one: Onlooker, body: bytes | None, headers: Headers = JSON, length: int | None = 10) -> Seen:
    parts = iter([body[:3], body[3:], b"", b"", b""]) if body is not None else iter(())

    async def more() -> bytes:
        return next(parts)

    return asyncio.run(look(one, 200, headers, length, more if body is not None else None))


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"id": 1, "name": "x"}', JSON),
        (zlib.compress(b'{"id": 1, "name": "x"}'), [*JSON, (b"Content-Encoding", b"deflate")]),
    ],
)
def test_a_short_body_is_held_back_and_told(tmp_path: Path, body: bytes, headers: Headers) -> None:
    seen = looked(beside(tmp_path, '"warn"'), body, headers)
    assert (b"".join(seen.parts), seen.violations, seen.instead, seen.later) == (body, (WRONG,), None, None)
    assert seen.headers == [(b"x-keymock-violations", WRONG.encode())]


def test_a_long_one_is_told_later(tmp_path: Path) -> None:
    seen = looked(beside(tmp_path, '"warn"'), b"never read", length=SMALL + 1)
    assert (seen.parts, seen.violations, seen.headers) == ((), (), [])
    assert seen.later is not None
    assert seen.later(b'{"id": 1, "name": "x"}') == (WRONG,)


def test_what_is_wrong_is_withheld_where_that_is_enforced(tmp_path: Path) -> None:
    seen = looked(beside(tmp_path, '{ response = "enforce" }'), b'{"id": 1, "name": "x"}', length=None)
    assert seen.instead is not None
    assert (seen.instead.status, seen.instead.violations) == (502, (WRONG,))


def test_a_request_that_is_wrong_is_told_where_the_answer_is_not_looked_at(tmp_path: Path) -> None:
    one = beside(tmp_path, '{ response = "off" }', "/users/7?expand=x")
    seen = looked(one, b'{"id": 1, "name": "x"}')
    assert seen.violations == tuple(each.text for each in one.told)
    assert len(seen.violations) == 1


def test_an_encoding_that_is_not_read_and_no_body_at_all(tmp_path: Path) -> None:
    one = beside(tmp_path, '"warn"')
    assert looked(one, b"\xff", [*JSON, (b"content-encoding", b"br")]).violations == ()
    assert looked(one, None).violations == ()
    assert looked(one, None).later is None
