"""A bounded memory of exchanges. Entries are kept raw and cheap; what leaves the journal is redacted."""

from keymock.journal.alike import Alike, Exchange, Filled, shared_of, whole_of
from keymock.journal.entry import MOST_KEPT, Entry, Sent, Story, request_of
from keymock.journal.rings import Forgetful, Journal

__all__ = [
    "MOST_KEPT", "Alike", "Entry", "Exchange", "Filled", "Forgetful", "Journal", "Sent", "Story", "request_of",
    "shared_of", "whole_of",
]  # fmt: skip
