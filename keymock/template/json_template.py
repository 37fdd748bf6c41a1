"""Templates inside JSON: values keep their types. A text that is one `{{ expression }}` becomes what that is."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Any

import msgspec

from keymock.exchange import MAX_JSON_DEPTH
from keymock.template.errors import KeyPath, TemplateError, unreadable
from keymock.template.names import Names
from keymock.template.operators import plain, to_text
from keymock.template.run import OUTPUT, Run
from keymock.template.text_template import FAULTS, Template, compile
from keymock.template.tokens import has_template
from keymock.template.values import Values

Build = Callable[[Run], Any]
Settle = Callable[[Template], "Always | None"]
"""What a template always is, where that is known before; None where it is not."""

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
        tree = self.build(Run(values))
        try:
            text = _ENCODER.encode(tree)
        except (RecursionError, UnicodeEncodeError):
            raise TemplateError(
                "what it makes cannot be said in JSON: nested too deeply, or half a character"
            ) from None
        if len(text) > OUTPUT:
            raise TemplateError(f"the JSON grows to more than {OUTPUT >> 20} MiB")
        return text


class Always:
    """How to build a value that is always the same."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, _run: Run) -> Any:
        return self.value


def never(_template: Template) -> Always | None:
    """No template is always the same."""
    return None


def compile_json(tree: Any, names: Names = Names(), settle: Settle = never) -> JsonTemplate:  # noqa: B008  (frozen)
    """A tree of dicts, lists and plain values, in which every text with `{{` or `{%` is a template; keys too.

    Raises TemplateError, whose `path` leads to the text at fault.
    """
    reader = _Reader(names, settle)
    return JsonTemplate(reader.read(tree, ()), tuple(reader.templates))


class _Reader:
    """A reader of one tree."""

    def __init__(self, names: Names, settle: Settle) -> None:
        self.names = names
        self.settle = settle
        self.templates: list[Template] = []

    def read(self, tree: Any, path: KeyPath) -> Build:
        """How to build a value."""
        if len(path) > MAX_JSON_DEPTH:
            raise unreadable("the value is nested too deeply", 0)
        if isinstance(tree, str) and has_template(tree):
            template = self._template(tree, path)
            return self.settle(template) or _value(template, path)
        if isinstance(tree, dict):
            return self._object(tree, path)
        if isinstance(tree, list):
            return self._list(tree, path)
        return Always(tree)

    def _list(self, tree: list[Any], path: KeyPath) -> Build:
        items = [self.read(value, (*path, index)) for index, value in enumerate(tree)]
        settled = [build.value for build in items if isinstance(build, Always)]
        if len(settled) == len(items):
            return Always(tree if all(map(is_, settled, tree)) else settled)
        return lambda run: [build(run) for build in items]

    def _object(self, tree: dict[str, Any], path: KeyPath) -> Build:
        keys = {key: self._key(key, (*path, key)) for key in tree}
        builds = {key: self.read(value, (*path, key)) for key, value in tree.items()}
        if any(not isinstance(key, Always) for key in keys.values()):
            pairs = [(keys[key], builds[key]) for key in tree]
            return lambda run: {key(run): build(run) for key, build in pairs}
        settled = {key: build.value if isinstance(build, Always) else None for key, build in builds.items()}
        moving = [(key, build) for key, build in builds.items() if not isinstance(build, Always)]
        if not moving:
            return Always(tree if all(map(is_, settled.values(), tree.values())) else settled)

        def build_object(run: Run) -> dict[str, Any]:
            made = settled.copy()
            for key, build in moving:
                made[key] = build(run)
            return made

        return build_object

    def _key(self, key: str, path: KeyPath) -> Build:
        if not has_template(key):
            return Always(key)
        template = self._template(key, path)

        def build(run: Run) -> str:
            try:
                return to_text(template.value(run))
            except TemplateError as fault:
                fault.path = path
                raise

        return build

    def _template(self, source: str, path: KeyPath) -> Template:
        try:
            template = compile(source, self.names)
        except TemplateError as fault:
            fault.path = path
            raise
        self.templates.append(template)
        return template


SMALL = 64
"""Characters of a text that need not be paid for: a template has no more fields than characters."""


def _value(template: Template, path: KeyPath) -> Build:
    """What `template.value` says, its errors with the path to it; one call less for each field of each answer."""
    only = template.only or template.write

    def build(run: Run) -> Any:
        try:
            made = only(run)
            kind = made.__class__
            if kind is int or (kind is str and len(made) <= SMALL):
                return made
            return run.made(made)
        except FAULTS as fault:
            told = template.told_of_value(fault)
            told.path = path
            raise told from None

    return build
