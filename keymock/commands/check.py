"""`keymock check`: every problem of the workspace."""

from __future__ import annotations

import os
import time

from keymock import checks
from keymock.catalog.library import Library
from keymock.checks import saved
from keymock.commands.export.codeowners import existing, place_in_repository
from keymock.commands.flow.playing import problems_of_flows
from keymock.commands.invocation import Invocation
from keymock.commands.owners import Owners, disagreements
from keymock.commands.printing import counted, problem_json, put_json, remark, shown
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.problems import Problem
from keymock.roles import Policy
from keymock.serve import wire


@verb("check", examples=("keymock check", "keymock check --json", "keymock check --as ci-bot"))
def command(invocation: Invocation) -> int:
    """Find every problem of the workspace: broken files, mocks that clash or can never answer, roles that fool.

    Exits with 1 if there is an error; warnings alone are fine.
    """
    seen = look(invocation)
    problems = found(seen)
    errors = sum(problem.severity == "error" for problem in problems)
    if invocation.json:
        put_json({"mocks": len(seen.ids), "problems": [problem_json(problem) for problem in problems]})
        return 1 if errors else 0
    for problem in problems:
        print(shown(invocation, seen.root, problem))
    if problems:
        print()
    paint = invocation.paint
    tint = paint.red if errors else paint.green
    warnings = len(problems) - errors
    counts = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}" if problems else "no problems"
    print(f"{tint}{counts}{paint.plain} in {counted(len(seen.ids), 'mock')}")
    if seen.withheld:
        who = seen.actor.name or "nobody"
        remark(invocation, f"not looked at: {counted(seen.withheld, 'mock')} withheld from {who} by ROLES")
    return 1 if errors else 0


def found(seen: Seen) -> tuple[Problem, ...]:
    """What is wrong with single files, and between mocks; as far as the actor may know of them."""
    between = [
        *_owners(seen),
        *checks.run(seen.catalog, seen.routes.values(), now=time.time(), breaks=wire.supported()),
    ]
    kept = [*saved.problems(Library(seen.catalog, seen.rights)), *problems_of_flows(seen)]
    return tuple(sorted({*seen.problems, *between, *kept}))


def _owners(seen: Seen) -> list[Problem]:
    """Where a CODEOWNERS file of the repository lets people approve what ROLES does not let them change."""
    policy = seen.rights.policy
    if policy.roles.broken or policy.roles.open:
        return []
    within, top = place_in_repository(seen.root)
    found = existing(top)
    if found is None:
        return []
    files = {item.file: item.id_path for item in seen.items() if not item.owner}
    full = Policy(policy.roles)  # what a host enforces, it enforces in review, where ROLES always holds
    return list(disagreements(full, Owners(found[1], within), files, os.path.relpath(top / found[0], seen.root)))
