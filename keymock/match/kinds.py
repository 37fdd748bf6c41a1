"""`type`: what kind of value it is. Outside of JSON everything is text, and a text may spell a number or a boolean."""

from __future__ import annotations

from typing import Any, Literal

from keymock.match.member import Member, One, Samples, Style, Wrong
from keymock.match.numbers import number

Kind = Literal["string", "number", "integer", "boolean", "null", "array", "object"]

_TEXT_KINDS = ("string", "number", "integer", "boolean")


def kinds(value: Any) -> tuple[str, ...]:
    """The kinds of a JSON value; 1.0 is an integer, as in JSON Schema."""
    if isinstance(value, str):
        return ("string",)
    if isinstance(value, bool):
        return ("boolean",)
    if isinstance(value, int):
        return ("number", "integer")
    if isinstance(value, float):
        return ("number", "integer") if value.is_integer() else ("number",)
    if isinstance(value, list):
        return ("array",)
    if isinstance(value, dict):
        return ("object",)
    return ("null",) if value is None else ()


def _text_is(kind: str, text: str) -> bool:
    if kind == "boolean":
        return text in ("true", "false")
    if kind == "integer":
        return text.lstrip("+-").isdecimal() and number(text) is not None
    return kind == "string" or number(text) is not None


def _clean(argument: Kind, style: Style) -> Kind:
    if not style.json and argument not in _TEXT_KINDS:
        raise Wrong(f"a text is never of type {argument}", "outside of JSON: string, number, integer or boolean")
    return argument


def _compile(argument: Kind, style: Style) -> One:
    if not style.json:
        return lambda value, _now: isinstance(value, str) and _text_is(argument, value)
    return lambda value, _now: argument in kinds(value)


def _samples(argument: Kind, style: Style) -> Samples:
    examples: dict[str, tuple[Any, ...]] = {
        "string": ("x",),
        "number": (1, 0.5),
        "integer": (1, 0),
        "boolean": (True, False),
        "null": (None,),
        "array": ([],),
        "object": ({},),
    }
    return Samples(examples[argument], complete=style.json and argument in ("boolean", "null"))


TYPE = Member(
    name="type",
    spelling=Kind,
    says="string, number, integer, boolean, null, array or object",
    compile=_compile,
    words=lambda argument, _style: f"of type {argument}",
    clean=_clean,
    samples=_samples,
)
