"""What the control plane takes is closed, what it gives may grow."""

from __future__ import annotations

import msgspec
import pytest

from keymock.serve import shapes
from keymock.serve.control import ROUTES


def test_what_is_taken_refuses_unknown_names_and_what_is_given_may_have_more() -> None:
    for route in ROUTES:
        for taken in (route.query, route.body):
            assert taken is None or taken.__struct_config__.forbid_unknown_fields
        if route.answer is not None:
            assert not route.answer.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize(
    ("name", "fits"), [("", True), ("a-B_9", True), ("*", False), ("a b", False), ("x" * 65, False)]
)
def test_names_of_sessions(name: str, fits: bool) -> None:
    try:
        msgspec.convert({"session": name}, shapes.JournalQuery)
    except msgspec.ValidationError:
        assert not fits
    else:
        assert fits
