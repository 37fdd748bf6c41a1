"""Templates in JSON that is written as text: `{"id": {{ request.params.id | int }}, "name": "{{ request.query.n }}"}`.

Each `{{ expression }}` becomes one private character, padded to its length, so that every place in the JSON is the
same place in the text. What is left is ordinary JSON, read at load by an ordinary reader, and a tree like any other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec

from keymock.exchange import MAX_JSON_DEPTH
from keymock.template import tokens
from keymock.template.block import Blocks
from keymock.template.errors import TemplateError, unreadable
from keymock.template.functions import tables
from keymock.template.json_template import Always, Build, JsonTemplate
from keymock.template.names import Names, check
from keymock.template.operators import to_json, to_text
from keymock.template.run import OUTPUT, Run
from keymock.template.scope import Scope
from keymock.template.text_template import Template, compile, template_of

_FIRST = 0xF0000
_PAD = "\ue000"
_HOLE = re.compile("([\U000f0000-\U000ffffd])\ue000*")
_PRIVATE = re.compile(r"[\ue000\U000f0000-\U000ffffd]|\\u(?i:e000|db[89ab][0-9a-f])")
"""These characters, or their escapes in JSON."""
_MOST = 0xFFFD


def compile_json_text(source: str, names: Names = Names()) -> JsonTemplate:  # noqa: B008  (frozen)
    """JSON with expressions in it, which keep their types outside of quotes, and alone between quotes.

    In the middle of a text they are written as text. With `{% statements %}` the text is filled in first, each value
    written as JSON or into its quotes as fits its place, and read as JSON afterwards. Raises TemplateError, for JSON
    that is none, too; its offset is one of `source`.
    """
    try:
        parts = list(tokens.parts(source))
        if any(part.kind == "statement" for part in parts):
            return _with_statements(source, parts, names)
        return _Holes(source, [part for part in parts if part.kind == "value"], names).template(parts)
    except TemplateError as fault:
        raise fault.inside(source) from None


class InJson:
    """Writes values as JSON, and into the quotes of a JSON text as the text between them."""

    def __init__(self) -> None:
        self.quoted = False
        self._escaped = False

    def passes(self, text: str) -> None:
        for char in text:
            if self._escaped:
                self._escaped = False
            elif char == "\\":
                self._escaped = self.quoted
            elif char == '"':
                self.quoted = not self.quoted

    def writer(self) -> Callable[[Any], str]:
        return _between_quotes if self.quoted else to_json


def _between_quotes(value: Any) -> str:
    return to_json(to_text(value))[1:-1]


def _with_statements(source: str, parts: list[tokens.Part], names: Names) -> JsonTemplate:
    scope = Scope()
    template = template_of(source, scope, Blocks(parts, InJson()).whole(scope))
    check(template.mentions, names, tables().FUNCTIONS)

    def build(run: Run) -> Any:
        text = template.value(run)
        try:
            return _decoded(text)
        except TemplateError as fault:
            raise fault.inside(source) from None

    return JsonTemplate(build, (template,))


def _decoded(text: str) -> Any:
    if len(text) > OUTPUT:
        raise TemplateError(f"the text grows to more than {OUTPUT >> 20} MiB")
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as fault:
        near = f": it begins `{text.strip()[:40]}`" if text.strip() else ": it is empty"
        raise TemplateError(
            f"what it makes is not JSON ({fault}){near}", 0, "commas between the turns of a loop?"
        ) from None


class _Holes:
    """JSON whose expressions are holes, filled in where they are found."""

    def __init__(self, source: str, values: list[tokens.Part], names: Names) -> None:
        if len(values) > _MOST or _PRIVATE.search(source):
            raise unreadable("the text holds characters for private use (U+E000, U+F0000 …)", 0)
        self.source = source
        self.values = values
        self.names = names
        self.templates: list[Template] = []

    def template(self, parts: list[tokens.Part]) -> JsonTemplate:
        tree = _read(self._plain(parts))
        build = self._build(tree, 0)
        return JsonTemplate(build, tuple(self.templates))

    def _plain(self, parts: list[tokens.Part]) -> str:
        """The text as JSON, every character where it was."""
        made, length, style, hole = [], 0, InJson(), 0
        for part in parts:
            made.append((_PAD if style.quoted else " ") * (part.offset - length))
            if part.kind == "text":
                style.passes(part.text)
                made.append(part.text)
                length = part.offset + len(part.text)
                continue
            size = part.end - part.offset
            mark = chr(_FIRST + hole)
            hole += 1
            length = part.end
            made.append(mark.ljust(size, _PAD) if style.quoted else f'"{mark.ljust(size - 2, _PAD)}"')
        return "".join(made)

    def _build(self, tree: Any, depth: int) -> Build:
        if depth > MAX_JSON_DEPTH:
            raise unreadable("the JSON is nested too deeply", 0, code="invalid-json")
        if isinstance(tree, str):
            return self._text(tree)
        if isinstance(tree, list):
            items = [self._build(item, depth + 1) for item in tree]
            return lambda run: [item(run) for item in items]
        if isinstance(tree, dict):
            pairs = [(self._key(key), self._build(value, depth + 1)) for key, value in tree.items()]
            return lambda run: {key(run): value(run) for key, value in pairs}
        return Always(tree)

    def _key(self, key: str) -> Build:
        build = self._text(key)
        return lambda run: to_text(build(run))

    def _text(self, text: str) -> Build:
        if not _HOLE.search(text):
            return Always(text.replace(_PAD, ""))
        pieces: list[str | Build] = []
        end = 0
        for hole in _HOLE.finditer(text):
            pieces += [text[end : hole.start()].replace(_PAD, ""), self._value(ord(hole[1]) - _FIRST)]
            end = hole.end()
        pieces = [piece for piece in [*pieces, text[end:].replace(_PAD, "")] if piece != ""]
        if len(pieces) == 1 and not isinstance(pieces[0], str):
            return pieces[0]
        return lambda run: "".join(piece if isinstance(piece, str) else to_text(piece(run)) for piece in pieces)

    def _value(self, number: int) -> Build:
        part = self.values[number]
        written = self.source[part.offset : part.end]
        try:
            template = compile(written, self.names)
        except TemplateError as fault:
            raise fault.inside(self.source, part.offset) from None
        self.templates.append(template)

        def build(run: Run) -> Any:
            try:
                return template.value(run)
            except TemplateError as fault:
                raise fault.inside(self.source, part.offset) from None

        return build


def _read(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as fault:
        raise unreadable(f"not JSON: {fault.msg[:1].lower()}{fault.msg[1:]}", fault.pos, code="invalid-json") from None
    except RecursionError:
        raise unreadable("the JSON is nested too deeply", 0, code="invalid-json") from None
    except _NoConstant as fault:
        raise unreadable(
            f"`{fault}` is not JSON", text.find(str(fault)), "JSON has null", code="invalid-json"
        ) from None


class _NoConstant(Exception):
    pass


def _no_constant(name: str) -> Any:
    raise _NoConstant(name)
