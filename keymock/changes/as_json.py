"""Changes for programs, in the shape that `interfaces.md` promises, and more."""

from __future__ import annotations

from typing import Any

from keymock.changes.change import Change, Detail, Place
from keymock.changes.compare import Comparison


def as_json(comparison: Comparison) -> dict[str, Any]:
    """`{"changes": […], "breaking": bool}`; `breaking` is about those that nobody accepted."""
    return {
        "changes": [change_json(change) for change in comparison.changes],
        "breaking": comparison.breaking,
        "withheld": comparison.withheld,
    }


def change_json(change: Change) -> dict[str, Any]:
    """One change; `mock` and `route` are null for settings, `about` is null for mocks."""
    return {
        "kind": change.kind,
        "route": change.route or None,
        "mock": change.mock or None,
        "about": change.about or None,
        "project": change.project or None,
        "severity": change.severity,
        "breaking": change.breaking,
        "accepted": change.accepted or None,
        "says": change.says,
        "before": _place(change.before),
        "after": _place(change.after),
        "details": [_detail(detail) for detail in change.details],
    }


def _detail(detail: Detail) -> dict[str, Any]:
    return {
        "kind": detail.kind,
        "severity": detail.severity,
        "says": detail.says,
        "before": _place(detail.before),
        "after": _place(detail.after),
        "data": detail.data,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    return None if place is None else {"file": place.file, "line": place.line}
