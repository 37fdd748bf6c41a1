"""Matchers of a value: the table of them, and how a whole one is cleaned, compiled and said in words.

A matcher holds if any of the values found fulfils all its keys at once; members that are `whole` (`present`, `not`,
`all_of`, `any_of`, `includes`, `exactly`) look at all values together.
"""

# ruff: noqa: SIM110  (flat loops: a generator costs more than the comparison in it)

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

import msgspec
from msgspec import UNSET, Meta, UnsetType

from keymock.learned import learned
from keymock.match import dates, equality, kinds, length, logic, numbers, presence, regex, several, substrings
from keymock.match.member import Matcher, Member, One, Samples, Style, Test, Wrong
from keymock.problems import did_you_mean

MEMBERS: dict[str, Member] = {
    member.name: member
    for member in (
        equality.EQUALS,
        equality.ONE_OF,
        substrings.CONTAINS,
        substrings.STARTS_WITH,
        substrings.ENDS_WITH,
        regex.REGEX,
        regex.GLOB,
        presence.PRESENT,
        logic.NOT,
        logic.ALL_OF,
        logic.ANY_OF,
        numbers.GT,
        numbers.GTE,
        numbers.LT,
        numbers.LTE,
        dates.BEFORE,
        dates.AFTER,
        dates.BETWEEN,
        length.LENGTH,
        kinds.TYPE,
        several.INCLUDES,
        several.EXACTLY,
    )
}

MODIFIERS: dict[str, tuple[Any, str]] = {
    "ignore_case": (bool, "true: the matchers beside it take upper for lower case"),
    "engine": (Literal["re2", "python"], "of `regex`: python has look-around, and no bound on its time"),
}

MEANT = {
    "equalTo": "equals", "eq": "equals", "equal": "equals", "exact": "equals", "in": "one_of", "matches": "regex",
    "match": "regex", "pattern": "regex", "doesNotMatch": "not.regex", "doesNotContain": "not.contains",
    "absent": "present", "exists": "present", "hasExactly": "exactly", "and": "all_of", "or": "any_of",
    "caseInsensitive": "ignore_case", "startsWith": "starts_with", "endsWith": "ends_with", "min": "gte", "max": "lte",
}  # fmt: skip
"""What other tools call matchers, and what they are here."""

if TYPE_CHECKING:

    class Table(msgspec.Struct, frozen=True, kw_only=True):
        """The spelling of a matcher as a table: one optional field for each member."""

    Value = str | int | float | bool | list[Any] | Table
else:
    Table = msgspec.defstruct(
        "Table",
        [
            (name, Union[Annotated[spelling, Meta(description=says)], UnsetType], UNSET)  # noqa: UP007  (ForwardRef)
            for name, spelling, says in (
                *((member.name, member.spelling, member.says) for member in MEMBERS.values()),
                *((name, spelling, says) for name, (spelling, says) in MODIFIERS.items()),
            )
        ],
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
        omit_defaults=True,
        module=__name__,
        namespace={"__doc__": "A matcher. All its keys must hold for one value.", "MEANT": MEANT},
    )
    Scalar = Union[str, int, float, bool]  # noqa: UP007
    Value = Union[str, int, float, bool, list[Union[str, int, float, bool, Table]], Table]  # noqa: UP007

KEYS = (*MEMBERS, *MODIFIERS)


def clean(value: Value, *, json: bool = False) -> Matcher:
    """A matcher as plain data: a bare value becomes `equals`, a bare list `exactly`. Raises Wrong.

    `json` says that the values will be JSON; otherwise they are text, and a bare number becomes its text.
    """
    if isinstance(value, list):
        return {"exactly": _clean_argument(several.EXACTLY, value, _style({}, json))}
    if not isinstance(value, Table):
        return {"equals": _clean_argument(equality.EQUALS, value, _style({}, json))}
    given = {key: argument for key in KEYS if (argument := getattr(value, key)) is not UNSET}
    if not given.keys() - MODIFIERS.keys():
        raise Wrong("this matcher is empty, so it says nothing", "`present = true` takes any value")
    if "engine" in given and "regex" not in given:
        raise Wrong("`engine` stands beside `regex` only", path=("engine",))
    style = _style(given, json)
    return {
        key: argument if key in MODIFIERS else _clean_argument(MEMBERS[key], argument, style)
        for key, argument in given.items()
    }


def clean_dollar(table: dict[str, Any]) -> Matcher:
    """A matcher written inside JSON, where its keys carry `$`. Raises Wrong."""
    bare = _without_dollar(table)
    try:
        return clean(msgspec.convert(bare, learned(Table)), json=True)
    except msgspec.ValidationError as fault:
        reason, _, place = str(fault).partition(" - at ")
        keys = re.findall(r"\w+", place)
        at = f"${keys[0]}: " if keys else ""
        hint = "see docs/matching.md for what each matcher takes"
        raise Wrong(f"{at}{reason[:1].lower()}{reason[1:]}", hint, tuple(f"${key}" for key in keys[:1])) from None
    except Wrong as wrong:
        path = tuple(f"${step}" if step in KEYS else step for step in wrong.path)
        raise Wrong(wrong.message, wrong.hint, path, wrong.code) from None


