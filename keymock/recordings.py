"""How long a real API took, as a file has it: HAR, CSV, or a list of times. Read here, and drawn from by `faults`.

A recording is what the whole file says; `Recorded` is what a mock asks of it. What a mock gets of that is its samples:
times in order, packed, so that they are small in the index.
"""

# Without `from __future__ import annotations`: see `spec`.

import math
import re
import struct
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET, Meta, UnsetType

from keymock.exchange import Malformed, split_path
from keymock.learned import learned
from keymock.problems import did_you_mean
from keymock.units import duration

MOST_BYTES = 20 * 1024 * 1024
MOST_TIMES = 50_000
"""Exchanges of a HAR file, or times of a list."""

MOST_SAMPLES = 1_000
"""Samples that are kept. Of more, so many quantiles are: their shape, without their weight."""

LONGEST = 3600.0
"""Seconds. What took longer counts as this: nobody tests a client with it, and four bytes hold it in microseconds."""

Part = Literal["wait", "receive", "time"]
"""Of a HAR's exchange: until the answer began, from there to its end, or all of it, connecting included."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`recorded` as a table: a file, and which of its times. Of a HAR, those of the mock, unless it says otherwise."""

    file: Annotated[str, Meta(min_length=1, description="A .har, .json or .csv, beside this file or in data/.")]
    url: Annotated[str, Meta(min_length=1, description="Of a HAR: a path, or an address; * and ** as globs.")] = ""
    method: Annotated[str, Meta(pattern=r"^(?:[A-Z]+|\*)$(?!\n)", description="Of a HAR; left out, the mock's.")] = ""
    part: Annotated[Part, Meta(description="Of a HAR; left out, wait; of a throttle, receive.")] | UnsetType = UNSET
    column: Annotated[str, Meta(min_length=1, description="Of a CSV with several columns.")] = ""
    unit: Annotated[Literal["ms", "s"], Meta(description="Of bare numbers in a list or a CSV.")] = "ms"

    @property
    def is_har(self) -> bool:
        """Whether it asks for something that only a HAR has."""
        return bool(self.url or self.method or self.part is not UNSET)

    @property
    def key(self) -> str:
        """What the recording depends on, whoever draws from it."""
        return "\n".join([self.file, self.column, self.unit])


class Exchange(NamedTuple):
    """One request of a HAR and how long its answer took, in seconds; below zero where the file does not say."""

    method: str
    url: str
    path: tuple[str, ...]
    wait: float
    receive: float
    time: float


class Recording(NamedTuple):
    """What a file says: the exchanges of a HAR, or else just times, in seconds."""

    exchanges: tuple[Exchange, ...] = ()
    times: tuple[float, ...] = ()


