"""What somebody may do where two ROLES files speak: that of a revision, and that of the work tree."""

from __future__ import annotations

from keymock.roles.places import Verb
from keymock.roles.policy import Decision, Rights


class Narrowed(Rights):
    """The rights that one file gives, as far as another gives them too; what is denied is denied by either's words."""

    def __init__(self, rights: Rights, other: Rights) -> None:
        super().__init__(rights.policy, rights.actor, rights.stands)
        self.other = other

    @property
    def open(self) -> bool:
        """Whether neither file keeps anything from anybody."""
        return super().open and self.other.open

    def may(self, verb: Verb, path: str) -> bool:
        """The same answer as `decide`, without a reason."""
        return super().may(verb, path) and self.other.may(verb, path)

    def decide(self, verb: Verb, path: str, *, you: str = "you") -> Decision:
        """What both allow; else the refusal of the one that refuses."""
        own = super().decide(verb, path, you=you)
        other = self.other.decide(verb, path, you=you)
        return other if own.allowed and not other.allowed else own

    def who_can(self, verb: Verb, path: str) -> tuple[str, ...]:
        """Whom both let do this, as far as both name them alike."""
        own, able = super().who_can(verb, path), self.other.who_can(verb, path)
        if "anyone" in own:
            return able
        return own if "anyone" in able else tuple(who for who in own if who in able)
