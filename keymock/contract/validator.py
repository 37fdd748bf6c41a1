"""A schema that values are held against, by jsonschema-rs; compiled when the first value comes."""

from __future__ import annotations

from typing import Any

from keymock.contract.schemas import Schema

Objection = tuple[str, str]
"""Where in the value (`/items/0`, empty for all of it), and what is said of it."""

MOST = 10
LONGEST = 300


class Validator:
    """One schema. One that cannot be compiled, for a pattern that is none say, objects to nothing."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.unusable = ""
        """Why the schema cannot be compiled, known after the first value."""
        self._compiled: Any = None

    def objections(self, value: Any) -> list[Objection]:
        """What is wrong with a value; empty if it is valid."""
        if self._compiled is None and not self.unusable:
            self._compile()
        if self.unusable:
            return []
        try:
            if self._compiled.is_valid(value):
                return []
            found: list[Objection] = []
            for fault in self._compiled.iter_errors(value):
                where = "".join(f"/{step}" for step in fault.instance_path)
                found.append((where, _short(str(fault.message))))
                if len(found) >= MOST:
                    break
        except (ValueError, OverflowError, RecursionError) as fault:  # a number that Rust cannot take
            return [("", f"it cannot be validated: {fault}")]
        return found

    def _compile(self) -> None:
        import jsonschema_rs  # noqa: PLC0415  (15 MB of Rust, for those who validate)

        try:
            self._compiled = jsonschema_rs.Draft202012Validator(self.schema, retriever=_refuse, validate_formats=True)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError, RecursionError) as fault:
            self.unusable = str(fault).partition("\n")[0] or "it cannot be compiled"


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri} is not in the schema itself")


def _short(message: str) -> str:
    return message if len(message) <= LONGEST else message[: LONGEST - 1] + "…"
