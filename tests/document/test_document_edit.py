import copy
import difflib
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keymock.document import KeyPath
from keymock.document.edit import edit

SOURCE = """\
# the users
name = 'x'   # aligned
tags = ["a", "b"]

[response]
# about headers
headers.A="1"
status=200 # fine
json = {a=[1,2],b={c=1}}

# for the router
[request]
path="/a"

[[responses]]
name = "one"
[responses.when.query]
q = "1"

[[responses]]
name = "two"
"""


def difference(changes: dict[KeyPath, Any], source: str = SOURCE) -> list[str]:
    lines = difflib.unified_diff(source.splitlines(), edit(source, changes).splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("response", "status"), 404, ["-status=200 # fine", "+status=404 # fine"]),
        (("name",), 'a "b"', ["-name = 'x'   # aligned", "+name = 'a \"b\"'   # aligned"]),
        (("priority",), 3, ["+priority = 3"]),
        (("response", "headers", "B"), "x", ['+headers.B = "x"']),
        (("response", "headers", "A"), None, ['-headers.A="1"']),
        (("response", "json", "b", "d"), [1], ["-json = {a=[1,2],b={c=1}}", "+json = {a=[1,2],b={c=1, d = [1]}}"]),
        (("response", "json", "a", 0), None, ["-json = {a=[1,2],b={c=1}}", "+json = {a=[2],b={c=1}}"]),
        (("response", "json", "a"), None, ["-json = {a=[1,2],b={c=1}}", "+json = {b={c=1}}"]),
        (("response", "json", "b", "c"), None, ["-json = {a=[1,2],b={c=1}}", "+json = {a=[1,2],b={}}"]),
        (("tags", 2), "c", ['-tags = ["a", "b"]', '+tags = ["a", "b", "c"]']),
        (("request", "query", "a"), "1", ['+query.a = "1"']),
        (("responses", 0, "status"), 404, ["+status = 404"]),
        (("responses", 1, "name"), "z", ['-name = "two"', '+name = "z"']),
        (("responses", 1), None, ["-[[responses]]", '-name = "two"']),
        (("response", "headers"), {"A": "2"}, ['-headers.A="1"', '+headers.A="2"']),
        (("request",), {"path": "/b", "method": "PUT"}, ['-path="/a"', '+path="/b"', '+method = "PUT"']),
        (("nothing",), None, []),
    ],
)
def test_one_change_is_one_line(path: KeyPath, value: Any, expected: list[str]) -> None:
    assert difference({path: value}) == expected


def test_a_table_goes_with_all_its_parts_and_leaves_comments() -> None:
    edited = edit(SOURCE, {("response",): None, ("responses", 0): None})
    assert tomllib.loads(edited) == {
        "name": "x", "tags": ["a", "b"], "request": {"path": "/a"}, "responses": [{"name": "two"}],
    }  # fmt: skip
    assert "# for the router\n[request]" in edited


def test_a_new_table_stands_at_the_end() -> None:
    assert edit('name = "a"\n', {("response",): {"status": 204}}) == 'name = "a"\n\n[response]\nstatus = 204\n'
    assert edit("", {("response", "status"): 204}) == "[response]\nstatus = 204\n"


def test_a_first_key_stands_above_the_first_table_and_below_what_opens_the_file() -> None:
    assert edit("[request]\n", {("enabled",): False}) == "enabled = false\n[request]\n"
    assert edit("#:schema x\n\n[request]\n", {("enabled",): False}).startswith("#:schema x\n")


def test_line_ends_and_byte_order_mark_are_kept() -> None:
    source = "\ufeff" + SOURCE.replace("\n", "\r\n")
    edited = edit(source, {("response", "status"): 404, ("response", "body"): "a\nb", ("name",): None})
    expected = edit(SOURCE, {("response", "status"): 404, ("response", "body"): "a\nb", ("name",): None})
    assert edited == "\ufeff" + expected.replace("\n", "\r\n")


def test_what_cannot_be_done_is_said() -> None:
    with pytest.raises(ValueError, match="cannot be set in what is no table"):
        edit("a = 1\n", {("a", "b"): 1})
    with pytest.raises(ValueError, match="needs quotes"):
        edit("a = b\n", {("a",): 1})


NAMES = st.sampled_from(["a", "b", "headers", "x y"])
LEAVES = st.integers(0, 9) | st.sampled_from(["t", 'q"', "two\nlines"]) | st.lists(st.integers(0, 3), max_size=2)
LAYOUTS = [
    'a = 1\nb = { a = 1, "x y" = 2 }\n\n[headers]\na.b = 1 # c\n',
    "# top\n\n[a]\nb = 1\n[a.headers]\na = 1\n[b.a]\nb = 2",
    "a.b = 1\na.a = { b = { a = [] } }\n'x y' = '''\nx'''\n",
    "",
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(LAYOUTS), st.lists(NAMES, min_size=1, max_size=3), LEAVES | st.none())
def test_an_edited_file_holds_the_change_and_nothing_else(source: str, path: list[str], value: Any) -> None:
    expected = copy.deepcopy(tomllib.loads(source))
    table = expected
    for name in path[:-1]:
        if value is None and name not in table:
            return
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            return
    if value is None:
        table.pop(path[-1], None)
    else:
        table[path[-1]] = value
    assert _without_empty(tomllib.loads(edit(source, {tuple(path): value}))) == _without_empty(expected)


def _without_empty(table: dict[str, Any]) -> dict[str, Any]:
    """Taking the last dotted key away takes its table away, which says the same."""
    inner = {key: _without_empty(value) if isinstance(value, dict) else value for key, value in table.items()}
    return {key: value for key, value in inner.items() if value != {}}
