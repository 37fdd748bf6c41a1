"""`xml` and `xpath`: the body as XML. Need the extra `[xml]`.

lxml is told to resolve no entity, to load nothing, and to refuse huge trees; XPath gets no regular expressions, for
those of EXSLT run on Python's engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from keymock.exchange import Request
from keymock.match.condition import Condition, Fault
from keymock.match.member import Wrong, cut, show
from keymock.match.place import Find, Found, Holds, Place, ReadFile, entries, fault, of_values, once
from keymock.match.spelling import Conditions

MAX_XML = 1024 * 1024
"""Bytes of the largest body that is read as XML: the time of an XPath can grow with the square of its document."""

MISSING = 'XML needs a package that is not installed: pip install "keymock[xml]"'


def _etree() -> Any:
    try:
        from lxml import etree  # noqa: PLC0415  (27 ms and 11 MB, and optional)
    except ImportError:
        raise Wrong(MISSING, code="missing-extra") from None
    return etree


def parse(data: bytes) -> Any:
    """The root element. Raises Wrong for what is not XML."""
    etree = _etree()
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    if len(data) > MAX_XML:
        raise Wrong(f"more XML than {MAX_XML // 1024} KiB")
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as reason:
        raise Wrong(f"not XML: {str(reason).partition(chr(10))[0]}", code="invalid-xml") from None
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and dtd.entities():  # XPath's string() would expand them, a billion laughs too
        raise Wrong("XML that declares entities", code="invalid-xml")
    return root


def canonical(element: Any) -> list[Any]:
    """An element as plain data: name with namespace, sorted attributes, and its texts and elements in order.

    White space around texts, prefixes, comments and processing instructions are gone.
    """
    inside: list[Any] = []
    text = element.text or ""
    for child in element:
        if not isinstance(child.tag, str):  # an entity that was not resolved
            text += (child.text or "") + (child.tail or "")
            continue
        inside.extend((text.strip(), canonical(child)))
        text = child.tail or ""
    inside.append(text.strip())
    return [element.tag, sorted([name, value] for name, value in element.attrib.items()), [x for x in inside if x]]


def _root(request: Request) -> Any:
    """The root of the body, or the reason why it has none, as a text."""
    return once(request, "xml", _read_root)


def _read_root(request: Request) -> Any:
    if not request.body:
        return "no body"
    try:
        return parse(request.body)
    except Wrong as wrong:
        return wrong.message


def _canonical_of(request: Request) -> Any:
    root = _root(request)
    return root if isinstance(root, str) else canonical(root)


def _read(conditions: Conditions, _read_file: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.body is UNSET or conditions.body.xml is UNSET:
        return
    try:
        tree = canonical(parse(conditions.body.xml.encode()))
    except Wrong as wrong:
        yield fault(wrong, ("body", "xml"))
    else:
        yield Condition("body.xml", "", {"tree": tree, "text": conditions.body.xml})


def _compile(condition: Condition) -> Holds:
    wanted = condition.matcher["tree"]
    return lambda request: bool(once(request, "xml tree", _canonical_of) == wanted)


def _observe(condition: Condition, request: Request) -> tuple[bool, str]:
    came = once(request, "xml tree", _canonical_of)
    if isinstance(came, str):
        return False, came
    differs = _difference(condition.matcher["tree"], came, "")
    return not differs, differs or show(request.text)


def _difference(wanted: list[Any], came: list[Any], path: str) -> str:
    """The first difference between two canonical elements, in words; empty if there is none."""
    (name, attributes, inside), (came_name, came_attributes, came_inside) = wanted, came
    if name != came_name:
        return f"{path}/{came_name} stands where {name} is expected"
    here = f"{path}/{name}"
    if attributes != came_attributes:
        return f"{here} has the attributes {show(dict(came_attributes))}, not {show(dict(attributes))}"
    for one, other in zip(inside, came_inside, strict=False):
        if isinstance(one, list) and isinstance(other, list):
            below = _difference(one, other, here)
            if below:
                return below
        elif one != other:
            said = [item[0] if isinstance(item, list) else show(item) for item in (other, one)]
            return f"{here} has {said[0]}, not {said[1]}"
    if len(inside) != len(came_inside):
        return f"{here} has {len(came_inside)} texts and elements, not {len(inside)}"
    return ""


def _read_xpath(conditions: Conditions, _read_file: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.body is UNSET:
        return
    yield from entries("body.xpath", conditions.body.xpath, ("body", "xpath"), check=_check_xpath)


def _check_xpath(expression: str) -> None:
    etree = _etree()
    try:
        etree.XPath(expression, regexp=False)
    except (etree.XPathError, ValueError) as reason:
        raise Wrong(
            f"the XPath {show(expression)} cannot be used: {reason}",
            "XPath 1.0, such as `//order/@id`",
            code="invalid-xpath",
        ) from None


def xpath(expression: str, root: Any) -> tuple[str, ...]:
    """What an XPath finds, as texts. Its prefixes are those that the document's root declares."""
    etree = _etree()
    names = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = etree.XPathElementEvaluator(root, namespaces=names, regexp=False, smart_strings=False)(expression)
    except (etree.XPathError, ValueError):
        return ()
    if isinstance(found, bool):
        return ("true" if found else "false",)
    if isinstance(found, float):
        return (str(int(found)) if found.is_integer() else str(found),)
    return tuple(_text(item) for item in found) if isinstance(found, list) else (str(found),)


def _text(item: Any) -> str:
    if isinstance(item, str):
        return item
    return item[1] if isinstance(item, tuple) else "".join(item.itertext())


def _find(condition: Condition) -> Find:
    expression = condition.name

    def find(request: Request) -> Found:
        root = _root(request)
        return None if isinstance(root, str) else xpath(expression, root)

    return find


XML = Place(
    where="body.xml",
    cost=80,
    read=_read,
    compile=_compile,
    observe=_observe,
    expected=lambda condition: cut(" ".join(condition.matcher["text"].split())),
    body=True,
)
XPATH = of_values(
    where="body.xpath",
    cost=85,
    read=_read_xpath,
    find=_find,
    nothing=lambda request: str(_root(request)),
    body=True,
)
