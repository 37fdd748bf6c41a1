from __future__ import annotations

import pytest
import telling

from keymock.changes import words
from keymock.faults import Fault, Pace, Wait
from keymock.recordings import packed


@pytest.mark.parametrize(
    ("value", "kind", "with_article"),
    [
        (None, "null", "null"),
        (True, "true or false", "true or false"),
        (1, "number", "a number"),
        (1.5, "number", "a number"),
        ("a", "text", "text"),
        ("{{ uuid() }}", "computed", "computed"),
        ("{{ a }} and {{ b }}", "text", "text"),
        ([], "list", "a list"),
        ({}, "object", "an object"),
    ],
)
def test_types_as_people_call_them(value: object, kind: str, with_article: str) -> None:
    assert words.type_of(value) == kind
    assert words.of_type(value) == with_article


def test_what_comes_out_of_a_file_stays_between_its_backticks() -> None:
    assert words.code("a`b") == "`a'b`"
    assert words.shown({"a": "\x1b[31m"}) == '`{"a":"\\u001b[31m"}`'
    assert words.code("a\nb\x1b") == "`a b\\x1b`"
    assert words.code("x" * 99) == f"`{'x' * (words.LONGEST - 1)}…`"
    assert words.codes(["a", "b", "c"]) == "`a`, `b` and `c`"


def test_numbers_with_what_they_count() -> None:
    assert words.counted(1, "mock") == "1 mock"
    assert words.counted(2, "mock") == "2 mocks"
    assert [words.size(number) for number in (1, 20_000, 20 * 1024 * 1024)] == ["1 byte", "20 KiB", "20 MiB"]
    assert words.listed([]) == ""


def test_waits_paces_and_faults() -> None:
    assert words.wait(Wait()) == "none"
    assert words.wait(Wait("fixed", 0.05)) == "50 ms"
    assert words.wait(Wait("uniform", 0.01, 2)) == "10 ms to 2 s"
    assert words.wait(Wait("normal", 1, 0.2)) == "about 1 s (deviation 200 ms)"
    assert words.wait(Wait("lognormal", 1, 0.2)) == "about 1 s (log-normal)"
    assert words.pace(Pace()) == "at once"
    assert words.pace(Pace(rate=65536)) == "at 64 KiB a second"
    assert words.pace(Pace(0, 5, 0.5)) == "in 5 parts over 500 ms"
    recorded = Wait("recorded", samples=packed([0.012, 0.09, 0.38]), source="data/day.har")
    assert words.wait(recorded) == "12 ms to 380 ms, median 90 ms (3 times of data/day.har)"
    assert words.pace(Pace(0, 5, spread=Wait("uniform", 0.01, 2))) == "in 5 parts over 10 ms to 2 s"
    assert words.fault("") == words.fault("none") == "none"
    assert words.fault("reset") == "`reset`"
    assert words.fault(Fault("reset", first=2, every=10)) == "`reset` (the first 2, every 10 calls)"
    assert words.fault(Fault("hang")) == "`hang`"


def test_conditions_as_a_phrase() -> None:
    route = telling.route(
        'request.path = "/a"\nrequest.query.n = { gt = 3 }\nrequest.body.json = { k = "v" }\nrequest.host = "a.test"'
    )
    assert words.conditions(route.conditions) == (
        'the query parameter `n` is `> 3`, host is `"a.test"` and the body at `$.k` is `"v"`'
    )
