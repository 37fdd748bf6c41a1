import gc
import tomllib

import msgspec
import pytest

from keymock import document, spec, units
from keymock.document import syntax
from keymock.document.read import MOST

MOCK = b"""\
name = "Get a user"

[request]
path = "/users/:id"

[response]
status = 200
json = { at = 2026-01-01T00:00:00Z, tags = ["a"] }
"""


def read(source: bytes) -> document.Parsed[spec.Mock]:
    return document.parse(source, "mocks/a.toml", spec.Mock, dec_hook=units.dec_hook)


@pytest.mark.parametrize("source", [MOCK, b"\xef\xbb\xbf" + MOCK, MOCK.replace(b"\n", b"\r\n")])
def test_a_good_file_is_its_struct(source: bytes) -> None:
    parsed = read(source)
    assert parsed.problems == ()
    assert parsed.value is not None
    assert parsed.value.request.path == "/users/:id"
    assert parsed.tables["response"]["json"]["at"] == "2026-01-01T00:00:00Z"
    assert parsed.lines[2] == "[request]"


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    parsed = read(b'priority = "x"\n[request]\npth = "/a"\n[response]\nstatus = 1\n[[webhooks]]\n')
    assert parsed.value is None
    assert [(problem.line, problem.code) for problem in parsed.problems] == [
        (1, "wrong-type"),
        (3, "unknown-key"),
        (5, "bad-value"),
        (6, "missing-key"),
    ]


def test_problems_are_bounded() -> None:
    parsed = read("".join(f"k{number} = 1\n" for number in range(1000)).encode())
    assert len(parsed.problems) == MOST + 1
    assert parsed.problems[-1].code == "too-many-problems"


@pytest.mark.parametrize("source", [MOCK, b"priority = 'x'\n", b"a = \n", b"a.b.c = 1\na.b = 2\n"])
def test_both_parsers_say_the_same(source: bytes) -> None:
    fast = document.parse(source, "a.toml", spec.Mock, dec_hook=units.dec_hook, reader=syntax.read_with_toml_rs)
    slow = document.parse(source, "a.toml", spec.Mock, dec_hook=units.dec_hook, reader=tomllib.loads)
    assert fast == slow


def test_a_later_room_points_into_a_value() -> None:
    parsed = read(b'[request]\npath = "/users/\\u003Aid<nope>"\n')
    problem = document.problem_at(
        parsed, ("request", "path"), "bad-path", "no such type", part="value", character=len("/users/:id")
    )
    assert problem.place == "mocks/a.toml:2:24"
    assert problem.excerpt == parsed.lines[1]
    assert document.place(parsed, ("request", "method")).line == 1


def test_limits_of_a_list_of_patterns_leave_memory_whole() -> None:
    # msgspec 0.22 frees too much when it is handed such a union directly: the collection crashed.
    for _ in range(50):
        assert read(b'[request]\nmethod = "get"\n').problems[0].hint == "in capitals: GET"
    gc.collect()


def test_a_struct_that_refuses_by_itself_is_placed() -> None:
    class Pair(msgspec.Struct, frozen=True):
        low: int
        high: int

        def __post_init__(self) -> None:
            if self.low > self.high:
                raise ValueError("`low` is above `high`")

    class Kind(msgspec.Struct, frozen=True):
        pair: Pair

    parsed = document.parse(b"\n[pair]\nlow = 2\nhigh = 1\n", "a.toml", Kind)
    assert [(problem.line, problem.message) for problem in parsed.problems] == [(2, "`low` is above `high`")]
