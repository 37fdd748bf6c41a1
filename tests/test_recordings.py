"""Recordings: what their files say, which of it is a mock's, and what is drawn of that."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from recorded import exchange, har, waits

from keymock import recordings
from keymock.recordings import BadRecording, Part, Recorded, Takes, drawn, packed, read, times_of

ANYTHING = Takes(lambda _: True, lambda _: True)
ORDERS = Takes(lambda method: method == "GET", lambda path: path[:1] == ("orders",))


def asked(
    text: str | bytes,
    keys: Mapping[str, str] | None = None,
    file: str = "a.har",
    takes: Takes = ANYTHING,
    usual: Part = "wait",
) -> list[float]:
    """The times of a file, by the keys of `recorded` beside it."""
    recorded = Recorded(file=file, **(keys or {}))  # type: ignore[arg-type]
    data = text.encode() if isinstance(text, str) else text
    return times_of(read(data, recorded), recorded, usual, takes)


# ---- what a file says ----------------------------------------------------------------------------------------------


def test_a_har_tells_of_each_exchange() -> None:
    text = har(
        exchange("GET", "https://a.example/orders/1?x=1#y", 12.5, 3, time=20),
        exchange("POST", "http://a.example", 7),
    )
    first, second = read(text.encode(), Recorded(file="a.har")).exchanges
    assert first == recordings.Exchange("GET", "https://a.example/orders/1", ("orders", "1"), 0.0125, 0.003, 0.02)
    assert (second.path, second.wait, second.receive, second.time) == (("",), 0.007, -1, -1)


def test_what_no_server_answered_does_not_count() -> None:
    text = har(
        exchange("GET", "https://a/1", 0, _fromCache="disk"),
        {**exchange("GET", "https://a/2", 9), "response": {"status": 0}},
        exchange("GET", "https://a/%zz", 8),
        exchange("GET", "https://a/4", 4),
    )
    assert asked(text) == [0.004]


@pytest.mark.parametrize(("part", "times"), [("wait", [0.01, 0.09]), ("receive", [0.005]), ("time", [0.03, 0.09])])
def test_the_parts_of_an_exchange(part: Part, times: list[float]) -> None:
    """Without a `wait`, the whole `time` stands for it; -1 is HAR's word for what does not apply."""
    text = har(exchange("GET", "https://a/1", 10, 5, time=30), exchange("GET", "https://a/2", -1, -1, time=90))
    assert asked(text, usual=part) == asked(text, {"part": part}, usual="time") == times


@pytest.mark.parametrize(
    ("file", "text", "keys", "times"),
    [
        ("a.json", '[12.5, 40, "1.2s", "7"]', {}, [0.0125, 0.04, 1.2, 0.007]),
        ("a.json", "[0.5, 2]", {"unit": "s"}, [0.5, 2]),
        ("a.csv", "12.5\n40\n", {}, [0.0125, 0.04]),
        ("a.csv", "\ufeffwait\r\n12.5\r\n\r\n40\r\n", {}, [0.0125, 0.04]),
        ("a.csv", "label,elapsed\nlogin,900\nsearch,1.5s\n", {"column": "elapsed"}, [0.9, 1.5]),
        ("a.csv", "label;time\n\"a;b\";2\n", {"column": "time", "unit": "s"}, [2.0]),
        ("a.json", waits(("GET", "/a", 5)), {}, [0.005]),
    ],
)  # fmt: skip
def test_lists_and_tables(file: str, text: str, keys: dict[str, str], times: list[float]) -> None:
    assert asked(text, keys, file) == times


