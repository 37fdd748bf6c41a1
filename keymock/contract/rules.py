"""What a project says of its contract: how strictly it is kept, what it answers, whether links are rewritten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import UNSET

from keymock.contract.validating import PARTS, Part
from keymock.spec import Parts, Strictness, Validate

Answers = Literal["all", "examples", "none"]


class Rules(msgspec.Struct, frozen=True):
    """The rules of one project."""

    validate: Strictness | Validate = "warn"
    answers: Answers = "all"
    rewrite_links: bool = True

    def mode(self, part: Part, operation: str = "") -> Strictness:
        """How strictly a part of a request, or a response, is looked at."""
        levels: list[Strictness | Parts] = [self.validate]
        if isinstance(self.validate, Validate) and operation in self.validate.operations:
            levels.insert(0, self.validate.operations[operation])
        for level in levels:
            if isinstance(level, str):
                return level
            given = getattr(level, part)
            if given is UNSET and part != "response":
                given = level.request
            if given is not UNSET:
                return given  # type: ignore[no-any-return]
        return "warn"

    def modes(self, operation: str) -> Mapping[Part, Strictness]:
        """How strictly each part is looked at, of one operation."""
        return {part: self.mode(part, operation) for part in PARTS}
