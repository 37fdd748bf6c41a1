"""`keymock export`: what the workspace says, in the words of another program."""

from __future__ import annotations

from keymock.commands.family import Family

VERBS = {
    "openapi": "an OpenAPI 3.1 document of the mocks",
    "codeowners": "ROLES as a CODEOWNERS file; or check the one there",
}

command = Family(
    "export",
    __name__,
    VERBS,
    "What this workspace says, printed for another program.",
    examples=(
        "keymock export openapi > openapi.yaml       an OpenAPI 3.1 document of the mocks",
        "keymock export openapi --project shop --format json",
        "keymock export codeowners > CODEOWNERS      owners of every path are those who may change it",
    ),
)
