"""Webhooks on their way: sent, tried again, refused, cancelled; and what is remembered of each."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from receiver import Answer, Receiver, receiving

from keymock import spec
from keymock.exchange import Call
from keymock.outbound import Allowed, Host
from keymock.serve import callbacks
from keymock.serve.callbacks import Callbacks
from keymock.serve.reach import Reach
from keymock.variables import Mask


def call(url: str, **more: Any) -> Call:
    return Call(**{
        "mock": "m", "number": 1, "wait": 0.0, "method": "POST", "url": url, "headers": (("Authorization", "s3"),),
        "body": b"{}", "timeout": 5.0, "backoff": 0.01, **more,
    })  # fmt: skip


def allowing(*ports: int) -> tuple[Callbacks, list[dict[str, Any]]]:
    told: list[dict[str, Any]] = []
    reach = Reach(spec.Workspace, tuple(f"127.0.0.1:{port}" for port in ports))
    return Callbacks(reach, lambda: 1_000_000_000, told.append, Mask), told


async def over(made: Callbacks, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while made.under_way:
            await asyncio.sleep(0.005)


def outcome(calls: Callable[[Receiver], list[Call]], *answers: Answer) -> tuple[list[dict[str, Any]], Receiver]:
    """What became of these calls to a server that gives these answers."""
    with receiving(*answers) as other:

        async def go() -> list[dict[str, Any]]:
            made, told = allowing(other.port)
            made.begin(calls(other), 7, "ada")
            await over(made)
            told.sort(key=lambda event: int(event["id"]))  # they end when their answers come
            assert [{"event": "webhook", **entry} for entry in made.entries()] == told
            return made.entries()

        return asyncio.run(go()), other


def test_it_is_sent_and_remembered_without_secrets() -> None:
    (entry,), other = outcome(lambda other: [call(f"{other.url}/hook")], Answer(204))
    assert (entry["state"], entry["status"], entry["tries"], entry["error"]) == ("sent", 204, 1, None)
    assert (entry["entry"], entry["session"], entry["mock"]) == (7, "ada", "m")
    assert entry["request"] == {"headers": [["authorization", "•••"]], "bytes": 2}
    assert (other.received[0].path, other.received[0].headers["Authorization"]) == ("/hook", "s3")


def test_it_is_tried_again_until_it_gets_there() -> None:
    (entry,), other = outcome(lambda other: [call(other.url, tries=4)], Answer(503), Answer(429), Answer(200))
    assert (entry["state"], entry["status"], entry["tries"], entry["detail"]) == ("sent", 200, 3, "")
    assert len(other.received) == 3


def test_tries_end() -> None:
    (entry,), other = outcome(lambda other: [call(other.url, tries=2)], Answer(500))
    assert (entry["state"], entry["error"], entry["status"], entry["tries"]) == ("failed", "webhook-failed", 500, 2)
    assert len(other.received) == 2


def test_an_answer_that_says_no_is_an_answer() -> None:
    (entry,), _ = outcome(lambda other: [call(other.url, tries=3)], Answer(404))
    assert (entry["state"], entry["status"], entry["tries"]) == ("sent", 404, 1)


def test_a_redirect_is_not_followed() -> None:
    (entry,), other = outcome(lambda other: [call(other.url)], Answer(302, (("Location", "/elsewhere"),)))
    assert (entry["status"], len(other.received)) == (302, 1)


def test_nobody_there_is_tried_again_and_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    async def go() -> list[dict[str, Any]]:
        made, _ = allowing(port)
        made.begin([call(f"http://127.0.0.1:{port}/", tries=2)], 1, "")
        await over(made)
        return made.entries()

    (entry,) = asyncio.run(go())
    assert (entry["state"], entry["error"], entry["tries"]) == ("failed", "no-server", 2)


def test_whom_nobody_allowed_is_not_called_nor_tried_again() -> None:
    with receiving() as other:

        async def go() -> list[dict[str, Any]]:
            made, told = allowing()
            made.begin([call(other.url, tries=3), call("nowhere"), call(other.url, fault="m.toml:1: no")], 1, "")
            await over(made)
            assert len(told) == 3
            return made.entries()

        refused, nowhere, failed = asyncio.run(go())
        assert other.received == []
    assert (refused["state"], refused["error"], refused["tries"]) == ("refused", "host-not-allowed", 1)
    assert refused["hint"] == f"keymock allow 127.0.0.1:{other.port}"
    assert (nowhere["state"], nowhere["error"]) == ("refused", "bad-url")
    assert (failed["state"], failed["error"], failed["detail"]) == ("failed", "template-failed", "m.toml:1: no")


def test_consent_that_is_given_meanwhile_counts() -> None:
    with receiving() as other:

        async def go() -> list[dict[str, Any]]:
            made, _ = allowing()
            made.begin([call(other.url, wait=0.05)], 1, "")
            made.reach.kept = lambda: (Allowed(Host("127.0.0.1", other.port)),)
            await over(made)
            return made.entries()

        assert [entry["state"] for entry in asyncio.run(go())] == ["sent"]


def test_the_end_of_the_server_ends_what_is_on_its_way() -> None:
    async def go() -> list[dict[str, Any]]:
        made, told = allowing(9)
        made.begin([call("http://127.0.0.1:9/", wait=3_600.0)], 1, "")
        job = asyncio.create_task(made.ends())
        await asyncio.sleep(0.01)
        job.cancel()
        await over(made)
        assert told == []
        return made.entries()

    (entry,) = asyncio.run(go())
    assert (entry["state"], entry["tries"]) == ("cancelled", 0)


def test_a_reset_ends_and_forgets_those_of_its_session() -> None:
    async def go() -> None:
        made, _ = allowing(9)
        for session in ("", "ada", "bob"):
            made.begin([call("http://127.0.0.1:9/", wait=3_600.0)], 1, session)
        made.reset("ada")
        await asyncio.sleep(0.01)
        assert ([entry["session"] for entry in made.entries()], made.under_way) == (["", "bob"], 2)
        made.reset("*")
        await over(made)
        assert made.entries() == []

    asyncio.run(go())


def test_there_is_an_end_to_how_many_wait() -> None:
    async def go() -> tuple[int, dict[str, Any]]:
        made, _ = allowing(9)
        for _number in range(callbacks.MOST + 1):
            made.begin([call("http://127.0.0.1:9/", wait=3_600.0)], 1, "")
        waiting, last = made.under_way, made.entries()[-1]
        made.reset("*")
        await over(made)
        return waiting, last

    waiting, last = asyncio.run(go())
    assert (waiting, last["error"]) == (callbacks.MOST, "too-many-webhooks")


def test_entries_are_chosen_and_stand_beside_those_of_the_journal() -> None:
    entries, _ = outcome(lambda other: [call(other.url), call(other.url, mock="n", number=2)], Answer())
    assert len(entries) == 2

    async def go() -> None:
        made, _ = allowing()
        made.begin([call("nowhere"), call("nowhere", mock="n")], 7, "ada")
        await over(made)
        assert [entry["mock"] for entry in made.entries(mock="n")] == ["n"]
        assert made.entries(session="bob") == []
        assert [entry["id"] for entry in made.entries(since=1)] == [2]
        assert [entry["id"] for entry in made.entries(limit=1)] == [2]
        beside = made.beside([{"id": 6}, {"id": 7}])
        assert beside[0] == {"id": 6}
        assert [each["mock"] for each in beside[1]["webhooks"]] == ["m", "n"]

    asyncio.run(go())


def test_what_a_contract_declares_and_nobody_allowed_is_said_once() -> None:
    async def go() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        made, told = allowing()
        for _ in range(3):
            made.begin([call("http://127.0.0.1:9/hook", declared=True)], 1, "")
        made.begin([call("http://127.0.0.1:9/hook", declared=True, number=2, fault="it has no address")] * 2, 2, "")
        await over(made)
        return made.entries(), told

    entries, told = asyncio.run(go())
    assert [entry["error"] for entry in entries] == ["host-not-allowed"] * 3 + ["template-failed"] * 2
    assert sorted(event["error"] for event in told) == ["host-not-allowed", "template-failed"]
