"""An operation of a document, whole: parameters, body, responses, security; of every version into one shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keymock.contract.library import Library, Spot, Unresolved
from keymock.contract.model import (
    Example,
    Flaw,
    Header,
    Media,
    Operation,
    Parameter,
    Response,
    Scheme,
    Stub,
)
from keymock.contract.outline import Version

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_COLLECTIONS = {"csv": "form", "ssv": "spaceDelimited", "tsv": "tabDelimited", "pipes": "pipeDelimited"}
_IGNORED = frozenset({"accept", "content-type", "authorization"})
"""Header parameters that a document must not define; what they say stands elsewhere."""


def operation(library: Library, root: Spot, version: Version, stub: Stub) -> Operation:
    """The operation of a stub. What is wrong with it is in its `faults`; raises nothing."""
    return _Reading(library, root, version, stub).operation()


class _Reading:
    def __init__(self, library: Library, root: Spot, version: Version, stub: Stub) -> None:
        self.library = library
        self.root = root
        self.old = version == "2.0"
        self.stub = stub
        self.faults: list[Flaw] = []

    def operation(self) -> Operation:
        spot = self.stub.spot
        given = self._parameters()
        if self.old:
            body, required, place = self._old_body(given)
        else:
            body, required, place = self._body()
        parameters = tuple(
            self._parameter(each) for each in given if each.child("in").value not in ("body", "formData")
        )
        return Operation(
            key=self.stub.key,
            id=self.stub.id,
            method=self.stub.method,
            path=self.stub.path,
            spot=spot,
            parameters=tuple(each for each in parameters if each is not None),
            body=body,
            body_required=required,
            body_spot=place,
            responses=tuple(self._responses()),
            security=self._security(),
            faults=tuple(self.faults),
        )

    def _follow(self, spot: Spot) -> Spot | None:
        """What is referred to; None after a fault."""
        try:
            found = self.library.follow(spot)
        except Unresolved as fault:
            self.faults.append(Flaw(spot.file, spot.pointer, fault.code, fault.message))
            return None
        return found if isinstance(found.value, dict) else None

    # ---- parameters ----------------------------------------------------------------------------------------------

    def _parameters(self) -> list[Spot]:
        """Those of the operation, and those of its path that it does not define itself."""
        found: dict[tuple[str, str], Spot] = {}
        for owner in (self.stub.item, self.stub.spot):
            for each in owner.child("parameters").each():
                spot = self._follow(each)
                if spot is None:
                    continue
                name, place = spot.value.get("name"), spot.value.get("in")
                if not isinstance(name, str) or not isinstance(place, str):
                    self.faults.append(Flaw(each.file, each.pointer, "contract-shape", "a parameter has no name"))
                    continue
                found[name.lower() if place == "header" else name, place] = spot
        return list(found.values())

    def _parameter(self, spot: Spot) -> Parameter | None:
        name, place = spot.value["name"], spot.value["in"]
        if place not in ("path", "query", "header", "cookie", "querystring"):
            hint = "it is path, query, header or cookie"
            self.faults.append(Flaw(spot.file, spot.pointer, "contract-shape", f"`in: {place}` is nowhere", hint))
            return None
        if place == "header" and name.lower() in _IGNORED:
            return None
        content, schema, examples = "", self._schema(spot.child("schema")), self._examples(spot)
        style = str(spot.value.get("style") or _STYLES.get(place, "form"))
        explode = spot.value.get("explode")
        explode = explode if isinstance(explode, bool) else style in ("form", "cookie")
        if self.old:
            schema = spot  # its keywords stand beside its name
            collection = spot.value.get("collectionFormat")
            style, explode = style if place != "query" else _COLLECTIONS.get(str(collection), "form"), False
            if collection == "multi":
                style, explode = "form", True
        else:
            content, schema, examples = self._one_content(spot, schema, examples)
        return Parameter(
            name=name, place=place, spot=spot, required=spot.value.get("required") is True or place == "path",
            schema=schema, style=style, explode=explode, reserved=spot.value.get("allowReserved") is True,
            may_be_empty=spot.value.get("allowEmptyValue") is True, content=content, examples=examples,
        )  # fmt: skip

    def _one_content(
        self, owner: Spot, schema: Spot | None, examples: tuple[Example, ...]
    ) -> tuple[str, Spot | None, tuple[Example, ...]]:
        """`content` of a parameter or a header has one entry: its type, schema and examples, where it is given."""
        content = next(iter(owner.child("content").items()), None)
        if content is None:
            return "", schema, examples
        return content[0], self._schema(content[1].child("schema")), self._examples(content[1])

    # ---- bodies --------------------------------------------------------------------------------------------------

    def _schema(self, spot: Spot) -> Spot | None:
        return spot if isinstance(spot.value, dict | bool) else None

    def _body(self) -> tuple[tuple[Media, ...], bool, Spot | None]:
        given = self.stub.spot.child("requestBody")
        spot = self._follow(given) if given.value is not None else None
        if spot is None:
            return (), False, None
        return self._content(spot), spot.value.get("required") is True, spot

    def _old_body(self, parameters: list[Spot]) -> tuple[tuple[Media, ...], bool, Spot | None]:
        """2.0: a parameter `in: body`, or those `in: formData` as the fields of a form."""
        types = self._types("consumes")
        fields: dict[str, Any] = {}
        needed: list[str] = []
        for spot in parameters:
            place = spot.value["in"]
            if place == "body":
                schema = self._schema(spot.child("schema"))
                media = tuple(Media(kind, schema) for kind in types or [JSON])
                return media, spot.value.get("required") is True, spot
            if place == "formData":
                name = spot.value["name"]
                fields[name] = {
                    key: value for key, value in spot.value.items() if key not in ("in", "name", "required")
                }
                if spot.value.get("required") is True:
                    needed.append(name)
        if not fields:
            return (), False, None
        schema = Spot(self.stub.spot.file, self.stub.spot.pointer, {
            "type": "object", "properties": fields, **({"required": needed} if needed else {}),
        })  # fmt: skip
        files = any(field.get("type") == "file" for field in fields.values())
        forms = [kind for kind in types if kind in (FORM, MULTIPART)] or [MULTIPART if files else FORM]
        return tuple(Media(kind, schema) for kind in forms), bool(needed), self.stub.spot

    def _types(self, key: str) -> list[str]:
        """2.0: `consumes` and `produces`, of the operation, else of the document."""
        for owner in (self.stub.spot, self.root):
            given = owner.child(key).value
            if isinstance(given, list):
                return [kind for kind in given if isinstance(kind, str)]
        return []

    def _content(self, owner: Spot) -> tuple[Media, ...]:
        found: list[Media] = []
        for kind, given in owner.child("content").items():
            spot = self._follow(given)
            if spot is None:
                found.append(Media(kind))
                continue
            items = self._schema(spot.child("itemSchema"))
            found.append(
                Media(
                    type=kind,
                    schema=items if items is not None else self._schema(spot.child("schema")),
                    examples=self._examples(spot),
                    encoding=spot.child("encoding") if isinstance(spot.value.get("encoding"), dict) else None,
                    of_items=items is not None,
                )
            )
        return tuple(found)

    def _examples(self, owner: Spot) -> tuple[Example, ...]:
        """`examples` by name, then `example`; only those whose value stands in a document."""
        found: list[Example] = []
        for name, given in owner.child("examples").items():
            spot = self._follow(given)
            if spot is None:
                continue
            for key in ("value", "dataValue", "serializedValue"):
                if key in spot.value:
                    found.append(Example(name, spot.value[key]))
                    break
            else:
                far = spot.value.get("externalValue")
                message, hint = f"the example `{name}` has no `value`", ""
                if isinstance(far, str):
                    message = f"the example `{name}` is not read: it lies outside, at `{far[:100]}`"
                    hint = "write it into the document, as its `value`"
                self.faults.append(Flaw(given.file, given.pointer, "contract-example", message, hint))
        if isinstance(owner.value, dict) and "example" in owner.value:
            found.append(Example("", owner.value["example"]))
        return tuple(found)

    # ---- responses -----------------------------------------------------------------------------------------------

    def _responses(self) -> Iterator[Response]:
        for status, given in self.stub.spot.child("responses").items():
            if status.startswith("x-"):
                continue
            name = _status(status)
            if not name:
                message, hint = f"`{status}` is no status", "it is 200 to 599, a range (`4XX`), or `default`"
                self.faults.append(Flaw(given.file, given.pointer, "contract-shape", message, hint))
                continue
            spot = self._follow(given)
            if spot is None:
                yield Response(name, given)
                continue
            content = self._old_content(spot) if self.old else self._content(spot)
            headers = (self._header(key, each) for key, each in spot.child("headers").items())
            yield Response(name, spot, content, tuple(each for each in headers if each is not None))

    def _old_content(self, spot: Spot) -> tuple[Media, ...]:
        schema = self._schema(spot.child("schema"))
        examples = {kind: each.value for kind, each in spot.child("examples").items()}
        if schema is None and not examples:
            return ()
        types = list(dict.fromkeys([*self._types("produces"), *(kind for kind in examples if "/" in kind)])) or [JSON]
        return tuple(Media(kind, schema, (Example("", examples[kind]),) if kind in examples else ()) for kind in types)

    def _header(self, name: str, given: Spot) -> Header | None:
        spot = self._follow(given)
        if spot is None or name.lower() == "content-type":
            return None
        schema = spot if self.old else self._schema(spot.child("schema"))
        content, schema, examples = self._one_content(spot, schema, self._examples(spot))
        return Header(name, spot, spot.value.get("required") is True, schema, content, examples)

    # ---- security ------------------------------------------------------------------------------------------------

    def _security(self) -> tuple[tuple[Scheme, ...], ...]:
        own = self.stub.spot.child("security")
        given = own if own.value is not None else self.root.child("security")
        return tuple(
            tuple(filter(None, (self._scheme(name, each) for name, _ in each.items()))) for each in given.each()
        )

    def _scheme(self, name: str, where: Spot) -> Scheme | None:
        place = ("securityDefinitions", name) if self.old else ("components", "securitySchemes", name)
        given = self.root.child(*place)
        spot = self._follow(given) if given.value is not None else None
        if spot is None:
            message = f"there is no security scheme `{name}`"
            self.faults.append(Flaw(where.file, (*where.pointer, name), "contract-ref", message))
            return None
        kind, scheme = str(spot.value.get("type", "")), str(spot.value.get("scheme", "")).lower()
        if kind == "apiKey":
            return Scheme(name, "key", str(spot.value.get("name", "")), str(spot.value.get("in", "header")))
        if kind == "basic" or (kind == "http" and scheme == "basic"):
            return Scheme(name, "basic")
        if kind in ("oauth2", "openIdConnect") or (kind == "http" and scheme == "bearer"):
            return Scheme(name, "bearer")
        return Scheme(name, "none")


def _status(text: str) -> str:
    if text.lower() == "default":
        return "default"
    if len(text) == 3 and text[0] in "12345" and text[1:].upper() == "XX":
        return text.upper()
    if len(text) == 3 and text.isascii() and text.isdigit() and 100 <= int(text) <= 599:
        return text
    return ""
