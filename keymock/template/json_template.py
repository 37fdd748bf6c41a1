"""Templates inside JSON: values keep their types. A text that is one `{{ expression }}` becomes what that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from keymock.exchange import MAX_JSON_DEPTH
from keymock.template.errors import KeyPath, TemplateError, unreadable
from keymock.template.names import Names
from keymock.template.operators import plain, to_text
from keymock.template.run import OUTPUT, Run
from keymock.template.text_template import Template, compile
from keymock.template.tokens import has_template
from keymock.template.values import Values

Build = Callable[[Run], Any]

_ENCODER = msgspec.json.Encoder(enc_hook=plain)


class JsonTemplate(msgspec.Struct, frozen=True):
    """A tree of values with texts to be filled in. What needs no filling in is shared: treat it as read-only."""

    build: Build
    templates: tuple[Template, ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        """The names that its templates mention, as `Template.reads`."""
        return frozenset().union(*(template.reads for template in self.templates))

    @property
    def calls(self) -> frozenset[str]:
        """The functions that its templates use, as `Template.calls`."""
        return frozenset().union(*(template.calls for template in self.templates))

    def render(self, values: Values) -> Any:
        """The tree, filled in. Raises TemplateError, whose `path` leads to the text at fault."""
        return self.build(Run(values))

    def encode(self, values: Values) -> bytes:
        """The tree, filled in, as compact JSON. Raises TemplateError."""
        tree = self.render(values)
        try:
            text = _ENCODER.encode(tree)
        except (RecursionError, UnicodeEncodeError):
            raise TemplateError(
                "what it makes cannot be said in JSON: nested too deeply, or half a character"
            ) from None
        if len(text) > OUTPUT:
            raise TemplateError(f"the JSON grows to more than {OUTPUT >> 20} MiB")
        return text


def compile_json(tree: Any, names: Names = Names()) -> JsonTemplate:  # noqa: B008  (frozen)
    """A tree of dicts, lists and plain values, in which every text with `{{` or `{%` is a template; keys too.

    Raises TemplateError, whose `path` leads to the text at fault.
    """
    templates: list[Template] = []
    return JsonTemplate(_compile(tree, names, (), templates) or (lambda _run: tree), tuple(templates))


def _compile(tree: Any, names: Names, path: KeyPath, templates: list[Template]) -> Build | None:
    """How to build a value, or None if it is always the same."""
    if len(path) > MAX_JSON_DEPTH:
        raise unreadable("the value is nested too deeply", 0)
    if isinstance(tree, str):
        return _text(tree, names, path, templates) if has_template(tree) else None
    if isinstance(tree, dict):
        return _object(tree, names, path, templates)
    if isinstance(tree, list):
        builds = [_compile(value, names, (*path, index), templates) for index, value in enumerate(tree)]
        if not any(builds):
            return None
        items = [build or always(value) for build, value in zip(builds, tree, strict=True)]
        return lambda run: [build(run) for build in items]
    return None


def _object(tree: dict[str, Any], names: Names, path: KeyPath, templates: list[Template]) -> Build | None:
    keys = {key: _key(key, names, path, templates) for key in tree}
    builds = {key: _compile(value, names, (*path, key), templates) for key, value in tree.items()}
    if any(keys.values()):
        pairs = [(keys[key] or always(key), builds[key] or always(tree[key])) for key in tree]
        return lambda run: {key(run): build(run) for key, build in pairs}
    moving = [(key, build) for key, build in builds.items() if build]
    if not moving:
        return None

    def build_object(run: Run) -> dict[str, Any]:
        made = tree.copy()
        for key, build in moving:
            made[key] = build(run)
        return made

    return build_object


def always(value: Any) -> Build:
    return lambda _run: value


def _key(key: str, names: Names, path: KeyPath, templates: list[Template]) -> Build | None:
    return _text(key, names, (*path, key), templates, key=True) if has_template(key) else None


def _text(source: str, names: Names, path: KeyPath, templates: list[Template], *, key: bool = False) -> Build:
    try:
        template = compile(source, names)
    except TemplateError as fault:
        fault.path = path
        raise
    templates.append(template)

    def build(run: Run) -> Any:
        try:
            value = template.value(run)
        except TemplateError as fault:
            fault.path = path
            raise
        return to_text(value) if key else value

    return build
