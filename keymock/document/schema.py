"""JSON Schema of a kind of file, for editors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(kind: type, schema_hook: Callable[[type], dict[str, Any]] | None = None) -> dict[str, Any]:
    """JSON Schema 2020-12 of `kind`: descriptions from docstrings and `Meta`, unknown keys refused.

    The root stands at the top, other Structs under `$defs`. `schema_hook` describes what `dec_hook` reads.
    """
    (root,), definitions = msgspec.json.schema_components(
        [kind], schema_hook=schema_hook, ref_template="#/$defs/{name}"
    )
    own = str(root.get("$ref", "")).removeprefix("#/$defs/")
    refers_to_itself = own and f"'#/$defs/{own}'" in str(definitions)
    top = definitions[own] if refers_to_itself else definitions.pop(own, root)
    schema = {"$schema": DIALECT, **top}
    if definitions:
        schema["$defs"] = definitions
    cleaned: dict[str, Any] = _without_discriminators(schema)
    return cleaned


def _without_discriminators(schema: Any) -> Any:
    """OpenAPI's `discriminator` means nothing to JSON Schema, and editors complain of it."""
    if isinstance(schema, dict):
        return {
            key: _without_discriminators(inner)
            for key, inner in schema.items()
            if key != "discriminator" or "propertyName" not in inner
        }
    if isinstance(schema, list):
        return [_without_discriminators(inner) for inner in schema]
    return schema
