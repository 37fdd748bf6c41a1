from __future__ import annotations

from keymock.contract.misread import Misread


def test_it_is_an_error_of_the_value() -> None:
    assert isinstance(Misread("it is not JSON"), ValueError)
