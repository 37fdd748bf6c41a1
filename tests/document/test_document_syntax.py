"""tomllib is the reference; toml-rs and our scanner are held equal to it."""

import subprocess
import sys
import time
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keymock.document import syntax
from keymock.document.place import find, locate, repeated
from keymock.document.scan import KeyPath, scan
from keymock.problems import Problem

WORDS = (
    "a b c é \"q\" 'l' a.b = = = 1 -1 0x1F 007 1_0 1__0 1.5 1. .5 1e5 inf -nan true True "
    '"s" "\\n" "\\d" "\\u00e9" "\\ud800" """ \'\'\' " \' [ ] [[ ]] [a] [[a]] [a.b] [[a.b]] { } {a=1} , , . \\ '
    "2020-01-01 2020-02-30 10:00:00 2020-01-01T10:00:00Z [1,2] # #c \x01"
)
LONGER = [" ", "\t", "2020-01-01 10:00:00", '"""m\n"""', "[\n# c\n1]", "[1,\n2,]", '"""a\\\n b"""']
FRAGMENTS = [*WORDS.split(" "), *["\n"] * 8, *LONGER]
STATEMENTS = [
    f"{key}={value}\n"
    for key in ("a", "b", "a.b", "b.a", '"a"', "c", "a . c")
    for value in ("1", "{}", "{b.c=1,b.d=2}", "{b.c=1,b=2}", "[{a=1},{a=1}]", "[{a=1,a=2}]")
] + [f"{header}\n" for header in ("[a]", "[[a]]", "[a.b]", "[[a.b]]", "[b]", "[b.a]", "[[b]]", "[c]", "[a.c]")] * 3


def reference(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None


def key_paths(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    inner = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if type(value) is list else []
    return [path, *(found for key, one in inner for found in key_paths(one, (*path, key)))]


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=9) | st.lists(st.sampled_from(STATEMENTS), max_size=7))
def test_three_readers_agree(parts: list[str]) -> None:
    text = "".join(parts)
    expected = reference(text)
    tree = scan(text)
    fault = tree.fault or syntax.senseless(tree) or repeated(tree)
    assert (fault is None) == (expected is not None)
    if expected is not None:
        assert repr(syntax.read_with_toml_rs(text)) == repr(expected)
        nodes = locate(tree)
        assert all(find(nodes, path) for path in key_paths(expected)[1:])
    else:
        try:
            syntax.read_with_toml_rs(text)
        except ValueError:
            return
        # The one laxness known of toml-rs: it lets dotted keys reach into a list of tables.
        assert fault
        assert fault.message.endswith("is a table of its own already")


@pytest.mark.parametrize("reader", [syntax.read_with_toml_rs, tomllib.loads])
@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 20_000) + " = 1",
        "a = " + "[" * 100_000,
        "a = " + "{a = " * 20_000,
        "a = " + "9" * 40_000,
        'a = "\nb = ' + "[" * 100_000,
        "a = 1\rb = " + "[" * 100_000,
    ],
    ids=["dotted-key", "lists", "inline-tables", "huge-number", "open-text", "lone-carriage-return"],
)
def test_hostile_text_is_one_problem_or_a_number_and_quick(text: str, reader: syntax.Read) -> None:
    begin = time.process_time()
    found = syntax.read(text, "a.toml", reader)
    assert time.process_time() - begin < 0.3
    assert isinstance(found, Problem) or list(found) == ["a"]


def test_dates_become_text_and_what_json_lacks_is_named() -> None:
    tables = tomllib.loads("a = 1979-05-27T07:32:00Z\nb = [1979-05-27, 07:32:00]\nc = { d = nan }\ne = 1e999")
    faults: list[tuple[KeyPath, str, str]] = []
    assert syntax.plain(tables, (), faults)["a"] == "1979-05-27T07:32:00Z"
    assert syntax.plain(tables, (), [])["b"] == ["1979-05-27", "07:32:00"]
    assert [path for path, _, _ in faults] == [("c", "d"), ("e",)]


@pytest.mark.parametrize("value", ["1979-05-27", "07:32:00", "nan", "-inf", "1e999", "9" * 20, "0x" + "f" * 16])
@pytest.mark.parametrize("text", ["a = {}", "a = [1, [{}]]", "[[t]]\nx = 1\nb = {{ a = {} }}"])
def test_no_special_value_is_missed(value: str, text: str) -> None:
    assert syntax.holds_special_values(tomllib.loads(text.replace("{}", value).replace("{{", "{").replace("}}", "}")))


def test_what_is_not_special_is_left_alone() -> None:
    tables = tomllib.loads('a = "nan"\nb = [1, true, "1979-05-27", 0.5, -9223372036854775808]\n[c]\nd = {}')
    assert not syntax.holds_special_values(tables)
    assert syntax.plain(tables, (), []) == tables


def test_tomllib_takes_over_where_toml_rs_is_missing() -> None:
    program = (
        "import sys; sys.modules['toml_rs'] = None\n"
        "import tomllib; from keymock.document import syntax\n"
        "assert syntax.fastest() is tomllib.loads\n"
        "print(syntax.read('a = [1]', 'a.toml', syntax.fastest()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'a': [1]}"
