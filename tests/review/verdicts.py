"""A verdict made by hand, for the tests of how verdicts are told."""

from __future__ import annotations

import telling

from keymock.problems import Problem, error, warning
from keymock.review import Deed, Judged, Need, Verdict

FILE = "projects/pay/mocks/pay.toml"
BEFORE = {FILE: '[request]\npath = "/pay"\n[response]\njson = { id = 1 }\n'}
AFTER = {FILE: '[request]\npath = "/pay"\n[response]\njson = { id = "1" }\n'}


def refused(file: str = FILE, commit: str = "c" * 40) -> Judged:
    deed = Deed(commit, "ada@example.com", "update", file, file)
    return Judged(deed, False, "actor", "ada@example.com", "ada@example.com is a viewer of projects/pay by ROLES:6")


def allowed(file: str = FILE) -> Judged:
    deed = Deed("c" * 40, "ada@example.com", "update", file, file)
    return Judged(deed, True, "approver", "pat@example.com", "pat@example.com is an editor of projects/pay by ROLES:6")


PROBLEMS: tuple[Problem, ...] = (
    error("a.toml", "secret", "this looks like a token", hint="take it out", line=3),
    warning("b.toml", "maybe-ambiguous", "`GET /a` and b.toml:1 may meet <b> @ops"),
)


def verdict(*decisions: Judged, problems: tuple[Problem, ...] = (), breaks: bool = False) -> Verdict:
    needs = tuple(Need(one.deed.path, one.deed.file, ("pat@example.com",)) for one in decisions if not one.allowed)
    found = telling.compared(BEFORE, AFTER)
    return Verdict(decisions, needs, problems, found, "actor", ("A note.",), breaks)
