"""A mock's pattern → a path template of OpenAPI with its parameters, as far as it can be said there."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote

from keymock.pattern import Param, Pattern

Schema = dict[str, Any]


class PathParameter(NamedTuple):
    """One parameter of a path, and what fits it."""

    name: str
    schema: Schema


class Template(NamedTuple):
    """`/users/{id}` with its parameters, in their order. `shape` is the same for all that match the same paths."""

    path: str
    parameters: tuple[PathParameter, ...]

    @property
    def shape(self) -> str:
        """The template without the names of its parameters, which OpenAPI does not tell apart."""
        text = self.path
        for parameter in self.parameters:
            text = text.replace(f"{{{parameter.name}}}", "{}", 1)
        return text


class Untold(ValueError):
    """A path that OpenAPI has no words for, in a sentence."""


def template(pattern: Pattern, mount: str = "") -> Template:
    """The template of a pattern below a mount. Raises Untold."""
    if pattern.regex:
        raise Untold("its path is a regular expression")
    if pattern.rest:
        raise Untold("a path parameter of OpenAPI ends at the next slash, and its path takes all that follows")
    parts: list[str] = []
    parameters: list[PathParameter] = []
    for segment in pattern.segments:
        text = ""
        for part in segment:
            if isinstance(part, Param):
                parameters.append(PathParameter(part.name, _schema(part.type)))
                text += f"{{{part.name}}}"
            elif "{" in part or "}" in part:
                raise Untold("its path has a brace in it, which begins a parameter in OpenAPI")
            else:
                text += quote(part, safe="!$&'()*+,;=:@-._~")
        parts.append(text)
    return Template(mount.rstrip("/") + "/" + "/".join(parts), tuple(parameters))


def _schema(kind: str) -> Schema:
    if kind == "int":
        return {"type": "integer"}
    if kind == "uuid":
        return {"type": "string", "format": "uuid"}
    if kind.startswith("re:"):
        return {"type": "string", "pattern": f"^(?:{kind.removeprefix('re:')})$"}
    return {"type": "string"}
