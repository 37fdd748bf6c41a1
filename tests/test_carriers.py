"""Which session a request belongs to, and that nothing of it is left to match."""

from __future__ import annotations

import pytest

from keymock.carriers import take
from keymock.exchange import Malformed, Request


def request(path: str = "/a", **headers: str) -> Request:
    return Request.of("GET", path, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (request(), ""),
        (request(x_keymock_session="t1"), "t1"),
        (request(cookie="a=1; keymock_session=t2; b=2"), "t2"),
        (request(baggage="x=1, keymock-session=t3;p=1"), "t3"),
        (request("/__session/t4/a"), "t4"),
        (request("/__session/t5/a", x_keymock_session="t1", cookie="keymock_session=t2"), "t1"),
    ],
)
def test_every_carrier_is_read_and_taken_off(made: Request, name: str) -> None:
    assert take(made) == name
    assert made.path == "/a"
    assert "keymock" not in str(made.header_map).lower()


def test_what_stands_beside_the_name_stays() -> None:
    made = request(cookie="a=1; keymock_session=t; b=2", baggage="x=1, keymock-session=t, y=2")
    take(made)
    assert made.cookies == {"a": ["1"], "b": ["2"]}
    assert made.header("baggage") == "x=1, y=2"


def test_a_header_of_the_application_names_a_session_and_stays() -> None:
    made = request(x_test_id="run-7")
    assert take(made, ["header:X-Test-Id"]) == "run-7"
    assert made.header("x-test-id") == "run-7"


@pytest.mark.parametrize("name", ["../x", "a b", "x" * 65, "é"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Malformed, match="session"):
        take(request(x_keymock_session=name))


def test_an_empty_name_in_the_address_is_not_the_default_session() -> None:
    with pytest.raises(Malformed):
        take(request("/__session//a"))
