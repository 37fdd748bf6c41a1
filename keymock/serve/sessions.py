"""The sessions of a server: made at first use or by name, bounded in number, forgotten when nobody asks for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from keymock.carriers import DEFAULT
from keymock.exchange import Malformed
from keymock.state import Session

MOST = 10_000
IDLE_SECONDS = 3_600.0

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Sessions:
    """Sessions by name; the default one's is empty, and it stays. `now` is in nanoseconds since the epoch."""

    def __init__(self, seed: int, now: Callable[[], int], *, most: int = MOST, idle: float = IDLE_SECONDS) -> None:
        self.seed = seed
        self._now = now
        self._most = most
        self._idle = int(idle * 1e9)
        self._known: dict[str, Session] = {"": Session("", seed)}

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._known.values()))

    def get(self, name: str) -> Session | None:
        """A session that is there."""
        return self._known.get(name)

    def at(self, name: str) -> Session:
        """The session of that name, made at first use. Raises Malformed when there are too many."""
        found = self._known.get(name)
        if found is None:
            if len(self._known) >= self._most:
                raise Malformed(
                    f"there are {self._most} sessions already: end some", code="too-many-sessions", status=503
                )
            found = self._known[name] = Session(name, self.seed)
        found.used = self._now()
        return found

    def end(self, name: str) -> Session | None:
        """Forgets a session; the default one begins anew. None if there was none."""
        ended = self._known.pop(name, None)
        if not name:
            self._known[""] = Session("", self.seed)
        return ended

    def idle(self) -> list[str]:
        """The sessions that nobody has asked for in a while."""
        before = self._now() - self._idle
        return [name for name, session in self._known.items() if name and session.used < before]


class Lent(Sessions):
    """What one caller of several answers from: sessions under names of their own, but for those that are `lent`.

    Those are somebody else's, who brings them up to date, ends them, and tells of them; here they are only used.
    """

    def __init__(
        self, owner: Sessions, lent: Callable[[str], bool], now: Callable[[], int], *,
        most: int = MOST, idle: float = IDLE_SECONDS,
    ) -> None:  # fmt: skip
        super().__init__(owner.seed, now, most=most, idle=idle)
        self._known.clear()
        self._owner = owner
        self._lent = lent

    def get(self, name: str) -> Session | None:
        """A session that is there."""
        return self._owner.get(name) if self._lent(name) else super().get(name)

    def at(self, name: str) -> Session:
        """The session of that name, made at first use. Raises Malformed when there are too many."""
        return self._owner.at(name) if self._lent(name) else super().at(name)

    def end(self, name: str) -> Session | None:
        """Forgets a session, unless it is lent. None if there was none."""
        return self._known.pop(name, None)


def named(name: str) -> str:
    """The session that a name means, `default` being the one without. Raises Malformed for a name that is none."""
    if name == DEFAULT:
        return ""
    if not NAME.fullmatch(name):
        raise Malformed("a session's name has 1 to 64 letters, digits, `_` and `-`", code="bad-session")
    return name
