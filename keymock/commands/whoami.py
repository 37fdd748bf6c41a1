"""`keymock whoami`: the actor, and where it comes from."""

from __future__ import annotations

from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, put_json, remark
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb


@verb("whoami", examples=("keymock whoami", "KEYMOCK_USER=ada@example.com keymock whoami"))
def command(invocation: Invocation) -> int:
    """Say who you are here, where that comes from, and what you are in each scope.

    --as goes before KEYMOCK_USER, that before git's user.email.
    """
    seen = look(invocation)
    roles = _roles(seen)
    if invocation.json:
        put_json({"actor": seen.actor.name, "source": seen.actor.source, "roles": roles})
        return 0
    print(f"{seen.actor.name or 'nobody'}  ({seen.actor.source})")
    for line in columns([(f"  {space}", role or "–") for space, role in roles.items()]):
        print(line)
    if not seen.actor.name:
        remark(invocation, "to be somebody: KEYMOCK_USER, git config user.email, or --as")
    elif seen.rights.policy.open:
        remark(invocation, "there is no ROLES file in force: whoever has the files may do everything")
    return 0


def _roles(seen: Seen) -> dict[str, str]:
    """The actor's role in each scope, empty where there is none."""
    spaces = ["workspace", *(f"projects/{name}" for name in seen.projects)]
    if seen.owner:
        spaces.append(f"private/{seen.owner}")
    rights = seen.rights
    return {
        space: rights.role(f"{space}/") or ("everything" if rights.may("update", f"{space}/") else "")
        for space in spaces
    }
