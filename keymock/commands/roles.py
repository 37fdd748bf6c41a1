"""`keymock roles`: who may do what."""

from __future__ import annotations

from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, put_json, remark
from keymock.commands.seen import look
from keymock.commands.verb import verb


@verb("roles", examples=("keymock roles", "keymock roles --json", "keymock can ada@example.com use projects/shop/"))
def command(invocation: Invocation) -> int:
    """List who may do what in each scope that you may see, and by which line of ROLES."""
    seen = look(invocation)
    paths = [path for path in ("workspace/", *(f"projects/{name}/" for name in seen.projects)) if seen.sees(path)]
    rows = seen.rights.policy.table(paths)
    file = seen.catalog.policy.path
    if invocation.json:
        put_json([
            {"path": row.path, "who": row.who, "role": row.role, "verbs": row.verbs, "line": row.line} for row in rows
        ])  # fmt: skip
        return 0
    table = [
        (row.path, row.who, row.role or "–", ", ".join(row.verbs), f"{file}:{row.line}" if row.line else "")
        for row in rows
    ]
    for line in columns(table):
        print(line)
    if seen.catalog.policy.broken:
        remark(invocation, f"{file} cannot be read, so nobody may do anything: keymock check")
    elif seen.rights.policy.open:
        remark(
            invocation, "there is no ROLES file in force: whoever has the files may do everything; keymock init --roles"
        )
    return 0
