"""Times and sizes as people write them in files, `"50ms"` and `"64KiB"`, and the way back to that text."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta


class Duration(float):
    """Seconds, written `"50ms"`, `"2s"`, `"1m"`, `"1h"`."""


class Size(int):
    """Bytes, written `"200KiB"`, `"1MiB"`, `"64KB"`, `"512B"` or as a bare number."""


# So many digits and no more: a float has an end, and what lies beyond it cannot be waited for or counted.
_NUMBER = r"([0-9]{1,15}(?:\.[0-9]{1,9})?)"
_DURATION = re.compile(_NUMBER + r"(ms|s|m|h)")
_SIZE = re.compile(_NUMBER + r"(B|KB|KiB|MB|MiB|GB|GiB)")
# A `$` alone would let a final line break pass.
DURATION_PATTERN, _SIZE_PATTERN = rf"^{_DURATION.pattern}$(?!\n)", rf"^{_SIZE.pattern}$(?!\n)"
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_BYTES = {"B": 1, "KB": 1000, "KiB": 1024, "MB": 1000**2, "MiB": 1024**2, "GB": 1000**3, "GiB": 1024**3}

_DURATION_HINT = 'a duration is text with its unit, like "50ms", "2s", "1m"'
_SIZE_HINT = 'a size is text with its unit, like "64KiB", "10MiB"'

DurationText = Annotated[str, Meta(pattern=DURATION_PATTERN, title="a duration", description=_DURATION_HINT)]
"""A duration where a table may stand as well: msgspec has no union of a type of ours with anything else."""

SizeText = Annotated[str, Meta(pattern=_SIZE_PATTERN, title="a size", description=_SIZE_HINT)]


def duration(text: str) -> Duration:
    """`"50ms"` → 0.05. Raises ValueError with a sentence for anything else."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f'`{text}` is not a duration: write it like "50ms", "2s", "1m"')
    number, unit = found.groups()
    # Read as one number, for 0.3 × 0.001 is not 0.0003.
    return Duration(f"{number}e-3") if unit == "ms" else Duration(float(number) * _SECONDS[unit])


def size(text: str) -> Size:
    """`"64KiB"` → 65536. Raises ValueError with a sentence for anything else."""
    found = _SIZE.fullmatch(text)
    if not found:
        raise ValueError(f'`{text}` is not a size: write it like "64KiB", "10MiB"')
    return Size(int(float(found[1]) * _BYTES[found[2]]))


def duration_text(seconds: float) -> str:
    """0.05 → `"50ms"`, 90 → `"90s"`, 3600 → `"1h"`; `duration` reads the same number back.

    Raises ValueError for a number below zero, or none.
    """
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"{seconds} is not a duration")
    if seconds < 1:
        return f"{_plain(Decimal(repr(float(seconds))).scaleb(3))}ms"
    unit = next((name for name in ("h", "m") if seconds % _SECONDS[name] == 0), "s")
    return f"{_plain(Decimal(repr(float(seconds))) / _SECONDS[unit])}{unit}"


def _plain(number: Decimal) -> str:
    """Digits without an exponent and without zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def size_text(count: int) -> str:
    """65536 → `"64KiB"`, 1000 → `"1KB"`: in the unit that makes the smallest whole number of it.

    Raises ValueError for a number below zero.
    """
    if count < 0:
        raise ValueError(f"{count} is not a size")
    if count == 0:
        return "0B"
    unit = max((name for name in _BYTES if count % _BYTES[name] == 0), key=_BYTES.__getitem__)
    return f"{count // _BYTES[unit]}{unit}"


def dec_hook(kind: type, value: Any) -> Any:
    """Reads the spellings above; for `msgspec.convert` and `document.parse`."""
    if kind is Duration and isinstance(value, str):
        return duration(value)
    if kind is Size:
        return size(value) if isinstance(value, str) else Size(value)
    if kind is Duration:
        raise ValueError(_DURATION_HINT)
    raise NotImplementedError(kind)


def enc_hook(value: Any) -> Any:
    """The way back: durations and sizes as plain numbers. For msgpack and JSON out, never for files."""
    if isinstance(value, Duration):
        return float(value)
    if isinstance(value, Size):
        return int(value)
    raise NotImplementedError(type(value))


def text_hook(value: Any) -> Any:
    """The way back into files: durations and sizes as they are written; for `document.write`."""
    if isinstance(value, Duration):
        return duration_text(value)
    if isinstance(value, Size):
        return size_text(value)
    raise NotImplementedError(type(value))


def schema_hook(kind: type) -> dict[str, Any]:
    """How Duration and Size look in a JSON Schema."""
    if kind is Duration:
        return {"type": "string", "pattern": DURATION_PATTERN, "description": "A duration: 50ms, 2s, 1m."}
    if kind is Size:
        return {"anyOf": [{"type": "string", "pattern": _SIZE_PATTERN}, {"type": "integer", "minimum": 0}]}
    raise NotImplementedError(kind)
