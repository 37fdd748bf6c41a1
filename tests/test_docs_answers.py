"""docs/answers.md: each section is a tree that is served and asked, in the order in which the page has it.

A block ```` ```toml FILE ```` is a file, in `workspace/mocks/` unless it names its folder; a block ```` ```http ```` is
requests and answers, spelt as in `conversations/*.txt`.
"""

from __future__ import annotations

import re
from pathlib import Path

import asgi_driver
import conversation
import pytest
from test_docs import blocks

PAGE = (Path(__file__).parent.parent / "docs/answers.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0]: part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]}
ASKED = [title for title, section in SECTIONS.items() if "```http\n" in section]


def as_conversation(section: str) -> conversation.Conversation:
    parts = ["=== with seed=1 frozen=2026-06-01T12:00:00Z\n"]
    for block in blocks(section):
        if block.title:
            file = block.title if "/" in block.title else f"workspace/mocks/{block.title}"
            parts.append(f"=== file {file}\n{block.text}")
        elif block.language == "http":
            parts.append(block.text)
    return conversation.read("A section.\n" + "\n".join(parts))


@pytest.mark.parametrize("title", ASKED)
def test_a_section_answers_as_it_says(title: str, tmp_path: Path) -> None:
    for exchange, answer in conversation.replay(as_conversation(SECTIONS[title]), asgi_driver.serve, tmp_path):
        asked = f"{exchange.said.method} {exchange.said.target}"
        assert f"{asked}\n{answer}" == f"{asked}\n{exchange.expected}"


def test_every_section_that_shows_a_mock_asks_it() -> None:
    assert len(ASKED) >= 12
    followed = [title for title, section in SECTIONS.items() if "```console\n" in section]  # in tests of their own
    shown = [title for title, section in SECTIONS.items() if "```toml " in section]
    assert set(shown) <= {*ASKED, *followed}