class BadRecording(ValueError):
    """A file that cannot be read, or has not what is asked of it. Line and column count from 1; 0: the whole file."""

    def __init__(self, message: str, hint: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.line = line
        self.column = column

    def at(self, file: str) -> str:
        """`orders.har:12:5: this is not JSON …`, for a sentence."""
        place = f":{self.line}:{self.column}" if self.column else f":{self.line}" if self.line else ""
        return f"{file}{place}: {self.message}"


def read(data: bytes, recorded: Recorded) -> Recording:
    """The recording in a file whose name `recorded` has. Raises BadRecording."""
    kind = recorded.file.rpartition(".")[2].lower()
    if kind not in ("har", "json", "csv"):
        hint = "a HAR (.har), a list of milliseconds (.json), or a table (.csv)"
        raise BadRecording(f"`{recorded.file}` is no recording", hint)
    if len(data) > MOST_BYTES:
        hint = "leave the bodies out, or keep the times alone: a list of milliseconds"
        raise BadRecording(f"{len(data)} bytes are more than the {MOST_BYTES} that a recording may have", hint)
    recording = _read(data, kind, recorded.column, recorded.unit)
    if recorded.is_har and not recording.exchanges:
        raise BadRecording("`url`, `method` and `part` ask for the exchanges of a HAR, and this is a list of times")
    if recorded.column and kind != "csv":
        raise BadRecording(f"`column` is of a CSV, and {recorded.file} is none")
    return recording


@lru_cache(maxsize=4)  # many mocks draw from one file
def _read(data: bytes, kind: str, column: str, unit: str) -> Recording:
    text = data.removeprefix(b"\xef\xbb\xbf")
    if kind == "csv":
        return Recording(times=_bounded(_of_table(_decoded(text), column, unit)))
    if kind == "har" or text.lstrip()[:1] == b"{":
        return Recording(_bounded(_of_har(text)))
    return Recording(times=_bounded(_of_list(text, unit)))


def _bounded(found: Iterable[Any]) -> tuple[Any, ...]:
    kept = tuple(found)
    if not kept:
        raise BadRecording("there is no time in it")
    if len(kept) > MOST_TIMES:
        raise BadRecording(f"{len(kept)} times are more than the {MOST_TIMES} that a recording may have")
    return kept


# ---- HAR ---------------------------------------------------------------------------------------------------------
# Of http://www.softwareishard.com/blog/har-12-spec/ only what tells how long an answer took. Chrome's `_fromCache`
# marks answers that no server gave, and a status of 0 those that nobody gave.


class _Asked(msgspec.Struct):
    method: str
    url: str


class _Answered(msgspec.Struct):
    status: int = 200


class _Timings(msgspec.Struct):
    wait: float | None = None
    receive: float | None = None


class _Entry(msgspec.Struct, rename={"cached": "_fromCache"}):
    request: _Asked
    response: _Answered = msgspec.field(default_factory=_Answered)
    timings: _Timings = msgspec.field(default_factory=_Timings)
    time: float | None = None
    cached: Any = None


class _Log(msgspec.Struct):
    entries: list[_Entry]


class _Har(msgspec.Struct):
    log: _Log


def _of_har(text: bytes) -> Iterator[Exchange]:
    for entry in _json(text, _Har, "a HAR has `log.entries`, each with `request` and `timings`").log.entries:
        if entry.cached or entry.response.status == 0:
            continue
        url = entry.request.url.partition("#")[0].partition("?")[0]
        try:
            path = split_path((urlsplit(url).path or "/").encode())
        except (Malformed, ValueError):
            continue
        timings, time = entry.timings, _seconds(entry.time)
        wait = _seconds(timings.wait)
        yield Exchange(entry.request.method, url, path, wait if wait >= 0 else time, _seconds(timings.receive), time)


def _seconds(milliseconds: float | None) -> float:
    """-1 is a HAR's word for what does not apply."""
    known = milliseconds is not None and math.isfinite(milliseconds) and milliseconds >= 0
    return milliseconds / 1000 if known and milliseconds is not None else -1.0


# ---- lists -------------------------------------------------------------------------------------------------------


def _of_list(text: bytes, unit: str) -> Iterator[float]:
    hint = 'milliseconds like 12.5, or texts like "12ms"'
    for number, value in enumerate(_json(text, list[Any], f"a list of {hint}")):
        time = _time(value, unit) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
        if time is None:
            shown = msgspec.json.encode(value).decode()[:40]
            raise BadRecording(f"`[{number}]`: {shown} is no time", hint)
        yield time


def _of_table(text: str, column: str, unit: str) -> Iterator[float]:
    """The times of one column. The first line names the columns, unless it is a time itself."""
    lines = text.splitlines()
    rows = _rows(lines)
    first, head = next(rows, (0, [""]))
    at = _place([name.strip() for name in head], column)
    if not column and _time(head[at].strip(), unit) is not None:
        rows = chain([(first, head)], rows)
    for number, row in rows:
        cell = row[at].strip() if at < len(row) else ""
        time = _time(cell, unit)
        if time is None:
            hint = 'a number of milliseconds, or a text like "12ms"'
            told = f"`{cell[:40]}` is no time" if cell else "this row has no time"
            raise BadRecording(told, hint, number, max(1, lines[number - 1].find(cell) + 1))
        yield time


def _rows(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line that it ends on. Parted by commas, semicolons or tabs."""
    import csv  # noqa: PLC0415  (faults import this module, and few recordings are tables)

    head = lines[0] if lines else ""
    reader = csv.reader(lines, delimiter=max(",;\t", key=head.count), strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as bad:
        raise BadRecording(f"this is not CSV: {bad}", "", reader.line_num) from None


def _place(names: list[str], column: str) -> int:
    if column in names:
        return names.index(column)
    if column:
        raise BadRecording(f"there is no column `{column}`", did_you_mean(column, names) or _columns(names), 1, 1)
    if len(names) > 1:
        raise BadRecording(f"it has {len(names)} columns", f"say which: column = …; {_columns(names)}", 1, 1)
    return 0


def _columns(names: list[str]) -> str:
    return "there are " + ", ".join(name[:40] for name in names[:12])


def _time(value: str | float, unit: str) -> float | None:
    """Seconds; None for what is no time. A text with a unit has its own."""
    if isinstance(value, str):
        try:
            return float(duration(value))
        except ValueError:
            pass
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if not (math.isfinite(number) and number >= 0):
        return None
    return number / 1000 if unit == "ms" else number


# ---- text --------------------------------------------------------------------------------------------------------


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as bad:
        line, column = _spot(text, bad.start)
        raise BadRecording(f"the byte 0x{text[bad.start]:02X} is not UTF-8", "", line, column) from None


def _json(text: bytes, kind: Any, hint: str) -> Any:
    if not text.strip():
        raise BadRecording("the file is empty", hint)
    try:
        return msgspec.json.decode(text, type=learned(kind))
    except msgspec.ValidationError as bad:
        told, _, place = str(bad).partition(" - at `$")
        where = place.rstrip("`").lstrip(".")
        raise BadRecording(f"{f'`{where}`: ' if where else ''}{told[0].lower()}{told[1:]}", hint) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as bad:
        found = re.search(r"\(byte (\d+)\)", str(bad))
        line, column = _spot(text, int(found[1]) if found else len(text))
        told = str(bad).removeprefix("JSON is malformed: ")
        raise BadRecording(f"this is not JSON: {told}", "", line, column) from None
    except RecursionError:
        raise BadRecording("this JSON goes too deep", hint) from None


def _spot(text: bytes, offset: int) -> tuple[int, int]:
    """Line and column of a byte, from 1."""
    before = text[:offset]
    return before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1


# ---- samples -----------------------------------------------------------------------------------------------------


class Takes(NamedTuple):
    """Which exchanges of a HAR are a mock's: by the method, and by the segments of the path."""

    method: Callable[[str], bool]
    path: Callable[[tuple[str, ...]], bool]


def times_of(recording: Recording, recorded: Recorded, part: Part, takes: Takes) -> list[float]:
    """The seconds that a mock draws from: all of a list; of a HAR those of the exchanges that are asked for, or else
    of those that are the mock's.
    """
    if not recording.exchanges:
        return list(recording.times)
    wanted = recorded.part if not isinstance(recorded.part, UnsetType) else part
    glob = _glob(recorded.url) if recorded.url else None
    found = []
    for exchange in recording.exchanges:
        if not (recorded.method in ("*", exchange.method) if recorded.method else takes.method(exchange.method)):
            continue
        address = "/" + "/".join(exchange.path) if recorded.url.startswith("/") else exchange.url
        if glob.fullmatch(address) if glob is not None else takes.path(exchange.path):
            found.append(getattr(exchange, wanted))
    return [time for time in found if time >= 0]


def packed(times: Iterable[float]) -> bytes:
    """Samples: the times in order, in microseconds of four bytes each."""
    micros = sorted(round(min(time, LONGEST) * 1_000_000) for time in times)
    count = len(micros)
    if count > MOST_SAMPLES:
        micros = [micros[(2 * place + 1) * count // (2 * MOST_SAMPLES)] for place in range(MOST_SAMPLES)]
    return struct.pack(f">{len(micros)}I", *micros)


def drawn(samples: bytes, at: float) -> float:
    """The sample at a quantile from 0 to 1, 1 excluded, in seconds; 0 where there are none."""
    place = int(at * (len(samples) // 4)) * 4
    return int.from_bytes(samples[place : place + 4], "big") / 1_000_000


def count(samples: bytes) -> int:
    """How many samples there are."""
    return len(samples) // 4


_WILD = {"**": ".*", "*": "[^/]*"}


@lru_cache(maxsize=64)
def _glob(pattern: str) -> Any:
    """A glob over addresses: `*` within a segment, `**` across. By RE2: its time is linear for any pattern."""
    import re2  # noqa: PLC0415  (20 ms, and few mocks ask for it)

    pieces = re.split(r"(\*\*|\*)", pattern)
    return re2.compile("".join(_WILD.get(piece) or re.escape(piece) for piece in pieces))
