from __future__ import annotations

import pytest

from keymock.contract.reading import MAX_DEPTH, Unreadable, read


def test_json_and_yaml_make_the_same_tree() -> None:
    yaml = b"openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses:\n        200: {description: ok}\n"
    json = b'{"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"200": {"description": "ok"}}}}}}'
    assert read(yaml, "a.yaml") == read(json, "a.json") == read(json, "a.yaml")


def test_yaml_is_read_as_documents_mean_it() -> None:
    tree = read(b"no: no\non: on\ndate: 2026-01-01\nold: 010\nnan: .nan\n", "a.yaml")
    assert tree == {"no": "no", "on": "on", "date": "2026-01-01", "old": tree["old"], "nan": None}
    assert read(b"true: 1\nnull: 2\n1.5: 3\n", "a.yml") == {"true": 1, "null": 2, "1.5": 3}


def test_merge_keys_are_merged() -> None:
    tree = read(b"a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc:\n  <<: [*a, {z: 4}]\n", "a.yaml")
    assert tree["b"] == {"x": 1, "y": 3}
    assert tree["c"] == {"x": 1, "y": 2, "z": 4}


def test_an_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(Unreadable, match=r"bounds|large"):
        read("\n".join(lines).encode(), "bomb.yaml")


def test_a_merge_bomb_is_refused_or_small() -> None:
    lines = ["a0: &a0 {k0: 1, l0: 2}"]
    lines += [f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]\n  k{n}: 1" for n in range(1, 40)]
    try:
        tree = read("\n".join(lines).encode(), "bomb.yaml")
    except Unreadable:
        return
    assert len(str(tree)) < 100_000


@pytest.mark.parametrize(
    ("data", "file", "line"),
    [
        (b'{\n  "a": 1,\n  "b" 2\n}', "a.json", 3),
        (b"a: 1\nb: [1, 2\nc: 3\n", "a.yaml", 2),
        (b"\xff\xfe", "a.yaml", 0),
    ],
)
def test_what_is_broken_is_told_with_its_line(data: bytes, file: str, line: int) -> None:
    with pytest.raises(Unreadable) as told:
        read(data, file)
    assert told.value.line in (line, line + 1) if line else told.value.line == 0
    assert told.value.message


@pytest.mark.parametrize("file", ["a.json", "a.yaml"])
def test_depth_is_bounded(file: str) -> None:
    with pytest.raises(Unreadable):
        read(b"[" * (MAX_DEPTH * 300) + b"]" * (MAX_DEPTH * 300), file)
    with pytest.raises(Unreadable):
        read(b"[" * (MAX_DEPTH + 10) + b"]" * (MAX_DEPTH + 10), file)


@pytest.mark.parametrize("text", ["x: " + "[" * 1_000_000, "x: " + "{a: " * 100_000, "x: " + "[\n" * 100_000])
def test_a_million_brackets_are_refused_at_once(text: str) -> None:
    with pytest.raises(Unreadable, match="nested too deeply"):
        read(text.encode(), "a.yaml")


def test_brackets_in_texts_are_no_nesting() -> None:
    text = "".join(f"k{number}: a half-open interval, from-[{number}, 9)\n" for number in range(1_000))
    assert len(read(text.encode(), "a.yaml")) == 1_000


def test_size_is_bounded() -> None:
    from keymock.contract import reading

    with pytest.raises(Unreadable, match="are read"):
        read(b"x" * (reading.MAX_BYTES + 1), "a.json")
