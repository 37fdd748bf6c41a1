from __future__ import annotations

import pytest

from keymock.index.headers import faults


@pytest.mark.parametrize(
    ("headers", "codes"),
    [
        ({"Location": "/a", "Set-Cookie": ["a=1", "b=2"], "X-T": "a\tb ü"}, []),
        ({"content-length": "5"}, ["framing-header"]),
        ({"TE": "x", "Upgrade": "y"}, ["framing-header", "framing-header"]),
        ({"X-Keymock-Anything": "1"}, ["own-header"]),
        ({"": "1"}, ["bad-header"]),
        ({"a:b": "1"}, ["bad-header"]),
        ({"é": "1"}, ["bad-header"]),
        ({"a": "b\nc"}, ["bad-header"]),
        ({"a": "\x7f"}, ["bad-header"]),
        ({"a": ["ok", "\0"]}, ["bad-header"]),
        ({"A": "1", "a": "2"}, ["header-twice"]),
    ],
)
def test_what_is_refused(headers: dict[str, str | list[str]], codes: list[str]) -> None:
    assert [fault.code for fault in faults(headers)] == codes


def test_a_fault_names_the_header_as_it_is_spelled() -> None:
    [fault] = faults({"Content-Length": "5"})
    assert (fault.name, fault.message) == (
        "Content-Length",
        "`content-length` frames the message and is set by the server",
    )
