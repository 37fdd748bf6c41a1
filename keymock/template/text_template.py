"""A compiled text: `Template`, made by `compile`."""

from __future__ import annotations

import functools
from typing import Any

import msgspec

from keymock.template import tokens
from keymock.template.block import Blocks, Plain, Write, placed, sequence, value_of, written
from keymock.template.errors import Refused, TemplateError, unreadable
from keymock.template.functions import tables
from keymock.template.names import Mention, Names, check
from keymock.template.operators import to_text
from keymock.template.reading import Evaluate
from keymock.template.run import OUTPUT, Run
from keymock.template.scope import Scope
from keymock.template.values import OF_BODY, Values

FAULTS = (TemplateError, Refused, RecursionError, OverflowError)
"""What may go wrong while a template is filled in."""


class Template(msgspec.Struct, frozen=True):
    """A text to be filled in. `reads` are the names it mentions, two words at most (`request.json`); `calls` are the
    functions, filters and tests it uses.
    """

    source: str
    reads: frozenset[str]
    calls: frozenset[str]
    mentions: tuple[Mention, ...]
    write: Write
    only: Evaluate | None = None
    """The value itself, where the text is nothing but one `{{ expression }}`. Its errors are counted from `start`."""
    start: int = 0

    def render(self, values: Values) -> str:
        """The text, filled in. Raises TemplateError."""
        try:
            text = self.write(Run(values))
        except FAULTS as fault:
            raise self._told(fault) from None
        if len(text) > OUTPUT:
            raise TemplateError(f"the text grows to more than {OUTPUT >> 20} MiB", 0, source=self.source)
        return text

    def value_of(self, values: Values) -> Any:
        """`value`, by itself."""
        return self.value(Run(values))

    def value(self, run: Run) -> Any:
        """The value of a text that is one expression, with its type; of any other the text. Raises TemplateError."""
        try:
            made = self.write(run) if self.only is None else self.only(run)
            return made if made.__class__ is int else run.made(made)
        except FAULTS as fault:
            raise self.told_of_value(fault) from None

    def told_of_value(self, fault: Exception) -> TemplateError:
        """One of FAULTS, of a value, as what it says of this template."""
        if isinstance(fault, TemplateError):
            fault.offset += self.start
        return self._told(fault)

    def _told(self, fault: Exception) -> TemplateError:
        if isinstance(fault, TemplateError):
            return fault.inside(self.source)
        if isinstance(fault, Refused):
            return TemplateError(fault.message, 0, fault.hint, source=self.source)
        why = "its values are nested too deeply" if isinstance(fault, RecursionError) else "a number grows too large"
        return TemplateError(why, 0, source=self.source)


def compile(source: str, names: Names = Names()) -> Template:  # noqa: B008  (frozen)
    """A template, all of whose names are known. Raises TemplateError."""
    try:
        template = _compile(source)
        check(template.mentions, names, tables().FUNCTIONS)
        if names.request and "target_url" in template.calls:
            offset = source.find("target_url")
            hint = "`request.base_url` is where this project is"
            raise unreadable("`target_url` is for requests and flows", offset, hint, code="unknown-name")
    except TemplateError as fault:
        raise fault.inside(source) from None
    return template


def needs_body(template: Template) -> bool:
    """Whether the body has to be read before it can be rendered."""
    return not _BODY.isdisjoint(template.reads)


_BODY = frozenset(f"request.{member}" for member in OF_BODY)


@functools.lru_cache(maxsize=4096)
def _compile(source: str) -> Template:
    if len(source) > OUTPUT:
        raise unreadable(f"a template of more than {OUTPUT >> 20} MiB cannot be rendered", 0)
    scope = Scope()
    parts = list(tokens.parts(source))
    if len(parts) == 1 and parts[0].kind == "value":
        only, start = value_of(parts[0], scope), parts[0].start
        write = sequence([written(placed(only, start), to_text, parts[0].offset)], 0)
        return msgspec.structs.replace(template_of(source, scope, write), only=only, start=start)
    return template_of(source, scope, Blocks(parts, Plain()).whole(scope))


def template_of(source: str, scope: Scope, write: Write) -> Template:
    """A template from what its reader has found."""
    reads = frozenset(".".join(mention.words[:2]) for mention in scope.mentions)
    return Template(source, reads, frozenset(scope.calls), tuple(scope.mentions), write)
