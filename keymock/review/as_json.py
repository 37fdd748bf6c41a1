"""A verdict for programs, in the shape that `interfaces.md` promises, and more."""

from __future__ import annotations

from typing import Any

from keymock.changes.as_json import as_json as changes_json
from keymock.problems import Problem, printable
from keymock.review.verdict import Judged, Verdict


def as_json(verdict: Verdict, roles: str = "ROLES") -> dict[str, Any]:
    """`{"allowed", "decisions", "needs", "problems", "changes"}`. `roles` is the file that rules stand in."""
    return {
        "allowed": verdict.allowed,
        "identity": verdict.identity,
        "decisions": [_decision(one, roles) for one in verdict.decisions],
        "needs": [{"path": printable(need.path), "who": list(need.who)} for need in verdict.needs],
        "problems": [_problem(problem) for problem in verdict.problems],
        **changes_json(verdict.changes),
        "notes": list(verdict.notes),
    }


def _decision(one: Judged, roles: str) -> dict[str, Any]:
    rule = {"path": roles, "line": one.rule.line, "text": one.rule.text} if one.rule is not None else None
    return {
        "commit": one.deed.commit or None,
        "actor": one.deed.actor,
        "verb": one.deed.verb,
        "path": printable(one.deed.path),
        "allowed": one.allowed,
        "by": one.by,
        "who": one.who,
        "reason": one.reason,
        "rule": rule,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "hint": problem.hint,
    }
