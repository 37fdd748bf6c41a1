"""Requests and answers as they are printed."""

from __future__ import annotations

from pathlib import Path

from keymock.commands.invocation import Invocation
from keymock.commands.request.shown import answer, body_text, head, incoming_json, outgoing_json
from keymock.sending import Hop, Incoming, Outgoing
from keymock.variables import Mask

MASK = Mask(["hunter22"])
CAME = Incoming(
    200, "OK", (("X-A", "hunter22\33[1m"),), b'{"p": "hunter22"}', "http://a/", (Hop(302, "http://b/hunter22"),), 0.0125
)


def test_an_answer_is_lines_without_secrets_and_control_characters() -> None:
    lines = list(answer(Invocation(folder=Path(), environ={}), CAME, MASK))
    assert lines == ["302 http://b/•••", "200 OK  12 ms", "X-A: •••\\x1b[1m", "", '{\n  "p": "•••"\n}']


def test_a_request_is_its_head_and_body() -> None:
    outgoing = Outgoing(method="POST", url="http://a/?p=hunter22", headers=(("A", "b"),), body=b"x hunter22\n")
    assert list(head(outgoing, MASK)) == ["POST http://a/?p=•••", "A: b", "", "x •••"]
    assert outgoing_json(outgoing, MASK)["body"] == "x •••\n"


def test_bodies_are_told_by_what_they_are() -> None:
    assert body_text(b"\xff\0", MASK) == "(2 bytes that are no text)"
    assert body_text(b"a\33b", MASK) == "a\\x1bb"
    assert body_text(b"7", MASK) == "7"
    assert incoming_json(CAME, MASK)["json"] == {"p": "•••"}
    binary = Incoming(200, "", (), b"\xff", "http://a/")
    assert incoming_json(binary, MASK)["body_bytes"] == 1
