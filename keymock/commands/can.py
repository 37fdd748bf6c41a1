"""`keymock can USER VERB PATH`: the decision."""

from __future__ import annotations

from typing import Any

import click

from keymock import roles
from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json, remark
from keymock.commands.seen import Seen, look
from keymock.commands.verb import Word, verb
from keymock.layout import resolve_id
from keymock.problems import Stop, error
from keymock.roles import VERBS, Decision


@verb(
    "can",
    examples=(
        "keymock can ada@example.com update projects/shop/",
        "keymock can anyone use users/get-by-id",
        "keymock can me create workspace/mocks/a.toml",
    ),
)
@click.argument("user")
@click.argument("verb", type=Word(VERBS))
@click.argument("path")
def command(invocation: Invocation, user: str, verb: str, path: str) -> int:
    """Decide one question, and say by which line of ROLES.

    USER is an identity; me is you, anyone is somebody whom ROLES does not name. VERB is see, use, create, update,
    delete or administer. PATH is a file or folder of the workspace, or a mock. Exits with 0 for yes, 1 for no.
    """
    seen = look(invocation)
    actor = _person(seen, user)
    asked = next(one for one in VERBS if one == verb)
    where = _path(seen, path)
    decision = seen.rights.policy.decide(actor, asked, where, you="you" if user == "me" else user)
    if invocation.json:
        put_json(_json(decision, seen.catalog.policy.path))
    else:
        paint = invocation.paint
        print(f"{paint.green}yes{paint.plain}" if decision.allowed else f"{paint.red}no{paint.plain}", end="")
        print(f"  {decision.reason}")
        if decision.rule:
            remark(invocation, f"     {seen.catalog.policy.path}:{decision.rule.line}: {decision.rule.text}")
    return 0 if decision.allowed else 1


def _person(seen: Seen, user: str) -> str | None:
    if user == "me":
        return seen.actor.name
    if user == "anyone":
        return None
    if roles.identity(user.rpartition(":")[2].removeprefix("@")) is None:
        hint = "letters, digits and . _ % + @ - only; or me, or anyone"
        raise Stop(error("keymock can", "bad-identity", f"`{user}` cannot name a person", hint=hint))
    return user


def _path(seen: Seen, path: str) -> str:
    """The path that ROLES knows: of a file here, of a mock by its end, else as it was typed."""
    for spelling in (path, f"{path}.toml"):
        item = seen.catalog.items.get(seen.file_at(spelling)) or seen.catalog.items.get(spelling)
        if item is not None:
            return item.id_path
    mocks = resolve_id(path, seen.ids)
    if len(mocks) == 1 and not path.endswith("/"):
        return f"{mocks[0]}.toml"
    here = seen.file_at(path)
    if here and here != "." and (seen.root / here).exists():
        item = seen.catalog.tree.layout.classify(here)
        folder = "/" if (seen.root / here).is_dir() else ""
        return _logical(seen, here) + folder if item is None else item.id_path
    return path.removeprefix("./").removeprefix("/")


def _logical(seen: Seen, folder: str) -> str:
    """A project's folder by its id, wherever it lies."""
    for name, place in seen.catalog.tree.layout.projects.items():
        if folder == place or folder.startswith(f"{place}/"):
            return f"projects/{name}{folder.removeprefix(place)}"
    return folder


def _json(decision: Decision, file: str) -> dict[str, Any]:
    rule = decision.rule
    return {
        "allowed": decision.allowed,
        "role": decision.role,
        "reason": decision.reason,
        "rule": {"path": file, "line": rule.line, "text": rule.text} if rule else None,
    }
