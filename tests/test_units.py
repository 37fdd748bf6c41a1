from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymock import units
from keymock.document.schema import json_schema
from keymock.document.write import write
from keymock.units import Duration, Size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("50ms", 0.05), ("0.3ms", 0.0003), ("0ms", 0), ("2s", 2), ("1.5s", 1.5), ("1m", 60), ("0.5h", 1800)],
)
def test_a_duration_is_seconds(text: str, seconds: float) -> None:
    assert units.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "5 s", "5sec", "-1s", "1e3s", "٣s", "5s\n", ".5s", "9" * 400 + "s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration: write it like"):
        units.duration(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [("512B", 512), ("64KiB", 65_536), ("64KB", 64_000), ("1.5MiB", 1_572_864), ("1GB", 10**9), ("2GiB", 2**31)],
)
def test_a_size_is_bytes(text: str, count: int) -> None:
    assert units.size(text) == count


@pytest.mark.parametrize("text", ["", "64", "64K", "64 KiB", "64kib", "-1B", "1TiB", "9" * 400 + "B"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size: write it like"):
        units.size(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.05, "50ms"), (0, "0ms"), (0.0003, "0.3ms"), (1e-7, "0.0001ms"), (1, "1s"), (1.5, "1.5s"), (59.9, "59.9s"),
     (60, "1m"), (90, "90s"), (5400, "90m"), (3600, "1h"), (1e11, "100000000000s")],
)  # fmt: skip
def test_a_duration_as_text(seconds: float, text: str) -> None:
    assert units.duration_text(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0B"), (1, "1B"), (1000, "1KB"), (1024, "1KiB"), (65_536, "64KiB"), (1_024_000, "1000KiB"), (1_500, "1500B"),
     (10**6, "1MB"), (5 * 1024**3, "5GiB")],
)  # fmt: skip
def test_a_size_as_text(count: int, text: str) -> None:
    assert units.size_text(count) == text


@given(st.integers(0, 10**15))
def test_every_duration_comes_back_from_its_text(microseconds: int) -> None:
    seconds = microseconds / 10**6
    assert units.duration(units.duration_text(seconds)) == seconds


@given(st.integers(0, 10**15 - 1))
def test_every_size_comes_back_from_its_text(count: int) -> None:
    assert units.size(units.size_text(count)) == count


@pytest.mark.parametrize("seconds", [-0.1, float("inf"), float("nan")])
def test_what_has_no_duration_as_text(seconds: float) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        units.duration_text(seconds)


def test_a_size_below_zero_has_no_text() -> None:
    with pytest.raises(ValueError, match="is not a size"):
        units.size_text(-1)


class Settings(msgspec.Struct, frozen=True):
    wait: Duration
    most: Size


def test_a_struct_reads_and_writes_both() -> None:
    settings = msgspec.convert({"wait": "50ms", "most": "64KiB"}, Settings, dec_hook=units.dec_hook)
    assert settings == Settings(Duration(0.05), Size(65_536))
    assert msgspec.to_builtins(settings, enc_hook=units.enc_hook) == {"wait": 0.05, "most": 65_536}
    assert write(settings, enc_hook=units.text_hook) == 'wait = "50ms"\nmost = "64KiB"\n'


def test_a_size_may_be_a_number_and_a_duration_may_not() -> None:
    assert units.dec_hook(Size, 512) == 512
    with pytest.raises(ValueError, match="a duration is text with its unit"):
        units.dec_hook(Duration, 5)


@pytest.mark.parametrize("hook", [lambda: units.dec_hook(int, 1), lambda: units.enc_hook(object()),
                                  lambda: units.text_hook(object()), lambda: units.schema_hook(int)])  # fmt: skip
def test_other_types_are_nobodys(hook: Any) -> None:
    with pytest.raises(NotImplementedError):
        hook()


class Spelt(msgspec.Struct):
    wait: units.DurationText | Settings
    most: units.SizeText = "1B"


def test_the_text_of_a_duration_is_checked_where_it_may_be_a_table_too() -> None:
    assert msgspec.convert({"wait": "50ms", "most": "1KB"}, Spelt) == Spelt("50ms", "1KB")
    for wrong in ({"wait": "50"}, {"wait": "5s\n"}, {"wait": "5s", "most": "1"}):
        with pytest.raises(msgspec.ValidationError, match="matching regex"):
            msgspec.convert(wrong, Spelt)


def test_the_schema_tells_both_spellings() -> None:
    schema = json_schema(Settings, units.schema_hook)
    assert schema["properties"]["wait"]["pattern"] == r"^([0-9]{1,15}(?:\.[0-9]{1,9})?)(ms|s|m|h)$(?!\n)"
    assert schema["properties"]["most"]["anyOf"][1] == {"type": "integer", "minimum": 0}