@pytest.mark.parametrize(
    ("file", "text", "keys", "told"),
    [
        ("a.har", '{"log": {\n  "entries": [}', {}, "a.har:2:15: this is not JSON: invalid character"),
        ("a.har", '{"log": {\n', {}, "a.har:2:1: this is not JSON: Input data was truncated"),
        ("a.har", "<<<<<<< HEAD\n{}", {}, "a.har:1:1: this is not JSON: invalid character"),
        ("a.har", "", {}, "a.har: the file is empty"),
        ("a.har", "[]", {}, "a.har: expected `object`, got `array`"),
        ("a.har", '{"log": {"pages": []}}', {}, "a.har: `log`: object missing required field `entries`"),
        ("a.har", har({**exchange("GET", "/", 1), "timings": {"wait": "x"}}), {},
         "a.har: `log.entries[0].timings.wait`: expected `float | null`, got `str`"),
        ("a.har", har(), {}, "a.har: there is no time in it"),
        ("a.har", "[" * 9999, {}, "a.har: "),
        ("a.json", "[1, true]", {}, "a.json: `[1]`: true is no time"),
        ("a.json", "[1, -1]", {}, "a.json: `[1]`: -1 is no time"),
        ("a.json", "[1e999]", {}, "a.json: `[0]`: number out of range"),
        ("a.json", "[]", {}, "a.json: there is no time in it"),
        ("a.json", "7", {}, "a.json: expected `array`, got `int`"),
        ("a.csv", "1\n2\nx\n", {}, "a.csv:3:1: `x` is no time"),
        ("a.csv", "n,ms\na,1\nb,slow\n", {"column": "ms"}, "a.csv:3:3: `slow` is no time"),
        ("a.csv", "n,ms\na\n", {"column": "ms"}, "a.csv:2:1: this row has no time"),
        ("a.csv", "n,ms\na,1\n", {}, "a.csv:1:1: it has 2 columns"),
        ("a.csv", "n,ms\na,1\n", {"column": "mss"}, "a.csv:1:1: there is no column `mss`"),
        ("a.csv", 'n\n"', {}, "a.csv:2: this is not CSV: unexpected end of data"),
        ("a.csv", b"1\n\xff", {}, "a.csv:2:1: the byte 0xFF is not UTF-8"),
        ("a.csv", "", {}, "a.csv: there is no time in it"),
        ("a.txt", "1", {}, "a.txt: `a.txt` is no recording"),
        ("a.csv", "1\n", {"url": "/a"}, "a.csv: `url`, `method` and `part` ask for the exchanges of a HAR"),
        ("a.json", "[1]", {"column": "a"}, "a.json: `column` is of a CSV, and a.json is none"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(file: str, text: str | bytes, keys: dict[str, str], told: str) -> None:
    with pytest.raises(BadRecording) as raised:
        asked(text, keys, file)
    assert raised.value.at(file).startswith(told)


def test_the_hint_of_a_misspelt_column() -> None:
    with pytest.raises(BadRecording) as raised:
        asked("name,elapsed\na,1\n", {"column": "elapsde"}, "a.csv")
    assert raised.value.hint == "did you mean `elapsed`?"


def test_files_have_bounds() -> None:
    with pytest.raises(BadRecording, match="50001 times are more than the 50000"):
        asked(json.dumps([1] * 50_001), file="a.json")
    with pytest.raises(BadRecording, match="bytes are more than the"):
        asked(b" " * (recordings.MOST_BYTES + 1), file="a.json")


# ---- whose it is ---------------------------------------------------------------------------------------------------

DAY = waits(
    ("GET", "/orders/1", 10), ("GET", "/orders/2", 20), ("POST", "/orders", 30), ("POST", "/login", 900),
    ("OPTIONS", "/orders/1", 1),
)  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "times"),
    [
        ({}, [0.01, 0.02]),
        ({"method": "POST"}, [0.03]),
        ({"method": "*"}, [0.01, 0.02, 0.03, 0.001]),
        ({"url": "/login"}, []),
        ({"url": "/login", "method": "POST"}, [0.9]),
        ({"url": "/orders/*", "method": "*"}, [0.01, 0.02, 0.001]),
        ({"url": "/*"}, []),
        ({"url": "/**"}, [0.01, 0.02]),
        ({"url": "https://api.example.com/orders/*"}, [0.01, 0.02]),
        ({"url": "http://api.example.com/orders/*"}, []),
        ({"url": "**/orders/2"}, [0.02]),
        ({"url": "/orders/[12]"}, []),
    ],
)
def test_which_exchanges_count(keys: dict[str, str], times: list[float]) -> None:
    assert asked(DAY, keys, takes=ORDERS) == times


def test_of_a_list_everything_counts() -> None:
    assert asked("[1, 2]", file="a.json", takes=Takes(lambda _: False, lambda _: False)) == [0.001, 0.002]


# ---- samples -------------------------------------------------------------------------------------------------------


def test_samples_are_drawn_by_quantile() -> None:
    samples = packed([0.3, 0.1, 0.2, 0.0004])
    assert recordings.count(samples) == 4
    assert [drawn(samples, at) for at in (0, 0.24, 0.25, 0.5, 0.75, 0.999_999_9)] == [
        0.0004,
        0.0004,
        0.1,
        0.2,
        0.3,
        0.3,
    ]


def test_nothing_is_drawn_of_nothing() -> None:
    assert drawn(packed([]), 0.5) == 0


def test_an_hour_is_the_longest() -> None:
    assert drawn(packed([10_000_000.0]), 0.5) == 3600


def test_of_many_the_quantiles_are_kept() -> None:
    samples = packed(number / 1000 for number in range(50_000))
    assert recordings.count(samples) == recordings.MOST_SAMPLES
    for at in (0.0, 0.1, 0.5, 0.9, 0.99, 0.999):
        assert drawn(samples, at) == pytest.approx(50 * at, abs=0.05)
