"""One request sent: what arrives, what comes back, and every way in which nothing does."""

from __future__ import annotations

import asyncio
import gzip
import socket

import pytest
from receiver import Answer, receiving

from keymock import client
from keymock.client import Hop, Incoming, Outgoing, Unsent
from keymock.outbound import Refused


def open_gate(name: str, port: int, address: str) -> None:
    return None


def send(url: str, **more: object) -> Incoming:
    return client.send_now(Outgoing(url=url, **more), open_gate)  # type: ignore[arg-type]


def unsent(url: str, **more: object) -> Unsent:
    with pytest.raises(Unsent) as caught:
        send(url, **more)
    return caught.value


def test_what_is_sent_arrives_as_it_was_written() -> None:
    with receiving(Answer(201, (("X-Kept-Case", "é"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), b"ok")) as other:
        came = send(f"{other.url}/a%2Fb?q=%20+", method="PATCH", headers=(("X-Mixed", "1"),), body=b"{}")
        (received,) = other.received
    assert (received.method, received.path, received.body) == ("PATCH", "/a%2Fb?q=%20+", b"{}")
    assert {name: value for name, value in received.headers.items() if name not in ("Host", "Connection")} == {
        "X-Mixed": "1", "User-Agent": client.USER_AGENT, "Content-Length": "2",
    }  # fmt: skip
    assert (came.status, came.reason, came.body) == (201, "Created", b"ok")
    assert [value for name, value in came.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert "X-Kept-Case" in dict(came.headers)
    assert came.seconds > 0


def test_a_loopback_name_needs_no_name_server() -> None:
    with receiving() as other:
        assert send(f"http://shop.localhost:{other.port}/").status == 200
        assert other.received[0].headers["Host"] == f"shop.localhost:{other.port}"


def test_a_compressed_answer_is_read() -> None:
    with receiving(Answer(200, (("Content-Encoding", "gzip"),), gzip.compress(b"text"))) as other:
        assert send(other.url).body == b"text"


def test_redirects_are_left_alone_unless_wanted() -> None:
    with receiving(Answer(302, (("Location", "/there"),)), Answer(200, body=b"here")) as other:
        assert send(other.url).status == 302
    with receiving(Answer(303, (("Location", "/there"),)), Answer(200, body=b"here")) as other:
        came = send(f"{other.url}/a", method="PUT", body=b"x", redirects=1)
        assert (came.body, came.url, came.hops) == (b"here", f"{other.url}/there", (Hop(303, f"{other.url}/a"),))
        assert [(each.method, each.body) for each in other.received] == [("PUT", b"x"), ("GET", b"")]
    with receiving(Answer(307, (("Location", "/a"),))) as other:
        assert send(other.url, method="POST", body=b"x", redirects=3).status == 307
        assert [(each.method, each.body) for each in other.received] == [("POST", b"x")] * 4


def test_credentials_stay_behind_when_the_host_changes() -> None:
    own = (("Authorization", "Bearer t"), ("cookie", "a=1"), ("X-Id", "7"))
    with receiving() as other, receiving(Answer(302, (("Location", f"{other.url}/in"),))) as first:
        send(first.url, headers=own, redirects=1)
        assert "Authorization" in first.received[0].headers
        assert {"Authorization", "cookie"}.isdisjoint(other.received[0].headers)
        assert other.received[0].headers["X-Id"] == "7"


def test_every_hop_is_asked_about() -> None:
    """ "Each redirect hop too." """
    with receiving() as other, receiving(Answer(302, (("Location", f"{other.url}/in"),))) as first:

        def gate(name: str, port: int, address: str) -> Refused | None:
            return Refused("host-not-allowed", f"no {name}:{port}", "") if port == other.port else None

        with pytest.raises(Unsent, match=f"no 127.0.0.1:{other.port}"):
            client.send_now(Outgoing(url=first.url, redirects=5), gate)
        assert other.received == []


def test_the_address_is_asked_about_when_it_is_known() -> None:
    with receiving() as other:
        asked: list[tuple[str, str]] = []

        def gate(name: str, port: int, address: str) -> Refused | None:
            asked.append((name, address))
            return Refused("own-port", "never", "") if address == "::1" else None

        with pytest.raises(Unsent, match="never"):
            client.send_now(Outgoing(url=f"http://localhost:{other.port}"), gate)
        assert asked == [("localhost", ""), ("localhost", "127.0.0.1"), ("localhost", "::1")]
        assert other.received == []


@pytest.mark.parametrize(
    "url", ["example.com/a", "ftp://a/", "http://", "http://a:99999/", "http://a/ b", "http://[x/"]
)
def test_what_is_no_address(url: str) -> None:
    assert unsent(url).code == "bad-url"


@pytest.mark.parametrize("header", [("a b", "1"), ("", "1"), ("X-A", "1\r\nX-B: 2"), ("X-A", "\0")])
def test_no_header_breaks_the_message(header: tuple[str, str]) -> None:
    with receiving() as other:
        assert unsent(other.url, headers=(header,)).code == "bad-request"
        assert unsent(other.url, method="GET / HTTP/1.1\r\n").code == "bad-request"
        assert other.received == []


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    assert unsent(f"http://127.0.0.1:{port}/").message == (
        f"nobody answers at http://127.0.0.1:{port}/: Connection refused"
    )
    assert unsent(f"http://localhost:{port}/").code == "no-server"


def test_no_such_name() -> None:
    assert unsent("http://nobody.invalid/").code == "unresolved"


def test_not_in_time() -> None:
    with receiving(Answer(wait=0.5)) as other:
        assert unsent(other.url, timeout=0.05).code == "no-answer"


def test_no_http_and_no_tls() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"SSH-2.0-nothing\r\n")
        await writer.drain()
        writer.close()

    async def both() -> list[str]:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port, codes = server.sockets[0].getsockname()[1], []
        for scheme in ("http", "https"):
            try:
                await client.send(Outgoing(url=f"{scheme}://127.0.0.1:{port}/"), open_gate)
            except Unsent as fault:
                codes.append(fault.code)
        server.close()
        await server.wait_closed()
        return codes

    assert asyncio.run(both()) == ["broken-answer", "tls-failed"]
