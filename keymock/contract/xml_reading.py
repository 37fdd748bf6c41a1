"""XML read as the value that its schema speaks of, by the `xml` keywords: names, attributes, wrapping, namespaces.

No entity is read and no document type: what grows without bounds cannot be written. Neither is anything fetched.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from keymock.contract.misread import Misread
from keymock.contract.schemas import Schema
from keymock.contract.styles import branches, coerced, items_of, kinds_of, properties_of
from keymock.exchange import MAX_JSON_DEPTH

MOST_ELEMENTS = 200_000

_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


class Element:
    """One element: its namespace and name, attributes by the same, the elements in it, and its own text."""

    __slots__ = ("attributes", "children", "name", "space", "text")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.space, self.name = _split(name)
        self.attributes = {_split(key): value for key, value in attributes.items()}
        self.children: list[Element] = []
        self.text = ""


def _split(name: str) -> tuple[str, str]:
    """Namespace and local name; expat puts a space between."""
    space, _, local = name.rpartition(" ")
    return space, local


def parsed(data: bytes) -> Element:
    """The root element. Raises Misread."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    top = Element("", {})
    open_now = [top]
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(open_now) > MAX_JSON_DEPTH or count > MOST_ELEMENTS:
            raise Misread(f"it has more than {MOST_ELEMENTS} elements, or is nested deeper than {MAX_JSON_DEPTH}")
        element = Element(name, attributes)
        open_now[-1].children.append(element)
        open_now.append(element)

    def end(_: str) -> None:
        open_now.pop()

    def text(data: str) -> None:
        open_now[-1].text += data

    def refuse(*_: object) -> None:
        raise Misread("it declares a document type, which is not read")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as fault:
        raise Misread(f"it is not XML: {expat.ErrorString(fault.code)}, line {fault.lineno}") from None
    except (ValueError, LookupError) as fault:  # an encoding that nobody has
        raise fault if isinstance(fault, Misread) else Misread(f"it is not XML: {fault}") from None
    return top.children[0]


def read(data: bytes, schema: Schema) -> Any:
    """The value of a document. Raises Misread, for a root that is called something else too."""
    root = parsed(data)
    name = _words(schema, schema).get("name") or _called(schema)
    if name and not _is(root, str(name), _words(schema, schema)):
        raise Misread(f"its root is `{root.name}`, not `{name}`")
    return _value(root, schema, schema)


def _called(schema: Schema) -> str:
    """What a schema that stands for another is called."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _words(schema: Any, root: Schema) -> dict[str, Any]:
    """What a schema says of XML, by itself or by what it refers to."""
    found: dict[str, Any] = {}
    for each in branches(schema, root):
        said = each.get("xml")
        found = {**said, **found} if isinstance(said, dict) else found
    return found


def _is(element: Element, name: str, words: dict[str, Any]) -> bool:
    space = words.get("namespace")
    return element.name == name and (not space or element.space == space)


def _value(element: Element, schema: Any, root: Schema) -> Any:
    if element.attributes.get((_INSTANCE, "nil")) in ("true", "1"):
        return None
    kinds = kinds_of(schema, root)
    if "array" in kinds and "object" not in kinds:
        items = items_of(schema, root)
        return [_value(each, items, root) for each in element.children]
    if "object" in kinds or element.children or (not kinds and element.attributes):
        return _table(element, schema, root)
    return coerced(element.text, schema, root)


def _table(element: Element, schema: Any, root: Schema) -> dict[str, Any]:
    found: dict[str, Any] = {}
    left = list(element.children)
    attributes = {key: value for key, value in element.attributes.items() if key[0] != _INSTANCE}
    needed = {name for each in branches(schema, root) for name in each.get("required", ())}
    for name, beneath in properties_of(schema, root).items():
        words = _words(beneath, root)
        tag = str(words.get("name") or name)
        if words.get("attribute") or words.get("nodeType") == "attribute":
            key = next((key for key in attributes if key[1] == tag), None)
            if key is not None:
                found[name] = coerced(attributes.pop(key), beneath, root)
        elif words.get("nodeType") == "text":
            found[name] = coerced(element.text.strip(), beneath, root)
        elif "array" in kinds_of(beneath, root):
            _list(found, name, beneath, left, root, needed=name in needed)
        else:
            came = _taken(left, tag, words)
            if came:
                values = [_value(each, beneath, root) for each in came]
                found[name] = values[0] if len(values) == 1 else values
    for (_, name), text in attributes.items():
        found.setdefault(name, text)
    beyond: dict[str, list[Any]] = {}
    for each in left:
        beyond.setdefault(each.name, []).append(_value(each, _beyond(schema, root), root))
    return {**{name: values[0] if len(values) == 1 else values for name, values in beyond.items()}, **found}


def _taken(left: list[Element], tag: str, words: dict[str, Any]) -> list[Element]:
    """Takes the elements of a name out of those that are left."""
    came = [each for each in left if _is(each, tag, words)]
    if came:
        left[:] = [each for each in left if not _is(each, tag, words)]
    return came


def _list(found: dict[str, Any], name: str, schema: Any, left: list[Element], root: Schema, *, needed: bool) -> None:
    """A property that is a list: in an element of its own where it is wrapped, else its items beside each other."""
    words, items = _words(schema, root), items_of(schema, root)
    inner = _words(items, root)
    if words.get("wrapped") or words.get("nodeType") == "element":
        wrapper = next((each for each in left if _is(each, str(words.get("name") or name), words)), None)
        if wrapper is not None:
            left.remove(wrapper)
            found[name] = [_value(each, items, root) for each in wrapper.children]
        return
    tag = str(inner.get("name") or words.get("name") or name)
    came = _taken(left, tag, inner)
    if came or needed:  # a list without items is not to be seen
        found[name] = [_value(each, items, root) for each in came]


def _beyond(schema: Any, root: Schema) -> Any:
    """The schema of what no property names."""
    for each in branches(schema, root):
        if isinstance(each.get("additionalProperties"), dict):
            return each["additionalProperties"]
    return True
