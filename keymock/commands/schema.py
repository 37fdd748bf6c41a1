"""`keymock schema [KIND]`: the JSON Schema of a kind of file, for editors."""

from __future__ import annotations

import click

from keymock import saved, spec, steps, units
from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json
from keymock.commands.verb import Word, verb
from keymock.document.schema import json_schema

KINDS: dict[str, type] = {
    "mock": spec.Mock,
    "defaults": spec.Defaults,
    "project": spec.Project,
    "keymock": spec.Workspace,
    "preset": spec.Preset,
    "request": saved.Request,
    "environment": saved.Environment,
    "flow": steps.Flow,
}
"""By the name of the file, or what it holds; `schemas/<kind>.schema.json` are these."""


@verb("schema", examples=("keymock schema", "keymock schema mock > mock.schema.json"))
@click.argument("kind", required=False, type=Word(KINDS))
def command(invocation: Invocation, kind: str | None) -> int:
    """Print the JSON Schema of a kind of file; without KIND, the kinds.

    An editor takes it from the first line of a file: #:schema ./mock.schema.json
    """
    if kind is not None:
        put_json(json_schema(KINDS[kind], units.schema_hook))
    elif invocation.json:
        put_json(list(KINDS))
    else:
        print("\n".join(KINDS))
    return 0
