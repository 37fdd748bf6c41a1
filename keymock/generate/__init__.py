"""Values made from schemas: seeded, plausible, valid."""

from keymock.generate.facts import UNSENT, equal
from keymock.generate.sampler import Refused, sample

__all__ = ["UNSENT", "Refused", "equal", "sample"]
