"""Whatever is random in an answer, as a function of (seed, session, mock, call number), and of nothing else.

Each purpose draws from a stream of its own, so that adding a random delay to a mock does not change its ids. Streams
are BLAKE2b in counter mode rather than `random.Random`: a first draw costs 2 µs instead of 9, and the numbers stay the
same when Python changes how it shuffles.
"""

from __future__ import annotations

import random
import string
from collections.abc import Mapping, MutableSequence, Sequence
from hashlib import blake2b
from itertools import accumulate
from math import cos, exp, inf, log, sqrt, tau
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
Number = float
"""`float` by another name: a Stream has a method that is called so."""
Whole = int
Raw = bytes

ALPHABETS = {
    "alnum": string.ascii_letters + string.digits,
    "alpha": string.ascii_letters,
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "digits": string.digits,
    "hex": "0123456789abcdef",
    "base32": string.ascii_uppercase + "234567",
    "url": string.ascii_letters + string.digits + "-_",
}
"""What `Stream.string` can be made of, by name."""


_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
"""The digit of a UUID that says of which kind it is, by the one that was drawn in its place."""


_FIRST = bytes(8)
"""The number of the first block."""


class Stream(msgspec.Struct, eq=False, gc=False):
    """An endless row of draws, the same for the same name."""

    _name: bytes
    _blocks: Whole = 0
    _rest: Raw = b""

    def bytes(self, count: int) -> bytes:
        """`count` random bytes."""
        if not self._rest and count <= 64:  # nearly always all there is of a stream
            drawn = blake2b(self._name + self._blocks.to_bytes(8, "big")).digest()
            self._blocks += 1
            self._rest = drawn[count:]
            return drawn[:count]
        if len(self._rest) < count:
            first, self._blocks = self._blocks, self._blocks + (count - len(self._rest) + 63) // 64
            more = [blake2b(self._name + block.to_bytes(8, "big")).digest() for block in range(first, self._blocks)]
            self._rest = b"".join([self._rest, *more])
        drawn, self._rest = self._rest[:count], self._rest[count:]
        return drawn

    def bits(self, count: int) -> int:
        """An integer of `count` random bits."""
        size = (count + 7) // 8
        return int.from_bytes(self.bytes(size), "big") >> (size * 8 - count)

    def below(self, limit: int) -> int:
        """An integer from 0 to `limit` - 1, each as likely as the others."""
        if limit <= 0:
            raise ValueError("nothing is below 0")
        size = (limit - 1).bit_length()
        while (drawn := self.bits(size)) >= limit:
            pass
        return drawn

    def int(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def float(self, low: Number = 0.0, high: Number = 1.0) -> Number:
        """A number from `low` to `high`, the end excluded."""
        return low + (high - low) * (self.bits(53) / (1 << 53))

    def normal(self, mean: Number, deviation: Number) -> Number:
        """A number of the normal distribution (Box and Muller)."""
        return mean + deviation * sqrt(-2.0 * log(1.0 - self.float())) * cos(tau * self.float())

    def lognormal(self, median: Number, sigma: Number) -> Number:
        """A number of the log-normal distribution, as latencies are."""
        return median * exp(self.normal(0.0, sigma))

    def choice(self, items: Sequence[T]) -> T:
        """One of the items, each as likely as the others."""
        return items[self.below(len(items))]

    def weighted(self, weights: Mapping[T, Number]) -> T:
        """One of the keys, as likely as its weight says. Raises ValueError if no weight is above 0."""
        steps = list(accumulate(weights.values()))
        if not steps or not 0 < steps[-1] < inf or min(weights.values()) < 0:
            raise ValueError("weights are 0 or more, one of them is more, and their sum is a number")
        drawn = self.float(0.0, steps[-1])
        return next(item for item, step in zip(weights, steps, strict=True) if drawn < step)

    def string(self, length: Whole, alphabet: str) -> str:
        """`length` characters of the alphabet, which has at most 256."""
        size = len(alphabet)
        fair = 256 - 256 % size  # a byte from here on would favour the first characters
        drawn: list[str] = []
        while len(drawn) < length:
            drawn += [alphabet[byte % size] for byte in self.bytes(length - len(drawn)) if byte < fair]
        return "".join(drawn)

    def shuffle(self, items: MutableSequence[Any]) -> None:
        """Puts the items into another order, in place (Fisher and Yates)."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]

    def uuid(self) -> str:
        """A UUID of version 4."""
        if self._blocks:
            digits = self.bytes(16).hex()
        else:  # what most streams are for: as `bytes` does it, in one go
            drawn = blake2b(self._name + _FIRST).digest()
            self._blocks, self._rest = 1, drawn[16:]
            digits = drawn[:16].hex()
        variant = _VARIANT[digits[16]]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def random(self) -> random.Random:
        """A generator for libraries that want Python's own, seeded by the next draw."""
        return random.Random(self.bits(64))  # noqa: S311  (repeatable is what it is for)


class Chance(msgspec.Struct, eq=False, gc=False):
    """All that is random in one exchange. Costs nothing until a stream is asked for.

    `call` is the number of this answer of this mock in this session, from 1.
    """

    seed: int
    session: str = ""
    mock: str = ""
    call: int = 1
    _streams: dict[str, Stream] | None = None

    def stream(self, purpose: str) -> Stream:
        """The stream of one purpose: `template`, `choice`, `delay`, `fault`. The same object for the same purpose."""
        streams = self._streams
        if streams is None:
            streams = self._streams = {}
        found = streams.get(purpose)
        if found is None:
            name = msgspec.json.encode((self.seed, self.session, self.mock, self.call, purpose))
            found = streams[purpose] = Stream(name)
        return found
