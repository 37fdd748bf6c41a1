"""An answer of the real API held against its contract on the way: head and short body at once, a long body after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from keymock.contract.replying import told_by
from keymock.contracted import SMALL, Onlooker
from keymock.exchange import Headers, Reply
from keymock.journal import MOST_KEPT
from keymock.journal.showing import decoded


class Seen(NamedTuple):
    """What was read of a body before its head is sent; what is added to the head; what is wrong, for the journal.

    `instead` is sent in the answer's place. `later` says what is wrong once the whole body is known.
    """

    parts: tuple[bytes, ...] = ()
    headers: Headers = []  # noqa: RUF012  (nobody writes to it)
    violations: tuple[str, ...] = ()
    instead: Reply | None = None
    later: Callable[[bytes], tuple[str, ...]] | None = None
    operation: str = ""


async def look(
    onlooker: Onlooker, status: int, headers: Headers, length: int | None, more: Callable[[], Awaitable[bytes]] | None
) -> Seen:
    """Holds an answer against its contract. `more` reads the next part of its body, empty at the end.

    Without `more` there is no body, or one without an end. Raises what `more` raises.
    """
    strict = onlooker.mode == "enforce"
    short = length is not None and length <= SMALL
    held: list[bytes] = []
    whole = more is None
    if more is not None and onlooker.mode != "off" and (strict or short):
        size = 0
        while size <= MOST_KEPT and not whole:
            part = await more()
            whole = not part
            size += len(part)
            held.append(part)
    body = _plain(b"".join(held), headers) if whole and more is not None else None
    wrong = onlooker.seen(status, headers, body)
    if strict and len(wrong) > len(onlooker.told):
        instead = onlooker.withheld(wrong)
        return Seen(violations=instead.violations, instead=instead)

    def later(data: bytes) -> tuple[str, ...]:
        return tuple(each.text for each in onlooker.seen(status, headers, _plain(data, headers)))

    return Seen(
        tuple(held),
        [told_by(wrong)] if wrong else [],
        tuple(each.text for each in wrong),
        later=None if whole else later,
        operation=onlooker.name,
    )


def _plain(body: bytes, headers: Headers) -> bytes | None:
    """The body as it was before it was compressed; None where that cannot be told."""
    encoding = next((value for name, value in headers if name.lower() == b"content-encoding"), b"identity")
    return decoded(body, encoding.strip().lower())
