"""Values made from schemas: seeded, plausible, valid."""

from keymock.generate.sampler import Refused, sample

__all__ = ["Refused", "sample"]
