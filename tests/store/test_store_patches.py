"""RFC 7396 and RFC 6902: the examples of their appendices, and what a hostile patch may not do."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from keymock.store.patches import BadPatch, Inapplicable, apply, merge


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_as_appendix_a_has_it(target: Any, patch: Any, result: Any) -> None:
    before = copy.deepcopy((target, patch))
    assert merge(target, patch) == result
    assert (target, patch) == before


def op(name: str, path: str, **more: Any) -> dict[str, Any]:
    return {"op": name, "path": path, **more}


@pytest.mark.parametrize(
    ("target", "operations", "result"),
    [
        ({"foo": "bar"}, [op("add", "/baz", value="qux")], {"foo": "bar", "baz": "qux"}),
        ({"foo": ["bar", "baz"]}, [op("add", "/foo/1", value="qux")], {"foo": ["bar", "qux", "baz"]}),
        ({"baz": "qux", "foo": "bar"}, [op("remove", "/baz")], {"foo": "bar"}),
        ({"foo": ["bar", "qux", "baz"]}, [op("remove", "/foo/1")], {"foo": ["bar", "baz"]}),
        ({"baz": "qux", "foo": "bar"}, [op("replace", "/baz", value="boo")], {"baz": "boo", "foo": "bar"}),
        (
            {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
            [op("move", "/qux/thud", **{"from": "/foo/waldo"})],
            {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
        ),
        ({"foo": ["a", "b", "c"]}, [op("move", "/foo/2", **{"from": "/foo/0"})], {"foo": ["b", "c", "a"]}),
        ({"baz": "qux", "foo": ["a", 2]}, [op("test", "/foo/1", value=2.0)], {"baz": "qux", "foo": ["a", 2]}),
        ({"foo": "bar"}, [op("add", "/child", value={"grandchild": {}})], {"foo": "bar", "child": {"grandchild": {}}}),
        ({"foo": "bar"}, [op("add", "/baz", value="qux", xyz=123)], {"foo": "bar", "baz": "qux"}),
        ({"/": 9, "~1": 10}, [op("test", "/~01", value=10)], {"/": 9, "~1": 10}),
        ({"foo": ["bar"]}, [op("add", "/foo/-", value=["abc", "def"])], {"foo": ["bar", ["abc", "def"]]}),
        (
            {"a": {"b": 1}},
            [op("copy", "/c", **{"from": "/a"}), op("replace", "/c/b", value=2)],
            {"a": {"b": 1}, "c": {"b": 2}},
        ),
        ({"a": 1}, [op("replace", "", value={"b": 2})], {"b": 2}),
        ({"a": 1}, [op("move", "/a", **{"from": "/a"})], {"a": 1}),
        ({"a": 1}, [], {"a": 1}),
    ],
)
def test_json_patch_as_appendix_a_has_it(target: Any, operations: Any, result: Any) -> None:
    before = copy.deepcopy((target, operations))
    patched = apply(target, operations)
    assert patched == result
    assert list(patched) == list(result)
    assert (target, operations) == before


@pytest.mark.parametrize(
    "operation",
    [
        op("test", "/a", value="x"),
        op("test", "/a", value=True),
        op("test", "/b", value=None),
        op("add", "/b/c", value=1),
        op("add", "/list/2", value=1),
        op("add", "/list/01", value=1),
        op("add", "/a/b", value=1),
        op("remove", "/b"),
        op("remove", "/list/-"),
        op("remove", ""),
        op("replace", "/b", value=1),
        op("move", "/b", **{"from": "/c"}),
        op("copy", "/b", **{"from": "/list/1"}),
    ],
)
def test_what_does_not_apply_changes_nothing(operation: dict[str, Any]) -> None:
    target = {"a": 1, "list": [1]}
    with pytest.raises(Inapplicable, match=r"^/1: "):
        apply(target, [op("add", "/z", value=1), operation])
    assert target == {"a": 1, "list": [1]}


@pytest.mark.parametrize(
    "operations",
    [
        {},
        ["add"],
        [{}],
        [op("add", "/a")],
        [op("spread", "/a")],
        [op("add", "a", value=1)],
        [op("add", "/~2", value=1)],
        [{"op": "add", "path": 1, "value": 1}],
        [op("move", "/a")],
        [op("move", "/a/b", **{"from": "/a"})],
    ],
)
def test_what_is_no_patch(operations: Any) -> None:
    with pytest.raises(BadPatch):
        apply({"a": {"b": 1}}, operations)


def test_copies_that_double_end() -> None:
    doubling = [op("copy", f"/{number}", **{"from": ""}) for number in range(60)]
    with pytest.raises(BadPatch, match="100000 values"):
        apply({"a": 1}, doubling)
