"""`conversations/*.txt`: trees, requests and exact answers; see `conversation.py` for how they are written.

To add one, leave its answers empty (`<<<`): the failing test shows what is answered. Put that there if it is right,
less the headers that do not matter.
"""

from __future__ import annotations

from pathlib import Path

import asgi_driver
import conversation
import live_driver
import pytest
from conversation import REPOSITORY, Conversation, Serve

CASES = sorted((Path(__file__).parent / "conversations").glob("*.txt"))


def _hold(case: Path, serve: Serve, scratch: Path) -> None:
    told = conversation.read(case.read_text(encoding="utf-8"))
    for exchange, answer in conversation.replay(told, serve, scratch):
        asked = f"{case.name}:{exchange.line}: {exchange.said.method} {exchange.said.target}"
        assert f"{asked}\n{answer}" == f"{asked}\n{exchange.expected}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_in_process(case: Path, tmp_path: Path) -> None:
    _hold(case, asgi_driver.serve, tmp_path)


@pytest.mark.live
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_over_a_real_server(case: Path, tmp_path: Path) -> None:
    _hold(case, live_driver.serve, tmp_path)


def test_there_are_conversations_and_each_says_what_it_shows() -> None:
    assert len(CASES) >= 20
    for case in CASES:
        told = conversation.read(case.read_text(encoding="utf-8"))
        assert told.title, case.name
        assert told.exchanges, case.name


SMALL = """\
A mock answers.

=== file workspace/mocks/a.toml
[request]
path = "/a"

>>> GET /a
<<< 200
content-type: application/json
"""


def _replayed(text: str, scratch: Path) -> list[str]:
    return [answer for _, answer in conversation.replay(conversation.read(text), asgi_driver.serve, scratch)]


def test_a_wrong_status_and_a_missing_header_are_told(tmp_path: Path) -> None:
    assert _replayed(SMALL.replace("200", "404"), tmp_path) == ["200\n!content-type"]


def test_a_wrong_body_is_told(tmp_path: Path) -> None:
    text = SMALL.replace('"/a"\n', '"/a"\n[response]\nbody = "hi"\n') + "\nhello\n"
    assert _replayed(text, tmp_path) == ["200\ncontent-type: text/plain; charset=utf-8\n\nhi"]


def test_an_answer_left_empty_is_told_in_full(tmp_path: Path) -> None:
    text = SMALL.partition("<<<")[0] + "<<<\n"
    (answer,) = _replayed(text, tmp_path)
    assert answer == "200\nx-keymock-generation: 1\nx-keymock-mock: workspace/mocks/a\n\n(empty)"


def test_an_answer_that_betrays_a_file_is_told(tmp_path: Path) -> None:
    text = SMALL.partition("<<<")[0] + "<<< as if there were no workspace/mocks/a.toml\n"
    (answer,) = _replayed(text, tmp_path)
    assert answer.startswith("200\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title\n>>> GET /\n", "line 2: nobody answers"),
        ("title\n>>> GET /\n>>> GET /a\n<<< 200\n", "line 2: nobody answers"),
        ("title\n=== flie a\n", "line 2: `=== flie a` is no section"),
        ("title\n<<< 200\n", "line 2: `<<< 200` is no section"),
    ],
)
def test_what_is_no_conversation_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        conversation.read(text)


def test_a_tree_is_a_copy(tmp_path: Path) -> None:
    root = conversation.plant(Conversation("", {"ROLES": ""}, "example-workspace", ()), tmp_path / "tree")
    assert (root / "ROLES").read_text() == ""
    assert (REPOSITORY / "example-workspace/ROLES").read_text() != ""
