"""Filters of lists, objects and JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from keymock.exchange import NOT_JSON, read_json
from keymock.match import jsonpath
from keymock.match.member import Wrong
from keymock.template.errors import Absent, Refused
from keymock.template.functions.function import Call, filter_, items, table, text, whole
from keymock.template.operators import is_number, kind, to_json
from keymock.template.run import Run

_SELECTOR = 500
_BRANCHES = 2


def _tojson(run: Run, value: Any, indent: Any = None) -> str:
    """JSON, compact or with so many spaces; nothing is escaped for HTML."""
    compact = to_json(value)
    if indent is None:
        return compact
    spaces = whole(indent, "`indent`", 0, 8)
    run.make(len(compact) * (2 + spaces))
    return msgspec.json.format(compact, indent=spaces)


def _fromjson(run: Run, value: Any) -> Any:
    given = text(value)
    run.make(16 * len(given))
    found = read_json(given.encode("utf-8", "replace"))
    if found is NOT_JSON:
        raise Refused("the text is not JSON")
    return found


def _query(selector: Any) -> jsonpath.Query:
    """A query whose result cannot be much larger than what it is asked of: `..` and `,` multiply what they find."""
    written = text(selector, "the selector")
    if len(written) > _SELECTOR or written.count("..") + written.count(",") > _BRANCHES:
        raise Refused(f"a selector has at most {_BRANCHES} `..` and `,` in a template", "select in two steps")
    try:
        return jsonpath.compile(written)
    except Wrong as fault:
        raise Refused(fault.args[0]) from None


def _jsonpath(run: Run, value: Any, selector: Any, all: Any = False) -> Any:
    """The first value that a selector finds; with `all=true` the list of all."""
    if jsonpath.plain(text(selector, "the selector")) is None:
        run.walk(value, 8)
    found = _query(selector)(value)
    if all:
        return found
    if not found:
        raise Absent(f"`{selector}` finds nothing")
    return found[0]


def _check_selector(selector: Any = "$", **_named: Any) -> None:
    _query(selector)


def _merge(run: Run, value: Any, *others: Any) -> Any:
    """Objects laid over each other, inside each other too; a null takes a key away, as in RFC 7386."""
    made = value
    for other in others:
        run.walk(other)
        made = _merged(run, made, table(other, "what is merged"))
    return made


def _merged(run: Run, base: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    made = dict(base) if isinstance(base, dict) else {}
    run.make(16 * len(made))
    for key, value in patch.items():
        if value is None:
            made.pop(key, None)
        else:
            made[key] = _merged(run, made.get(key), value)
    return made


def _pick(_run: Run, value: Any, *keys: Any) -> dict[str, Any]:
    given = table(value)
    return {key: given[key] for key in (text(key, "a key") for key in keys) if key in given}


def _omit(run: Run, value: Any, *keys: Any) -> dict[str, Any]:
    given = table(value)
    run.step(len(given) // 64)
    return {key: one for key, one in given.items() if key not in keys}


def _keys(run: Run, value: Any) -> list[str]:
    run.step(len(table(value)) // 64)
    return list(value)


def _values(run: Run, value: Any) -> list[Any]:
    run.step(len(table(value)) // 64)
    return list(value.values())


def _items(run: Run, value: Any) -> list[Any]:
    """A list of `[key, value]`."""
    run.make(128 * len(table(value)))
    return [[key, one] for key, one in value.items()]


def _field(item: Any, field: Any) -> Any:
    """The value at a dotted path, or null."""
    for key in text(field, "the field").split("."):
        if not isinstance(item, dict):
            return None
        item = item.get(key)
    return item


def _order(value: Any) -> tuple[int, Any]:
    """Null, booleans, numbers, texts, everything else: so that any list can be sorted."""
    if value is None:
        return 0, 0
    if isinstance(value, bool):
        return 1, value
    if is_number(value):
        return 2, value
    return (3, value) if isinstance(value, str) else (4, to_json(value))


def _sort(run: Run, value: Any, by: Any = None, reverse: Any = False) -> list[Any]:
    """A list in order, by a field of its objects if one is named. Equal ones stay as they were."""
    given = items(value)
    run.walk(given)
    run.step(len(given) // 8)
    return sorted(given, key=lambda item: _order(item if by is None else _field(item, by)), reverse=bool(reverse))


def _map(run: Run, value: Any, attribute: Any) -> list[Any]:
    run.step(len(items(value)) // 8)
    return [_field(item, attribute) for item in value]


def _where(run: Run, value: Any, field: Any, *wanted: Any) -> list[Any]:
    """The objects whose field is equal to a value; without a value, those whose field is anything."""
    run.walk(items(value))
    if len(wanted) > 1:
        raise Refused("it takes a field and a value")
    if not wanted:
        return [item for item in value if _field(item, field)]
    return [item for item in value if _field(item, field) == wanted[0]]


def _find(run: Run, value: Any, field: Any, wanted: Any) -> Any:
    """The first of the objects whose field is equal to a value."""
    run.walk(items(value))
    for item in value:
        if _field(item, field) == wanted:
            return item
    raise Absent(f"there is none with this `{field}`")


def _unique(run: Run, value: Any) -> list[Any]:
    run.walk(items(value))
    seen: set[Any] = set()
    kept = []
    for item in value:
        key = _order(item)
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept


def _reverse(run: Run, value: Any) -> Any:
    if isinstance(value, str):
        return value[::-1]
    run.step(len(items(value)) // 64)
    return value[::-1]


def _end(position: int) -> Call:
    def end(_run: Run, value: Any) -> Any:
        if not isinstance(value, (list, str)):
            raise Refused(f"{kind(value)} has no first and last")
        if not value:
            raise Absent(f"there is nothing in {kind(value)} that is empty")
        return value[position]

    return end


def _length(_run: Run, value: Any) -> int:
    if not isinstance(value, (list, dict, str)):
        raise Refused(f"{kind(value)} has no length")
    return len(value)


def _list(run: Run, value: Any) -> list[Any]:
    """A list as it is, the characters of a text, the keys of an object."""
    if not isinstance(value, (list, dict, str)):
        raise Refused(f"{kind(value)} is no list")
    run.make(64 * len(value))
    return list(value)


def _append(_run: Run, value: Any, *more: Any) -> list[Any]:
    return [*items(value), *more]


def _flatten(run: Run, value: Any) -> list[Any]:
    made: list[Any] = []
    for item in items(value):
        run.make(8 * len(item) if isinstance(item, list) else 8)
        made += item if isinstance(item, list) else [item]
    return made


FILTERS = (
    filter_("tojson", _tojson),
    filter_("fromjson", _fromjson),
    filter_("jsonpath", _jsonpath, _check_selector),
    filter_("merge", _merge),
    filter_("pick", _pick),
    filter_("omit", _omit),
    filter_("keys", _keys),
    filter_("values", _values),
    filter_("items", _items),
    filter_("sort", _sort),
    filter_("map", _map),
    filter_("where", _where),
    filter_("find", _find),
    filter_("unique", _unique),
    filter_("reverse", _reverse),
    filter_("first", _end(0)),
    filter_("last", _end(-1)),
    filter_("length", _length),
    filter_("count", _length),
    filter_("list", _list),
    filter_("append", _append),
    filter_("flatten", _flatten),
)


def _is(test: Callable[[Any], bool]) -> Call:
    return lambda _run, value: test(value)


TESTS = (
    filter_("none", _is(lambda value: value is None)),
    filter_("null", _is(lambda value: value is None)),
    filter_("true", _is(lambda value: value is True)),
    filter_("false", _is(lambda value: value is False)),
    filter_("boolean", _is(lambda value: isinstance(value, bool))),
    filter_("number", _is(is_number)),
    filter_("integer", _is(lambda value: isinstance(value, int) and not isinstance(value, bool))),
    filter_("float", _is(lambda value: isinstance(value, float))),
    filter_("string", _is(lambda value: isinstance(value, str))),
    filter_("mapping", _is(lambda value: isinstance(value, dict))),
    filter_("sequence", _is(lambda value: isinstance(value, list))),
    filter_("iterable", _is(lambda value: isinstance(value, (list, dict, str)))),
    filter_("empty", _is(lambda value: isinstance(value, (list, dict, str)) and not value)),
)
