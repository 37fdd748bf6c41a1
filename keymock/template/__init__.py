"""Texts with `{{ expressions }}` and `{% statements %}`, as in Jinja: compiled at load, filled in for each request.

The engine is our own. minijinja was measured first: its fuel bounds the time but not the memory, and 8 of 16 hostile
templates aborted the whole process under 1 GiB, one of them no more than a loop around
`{{ request.body }}`. Here every text and list that a template makes is paid for before it is there (`run`), each error
knows its line and column, and a value keeps its type. docs/decisions/2026-11-22-templates.md tells the rest.
"""

from keymock.template.errors import Missing, TemplateError
from keymock.template.json_template import Always, JsonTemplate, compile_json
from keymock.template.json_text import compile_json_text
from keymock.template.names import ANYTHING, Names
from keymock.template.text_template import Template, compile, needs_body
from keymock.template.tokens import has_template
from keymock.template.values import Values

__all__ = [
    "ANYTHING",
    "Always",
    "JsonTemplate",
    "Missing",
    "Names",
    "Template",
    "TemplateError",
    "Values",
    "compile",
    "compile_json",
    "compile_json_text",
    "has_template",
    "needs_body",
]
