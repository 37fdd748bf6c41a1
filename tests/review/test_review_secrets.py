from __future__ import annotations

import pytest

from keymock.review.secrets import MOST, check

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1"


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (TOKEN, "error"),
        ("-----BEGIN RSA PRIVATE KEY-----", "error"),
        ("AKIA" + "ABCDEFGHIJKLMNOP", "error"),
        ("xoxb-" + "123456789012", "error"),
        ("sk_live_" + "a" * 24, "error"),
        ("sk_test_" + "a" * 24, "warning"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln", "warning"),
        ("https://ada:hunter2@example.com/", "warning"),
    ],
)
def test_what_looks_like_a_secret(text: str, severity: str) -> None:
    (problem,) = check("a.body.json", f'{{\n  "x": "{text}"\n}}\n'.encode())
    assert (problem.severity, problem.line, problem.code) == (severity, 2, "secret")
    assert text not in problem.message, "a report is read by more people than the repository"


@pytest.mark.parametrize("text", ["password", "token", "ghp_short", "eyJ", "a@b.c", "/users/:id:x"])
def test_what_does_not(text: str) -> None:
    assert list(check("a.toml", text.encode())) == []


def test_a_line_that_was_there_before_is_no_news() -> None:
    assert list(check("a.txt", f"new\n{TOKEN}\n".encode(), f"{TOKEN}\n".encode())) == []


def test_what_is_no_text_and_what_has_no_end() -> None:
    assert list(check("a.png", b"\xff" + TOKEN.encode())) == []
    assert len(list(check("a.txt", f"{TOKEN}\n".encode() * 50))) == MOST
