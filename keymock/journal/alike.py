"""What exchanges have in common, and how little is said of each one besides."""

from __future__ import annotations

import msgspec

from keymock.exchange import Headers
from keymock.journal.entry import Sent


class Alike(msgspec.Struct, eq=False, gc=False):
    """What exchanges can have in common: the fields of an `Entry`, all but its id, its time and its duration.

    Those that are alike may share one: it is hashed by what it is, not by what is in it.
    """

    weight: int
    session: str
    method: str
    path: bytes
    query: bytes
    headers: Headers
    sent: Sent
    generation: int
    body: bytes | None = None


Filled = tuple[Alike, bytes, int, int]
"""An exchange that has all in common with others but a text that was filled in, the seed, and which call it was: its
number, from 1. A tuple, for they are taken apart by the hundred."""

Exchange = Alike | Filled


def shared_of(exchange: Exchange) -> Alike:
    """What it has in common with others."""
    return exchange[0] if isinstance(exchange, tuple) else exchange


def whole_of(exchange: Exchange) -> Alike:
    """The same, written out."""
    if not isinstance(exchange, tuple):
        return exchange
    shared, text, seed, call = exchange
    sent, story = shared.sent, shared.sent.story
    if story is not None:
        story = msgspec.structs.replace(story, seed=seed, call=call)
    sent = msgspec.structs.replace(sent, body=text, size=len(text), story=story)
    return msgspec.structs.replace(shared, weight=shared.weight + len(text), sent=sent)
