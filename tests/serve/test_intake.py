from __future__ import annotations

import asyncio
from typing import Any

import pytest

from keymock.exchange import Malformed, Request
from keymock.serve.intake import (
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    MAX_URL,
    Deadlines,
    Hosts,
    check_size,
    framing,
    read_body,
    read_on,
)

PART = {"type": "http.request", "body": b"ab", "more_body": True}
LAST = {"type": "http.request", "body": b"cd", "more_body": False}


def read(came: list[dict[str, Any]], most: int = 100) -> bytes:
    waiting = list(came)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    return asyncio.run(read_body(receive, most, Deadlines()))


def test_a_body_is_read_part_by_part() -> None:
    assert read([PART, PART, LAST]) == b"ababcd"
    assert read([{"type": "http.request"}]) == b""
    assert read([PART, LAST], most=4) == b"abcd"


@pytest.mark.parametrize(
    ("came", "status"),
    [([PART, LAST], 413), ([PART, {"type": "http.disconnect"}], 400), ([{"type": "http.disconnect"}], 400)],
)
def test_a_body_too_large_or_cut_short(came: list[dict[str, Any]], status: int) -> None:
    with pytest.raises(Malformed) as caught:
        read(came, most=3)
    assert caught.value.status == status


def test_a_body_that_never_comes_takes_too_long() -> None:
    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return LAST

    with pytest.raises(Malformed) as caught:
        asyncio.run(read_body(receive, 10, Deadlines(), idle=0.01))
    assert (caught.value.status, caught.value.code) == (408, "timeout")


def test_a_body_that_trickles_takes_too_long() -> None:
    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.01)
        return {**PART, "body": b""}

    with pytest.raises(Malformed) as caught:
        asyncio.run(read_body(receive, 10, Deadlines(), whole=0.05))
    assert caught.value.status == 408


def test_each_reading_has_its_own_deadline_under_one_timer() -> None:
    """One that is late is ended, one that goes on and one that is over are not; another cancellation stays one."""
    deadlines = Deadlines()

    async def within(seconds: float, work: float, later: float = 0.0) -> str:
        try:
            with deadlines.within(seconds) as one:
                one.until += later
                await asyncio.sleep(work)
        except TimeoutError:
            return "late"
        return "done"

    async def story() -> list[str]:
        cancelled = asyncio.create_task(within(9, 9))
        await asyncio.sleep(0)
        cancelled.cancel()
        told = await asyncio.gather(
            within(5, 0.0), within(0.02, 9), within(9, 0.06), within(0.03, 0.06, later=5), within(0.01, 9)
        )
        await asyncio.sleep(0)
        return [*told, "cancelled" if cancelled.cancelled() else "not"]

    assert asyncio.run(story()) == ["done", "late", "done", "done", "late", "cancelled"]


def test_the_rest_of_a_body_is_read_for_a_moment() -> None:
    waiting = [PART, PART, LAST]

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def never() -> dict[str, Any]:
        await asyncio.sleep(60)
        return LAST

    asyncio.run(read_on(receive, 5))
    assert waiting == []
    asyncio.run(read_on(never, 0.01))


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ([], (0, False)),
        ([(b"content-length", b"12")], (12, False)),
        ([(b"transfer-encoding", b"chunked")], (0, True)),
    ],
)
def test_how_long_a_body_is(headers: list[tuple[bytes, bytes]], told: tuple[int, bool]) -> None:
    assert framing(headers, 100) == told


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"content-length", b"x")], 400),
        ([(b"content-length", b"101")], 413),
        ([(b"content-length", b"9" * 5_000)], 413),
        ([(b"content-length", b"1"), (b"transfer-encoding", b"chunked")], 400),
    ],
)
def test_lengths_that_are_refused(headers: list[tuple[bytes, bytes]], status: int) -> None:
    with pytest.raises(Malformed) as caught:
        framing(headers, 100)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (b"/" + b"a" * MAX_URL, [], 414),
        (b"/", [(b"a", b"")] * (MAX_HEADERS + 1), 431),
        (b"/", [(b"a", b"b" * MAX_HEADER_BYTES)], 431),
    ],
)
def test_sizes_that_are_refused(path: bytes, headers: list[tuple[bytes, bytes]], status: int) -> None:
    with pytest.raises(Malformed) as caught:
        check_size(Request("GET", path, headers=headers), sum(len(value) for _, value in headers))
    assert caught.value.status == status


def test_hosts_are_read_once_and_refused_each_time() -> None:
    hosts = Hosts(frozenset({"api.test"}))
    for _ in range(2):
        assert hosts.of(Request("GET", b"/"), b"api.test:80", "1.1") == ("api.test", 80)
        with pytest.raises(Malformed) as caught:
            hosts.of(Request("GET", b"/"), b"other.test", "1.1")
        assert caught.value.status == 421
    for none in (None, b""):
        assert hosts.of(Request("GET", b"/"), none, "1.0") == ("localhost", None)
        with pytest.raises(Malformed, match="no Host"):
            hosts.of(Request("GET", b"/"), none, "1.1")
    two = Request("GET", b"/", headers=[(b"host", b"localhost"), (b"host", b"localhost")])
    with pytest.raises(Malformed, match="two Host"):
        hosts.of(two, b"localhost", "1.1")
    assert Hosts(None).of(Request("GET", b"/"), b"any.test", "1.1") == ("any.test", None)
