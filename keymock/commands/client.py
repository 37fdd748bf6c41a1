"""`keymock client js`: the client for tests in another language, one file without dependencies."""

from __future__ import annotations

from importlib.resources import files

import click

from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json
from keymock.commands.verb import Word, verb

LANGUAGES = {"js": "keymock.mjs"}
TYPES = {"js": "keymock.d.mts"}
"""For TypeScript; it lies beside the client, and is found there by its name."""


@verb(
    "client",
    examples=(
        "keymock client js > tests/keymock.mjs      sessions, overrides, verdicts; Playwright and Vitest fixtures",
        "keymock client js --types > tests/keymock.d.mts   its types, for TypeScript",
        "keymock run -- npx playwright test         which connects to what runs here",
    ),
)
@click.argument("language", type=Word(LANGUAGES))
@click.option("--types", is_flag=True, help="Its types instead, for TypeScript.")
def command(invocation: Invocation, language: str, types: bool) -> int:
    """Print the client for tests in LANGUAGE: js. For Python there is `keymock.testing`."""
    file = (TYPES if types else LANGUAGES)[language]
    text = files("keymock.commands").joinpath(file).read_text(encoding="utf-8")
    if invocation.json:
        put_json({"file": file, "text": text})
    else:
        print(text, end="")
    return 0
