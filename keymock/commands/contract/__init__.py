"""`keymock contract`: mocks, documents and reality held against each other, and mocks brought up to their documents."""

from __future__ import annotations

from keymock.commands.family import Family

VERBS = {
    "check": "mocks that say something else than their document, and what has no mock",
    "sync": "bring mocks up to a document that changed; edits stay, conflicts are named",
    "drift": "run a flow, and say where document, mocks and real API differ",
}

command = Family(
    "contract",
    __name__,
    VERBS,
    "Mocks, the OpenAPI documents of their projects, and the real API, held against each other.",
    examples=(
        "keymock contract check                       mocks that say something else than their document",
        "keymock contract sync --dry-run              what a changed document makes of the mocks, as a diff",
        "keymock contract sync                        and do it",
        "keymock contract drift --flow checkout       document, mocks and real API, step by step",
    ),
)
