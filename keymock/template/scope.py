"""Which names a template has set itself, and which it reads from outside."""

from __future__ import annotations

from keymock.template.names import Mention


class Scope:
    """The names of one block, and of those around it.

    A name that is set in a loop is another one in every turn, and hides the one outside; that is why each has a list
    of slots, the innermost first.
    """

    def __init__(self, outer: Scope | None = None) -> None:
        self.outer = outer
        self.slots: dict[str, str] = {}
        self.level: int = outer.level + 1 if outer else 0
        self.mentions: list[Mention] = outer.mentions if outer else []
        self.calls: set[str] = outer.calls if outer else set()

    def declare(self, name: str) -> str:
        return self.slots.setdefault(name, f"{name}/{self.level}")

    def is_bare(self) -> bool:
        """Whether nothing is set here: whatever is named comes from outside."""
        return not self.slots and (self.outer is None or self.outer.is_bare())

    def take(self, mentions: list[Mention], calls: set[str], offset: int) -> None:
        """What an expression mentions and calls, which was read as if it stood alone, and stands at `offset`."""
        self.calls |= calls
        for words, first, offsets in mentions:
            self.mentions.append(Mention(words, first + offset, tuple([one + offset for one in offsets])))

    def found(self, name: str) -> tuple[str, ...]:
        inner = (self.slots[name],) if name in self.slots else ()
        return inner + (self.outer.found(name) if self.outer else ())
