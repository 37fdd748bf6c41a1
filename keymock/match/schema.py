"""`schema`: JSON Schema 2020-12, 7 or 4, as `$schema` says; 2020-12 where it says nothing.

A schema is a table, or a file beside the mock. It refers to nothing but itself: jsonschema-rs would fetch `http:` and
read `file:` references by default, so it is given a retriever that refuses all. It compiles at first use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import UNSET

from keymock.exchange import NOT_JSON, Request, read_json
from keymock.match.condition import Condition, Fault
from keymock.match.json_body import not_json
from keymock.match.member import Wrong, show
from keymock.match.place import Holds, Place, ReadFile, fault
from keymock.match.spelling import Conditions

Schema = dict[str, Any] | bool


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri} is not in the schema itself")


def compile(schema: Schema) -> Any:
    """A validator of jsonschema-rs. Raises Wrong."""
    import jsonschema_rs  # noqa: PLC0415  (15 MB of Rust, for those who use it)

    try:
        return jsonschema_rs.validator_for(schema, retriever=_refuse)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError, RecursionError) as reason:
        text = str(reason).partition("\n")[0]
        hint = "a schema may refer to its own parts only: `#/$defs/…`" if "retriev" in text else ""
        raise Wrong(f"this JSON Schema cannot be used: {text}", hint, code="invalid-schema") from None


def _read(conditions: Conditions, read_file: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.body is UNSET or conditions.body.schema is UNSET:
        return
    given = conditions.body.schema
    try:
        schema = _from_file(given, read_file) if isinstance(given, str) else given
        compile(schema)
    except Wrong as wrong:
        yield fault(wrong, ("body", "schema"))
    else:
        name = given if isinstance(given, str) else str(schema.get("title", "")) if isinstance(schema, dict) else ""
        yield Condition("body.schema", "", {"schema": schema, "name": name})


def _from_file(name: str, read_file: ReadFile | None) -> Schema:
    if read_file is None:
        raise Wrong(f"`{name}` cannot be read from here", "write the schema as a table", code="missing-file")
    try:
        schema = read_json(read_file(name))
    except (OSError, ValueError) as reason:
        raise Wrong(f"the schema `{name}` cannot be read: {reason}", code="missing-file") from None
    if isinstance(schema, dict | bool):
        return schema
    raise Wrong(f"`{name}` is no JSON Schema", "it must hold a JSON object", code="invalid-schema")


def _lazily(schema: Schema) -> Callable[[], Any]:
    compiled: list[Any] = []

    def validator() -> Any:
        if not compiled:
            compiled.append(compile(schema))
        return compiled[0]

    return validator


def _compile(condition: Condition) -> Holds:
    validator = _lazily(condition.matcher["schema"])

    def holds(request: Request) -> bool:
        value = request.json
        if value is NOT_JSON:
            return False
        try:
            return bool(validator().is_valid(value))
        except (ValueError, OverflowError, RecursionError):  # a number that Rust cannot take
            return False

    return holds


def _observe(condition: Condition, request: Request) -> tuple[bool, str]:
    if request.json is NOT_JSON:
        return False, not_json(request)
    try:
        for error in compile(condition.matcher["schema"]).iter_errors(request.json):
            where = "".join(f"/{step}" for step in error.instance_path)
            return False, f"{where or 'the body'}: {error.message}"
    except (ValueError, OverflowError, RecursionError) as reason:
        return False, f"a value that cannot be validated: {reason}"
    return True, show(request.json)


def _expected(condition: Condition) -> str:
    return f"valid by {condition.matcher['name'] or show(condition.matcher['schema'])}"


SCHEMA = Place(
    where="body.schema",
    cost=70,
    read=_read,
    compile=_compile,
    observe=_observe,
    expected=_expected,
    body=True,
)
