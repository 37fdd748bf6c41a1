"""docs/answers.md, "Streams": its files are served, its commands print what it says, its talk is held."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_docs import Shell, blocks, steps
from tree_answers import load, plant, world

from keymock.engine import answer
from keymock.exchange import Frame, Reply, Request

PAGE = (Path(__file__).parent.parent / "docs/answers.md").read_text(encoding="utf-8")
STREAMS = PAGE.partition("\n## Streams\n")[2].partition("\n## ")[0]
BLOCKS = list(blocks(STREAMS))
FILES = {block.title: block.text for block in BLOCKS if "/mocks/" in block.title}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path, {"keymock.toml": "", "projects/shop/project.toml": "", **FILES})


def test_every_file_of_the_page_is_sound(tree: Path) -> None:
    assert [problem.message for problem in load(tree).problems] == []
    assert len(FILES) >= 4


def test_the_commands_print_what_the_page_says(tree: Path) -> None:
    shell = Shell(tree)
    consoles = [block.text for block in BLOCKS if block.language == "console"]
    for console in consoles:
        for command, printed in steps(console):
            assert f"$ {command}\n{shell.run(command)}" == f"$ {command}\n{printed}"
    assert len(consoles) == 5


def test_a_token_stream_ends_as_its_clients_expect(tree: Path) -> None:
    body = b'{"model": "m", "stream": true, "messages": []}'
    reply = answer(Request.of("POST", "/v1/chat/completions", body=body), world(load(tree)))
    assert isinstance(reply, Reply)
    assert [wait for wait, _ in reply.stream] == [0, 0.03, 0.03]
    assert [part for _, part in reply.stream] == [
        b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n',
        b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"lo"}}]}\n\n',
        b"data: [DONE]\n\n",
    ]


def told(frame: Frame) -> str:
    return f"< close {frame.close} {frame.reason}" if frame.close else f"< {frame.data!s}"


def test_the_talk_is_held(tree: Path) -> None:
    (block,) = (block for block in BLOCKS if block.language == "talk")
    request = Request.of("GET", block.title)
    request.upgrade = True
    reply = answer(request, world(load(tree)))
    assert isinstance(reply, Reply)
    assert reply.talk is not None
    lines = [told(frame) for frame in reply.talk.opened(0)]
    for line in block.text.splitlines():
        if line.startswith("> "):
            lines += [line, *(told(frame) for frame in reply.talk.heard(line[2:], 0))]
    assert lines == block.text.splitlines()
