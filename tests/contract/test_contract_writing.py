from __future__ import annotations

from typing import Any

from keymock.contract.library import Spot
from keymock.contract.model import Parameter
from keymock.contract.writing import written, written_header


def parameter(style: str, explode: bool, **more: Any) -> Parameter:
    return Parameter("color", "query", Spot("a", (), {}), style=style, explode=explode, **more)


def test_reserved_letters_stay_where_they_may() -> None:
    assert written(parameter("form", True, reserved=True), "a/b?c") == [("color", "a/b?c")]
    assert written(parameter("form", True), "a/b") == [("color", "a%2Fb")]


def test_headers_of_responses() -> None:
    assert [written_header(each) for each in ([1, 2], {"a": True}, None, "a\r\nb", 3)] == [
        "1,2", "a,true", "", "a b", "3",
    ]  # fmt: skip
