"""`keymock token`: says who calls a keymock that serves several people."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Any

import click

from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, counted, put_json, remark
from keymock.commands.seen import Seen, look
from keymock.commands.verb import Word, verb
from keymock.disk import state_folder
from keymock.problems import Stop, did_you_mean, error
from keymock.roles import Policy, identity
from keymock.token_file import TokenFile
from keymock.tokens import Token, text_of, token

DAY = 86_400


@verb(
    "token",
    examples=(
        "keymock token issue ada@example.com            prints it this once; good for 30 days",
        "keymock token issue ci-bot --days 365",
        "keymock token ls                               whose there are, and until when",
        "keymock token revoke 3f9a2c1d                  holds at once, in a server that runs too",
        "keymock token revoke ada@example.com           all of hers",
    ),
)
@click.argument("deed", type=Word(("issue", "revoke", "ls")))
@click.argument("whose", required=False, metavar="[USER|ID]")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How long it is good.")
def command(invocation: Invocation, deed: str, whose: str | None, days: int) -> int:
    """Issue, revoke or list the tokens by which `keymock up --tokens` knows its callers. For workspace admins.

    A caller sends it as the header or cookie x-keymock-token. Only digests are kept, in your own state folder.
    """
    seen = look(invocation)
    _need_admin(seen)
    file = TokenFile(state_folder(invocation.environ), seen.root)
    if deed == "ls":
        _list(invocation, file)
        return 0
    if not whose:
        hint = "keymock token issue ada@example.com" if deed == "issue" else "keymock token ls"
        raise Stop(error("keymock token", "usage", "say whose", hint=hint))
    try:
        if deed == "issue":
            _issue(seen, file, whose, days)
        else:
            _revoke(invocation, file, whose)
    except OSError as fault:
        raise Stop(error(str(file.path), "not-writable", f"cannot be written: {fault.strerror}")) from None
    return 0


def _need_admin(seen: Seen) -> None:
    """Whoever issues tokens decides who may be whom: a workspace admin, also where ROLES is for review alone."""
    decision = Policy(seen.catalog.policy).decide(seen.actor.name, "update", "ROLES")
    if not decision.allowed:
        message = f"tokens are for workspace admins: {decision.reason}"
        raise Stop(error("keymock token", "forbidden", message), exit_code=1)


def _issue(seen: Seen, file: TokenFile, actor: str, days: int) -> None:
    if identity(actor) is None:
        hint = "letters, digits and . _ % + @ - only, 128 at most, no dot in front"
        raise Stop(error("keymock token", "bad-identity", f"`{actor}` cannot name a person", hint=hint))
    now, text = int(time.time()), text_of(secrets.token_bytes(36))
    made = token(text, actor, now=now, seconds=days * DAY, by=seen.actor.name or "")
    file.write([*(each for each in file.read() if each.expires > now), made])
    if seen.invocation.json:
        put_json({"id": made.id, "token": text, "actor": actor, "expires": _day(made.expires)})
        return
    print(text)
    remark(seen.invocation, f"for {actor}, until {_day(made.expires)[:10]}; it is not shown again")
    remark(seen.invocation, "to be sent as the header x-keymock-token, to keymock up --tokens")
    people = seen.rights.policy.people
    if not seen.rights.policy.roles.open and people.find(actor) not in people.named:
        remark(seen.invocation, f"ROLES names no {actor}: they have what `anyone` has")


def _revoke(invocation: Invocation, file: TokenFile, whose: str) -> None:
    tokens = file.read()
    gone = [each for each in tokens if whose in (each.id, each.actor)]
    if not gone:
        known = [name for each in tokens for name in (each.id, each.actor)]
        hint = did_you_mean(whose, known) or "whose there are: keymock token ls"
        raise Stop(error("keymock token", "no-such-token", f"there is no token `{whose}`", hint=hint))
    file.write(each for each in tokens if each not in gone)
    if invocation.json:
        put_json([_json(each) for each in gone])
        return
    for each in gone:
        print(f"revoked {each.id} of {each.actor}")


def _list(invocation: Invocation, file: TokenFile) -> None:
    tokens = sorted(file.read(), key=lambda each: (each.actor, each.expires))
    if invocation.json:
        put_json([_json(each) for each in tokens])
        return
    now = time.time()
    for line in columns([_row(each, now) for each in tokens]):
        print(line)
    remark(invocation, f"{counted(len(tokens), 'token')}, kept in {file.path}" if tokens else "no token is issued")


def _row(each: Token, now: float) -> tuple[str, ...]:
    until = f"{'expired' if each.expires <= now else 'until'} {_day(each.expires)[:10]}"
    return each.id, each.actor, until, f"by {each.by}" if each.by else ""


def _json(each: Token) -> dict[str, Any]:
    return {"id": each.id, "actor": each.actor, "issued": _day(each.issued), "expires": _day(each.expires),
            "by": each.by}  # fmt: skip


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
