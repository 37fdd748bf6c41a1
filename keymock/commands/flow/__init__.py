"""`keymock flow`: requests one after the other, run, shown, written."""

from __future__ import annotations

from keymock.commands.family import Family

VERBS = {
    "run": "run a flow against mocks, the real API, or both",
    "ls": "list the flows",
    "show": "print the steps of one, or draw it",
    "new": "write a flow of saved requests",
}

command = Family(
    "flow",
    __name__,
    VERBS,
    "Flows: requests one after the other, each able to use what came before, checked as they run.",
    examples=(
        "keymock flow new checkout auth/login orders/create   write one of saved requests",
        "keymock flow run checkout                            against mocks, or what it says",
        "keymock flow run checkout --target both              and say where mock and reality differ",
        "keymock new --from flow:checkout --run               make mocks of what the real API answers",
    ),
)
