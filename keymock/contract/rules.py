"""What a project says of its contract: how strictly it is kept, what it answers, whether links are rewritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec
from msgspec import UNSET

from keymock.contract.validating import PARTS, Part
from keymock.learned import learned
from keymock.spec import Parts, Strictness, Validate

Answers = Literal["all", "examples", "none"]


class Rules(msgspec.Struct, frozen=True):
    """The rules of one project. `levels` say how strictly, nearest first; what none of them says is told."""

    levels: tuple[Strictness | Validate, ...] = ()
    answers: Answers = "all"
    rewrite_links: bool = True

    def mode(self, part: Part, operation: str = "") -> Strictness:
        """How strictly a part of a request, or a response, is looked at."""
        for level in self._levels(operation):
            if isinstance(level, str):
                return level
            given = getattr(level, part)
            if given is UNSET and part != "response":
                given = level.request
            if given is not UNSET:
                return given  # type: ignore[no-any-return]
        return "warn"

    def _levels(self, operation: str) -> Iterator[Strictness | Parts]:
        for level in self.levels:
            if isinstance(level, Validate) and operation in level.operations:
                yield level.operations[operation]
            yield level

    def modes(self, operation: str) -> Mapping[Part, Strictness]:
        """How strictly each part is looked at, of one operation."""
        return {part: self.mode(part, operation) for part in PARTS}

    def beneath(self, said: str) -> Rules:
        """The rules where the folders of a mock say something of their own: `Route.validate`."""
        return msgspec.structs.replace(self, levels=levels(said)) if said else self


def levels(said: str) -> tuple[Strictness | Validate, ...]:
    """How strictly, nearest first, from what `catalog.contexts` has made of it; nothing for nothing."""
    return msgspec.json.decode(said, type=learned(tuple[Strictness | Validate, ...])) if said else ()
