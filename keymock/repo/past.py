"""A workspace as it was at a revision, for one actor: what `Workspace` is for today."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from keymock import roles
from keymock.catalog import Catalog, Unit, policy_of
from keymock.repo.commit_tree import CommitTree
from keymock.repo.glass import behind_glass
from keymock.repo.place import Place, place_of
from keymock.repo.revision import commit_of
from keymock.workspace import WorkTree, loaded

TODAY = "today's ROLES"


def found(folder: Path | Place, environ: Mapping[str, str], revision: str) -> str:
    """The id of the commit that a revision names now. Raises Stop."""
    with behind_glass(folder, environ) as glass:
        return commit_of(glass, revision)


class Past:
    """A workspace at a commit. Nobody's private folder is part of it, whether somebody committed one or not."""

    def __init__(self, folder: Path, environ: Mapping[str, str], revision: str, actor: str | None) -> None:
        """Finds the revision and lists it. Raises Stop."""
        place = place_of(folder, environ)
        self.commit = found(place, environ, revision)
        self.folder = folder
        self.actor = actor
        self.revision = revision
        self.tree = CommitTree(place, environ, self.commit)

    def load(
        self,
        before: Catalog | None = None,
        known: Mapping[str, Unit] | None = None,
        *,
        keep_good: bool = False,
        unclosed: Collection[str] = (),
    ) -> Catalog:
        """Reads what the commit holds; see `catalog.load`."""
        return loaded(
            self.tree, self.actor, private=False, before=before, known=known, keep_good=keep_good, unclosed=unclosed
        )

    def today(self) -> roles.Rights:
        """What the actor may do by the ROLES of the work tree: whoever lost a right does not get it back by `--at`."""
        policy = policy_of(WorkTree(self.folder))
        named = msgspec.structs.replace(policy.roles, path=TODAY)
        return roles.Policy(named, enforce=policy.enforce).for_actor(self.actor)

    def named(self, file: str) -> str:
        """A file as git names it at this revision: `v1:services/shop/keymock.toml`."""
        return f"{self.revision}:{self.tree.place.prefix}{file}"
