"""keymock/sending: what came back, as it is asked about."""

from __future__ import annotations

from keymock.sending import Incoming


def test_a_header_is_found_in_any_case_and_the_first_counts() -> None:
    came = Incoming(200, "OK", (("X-A", "1"), ("x-a", "2")), b"", "http://a")
    assert came.header("x-A") == "1"
    assert came.header("X-B") == ""
