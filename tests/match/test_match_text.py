"""`text`."""

from __future__ import annotations

from asking import ask


def test_whole_text() -> None:
    assert ask({"body": {"text": "größe"}}, body="größe")
    assert not ask({"body": {"text": "a"}}, body="a\n")
    assert ask({"body": {"text": {"contains": "b"}}}, body="abc")


def test_what_is_not_utf_8() -> None:
    assert not ask({"body": {"text": "a"}}, body=b"\xffa")
    assert ask({"body": {"text": "\ufffda"}}, body=b"\xffa")
    assert ask({"body": {"text": {"ends_with": "a"}}}, body=b"\xffa")
