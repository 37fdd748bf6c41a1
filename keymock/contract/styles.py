"""Parameters as they are written into a request: `style` and `explode`, decoded by what their schema wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote_plus

import msgspec

from keymock.contract.model import Parameter
from keymock.contract.schemas import Schema
from keymock.exchange import NOT_JSON, Request, read_json

MISSING = object()

_DELIMITERS = {"spaceDelimited": ("%20", "+", " "), "pipeDelimited": ("%7C", "%7c", "|"), "tabDelimited": ("%09", "\t")}


def given(parameter: Parameter, schema: Schema, request: Request, params: Mapping[str, str]) -> Any:
    """The value of a parameter as JSON has it; MISSING where the request does not have it.

    `params` are the path's, by the names of the document. What does not fit the schema's type stays text.
    """
    if parameter.place == "path":
        text = params.get(parameter.name)
        return MISSING if text is None else _from_path(parameter, schema, text)
    if parameter.place == "header":
        values = request.header_map.get(parameter.name.lower())
        return MISSING if values is None else _from_text(parameter, schema, ", ".join(values))
    if parameter.place == "cookie":
        return _from_pairs(parameter, schema, [(k, v) for k, each in request.cookies.items() for v in each])
    if parameter.place == "querystring":
        text = request.query_string.decode("utf-8", "replace")
        return MISSING if not text else _content(parameter.content, schema, unquote_plus(text))
    return _from_pairs(parameter, schema, pairs(request.query_string))


def pairs(query: bytes) -> list[tuple[str, str]]:
    """Names, decoded, and values, not yet decoded: a delimiter that was escaped is none."""
    found: list[tuple[str, str]] = []
    for each in query.decode("utf-8", "replace").split("&"):
        if each:
            name, _, value = each.partition("=")
            found.append((unquote_plus(name), value))
    return found


# ---- query, cookies, forms -----------------------------------------------------------------------------------------


def _from_pairs(parameter: Parameter, schema: Schema, given: list[tuple[str, str]]) -> Any:
    name = parameter.name
    values = [value for key, value in given if key == name]
    if parameter.content:
        return _content(parameter.content, schema, unquote_plus(values[0])) if values else MISSING
    kinds = kinds_of(schema)
    if parameter.style == "deepObject":
        return _deep(name, schema, given)
    if "object" in kinds and "array" not in kinds:
        return _object(parameter, schema, given, values)
    if "array" in kinds or (len(values) > 1 and not kinds):
        bare = [value for key, value in given if key in (f"{name}[]", name)]
        return _array(parameter, schema, bare)
    return coerced(unquote_plus(values[0]), schema, schema) if values else MISSING


def _array(parameter: Parameter, schema: Schema, values: list[str]) -> Any:
    if not values:
        return MISSING
    if not parameter.explode or parameter.style in _DELIMITERS:
        values = [part for value in values for part in _split(value, parameter.style)]
    items = _items(schema, schema)
    return [coerced(unquote_plus(value), items, schema) for value in values if value or len(values) > 1]


def _split(value: str, style: str) -> list[str]:
    for delimiter in _DELIMITERS.get(style, (",", "%2C", "%2c")):
        if delimiter in value:
            return value.split(delimiter)
    return [value] if value else []


def _object(parameter: Parameter, schema: Schema, given: list[tuple[str, str]], values: list[str]) -> Any:
    known = properties_of(schema)
    if parameter.explode and parameter.style in ("form", "cookie"):
        found = {key: coerced(unquote_plus(value), known[key], schema) for key, value in given if key in known}
        return found or MISSING
    if not values:
        return MISSING
    parts = [unquote_plus(part) for part in _split(values[0], parameter.style)]
    return _alternating(parts, known, schema)


def _alternating(parts: list[str], known: Mapping[str, Any], schema: Schema) -> Any:
    """`R,100,G,200`: name and value in turn."""
    names, values = parts[::2], parts[1::2]
    return {name: coerced(value, known.get(name, True), schema) for name, value in zip(names, values, strict=False)}


def _deep(name: str, schema: Schema, given: list[tuple[str, str]]) -> Any:
    """`filter[a][b]=1`, as deep as it goes; a name without one more key adds to a list."""
    found: dict[str, Any] = {}
    for key, value in given:
        if not key.startswith(f"{name}[") or not key.endswith("]"):
            continue
        steps = key[len(name) + 1 : -1].split("][")[:16]
        here: dict[str, Any] = found
        for step in steps[:-1]:
            beneath = here.setdefault(step, {})
            if not isinstance(beneath, dict):
                break
            here = beneath
        else:
            last, text = steps[-1], unquote_plus(value)
            if not last and len(steps) > 1:  # a[b][]=1
                here[""] = [*here.get("", []), text]
            elif last in here:
                known = here[last]
                here[last] = [*known, text] if isinstance(known, list) else [known, text]
            else:
                here[last] = text
    return _typed(found, schema, schema) if found else MISSING


def _typed(value: Any, schema: Any, root: Schema) -> Any:
    if isinstance(value, dict):
        if set(value) == {""}:
            return _typed(value[""], schema, root)
        kinds = kinds_of(schema, root)
        if "array" in kinds and all(key.isdigit() for key in value):
            return [_typed(each, _items(schema, root), root) for each in value.values()]
        known = properties_of(schema, root)
        return {key: _typed(each, known.get(key, True), root) for key, each in value.items()}
    if isinstance(value, list):
        return [coerced(each, _items(schema, root), root) for each in value]
    if "array" in kinds_of(schema, root):
        return [coerced(value, _items(schema, root), root)]
    return coerced(value, schema, root)


# ---- path and headers ----------------------------------------------------------------------------------------------


def _from_path(parameter: Parameter, schema: Schema, text: str) -> Any:
    if parameter.style == "label":
        text = text.removeprefix(".")
        if parameter.explode:
            return _exploded(schema, text.split("."))
    elif parameter.style == "matrix":
        text = text.removeprefix(";")
        if parameter.explode:
            parts = text.split(";")
            kept = [part.partition("=")[2] if part.partition("=")[0] == parameter.name else part for part in parts]
            return _exploded(schema, kept)
        text = text.partition("=")[2] if text.startswith(parameter.name) else text
    return _from_text(parameter, schema, text)


def _exploded(schema: Schema, parts: list[str]) -> Any:
    kinds = kinds_of(schema)
    if "object" in kinds:
        known = properties_of(schema)
        split = (part.partition("=") for part in parts if "=" in part)
        return {name: coerced(value, known.get(name, True), schema) for name, _, value in split}
    if "array" in kinds:
        return [coerced(part, _items(schema, schema), schema) for part in parts]
    return coerced(parts[0], schema, schema)


def _from_text(parameter: Parameter, schema: Schema, text: str) -> Any:
    """Style `simple`: `a,b,c`, and `R=100,G=200` for an object that is exploded."""
    if parameter.content:
        return _content(parameter.content, schema, text)
    kinds = kinds_of(schema)
    if "object" in kinds:
        parts = [part.strip() for part in text.split(",")]
        if parameter.explode:
            return _exploded(schema, parts)
        return _alternating(parts, properties_of(schema), schema)
    if "array" in kinds:
        items = _items(schema, schema)
        return [coerced(part.strip(), items, schema) for part in text.split(",")] if text else []
    return coerced(text, schema, schema)


def _content(kind: str, schema: Schema, text: str) -> Any:
    if "json" in kind:
        value = read_json(text.encode())
        return text if value is NOT_JSON else value
    if kind.startswith("application/x-www-form-urlencoded"):
        known = properties_of(schema)
        return {
            name: coerced(unquote_plus(value), known.get(name, True), schema) for name, value in pairs(text.encode())
        }
    return coerced(text, schema, schema)


# ---- schemas -------------------------------------------------------------------------------------------------------


def _followed(schema: Any, root: Schema) -> Any:
    for _ in range(20):
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
            return schema
        schema = root.get("$defs", {}).get(reference[8:], True)
    return True


def _branches(schema: Any, root: Schema, depth: int = 0) -> Iterable[dict[str, Any]]:
    """The schema and all that it is put together from."""
    schema = _followed(schema, root)
    if not isinstance(schema, dict) or depth > 8:
        return
    yield schema
    for key in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(key, ()):
            yield from _branches(each, root, depth + 1)


def kinds_of(schema: Any, root: Schema | None = None) -> set[str]:
    """The types that a value may have, by whichever part of the schema says so; empty if none does."""
    found: set[str] = set()
    for each in _branches(schema, root if root is not None else schema):
        given = each.get("type")
        found |= {given} if isinstance(given, str) else set(given or ())
        if not given and "properties" in each:
            found.add("object")
        if not given and "items" in each:
            found.add("array")
        if not given and "enum" in each:
            found |= {_kind(value) for value in each["enum"]}
    return found


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", float: "number", str: "string", type(None): "null"}.get(type(value), "object")


def properties_of(schema: Any, root: Schema | None = None) -> dict[str, Any]:
    """The properties that any part of a schema declares."""
    found: dict[str, Any] = {}
    for each in _branches(schema, root if root is not None else schema):
        found.update(each.get("properties", {}))
    return found


def _items(schema: Any, root: Schema) -> Any:
    for each in _branches(schema, root):
        if "items" in each:
            return each["items"]
    return True


def coerced(text: str, schema: Any, root: Schema) -> Any:
    """Text as the number, truth value or null that the schema wants; text where it is none."""
    kinds = kinds_of(schema, root)
    if not kinds or kinds == {"string"}:
        return text
    if "integer" in kinds or "number" in kinds:
        number = _number(text, whole="number" not in kinds)
        if number is not None:
            return number
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if "null" in kinds and text in ("", "null"):
        return None
    if ("object" in kinds or "array" in kinds) and "string" not in kinds:
        value = read_json(text.encode())
        return text if value is NOT_JSON else value
    return text


def _number(text: str, *, whole: bool) -> int | float | None:
    if not text.isascii() or len(text) > 400 or "_" in text or text.strip() != text:
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124  (NaN is not itself)
        return None
    return int(number) if whole and number.is_integer() else number


# ---- the way back --------------------------------------------------------------------------------------------------


def written(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """A value as a client writes it: name and escaped value; several of them for what is exploded in a query.

    For a path, a header or a cookie that is one pair, and its second part is what counts.
    """
    name, style = parameter.name, parameter.style
    if parameter.content:
        text = msgspec.json.encode(value).decode() if "json" in parameter.content else _text(value)
        return [(name, _escaped(text, parameter))]
    if isinstance(value, list):
        return _written_list(parameter, [_escaped(_text(each), parameter) for each in value])
    if isinstance(value, dict):
        return _written_table(parameter, value)
    text = _escaped(_text(value), parameter)
    prefix = {"label": ".", "matrix": f";{name}="}.get(style, "")
    return [(name, prefix + text)]


def _written_list(parameter: Parameter, items: list[str]) -> list[tuple[str, str]]:
    name, style = parameter.name, parameter.style
    if style == "label":
        return [(name, "." + (".".join(items) if parameter.explode else ",".join(items)))]
    if style == "matrix":
        return [(name, "".join(f";{name}={item}" for item in items) if parameter.explode else
                 f";{name}=" + ",".join(items))]  # fmt: skip
    if style in ("form", "deepObject") and parameter.explode and parameter.place == "query":
        return [(name, item) for item in items]
    delimiter = {"spaceDelimited": "%20", "pipeDelimited": "|", "tabDelimited": "%09"}.get(style, ",")
    return [(name, delimiter.join(items))]


def _written_table(parameter: Parameter, value: dict[str, Any]) -> list[tuple[str, str]]:
    name, style = parameter.name, parameter.style
    parts = [(key, _escaped(_text(each), parameter)) for key, each in value.items()]
    if style == "deepObject":
        return [(f"{name}[{key}]", each) for key, each in parts]
    if parameter.place == "query" and parameter.explode:
        return parts
    equals = [f"{key}={each}" for key, each in parts]
    flat = [part for pair in parts for part in pair]
    if style == "label":
        return [(name, "." + (".".join(equals) if parameter.explode else ",".join(flat)))]
    if style == "matrix":
        return [(name, ";" + (";".join(equals) if parameter.explode else f"{name}=" + ",".join(flat)))]
    return [(name, ",".join(equals if parameter.explode else flat))]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return str(value)


def _escaped(text: str, parameter: Parameter) -> str:
    if parameter.place in ("header", "cookie"):
        return text
    return quote(text, safe=":/?#[]@!$&'()*+,;=" if parameter.reserved and parameter.place == "query" else "")


def written_header(value: Any) -> str:
    """A value as the text of a response's header, style `simple`; no line breaks."""
    if isinstance(value, list):
        text = ",".join(_text(each) for each in value)
    elif isinstance(value, dict):
        text = ",".join(f"{key},{_text(each)}" for key, each in value.items())
    else:
        text = _text(value)
    return " ".join(text.split())
