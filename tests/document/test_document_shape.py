from typing import Annotated, Any, ClassVar, Literal

import msgspec
import pytest
from msgspec import Meta

from keymock.document.shape import faults, fields_of, struct_of, table_name


class Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"not_": "not"}):
    NOT_YET: ClassVar[dict[str, str]] = {"soon": "a thing to come."}

    size: Annotated[int, Meta(ge=1)] = 1
    not_: str = ""
    names: Annotated[list[str], Meta(min_length=1)] = msgspec.field(default_factory=lambda: ["a"])


class Cat(msgspec.Struct, frozen=True, tag="cat", tag_field="kind", forbid_unknown_fields=True):
    lives: int = 9


class Dog(msgspec.Struct, frozen=True, tag="dog", tag_field="kind", forbid_unknown_fields=True):
    tricks: list[str] = []


Colour = Annotated[str, Meta(pattern="^#", title="a colour", description="a colour is text like #f00")]
Word = Annotated[str, Meta(extra_json_schema={"pattern": "^[A-Z]+$"})]


class Deep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    near: int = 0
    far: int = 0


class Wide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    deep: Deep = Deep()


class Near(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    near: int = 0


class Home(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    wide: Wide = Wide()
    tint: Colour | Leaf = "#fff"
    word: Word | list[Word] = "A"
    nearer: Near = Near()


class Root(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    leaf: Leaf = Leaf()
    leaves: list[Leaf] = []
    mode: Literal["on", "off"] = "on"
    any: Any = None
    value: str | int | Leaf = ""
    free: dict[str, float | Leaf] = {}
    pet: Cat | Dog | None = None


def told(tables: dict[str, Any], kind: type = Root) -> list[tuple[str, str, str]]:
    return [(".".join(map(str, one.path)), one.message, one.hint) for one in faults(tables, kind, None)]


@pytest.mark.parametrize(
    ("tables", "path", "message", "hint"),
    [
        ({}, "", "this file needs `title`", ""),
        ({"title": ""} | {"leaf": {"size": 0}}, "leaf.size", "`size` must be 1 or more, not 0", ""),
        ({"title": "", "leaf": {"nt": "x"}}, "leaf.nt", "unknown key `nt` in [leaf]", "did you mean `not`?"),
        (
            {"title": "", "leaf": {"soon": 1}},
            "leaf.soon",
            "`soon` is not served yet: a thing to come",
            "take it out for now",
        ),
        (
            {"title": "", "leaf": {"mode": 1}},
            "leaf.mode",
            "unknown key `mode` in [leaf]",
            "`mode` stands above the first table",
        ),
        (
            {"title": "", "leaf": {"leaves": []}},
            "leaf.leaves",
            "unknown key `leaves` in [leaf]",
            "`leaves` is a table of its own: [[leaves]]",
        ),
        ({"title": "", "size": 2}, "size", "unknown key `size` at the top of this file", "`size` belongs in [leaf]"),
        ({"title": "", "leaf": {"names": []}}, "leaf.names", "`names` must have items in it", ""),
        ({"title": "", "mode": "onn"}, "mode", '`mode` must be "on" or "off", not "onn"', "did you mean `on`?"),
        (
            {"title": "", "value": 1.5},
            "value",
            "`value` must be text, a whole number or a table, not a number",
            'write it in quotes: "1.5"',
        ),
        ({"title": "", "value": {"sise": 1}}, "value.sise", "unknown key `sise` in [value]", "did you mean `size`?"),
        (
            {"title": "", "free": {"x": "1"}},
            "free.x",
            "`free.x` must be a number or a table, not text",
            "write it without quotes: 1",
        ),
        (
            {"title": "", "leaves": [{}, {"zzz": 1}]},
            "leaves.1.zzz",
            "unknown key `zzz` in [[leaves]]",
            "[[leaves]] takes size, not, names",
        ),
        (
            {"title": "", "pet": {"kind": "dog", "trick": 1}},
            "pet.trick",
            "unknown key `trick` in [pet]",
            "did you mean `tricks`?",
        ),
    ],
)
def test_faults(tables: dict[str, Any], path: str, message: str, hint: str) -> None:
    assert told(tables) == [(path, message, hint)]


@pytest.mark.parametrize(
    ("tables", "path", "message", "hint"),
    [
        ({"near": 1}, "near", "unknown key `near` at the top of this file", "`near` belongs in [nearer]"),
        ({"far": 1}, "far", "unknown key `far` at the top of this file", "`far` belongs in [wide.deep]"),
        ({"tint": 5}, "tint", "`tint` must be a colour or a table, not a whole number", "a colour is text like #f00"),
        ({"tint": "red"}, "tint", '`tint` must be a colour or a table, not "red"', "a colour is text like #f00"),
        ({"tint": []}, "tint", "`tint` must be a colour or a table, not a list", ""),
        ({"word": "a"}, "word", '`word` cannot be "a"', "in capitals: A"),
        ({"word": "1"}, "word", '`word` cannot be "1"', "it must match ^[A-Z]+$"),
        ({"word": ["A", "b"]}, "word.1", 'item 2 of `word` cannot be "b"', "in capitals: B"),
    ],
)
def test_the_nearest_home_the_name_of_a_type_and_a_pattern_of_the_schema(
    tables: dict[str, Any], path: str, message: str, hint: str
) -> None:
    assert told(tables, Home) == [(path, message, hint)]


def test_a_misspelt_key_is_not_told_as_missing_too() -> None:
    assert [message for _, message, _ in told({"titel": "x"})] == ["unknown key `titel` at the top of this file"]


def test_what_is_right_has_no_faults() -> None:
    assert told({"title": "", "value": {"size": 1}, "free": {"a": 1}, "pet": {"kind": "cat"}, "any": [{"x": 1}]}) == []


def test_an_unknown_tag_is_one_fault() -> None:
    assert len(told({"title": "", "pet": {"kind": "cow"}})) == 1


def test_own_fields_come_before_inherited_ones() -> None:
    class Child(Leaf, frozen=True):
        first: int = 0

    assert list(fields_of(Child)) == ["first", "size", "not", "names"]


def test_struct_of_an_annotation() -> None:
    assert struct_of(list[Leaf] | None) == (Leaf, True)
    assert struct_of(str | Leaf) == (Leaf, False)
    assert struct_of(dict[str, Leaf]) is None


def test_names_of_tables() -> None:
    assert [table_name(path) for path in ((), ("a", "b"), ("a", 0), ("a", 0, "b"))] == [
        "this file", "[a.b]", "[[a]]", "[a.b]",
    ]  # fmt: skip
