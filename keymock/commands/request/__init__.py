"""`keymock request`: saved requests, sent, shown, written."""

from __future__ import annotations

from keymock.commands.family import Family

VERBS = {
    "send": "send a saved request, and print the answer",
    "ls": "list the saved requests",
    "show": "print one, variables filled in",
    "new": "save a request: METHOD URL, or a curl command line",
    "curl": "print one as a curl command line",
}

command = Family(
    "request",
    __name__,
    VERBS,
    "Saved requests: files with method, address, body and credentials, variables filled in.",
    examples=(
        "keymock request new GET http://127.0.0.1:3000/users   save one",
        "keymock request ls                                    what is saved",
        "keymock request send users/get                        send it, and print the answer",
    ),
)
