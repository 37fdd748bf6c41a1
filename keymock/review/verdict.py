"""What a review comes to: who may do what was done, what is wrong with it, what callers will see."""

from __future__ import annotations

from typing import Literal

import msgspec

from keymock.changes import Comparison
from keymock.problems import Problem
from keymock.roles import Rule, Verb

Identity = Literal["actor", "signed", "email", "here"]
"""Where the name of an author comes from: told by CI, a signature, the e-mail of the commit, or whoever runs this."""


class Deed(msgspec.Struct, frozen=True):
    """What one commit did to one file. `path` is as ROLES knows it, `file` from the workspace's folder.

    `commit` is empty for what no commit alone has done.
    """

    commit: str
    actor: str | None
    verb: Verb
    path: str
    file: str


class Judged(msgspec.Struct, frozen=True):
    """A deed and the decision about it. `by` says whose right it was; of a refusal, whose right was missing."""

    deed: Deed
    allowed: bool
    by: Literal["actor", "approver"]
    who: str | None
    reason: str
    rule: Rule | None = None


class Need(msgspec.Struct, frozen=True):
    """Who could do, or approve, what was refused. Empty: nobody can."""

    path: str
    file: str
    who: tuple[str, ...]


class Verdict(msgspec.Struct, frozen=True):
    """All of it. `notes` are sentences that stand beside the answer."""

    decisions: tuple[Judged, ...]
    needs: tuple[Need, ...]
    problems: tuple[Problem, ...]
    changes: Comparison
    identity: Identity
    notes: tuple[str, ...] = ()
    breaks: bool = False
    """Whether a break that nobody meant is a refusal."""

    @property
    def refused(self) -> tuple[Judged, ...]:
        """The deeds that nobody who may has done or approved."""
        return tuple(one for one in self.decisions if not one.allowed)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What must be mended before this is merged."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def allowed(self) -> bool:
        """Whether it may be merged."""
        return not self.refused and not self.errors and not (self.breaks and self.changes.breaking)
