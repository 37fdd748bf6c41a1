"""Parameters read from a request: by `style` and `explode`, and as what their schema wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

from keymock.contract.model import Parameter
from keymock.contract.schemas import Schema
from keymock.exchange import NOT_JSON, Request, read_json

MISSING = object()

_DELIMITERS = {"spaceDelimited": ("%20", "+", " "), "pipeDelimited": ("%7C", "%7c", "|"), "tabDelimited": ("%09", "\t")}


class Misspelt(ValueError):
    """A value that is not written as its `style` wants it. The message says what is wrong."""


def given(
    parameter: Parameter,
    schema: Schema,
    request: Request,
    params: Mapping[str, str],
    escaped: Mapping[str, str] | None = None,
) -> Any:
    """The value of a parameter as JSON has it; MISSING where the request does not have it. Raises Misspelt.

    `params` are the path's, by the names of the document; `escaped` the same as they came, so that a delimiter which
    was escaped is none. What does not fit the schema's type stays text.
    """
    if parameter.place == "path":
        text = params.get(parameter.name)
        return (
            MISSING if text is None else _from_path(parameter, schema, (escaped or {}).get(parameter.name, _kept(text)))
        )
    if parameter.place == "header":
        values = request.header_map.get(parameter.name.lower())
        return MISSING if values is None else _from_text(parameter, schema, _kept(", ".join(values)))
    if parameter.place == "cookie":
        return from_pairs(parameter, schema, [(k, v) for k, each in request.cookies.items() for v in each])
    if parameter.place == "querystring":
        text = request.query_string.decode("utf-8", "replace")
        return MISSING if not text else _content(parameter.content, schema, unquote_plus(text))
    return from_pairs(parameter, schema, pairs(request.query_string))


def _kept(text: str) -> str:
    """Text that is not escaped, so that it comes back as it is when escapes are read."""
    return text.replace("%", "%25")


def pairs(query: bytes) -> list[tuple[str, str]]:
    """Names, decoded, and values, not yet decoded: a delimiter that was escaped is none."""
    found: list[tuple[str, str]] = []
    for each in query.decode("utf-8", "replace").split("&"):
        if each:
            name, _, value = each.partition("=")
            found.append((unquote_plus(name), value))
    return found


# ---- query, cookies, forms -----------------------------------------------------------------------------------------


def from_pairs(parameter: Parameter, schema: Schema, given: list[tuple[str, str]]) -> Any:
    """The value of a parameter of a query, a cookie, a form; `given` are names and escaped values. Raises Misspelt."""
    name = parameter.name
    values = [value for key, value in given if key == name]
    if parameter.content:
        return _content(parameter.content, schema, unquote_plus(values[0])) if values else MISSING
    kinds = kinds_of(schema)
    if parameter.style == "deepObject":
        return deep(name, schema, given)
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
    items = items_of(schema, schema)
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
    if len(names) != len(values):
        raise Misspelt(f"`{names[-1]}` is a name without a value: names and values come in turn")
    return {name: coerced(value, known.get(name, True), schema) for name, value in zip(names, values, strict=True)}


def deep(name: str, schema: Schema, given: list[tuple[str, str]]) -> Any:
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
            known = here.get(last)
            if isinstance(known, list):
                known.append(text)
            elif known is not None or (not last and len(steps) > 1):  # a[b][]=1
                here[last] = [text] if known is None else [known, text]
            else:
                here[last] = text
    return _typed(found, schema, schema) if found else MISSING


def _typed(value: Any, schema: Any, root: Schema) -> Any:
    if isinstance(value, dict):
        if set(value) == {""}:
            return _typed(value[""], schema, root)
        kinds = kinds_of(schema, root)
        if "array" in kinds and all(key.isdigit() for key in value):
            return [_typed(each, items_of(schema, root), root) for each in value.values()]
        known = properties_of(schema, root)
        return {key: _typed(each, known.get(key, True), root) for key, each in value.items()}
    if isinstance(value, list):
        return [coerced(each, items_of(schema, root), root) for each in value]
    if "array" in kinds_of(schema, root):
        return [coerced(value, items_of(schema, root), root)]
    return coerced(value, schema, root)


# ---- path and headers ----------------------------------------------------------------------------------------------


def _from_path(parameter: Parameter, schema: Schema, text: str) -> Any:
    if parameter.content or parameter.style not in ("label", "matrix"):
        return _from_text(parameter, schema, text)
    start = "." if parameter.style == "label" else ";"
    if not text.startswith(start):
        raise Misspelt(f"`{unquote(text)}` does not begin with `{start}`, as the style {parameter.style} does")
    text = text[1:]
    if parameter.explode:
        return _exploded(parameter, schema, text.split(start))
    if parameter.style == "matrix":
        name, _, text = text.partition("=")
        if unquote(name) != parameter.name:
            raise Misspelt(f"`;{parameter.name}=` does not stand before the value, as the style matrix has it")
    elif "," not in text and "number" not in kinds_of(items_of(schema, schema), schema):
        text = text.replace(".", ",") if kinds_of(schema) & {"array", "object"} else text  # as 3.0 shows it
    return _from_text(parameter, schema, text)


def _exploded(parameter: Parameter, schema: Schema, parts: list[str]) -> Any:
    """`R=100`, `G=200`; `color=blue`, `color=black` of a matrix; else values by themselves."""
    kinds = kinds_of(schema)
    if "object" in kinds:
        known = properties_of(schema)
        split = [part.partition("=") for part in parts if part]
        alone = next((name for name, equals, _ in split if not equals), None)
        if alone is not None:
            raise Misspelt(f"`{unquote(alone)}` is a name without a value: each is followed by `=` and its own")
        return {
            unquote(name): coerced(unquote(value), known.get(unquote(name), True), schema) for name, _, value in split
        }
    if parameter.style == "matrix":
        named = [part.partition("=") for part in parts]
        if any(unquote(name) != parameter.name for name, _, _ in named):
            raise Misspelt(f"`;{parameter.name}=` does not stand before each value, as the style matrix has it")
        parts = [value for _, _, value in named]
    if "array" in kinds:
        items = items_of(schema, schema)
        return [coerced(unquote(part), items, schema) for part in parts]
    return coerced(unquote((";" if parameter.style == "matrix" else ".").join(parts)), schema, schema)


def _from_text(parameter: Parameter, schema: Schema, text: str) -> Any:
    """Style `simple`: `a,b,c`, and `R=100,G=200` for an object that is exploded. The text is escaped."""
    if parameter.content:
        return _content(parameter.content, schema, unquote(text))
    kinds = kinds_of(schema)
    if "object" in kinds:
        parts = [part.strip() for part in text.split(",")] if text else []
        if parameter.explode:
            return _exploded(parameter, schema, parts)
        return _alternating([unquote(part) for part in parts], properties_of(schema), schema)
    if "array" in kinds:
        items = items_of(schema, schema)
        return [coerced(unquote(part.strip()), items, schema) for part in text.split(",")] if text else []
    return coerced(unquote(text), schema, schema)


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


def branches(schema: Any, root: Schema, depth: int = 0) -> Iterable[dict[str, Any]]:
    """The schema and all that it is put together from."""
    schema = _followed(schema, root)
    if not isinstance(schema, dict) or depth > 8:
        return
    yield schema
    for key in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(key, ()):
            yield from branches(each, root, depth + 1)


def kinds_of(schema: Any, root: Schema | None = None) -> set[str]:
    """The types that a value may have, by whichever part of the schema says so; empty if none does."""
    found: set[str] = set()
    for each in branches(schema, root if root is not None else schema):
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
    for each in branches(schema, root if root is not None else schema):
        found.update(each.get("properties", {}))
    return found


def items_of(schema: Any, root: Schema) -> Any:
    """The schema of the items of a list."""
    for each in branches(schema, root):
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
