"""Forms, urlencoded and multipart, read as the table that their schema speaks of, by the encoding of each field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from keymock.contract import xml_reading
from keymock.contract.library import Spot
from keymock.contract.misread import Misread
from keymock.contract.model import Parameter
from keymock.contract.schemas import Schema
from keymock.contract.styles import MISSING, coerced, deep, from_pairs, items_of, kinds_of, pairs, properties_of
from keymock.contract.types import fits, kind_of
from keymock.exchange import NOT_JSON, Request, read_json
from keymock.match.parts import Came, read_parts

Pairs = list[tuple[str, str]]
"""Names, and values as they came, escaped."""


MOST_FIELDS = 10_000
"""Fields of a form that are looked at; more are no form that anybody fills in."""


class Encoding(msgspec.Struct, frozen=True):
    """How one field is written: by a style, or as a content type; and the headers that its part must have."""

    style: str = ""
    explode: bool = True
    content: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


PLAIN = Encoding()


def encodings(spot: Spot | None) -> dict[str, Encoding]:
    """The encodings of a content type, by field."""
    return {name: _encoding(given.value) for name, given in spot.items()} if spot is not None else {}


def _encoding(given: Any) -> Encoding:
    said = given if isinstance(given, dict) else {}
    style = str(said.get("style") or "form") if said.keys() & {"style", "explode", "allowReserved"} else ""
    explode, content, headers = said.get("explode"), said.get("contentType"), said.get("headers")
    return Encoding(
        style=style,
        explode=explode if isinstance(explode, bool) else style in ("", "form"),
        content=tuple(each.strip() for each in content.split(",")) if isinstance(content, str) else (),
        headers=tuple(
            name
            for name, each in (headers.items() if isinstance(headers, dict) else ())
            if isinstance(each, dict) and each.get("required") is True and name.lower() != "content-type"
        ),
    )


def _beneath(declared: Any, schema: Schema) -> Schema:
    """The schema of a field, with what it refers to."""
    own: Schema = dict(declared) if isinstance(declared, dict) else {}
    return {**own, "$defs": schema["$defs"]} if "$defs" in schema else own


# ---- urlencoded ----------------------------------------------------------------------------------------------------


def urlencoded(spot: Spot | None, schema: Schema, body: bytes) -> dict[str, Any]:
    """The fields of a form as a table; those that nobody declares as text. Raises Misread for far too many."""
    if body.count(b"&") >= MOST_FIELDS:
        raise Misread(f"it has more than {MOST_FIELDS} fields")
    came: dict[str, Pairs] = {}
    for key, text in pairs(body):
        came.setdefault(key.partition("[")[0], []).append((key, text))
    said, known = encodings(spot), properties_of(schema)
    made: dict[str, Any] = {}
    taken: set[str] = set()
    for name, declared in known.items():
        own, encoding = _beneath(declared, schema), said.get(name, PLAIN)
        names = {name}
        if encoding.style == "form" and encoding.explode and "object" in kinds_of(own):
            names |= properties_of(own).keys()
        value = _field(name, encoding, own, [pair for each in names for pair in came.get(each, ())])
        if value is not MISSING:
            made[name] = value
            taken |= names
    for name, given in came.items():
        if name not in taken:
            for key, texts in _by_key(given).items():
                made[key] = texts[0] if len(texts) == 1 else texts
    return made


def _by_key(given: Pairs) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, text in given:
        found.setdefault(key, []).append(unquote_plus(text))
    return found


def _field(name: str, encoding: Encoding, schema: Schema, given: Pairs) -> Any:
    if encoding.style:
        return from_pairs(_styled(name, encoding), schema, given)
    by_key = _by_key(given)
    texts = by_key.get(name) or by_key.get(f"{name}[]") or []
    kinds = kinds_of(schema)
    if not texts:
        return deep(name, schema, given) if kinds & {"object", "array"} else MISSING  # as many clients write them
    if "array" in kinds:
        return _list(texts, encoding, schema)
    values = [coerced(text, schema, schema) for text in texts]
    return values[0] if len(values) == 1 else values


def _styled(name: str, encoding: Encoding) -> Parameter:
    """A field with a style is written as a parameter of a query."""
    return Parameter(name, "query", Spot("", (), None), style=encoding.style, explode=encoding.explode)


def _list(texts: list[str], encoding: Encoding, schema: Schema) -> Any:
    if len(texts) == 1 and any(kind_of(kind) == "json" for kind in encoding.content):
        whole = read_json(texts[0].encode())
        if isinstance(whole, list):
            return whole
    items = items_of(schema, schema)
    return [coerced(text, items, schema) for text in texts]


# ---- multipart -----------------------------------------------------------------------------------------------------


def multipart(
    spot: Spot | None, schema: Schema, request: Request
) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """The parts as a table, several of one name as a list; and where a part is of a wrong type. Raises Misread.

    A file is text of one letter a byte.
    """
    parts = read_parts(request)
    if isinstance(parts, str):
        raise Misread(f"it is no multipart body: {parts}")
    known, said = properties_of(schema), encodings(spot)
    values: dict[str, list[Any]] = {}
    whole: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    for part in parts:
        own, encoding = _beneath(known.get(part.name, True), schema), said.get(part.name, PLAIN)
        wrong += [(f"/{part.name}", message) for message in _misfits(part, encoding)]
        if "array" not in kinds_of(own):
            values.setdefault(part.name, []).append(_part(part, own, own))
        elif encoding.style and not encoding.explode and "content-type" not in part.headers:
            whole[part.name] = from_pairs(_styled(part.name, encoding), own, [(part.name, _text(part))])
        else:
            items = items_of(own, own)
            value = _part(part, items, own)
            if isinstance(value, list) and "array" not in kinds_of(items, own):
                whole[part.name] = value  # the list in one part
            else:
                whole.setdefault(part.name, []).append(value)
    alone = {name: given[0] if len(given) == 1 else given for name, given in values.items()}
    return {**alone, **whole}, tuple(wrong)


def _misfits(part: Came, encoding: Encoding) -> Iterator[str]:
    told = encoding.content and "content-type" in part.headers
    if told and not any(fits(part.content_type, kind) for kind in encoding.content):
        yield f"its content type `{part.content_type}` is none of {', '.join(encoding.content)}"
    for name in encoding.headers:
        if name.lower() not in part.headers:
            yield f"its part has no header `{name}`"


def _part(part: Came, schema: Any, root: Schema) -> Any:
    kind = kind_of(part.content_type)
    if kind == "json":
        value = read_json(part.content)
        if value is NOT_JSON:
            raise Misread(f"its part `{part.name}` is not JSON")
        return value
    if kind == "xml" and kinds_of(schema, root) & {"object", "array"}:
        return xml_reading.read(part.content, _beneath(schema, root))
    if part.filename is not None or kind == "binary":
        return part.content.decode("latin-1")
    return coerced(_text(part), schema, root)


def _text(part: Came) -> str:
    return part.content.decode("utf-8", "replace")
