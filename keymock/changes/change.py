"""A change as a reviewer would say it: what kind, how grave, where before and after, a sentence, data for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

Severity = Literal["breaking", "change", "addition", "note"]
SEVERITIES: tuple[Severity, ...] = ("breaking", "change", "addition", "note")
"""The gravest first. `breaking`: a caller who was content may fail now. `change`: other data in the same shape, other
timing. `addition`: what was there is as it was. `note`: callers see nothing of it."""

Kind = Literal["added", "removed", "changed", "moved"]


class Place(msgspec.Struct, frozen=True):
    """A line of a file of the workspace; 0 stands for the whole file."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Detail(msgspec.Struct, frozen=True):
    """One thing that is different. `says` is a sentence without its full stop; `data` what programs read of it."""

    kind: str
    severity: Severity
    says: str
    data: dict[str, Any] = {}
    before: Place | None = None
    after: Place | None = None


class Change(msgspec.Struct, frozen=True):
    """Everything that is different about one mock, or, where `mock` is empty, about a setting (`about` names it).

    `route` is `GET /users/:id`, as it is now or, if it is gone, as it was. `accepted` is why somebody meant a break.
    """

    kind: Kind
    route: str
    mock: str
    about: str
    says: str
    details: tuple[Detail, ...]
    before: Place | None = None
    after: Place | None = None
    project: str = ""
    accepted: str = ""

    @property
    def severity(self) -> Severity:
        """That of its gravest detail."""
        return gravest(detail.severity for detail in self.details)

    @property
    def breaking(self) -> bool:
        """Whether it breaks somebody who was not told: nobody accepted it."""
        return self.severity == "breaking" and not self.accepted

    @property
    def place(self) -> Place | None:
        """Where to look: in the tree after, or where it was."""
        return self.after or self.before


def gravest(severities: Iterable[Severity]) -> Severity:
    """The gravest of these; a note if there are none."""
    return min(severities, key=SEVERITIES.index, default="note")
