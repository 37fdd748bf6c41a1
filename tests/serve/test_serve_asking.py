"""The way to a real API: who may be asked, what goes out of a body, when a client counts as gone."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from real_api import Answer, real_api
from tree_answers import plant

from keymock.exchange import Onward, Request
from keymock.serve.asking import Asking, Gone, Upload, Watched
from keymock.serve.options import Options
from keymock.serve.service import Service


def coming(*messages: dict[str, Any]) -> Any:
    left = list(messages)

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return receive


def part(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def asking(root: Path, url: str) -> Asking:
    project = f'[upstream]\nurls.local = "{url}"\n'
    tree = plant(root, {"keymock.toml": "", "projects/shop/project.toml": project})
    return Asking(Service(Options(workspace=str(tree)), time.time_ns))


def test_a_body_goes_out_in_its_parts_and_no_more_of_it_than_was_announced() -> None:
    async def read(upload: Upload) -> list[bytes]:
        return [each async for each in upload]

    upload = Upload(coming(part(b"ab", more=True), part(b"c", more=True), part(b"next", more=False)), 3)
    assert asyncio.run(read(upload)) == [b"ab", b"c"]
    assert (upload.whole, upload.over.is_set()) == (True, True)
    with pytest.raises(Gone):
        asyncio.run(read(Upload(coming(part(b"ab", more=True), {"type": "http.disconnect"}), None)))


def test_an_answer_that_is_to_be_changed_is_asked_for_by_get(tmp_path: Path) -> None:
    async def heads(way: Asking, plan: Onward) -> list[int]:
        client = Watched(coming())
        request = Request("HEAD", b"/a", b"", [(b"accept-encoding", b"br")], b"")
        found = []
        for to_change in (False, True):
            answer = await way.asked(request, plan, coming(), client, to_change=to_change)
            assert answer is not None
            found.append(answer.status)
            answer.close()
        client.let_go()
        await way.close()
        return found

    with real_api(lambda _: Answer(body=b"x")) as api:
        plan = Onward("shop", api.url, "projects/shop/project.toml:2", b"/a?b=1")
        assert asyncio.run(heads(asking(tmp_path, api.url), plan)) == [200, 200]
    assert [(one.method, one.target, one.headers["accept-encoding"]) for one in api.asked] == [
        ("HEAD", "/a?b=1", "br"), ("GET", "/a?b=1", "gzip"),
    ]  # fmt: skip


def test_who_may_be_asked(tmp_path: Path) -> None:
    way = asking(tmp_path, "https://api.example.com")
    away = Onward("shop", "https://api.example.com", "projects/shop/project.toml:2", b"/")
    refused = way.refusal(away)
    assert refused is not None
    assert (refused.status, refused.error) == (502, "host-not-allowed")
    assert way.refusal(Onward("shop", "http://127.0.0.1:3000", "", b"/")) is None


def test_a_client_is_not_looked_at_while_its_request_is_unread() -> None:
    async def waits(silent: bool) -> bool:
        client = Watched(coming({"type": "http.disconnect"}))
        client.silent = silent
        try:
            return await client.waits(0.3)
        finally:
            client.let_go()

    assert asyncio.run(waits(silent=True))
    assert not asyncio.run(waits(silent=False))
