"""`keymock client js`: the client for tests in another language, one file without dependencies."""

from __future__ import annotations

from importlib.resources import files

import click

from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json
from keymock.commands.verb import Word, verb

LANGUAGES = {"js": "keymock.mjs"}


@verb(
    "client",
    examples=(
        "keymock client js > tests/keymock.mjs      sessions, overrides, verdicts; Playwright and Vitest fixtures",
        "keymock run -- npx playwright test         which connects to what runs here",
    ),
)
@click.argument("language", type=Word(LANGUAGES))
def command(invocation: Invocation, language: str) -> int:
    """Print the client for tests in LANGUAGE: js. For Python there is `keymock.testing`."""
    text = files("keymock.commands").joinpath(LANGUAGES[language]).read_text(encoding="utf-8")
    if invocation.json:
        put_json({"file": LANGUAGES[language], "text": text})
    else:
        print(text, end="")
    return 0
