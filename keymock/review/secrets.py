"""What should not be in a repository: keys and tokens in the lines that a change brings."""

from __future__ import annotations

from collections.abc import Iterator

from keymock import redaction
from keymock.problems import Problem, Severity

MOST = 20
"""Secrets of one file that are told."""

HINT = "take it out of every commit, and make it invalid: whoever can read the repository has it"


def check(file: str, data: bytes, before: bytes = b"") -> Iterator[Problem]:
    """Private keys and tokens in lines that the file did not have before. What is not UTF-8 is not looked into."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    if not redaction.shapes(text):
        return
    known = set(before.decode("utf-8", "replace").split("\n"))
    told = 0
    for number, line in enumerate(text.split("\n"), 1):
        for column, secret in redaction.shapes(line) if line not in known else ():
            told += 1
            if told > MOST:
                return
            severity, what = kind(secret)
            message = f"{what} ({secret[:4]}…)" if what != "a private key" else what
            yield Problem(file, number, column + 1, "secret", severity, f"this looks like {message}", HINT)


def kind(secret: str) -> tuple[Severity, str]:
    """How grave it is, and what it looks like. What every mock of a login answers with is only warned of."""
    if secret.startswith("-----"):
        return "error", "a private key"
    if secret.startswith("eyJ"):
        return "warning", "a JSON Web Token"
    if "_test_" in secret:
        return "warning", "a token for tests"
    if ":" in secret:
        return "warning", "the password of an address"
    return "error", "a token"
