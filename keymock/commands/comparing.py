"""Two trees that somebody named on the command line, found and read: BASE and HEAD, or BASE and the work tree."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from keymock import changes, document, roles, spec, units
from keymock.catalog import Catalog, policy_of
from keymock.changes.narrowing import Narrowed, narrowed
from keymock.commands.invocation import Actor, Invocation, actor_of, root_of
from keymock.layout import Layout
from keymock.problems import Stop, error
from keymock.repo import Glass, behind_glass, commit_of, commits, merge_base, place_of
from keymock.repo.commit_tree import CommitTree
from keymock.repo.uncommitted import Uncommitted
from keymock.workspace import WorkTree, loaded

TRAILER = "keymock-breaking"
"""`Keymock-Breaking: GET /users/:id <reason>` at the end of a commit's message: a break that is meant."""

WORK_TREE = "the work tree"


class Range(NamedTuple):
    """What is compared, as commits; `head` is empty for the work tree. `title` is what was typed."""

    base: str
    head: str
    title: str


class Trees(NamedTuple):
    """Both trees read, for an actor, and the breaks that commits between them announce."""

    range: Range
    before: Catalog
    after: Catalog
    announced: dict[str, str]


def range_of(glass: Glass, words: Iterable[str], *, needs_head: bool = False) -> Range:
    """`BASE`, `BASE HEAD`, `BASE..HEAD` or `BASE...HEAD`, which begins where the two parted. Raises Stop."""
    given = list(words)
    joined = "..." if len(given) == 1 and "..." in given[0] else ".."
    names = given[0].split(joined) if len(given) == 1 and ".." in given[0] else given
    if not 1 <= len(names) <= 2 or (needs_head and len(names) != 2):
        wanted = "BASE..HEAD" if needs_head else "BASE, BASE HEAD or BASE..HEAD"
        raise Stop(error("keymock", "bad-range", f"`{' '.join(given)}` is no {wanted}", hint="say: main..HEAD"))
    base = commit_of(glass, names[0] or "HEAD")
    head = commit_of(glass, names[1] or "HEAD") if len(names) == 2 else ""
    if joined == "..." and head:
        base = merge_base(glass, base, head)
    title = f"{names[0] or 'HEAD'} → {(names[1] or 'HEAD') if len(names) == 2 else WORK_TREE}"
    return Range(base, head, title)


def read(invocation: Invocation, root: Path, words: Iterable[str]) -> Trees:
    """Both trees. What they have in common is read once. Raises Stop."""
    place = place_of(root, invocation.environ)
    with behind_glass(place, invocation.environ) as glass:
        found = range_of(glass, words)
        announced = _announced(glass, found)
    base = CommitTree(place, invocation.environ, found.base)
    head: CommitTree | Uncommitted = Uncommitted(root, place.format)
    if found.head:
        head = CommitTree(place, invocation.environ, found.head, beside=base)
    same = _same(base, head)
    before = loaded(Narrowed(base, same) if same else base, None, private=False)
    after = loaded(Narrowed(head, same) if same else head, None, private=False, before=before)
    return Trees(found, before, after, announced)


def _same(base: CommitTree, head: CommitTree | Uncommitted) -> set[str]:
    """The mocks that need not be read, for nothing about them can be different."""
    if base.stamp("keymock.toml") != head.stamp("keymock.toml"):
        return set()
    settings = spec.Workspace()
    if base.stamp("keymock.toml") is not None:
        parsed = document.parse(base.read("keymock.toml"), "keymock.toml", spec.Workspace, dec_hook=units.dec_hook)
        if parsed.value is None or parsed.value.projects:
            return set()  # folders that globs find take their names from files
        settings = parsed.value
    names = {file.split("/")[1] for file in head.files(settings.projects) if file.startswith("projects/")}
    names |= {file.split("/")[1] for file in base.files(settings.projects) if file.startswith("projects/")}
    return narrowed(base, head, Layout({name: f"projects/{name}" for name in names}), settings.projects) or set()


def _announced(glass: Glass, found: Range) -> dict[str, str]:
    head = found.head or commit_of(glass, "HEAD")
    if head == found.base:
        return {}
    between = commits(glass, found.base, head)
    return announced(value for one in between for key, value in one.trailers if key.lower() == TRAILER)


def announced(lines: Iterable[str]) -> dict[str, str]:
    """Breaks that are meant, by what breaks: `GET /users/:id the field was never filled`, or a mock and a reason."""
    found: dict[str, str] = {}
    for line in lines:
        words = line.split()
        length = 2 if len(words) > 1 and words[1].startswith("/") else 1
        if words:
            found[" ".join(words[:length])] = " ".join(words[length:])
    return found


def compared(invocation: Invocation, root: Path, trees: Trees, accepted: Iterable[str]) -> changes.Comparison:
    """The changes that the actor may see: by the ROLES of the tree that a mock is of, and by today's."""
    actor = actor_of(invocation, root)
    today = policy_of(WorkTree(root)).for_actor(actor.name)
    meant = trees.announced | dict.fromkeys(accepted, "by --accept")
    return changes.compare(
        trees.before,
        trees.after,
        sees_before=_sees(trees.before, actor, today),
        sees_after=_sees(trees.after, actor, today),
        accepted=meant,
    )


def _sees(catalog: Catalog, actor: Actor, today: roles.Rights) -> changes.Sees:
    then = roles.Policy(catalog.policy, enforce=catalog.settings.roles == "full").for_actor(actor.name)
    return lambda name: then.may("see", f"{name}.toml") and today.may("see", f"{name}.toml")


def compare(invocation: Invocation, words: Iterable[str], accepted: Iterable[str]) -> tuple[str, changes.Comparison]:
    """What was compared, and what is different. Raises Stop."""
    root = root_of(invocation)
    trees = read(invocation, root, words)
    return trees.range.title, compared(invocation, root, trees, accepted)
