from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from keymock.exchange import BodyFile
from keymock.serve.bodies import CHUNK, LARGEST_KEPT, BodyFiles


def body_file(path: Path, content: bytes) -> BodyFile:
    path.write_bytes(content)
    return BodyFile(str(path), len(content), path.stat().st_mtime_ns)


def sent(files: BodyFiles, file: BodyFile) -> list[dict[str, Any]]:
    """The messages that a body is sent in."""
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    asyncio.run(files.send(file, send))
    return messages


def test_a_body_that_is_kept_is_read_once(tmp_path: Path) -> None:
    files, file = BodyFiles(), body_file(tmp_path / "a", b"first")
    assert sent(files, file) == [{"type": "http.response.body", "body": b"first", "more_body": False}]
    (tmp_path / "a").write_bytes(b"other")
    assert sent(files, file)[0]["body"] == b"first"
    changed = BodyFile(file.path, file.size, file.mtime_ns + 1)
    assert sent(files, changed)[0]["body"] == b"other"


def test_no_more_is_sent_than_the_headers_promised(tmp_path: Path) -> None:
    file = body_file(tmp_path / "a", b"promised")
    (tmp_path / "a").write_bytes(b"promised and more")
    assert sent(BodyFiles(), file)[0]["body"] == b"promised"


@pytest.mark.parametrize("more", [1, CHUNK, CHUNK + 1])
def test_a_body_too_large_to_keep_comes_in_parts(tmp_path: Path, more: int) -> None:
    content = bytes(number % 251 for number in range(1000)) * (LARGEST_KEPT // 1000 + 1)
    content = content[:LARGEST_KEPT] + b"x" * more
    messages = sent(BodyFiles(), body_file(tmp_path / "a", content))
    assert b"".join(message["body"] for message in messages) == content
    assert [message["more_body"] for message in messages] == [True] * (len(messages) - 1) + [False]
    assert max(len(message["body"]) for message in messages) == CHUNK


def test_a_large_body_that_grew_or_was_cut_meanwhile(tmp_path: Path) -> None:
    size = LARGEST_KEPT + 10
    file = body_file(tmp_path / "a", b"a" * size)
    (tmp_path / "a").write_bytes(b"a" * (size + 5))
    assert sum(len(message["body"]) for message in sent(BodyFiles(), file)) == size
    (tmp_path / "a").write_bytes(b"a" * 10)
    assert b"".join(message["body"] for message in sent(BodyFiles(), file)) == b"a" * 10


def test_the_least_recently_read_is_forgotten_when_there_is_no_room(tmp_path: Path) -> None:
    files = BodyFiles(kept_bytes=10)
    first, second, third = (body_file(tmp_path / name, name.encode() * 4) for name in "abc")
    for file in (first, second):
        sent(files, file)
    for file in (first, second, third):
        Path(file.path).write_bytes(b"new!")
    assert sent(files, first)[0]["body"] == b"aaaa"
    assert sent(files, third)[0]["body"] == b"new!"
    assert sent(files, first)[0]["body"] == b"aaaa"
    assert sent(files, second)[0]["body"] == b"new!"


def test_two_requests_for_one_body_at_once_keep_it_once(tmp_path: Path) -> None:
    files = BodyFiles(kept_bytes=10)
    a, b = body_file(tmp_path / "a", b"aaaa"), body_file(tmp_path / "b", b"bbbb")

    async def nowhere(_: dict[str, Any]) -> None:
        return None

    async def both() -> None:
        await asyncio.gather(*(files.send(a, nowhere) for _ in range(5)))

    asyncio.run(both())
    sent(files, b)
    Path(a.path).write_bytes(b"new!")
    assert sent(files, a)[0]["body"] == b"aaaa"
