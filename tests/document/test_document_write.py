import math
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymock import spec, units
from keymock.document.write import inline, literal, write

VALUES = st.recursive(
    st.text() | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def test_a_mock_is_laid_out_as_people_write_it() -> None:
    text = write({
        "name": "Get a user",
        "request": {"method": "GET", "path": "/users/:id", "headers": {"Accept": {"contains": "json"}}},
        "response": {
            "status": 200,
            "headers": {"Set-Cookie": ["a=1", "b=2"]},
            "json": {"users": [{"name": f"user number {number}", "n": number} for number in range(4)], "total": 4},
        },
        "responses": [{"name": "none", "status": 404, "json": {"error": "no user"}}],
    })  # fmt: skip
    assert (
        text
        == """\
name = "Get a user"

[request]
method = "GET"
path = "/users/:id"
headers.Accept = { contains = "json" }

[response]
status = 200
headers.Set-Cookie = ["a=1", "b=2"]

[response.json]
total = 4

[[response.json.users]]
name = "user number 0"
n = 0

[[response.json.users]]
name = "user number 1"
n = 1

[[response.json.users]]
name = "user number 2"
n = 2

[[response.json.users]]
name = "user number 3"
n = 3

[[responses]]
name = "none"
status = 404
json = { error = "no user" }
"""
    )


def test_a_body_of_several_lines_is_readable() -> None:
    assert literal('{"a":\n"\\n"}\n') == "'''\n{\"a\":\n\"\\n\"}\n'''"
    assert literal("a\nb") == '"""\na\nb"""'
    assert inline("^\\d+$") == "'^\\d+$'"


def test_a_struct_is_written_without_its_defaults_its_own_fields_first() -> None:
    mock = spec.Mock(name="a", request=spec.RequestPattern(path="/a", query={"x": "1"}))
    assert write(mock) == 'name = "a"\n\n[request]\npath = "/a"\nquery.x = "1"\n'


@pytest.mark.parametrize(("value", "says"), [(None, "null"), (math.nan, "nan"), (math.inf, "inf")])
def test_what_toml_cannot_hold_is_refused(value: Any, says: str) -> None:
    with pytest.raises(ValueError, match=f"`response.json.0.a` is {says}"):
        write({"response": {"json": [{"a": value}]}})


def test_a_value_that_needs_a_spelling_gets_it_from_the_hook() -> None:
    assert write({"delay": units.duration("5ms")}, enc_hook=lambda value: f"{value * 1000:g}ms") == 'delay = "5ms"\n'
    with pytest.raises(TypeError, match="needs an enc_hook"):
        write({"delay": units.duration("5ms")})


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=5))
def test_what_is_written_reads_as_it_was(tables: dict[str, Any]) -> None:
    assert tomllib.loads(write(tables)) == tables
