"""A review, gathered: the range from git, both trees and what a merge would make of them; then judged."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from keymock import changes, checks, roles
from keymock.commands.comparing import TRAILER, Range, announced, range_of
from keymock.commands.invocation import Actor, Invocation
from keymock.problems import Problem, Stop, error, printable
from keymock.repo import (
    Authored,
    Change,
    Glass,
    SigningKey,
    authored,
    behind_glass,
    commit_of,
    contents,
    empty_tree,
    entries,
    has_commits,
    merged,
    place_of,
    signers,
    staged_tree,
    tree_of,
)
from keymock.repo import changes as tree_changes
from keymock.repo.commit_tree import CommitTree
from keymock.review import judging, names, policy, secrets
from keymock.review.verdict import Deed, Identity, Verdict
from keymock.roles.places import folded
from keymock.workspace import loaded

TOPS = frozenset({"workspace", "projects", "private", "environments", "keymock.toml", "roles"})

LARGEST = 1024 * 1024
"""Bytes of a file that is still searched for secrets."""


class Wanted(NamedTuple):
    """What the command line asks for: who made the range, who approved it, which breaks are meant."""

    identity: Identity
    actor: Actor
    approvers: Sequence[str] = ()
    bootstrap: bool = False
    accepted: Sequence[str] = ()
    fail_on_breaking: bool = False


class Evidence(NamedTuple):
    """What is judged: two trees of the whole repository, the commits between them, what git cannot put together."""

    before: str
    after: str
    steps: Sequence[Authored] = ()
    conflicts: Sequence[str] = ()


def review(invocation: Invocation, root: Path, words: Iterable[str], wanted: Wanted) -> tuple[Range, Verdict]:
    """The verdict on a range. Raises Stop: no such revision, a clone that is cut off, no git."""
    with behind_glass(place_of(root, invocation.environ), invocation.environ) as glass:
        found = range_of(glass, words, needs_head=True)
        steps = authored(glass, found.base, found.head)
        result = merged(glass, found.base, found.head)
        evidence = Evidence(found.base, result.tree, steps, result.conflicts)
        return found, _Review(invocation, glass, evidence, wanted).verdict()


def staged(invocation: Invocation, root: Path, wanted: Wanted) -> Verdict:
    """The verdict on what is about to be committed, by the roles of the commit before. Raises Stop."""
    with behind_glass(place_of(root, invocation.environ), invocation.environ) as glass:
        before = commit_of(glass, "HEAD") if has_commits(glass) else empty_tree(glass)
        evidence = Evidence(before, staged_tree(glass, invocation.environ))
        return _Review(invocation, glass, evidence, wanted).verdict()


class _Review:
    """One run of `review`: what git says, and the two trees."""

    def __init__(self, invocation: Invocation, glass: Glass, evidence: Evidence, wanted: Wanted) -> None:
        self.glass = glass
        self.wanted = wanted
        self.steps = evidence.steps
        self.conflicts = evidence.conflicts
        self.trees = _folder(glass, evidence.before), _folder(glass, evidence.after)
        self.net = tree_changes(glass, *self.trees)
        # Trees that git made here lie in front of the glass, and go with it.
        inside = msgspec.structs.replace(glass.place, objects=glass.folder / "objects", prefix="")
        before, after = (CommitTree(inside, invocation.environ, tree) for tree in self.trees)
        self.before = loaded(before, None, private=False)
        self.after = loaded(after, None, private=False, before=self.before)
        documents = {self._logical(one.named.file) for each in (self.before, self.after) for one in each.contracts}
        self.rules = roles.Policy(self.before.policy, contracts=documents)

    def verdict(self) -> Verdict:
        deeds = list(self._deeds())
        decisions = judging.judge(self.rules, deeds, self.wanted.approvers)
        problems = {*self._files(), *self._history(), *self._trees_problems(), *self._roles()}
        return Verdict(
            decisions,
            judging.needs(self.rules, decisions),
            tuple(sorted(problems)),
            self._changes(),
            self.wanted.identity,
            tuple(self._notes(deeds)),
            self.wanted.fail_on_breaking,
        )

    # ---- who did what ----------------------------------------------------------------------------------------------

    def _deeds(self) -> Iterator[Deed]:
        """Commit by commit, and what no commit alone accounts for; or, by `history = "net"`, the sum alone."""
        whose = self._authors()
        net_only = self.before.settings.policy.history == "net"
        seen: set[str] = set()
        for step in self.steps if not net_only else ():
            for change in step.changes:
                seen.add(change.path)
                yield from self._deed(step.commit.id, whose[step.commit.id], change)
        for change in self.net:
            if change.path in seen:
                continue
            authors = {whose[step.commit.id] for step in self.steps for one in step.changes if one.path == change.path}
            for author in sorted(authors, key=str) or [whose.get("")]:
                yield from self._deed("", author, change)

    def _deed(self, commit: str, actor: str | None, change: Change) -> Iterator[Deed]:
        if self._concerns(change.path):
            yield Deed(commit, actor, change.deed, self._logical(change.path), change.path)

    def _authors(self) -> dict[str, str | None]:
        """Who made each commit, by its id; under the empty one, whoever stands for the whole."""
        ids = [step.commit.id for step in self.steps]
        if self.wanted.identity == "signed":
            keys = [SigningKey(key.who, key.kind, key.material) for key in self.before.policy.keys]
            signed = signers(self.glass, ids, keys)
            return {name: signed.get(name) for name in ids} | {"": None}
        if self.wanted.identity == "email":
            return {step.commit.id: roles.identity(step.commit.author.email) for step in self.steps} | {"": None}
        return dict.fromkeys([*ids, ""], self.wanted.actor.name)

    # ---- which files, and what they are called in ROLES --------------------------------------------------------------

    def _concerns(self, file: str) -> bool:
        """Whether a file is keymock's, in the tree before or after; what only looks so is its concern too."""
        if folded(file.partition("/")[0]) in TOPS:
            return True
        return any(file.startswith(f"{folder}/") for folder in self._folders())

    def _folders(self) -> list[str]:
        return [folder for catalog in (self.before, self.after) for folder in catalog.tree.layout.projects.values()]

    def _logical(self, file: str) -> str:
        """By the projects as they are on the base; a folder that is new goes by the name that it gives itself."""
        for catalog in (self.before, self.after):
            for name, folder in catalog.tree.layout.projects.items():
                if file.startswith(f"{folder}/"):
                    return f"projects/{name}{file.removeprefix(folder)}"
        return file

    # ---- what is wrong -----------------------------------------------------------------------------------------------

    def _files(self) -> Iterator[Problem]:
        """Of the tree as it would be: links, submodules, names, private files, conflicts."""
        ours = [change for change in self.net if self._concerns(change.path)]
        for change in ours:
            if change.after and change.nature != "file":
                what = {"link": "a symbolic link", "submodule": "a submodule"}.get(change.nature, "no regular file")
                message = f"this is {what}, which nobody may bring into a workspace"
                code = "submodule" if change.nature == "submodule" else "symlink"
                yield error(printable(change.path), code, message, hint="put the file itself there")
        listed = [entry.path for entry in entries(self.glass, self.trees[1])]
        fresh = [change.path for change in ours if change.deed == "create"]
        yield from names.check((file for file in listed if self._concerns(file)), fresh)
        yield from (_private(file, "") for file in fresh if _is_private(file))
        for file in self.conflicts:
            inside = file.removeprefix(self.glass.place.prefix)
            if file.startswith(self.glass.place.prefix) and self._concerns(inside):
                message = "both sides changed this, and git cannot put it together"
                yield error(printable(inside), "merge-conflict", message, hint="merge the base into the branch")

    def _history(self) -> Iterator[Problem]:
        """Of every commit, for what is in one stays in the repository: secrets, and private files."""
        last = {change.path for change in self.net if change.after}
        now = {change.after for change in self.net}
        brought: dict[str, tuple[Change, str]] = {}
        for commit, change in self._brought():
            brought.setdefault(change.after, (change, commit))
            if change.deed == "create" and _is_private(change.path) and change.path not in last:
                yield _private(change.path, commit)
        data = self._contents([*brought, *(change.before for change, _ in brought.values() if change.before)])
        for name, (change, commit) in brought.items():
            for problem in secrets.check(printable(change.path), data.get(name, b""), data.get(change.before, b"")):
                where = "" if name in now else f", in {commit[:10]}"
                yield msgspec.structs.replace(problem, message=problem.message + where)

    def _brought(self) -> Iterator[tuple[str, Change]]:
        """Every content that comes into the repository, with the commit that first has it."""
        found = [(step.commit.id, change) for step in self.steps for change in step.changes]
        for commit, change in [*found, *(("", change) for change in self.net)]:
            if change.after and change.nature == "file" and self._concerns(change.path):
                yield commit, change

    def _contents(self, ids: Sequence[str]) -> dict[str, bytes]:
        sizes = self.glass.ask("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)",
                               said=("\n".join(ids) + "\n").encode("ascii")) if ids else b""  # fmt: skip
        facts = (line.split() for line in sizes.decode("ascii", "replace").splitlines())
        return contents(self.glass, [f[0] for f in facts if f[1:2] == ["blob"] and int(f[2]) <= LARGEST])

    def _trees_problems(self) -> Iterator[Problem]:
        """What the merge would break: broken files, mocks that clash, rules of the team. Nothing that was so before."""
        now = time.time()
        old = {_same(problem) for problem in (*self.before.problems, *checks.run(self.before, now=now))}
        found = {*self.after.problems, *checks.run(self.after, now=now)}
        yield from (problem for problem in found if _same(problem) not in old)
        touched = [route for name, route in self.after.routes.items() if self.before.routes.get(name) != route]
        sizes = {route.id: self._inline(route.id, route.file) for route in touched}
        yield from policy.check(self.before.settings.policy, touched, sizes)

    def _inline(self, name: str, file: str) -> int:
        """No more than the mock's own file has, for a body may lie beside it."""
        stamp = self.after.tree.files.get(file)
        largest = max(map(policy.inline, self.after.routes[name].answers), default=0)
        return min(largest, stamp[2]) if stamp is not None else 0

    def _roles(self) -> Iterator[Problem]:
        brought = "ROLES" in self.after.items and "ROLES" not in self.before.items
        if brought and not self.wanted.bootstrap:
            message = "the base has no ROLES, so nobody there decides who may bring it"
            yield error("ROLES", "bootstrap", message, hint="whoever owns the repository lets it pass: --bootstrap")

    # ---- what it comes to --------------------------------------------------------------------------------------------

    def _changes(self) -> changes.Comparison:
        lines = (value for step in self.steps for key, value in step.commit.trailers if key.lower() == TRAILER)
        meant = announced(lines) | dict.fromkeys(self.wanted.accepted, "by --accept")
        return changes.compare(self.before, self.after, accepted=meant)

    def _notes(self, deeds: Sequence[Deed]) -> Iterator[str]:
        if self.wanted.identity == "here":
            who = self.wanted.actor.name or "nobody"
            yield f"This is advice, as {who} ({self.wanted.actor.source}): CI says who made a change, by --actor."
        if self.wanted.identity == "email":
            yield "Who made a commit is taken from its e-mail, which anybody can write: weak."
        if self.rules.roles.open:
            yield "The base has no rule in ROLES: everybody may do everything but enter a private folder."
        if self.wanted.identity == "signed" and any(deed.actor is None for deed in deeds):
            unsigned = {deed.commit[:10] for deed in deeds if deed.actor is None}
            yield f"Not signed by a key of the base's ROLES: {', '.join(sorted(filter(None, unsigned))) or 'the sum'}."


def _folder(glass: Glass, whole: str) -> str:
    """The tree of the workspace's folder; one with nothing in it where there is no workspace."""
    try:
        return tree_of(glass, whole)
    except Stop as stopped:
        if any(problem.code != "no-workspace" for problem in stopped.problems):
            raise
        return empty_tree(glass)


def _is_private(file: str) -> bool:
    return folded(file.partition("/")[0]) == "private" and "/" in file


def _private(file: str, commit: str) -> Problem:
    where = f"; {commit[:10]} has it, and a later commit does not help" if commit else ""
    message = f"a private file does not belong into a repository{where}"
    return error(printable(file), "private-file", message, hint=f"git rm --cached {printable(file)}, and amend")


def _same(problem: Problem) -> tuple[str, str, str]:
    """Lines may move without anything being new."""
    return problem.path, problem.code, problem.message
