from __future__ import annotations

from keymock.journal import MOST_KEPT, Sent
from keymock.serve.onlooking import Seen
from keymock.serve.passed import Kept


def kept(seen: Seen | None, *parts: bytes, length: bytes = b"") -> list[Sent]:
    told: list[Sent] = []
    one = Kept(Sent(200, headers=[(b"content-length", length)], source="real"), told.append, seen)
    for part in parts:
        one.add(part)
    one.over()
    one.over()
    return told


def test_it_is_told_once_with_the_beginning_of_its_body() -> None:
    (sent,) = kept(None, b"x" * MOST_KEPT, b"yz")
    assert (sent.body, sent.size, sent.source, sent.violations) == (b"x" * MOST_KEPT, MOST_KEPT + 2, "real", ())


def test_a_contract_speaks_of_the_whole_body_alone() -> None:
    seen = Seen(violations=("head",), later=lambda body: ("head", f"body of {len(body)}"))
    assert kept(seen, b"abc")[0].violations == ("head", "body of 3")
    assert kept(seen, b"abc", length=b"5")[0].violations == ("head",)
    assert kept(seen, b"x" * MOST_KEPT, b"y")[0].violations == ("head",)
    assert kept(Seen(violations=("all",)), b"abc")[0].violations == ("all",)
