"""`keymock review BASE..HEAD`: may this be merged?"""

from __future__ import annotations

import os
from typing import Any

import click

from keymock.commands.invocation import Actor, Invocation, actor_of, root_of
from keymock.commands.printing import put_json
from keymock.commands.reviewing import Wanted
from keymock.commands.reviewing import review as judge
from keymock.commands.revisions import Revision
from keymock.commands.verb import Word, verb
from keymock.problems import Stop, error
from keymock.repo import git_root
from keymock.review.annotations import github, gitlab
from keymock.review.as_json import as_json
from keymock.review.markdown import markdown
from keymock.review.text import text
from keymock.review.verdict import Verdict
from keymock.roles import identity

FORMATS = ("text", "markdown", "json", "github", "gitlab")


@verb(
    "review",
    examples=(
        "keymock review main..HEAD",
        "keymock review main..HEAD --actor ada@example.com --approved-by bob@example.com",
        "keymock review origin/main..HEAD --signed --format markdown",
        "keymock review main..HEAD --actor github:ada-l --format github --fail-on breaking",
    ),
)
@click.argument("revisions", nargs=-1, required=True, type=Revision(), metavar="BASE..HEAD")
@click.option("--actor", metavar="WHO", help="Who made the change, as the CI platform knows it.")
@click.option("--signed", is_flag=True, help="Take authors from signatures by keys of the base's ROLES.")
@click.option("--trust-email", is_flag=True, help="Take authors from the e-mails of commits: weak.")
@click.option("--approved-by", "approvers", multiple=True, metavar="A,B", help="Who approved it; repeatable.")
@click.option("--bootstrap", is_flag=True, help="Let a change pass that brings the first ROLES.")
@click.option("--accept", multiple=True, metavar="ROUTE", help="A break that is meant: a route, or a mock; repeatable.")
@click.option("--fail-on", type=Word(("breaking",)), help="Refuse breaks that nobody announced.")
@click.option("--format", "form", type=Word(FORMATS), default="text", help="How to print it.")
def command(
    invocation: Invocation, revisions: tuple[str, ...], actor: str | None, signed: bool, trust_email: bool,
    approvers: tuple[str, ...], bootstrap: bool, accept: tuple[str, ...], fail_on: str | None, form: str,
) -> int:  # fmt: skip
    """Say whether a change may be merged: by the ROLES of its base, commit by commit, and by what the merge would make.

    Refused are changes that neither their author nor an approver may make, links and submodules, names that look like
    others, private files, secrets, mocks that the merge would break or make ambiguous, and what [policy] forbids.
    Without --actor, --signed or --trust-email you are the author, and the answer is advice. Exits with 1 if refused.
    """
    root = root_of(invocation)
    if sum((bool(actor), signed, trust_email)) > 1:
        raise _wrong("--actor, --signed and --trust-email exclude one another", "say which one tells the author")
    who = Actor(_named(actor), "--actor") if actor else actor_of(invocation, root)
    named = [_named(name) for names in approvers for name in names.split(",") if name]
    kind: Any = "actor" if actor else "signed" if signed else "email" if trust_email else "here"
    wanted = Wanted(kind, who, named, bootstrap, accept, fail_on == "breaking")
    found, verdict = judge(invocation, root, revisions, wanted)
    top = git_root(root)
    prefix = os.path.relpath(root, top).replace(os.sep, "/") + "/" if top is not None and top != root else ""
    _print(invocation, verdict, found.title, form, prefix)
    return 0 if verdict.allowed else 1


def _print(invocation: Invocation, verdict: Verdict, title: str, form: str, prefix: str) -> None:
    if form == "gitlab":
        put_json(gitlab(verdict, prefix))
    elif invocation.json or form == "json":
        put_json(as_json(verdict))
    elif form == "markdown":
        print(markdown(verdict))
    elif form == "github":
        print(github(verdict, prefix))
    else:
        print(text(verdict, title, color=invocation.color))


def _named(who: str) -> str:
    """A person, or an account on a host: `github:ada-l`."""
    if identity(who.rpartition(":")[2].removeprefix("@")) is None:
        raise _wrong(f"`{who}` cannot name a person", "letters, digits and . _ % + @ - only, or HOST:ACCOUNT")
    return who


def _wrong(message: str, hint: str) -> Stop:
    return Stop(error("keymock review", "bad-option", message, hint=hint))
