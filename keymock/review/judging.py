"""May they? Each deed by the roles of the base, for its author and for those who approved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keymock.review.verdict import Deed, Judged, Need
from keymock.roles import Policy


def judge(policy: Policy, deeds: Iterable[Deed], approvers: Sequence[str] = ()) -> tuple[Judged, ...]:
    """One decision a deed, in their order. A deed that two commits repeat is judged for each."""
    return tuple(_judged(policy, deed, approvers) for deed in deeds)


def _judged(policy: Policy, deed: Deed, approvers: Sequence[str]) -> Judged:
    you = deed.actor or "nobody"
    own = policy.decide(deed.actor, deed.verb, deed.path, you=you)
    if own.allowed:
        return Judged(deed, True, "actor", deed.actor, own.reason, own.rule)
    for approver in approvers:
        decision = policy.decide(approver, deed.verb, deed.path, you=approver)
        if decision.allowed:
            return Judged(deed, True, "approver", approver, decision.reason, decision.rule)
    return Judged(deed, False, "actor", deed.actor, own.reason, own.rule)


def needs(policy: Policy, decisions: Iterable[Judged]) -> tuple[Need, ...]:
    """For each path that was refused, who could do it: the same question that serving asks to say who can help."""
    found: dict[str, Need] = {}
    for one in decisions:
        if not one.allowed and one.deed.path not in found:
            who = policy.who_can(one.deed.verb, one.deed.path)
            found[one.deed.path] = Need(one.deed.path, one.deed.file, who)
    return tuple(found.values())