def is_matcher(value: Any) -> bool:
    """Whether a JSON table is a matcher: all its keys carry `$`. Raises Wrong where only some are matcher keys."""
    if not isinstance(value, dict) or not value:
        return False
    marked = [key for key in value if key.startswith("$")]
    if not marked:
        return False
    if len(marked) < len(value):
        plain = next(key for key in value if not key.startswith("$"))
        if not any(key[1:] in KEYS for key in marked):
            return False
        raise Wrong(
            f"`{marked[0]}` and `{plain}` stand in one table: it is neither a matcher nor JSON",
            'a matcher has only keys with `$`; write JSON that has such keys as { "$equals" = … }',
            (marked[0],),
            code="mixed-matcher",
        )
    for key in marked:
        if key[1:] not in KEYS:
            hint = did_you_mean(key, [f"${known}" for known in KEYS])
            raise Wrong(
                f"`{key}` is no matcher",
                hint or 'JSON that has such keys is written as { "$equals" = … }',
                (key,),
                code="unknown-key",
            )
    return True


def compile(matcher: Matcher, *, json: bool = False) -> Test:
    """The test of a cleaned matcher: `test(values, now)`."""
    style = _style(matcher, json)
    each: list[One] = []
    whole: list[Test] = []
    for key, argument in matcher.items():
        if key in MODIFIERS:
            continue
        member = MEMBERS[key]
        (whole if member.whole else each).append(member.compile(argument, style))
    if not whole and len(each) == 1:
        return _any_value(each[0])
    if not each and len(whole) == 1:
        return whole[0]
    return _all_keys(tuple(each), tuple(whole))


def one(member: Member, argument: Any, *, json: bool = False) -> One:
    """The test of a single value by one member, without modifiers: for places that know a faster way to it."""
    test: One = member.compile(argument, _style({}, json))
    return test


def _any_value(each: One) -> Test:
    def test(values: Sequence[Any], now: float) -> bool:
        for value in values:
            if each(value, now):
                return True
        return False

    return test


def _all_keys(each: tuple[One, ...], whole: tuple[Test, ...]) -> Test:
    def test(values: Sequence[Any], now: float) -> bool:
        for all_values in whole:
            if not all_values(values, now):
                return False
        if not each:
            return True
        for value in values:
            for holds_one in each:
                if not holds_one(value, now):
                    break
            else:
                return True
        return False

    return test


def holds(matcher: Matcher, values: Sequence[Any], now: float = 0.0, *, json: bool = False) -> bool:
    """The same answer as the compiled test, found the slow way: key by key, for explanations."""
    style = _style(matcher, json)
    members = [(MEMBERS[key], argument) for key, argument in matcher.items() if key not in MODIFIERS]
    if not all(member.compile(argument, style)(values, now) for member, argument in members if member.whole):
        return False
    each = [(member, argument) for member, argument in members if not member.whole]
    return not each or any(
        all(member.compile(argument, style)(value, now) for member, argument in each) for value in values
    )


def words(matcher: Matcher, *, json: bool = False) -> str:
    """What a matcher expects, in words: `contains "json" and of length > 3, in any case`."""
    style = _style(matcher, json)
    said = " and ".join(
        MEMBERS[key].words(argument, style) for key, argument in matcher.items() if key not in MODIFIERS
    )
    return f"{said}, in any case" if matcher.get("ignore_case") else said


def samples(matcher: Matcher, *, json: bool = False) -> Samples:
    """Tuples of values that may fulfil a matcher, from all its keys; `complete` if no others can."""
    style = _style(matcher, json)
    found: list[tuple[Any, ...]] = []
    complete = False
    for key, argument in matcher.items():
        if key in MODIFIERS:
            continue
        member = MEMBERS[key]
        if member.whole and key in ("all_of", "any_of"):
            nested = [samples(item, json=json) for item in argument]
            found.extend(value for item in nested for value in item.values)
            complete |= all(item.complete for item in nested) if key == "any_of" else any(i.complete for i in nested)
            continue
        of_key = member.samples(argument, style)
        found.extend(of_key.values if member.whole else ((value,) for value in of_key.values))
        complete |= of_key.complete
    return Samples(tuple(found), complete)


def _clean_argument(member: Member, argument: Any, style: Style) -> Any:
    try:
        return member.clean(argument, style)
    except Wrong as wrong:
        raise wrong.below(member.name) from None


def _style(modifiers: Matcher, json: bool) -> Style:
    return Style(
        json=json,
        ignore_case=modifiers.get("ignore_case", False),
        engine=modifiers.get("engine", "re2"),
        clean=lambda value: clean(value, json=json),
        compile=lambda matcher: compile(matcher, json=json),
        words=lambda matcher: words(matcher, json=json),
    )


_NESTING = ("not", "all_of", "any_of", "includes", "exactly", "length")


def _without_dollar(table: dict[str, Any]) -> dict[str, Any]:
    """The bare spelling of a `$` matcher. Only arguments that are matchers themselves are looked into."""
    bare: dict[str, Any] = {}
    for key, argument in table.items():
        name = key.removeprefix("$")
        if name not in _NESTING:
            bare[name] = argument
        elif isinstance(argument, list):
            bare[name] = [_nested(item) for item in argument]
        else:
            bare[name] = _nested(argument)
    return bare


def _nested(argument: Any) -> Any:
    if isinstance(argument, dict):
        if not is_matcher(argument):
            raise Wrong("a table of JSON stands where a matcher is expected", 'write it as { "$equals" = { … } }')
        return _without_dollar(argument)
    return {"equals": argument} if argument is None else argument


__all__ = [
    "KEYS",
    "MEMBERS",
    "MODIFIERS",
    "Table",
    "Test",
    "Value",
    "clean",
    "clean_dollar",
    "compile",
    "holds",
    "is_matcher",
    "samples",
    "words",
]
