"""Content types: which one a caller takes, and what kind of body each is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

Kind = Literal["json", "xml", "form", "multipart", "events", "lines", "text", "binary"]


class Wanted(NamedTuple):
    """One entry of an `Accept` header."""

    type: str
    quality: float


def bare(kind: str) -> str:
    """The type without parameters, in lower case."""
    return kind.partition(";")[0].strip().lower()


def kind_of(given: str) -> Kind:
    """What kind of body a content type has."""
    name = bare(given)
    if name in ("application/jsonl", "application/x-ndjson", "application/json-seq", "application/x-jsonlines"):
        return "lines"
    if name.endswith(("/json", "+json")) or name in ("*/*", "application/*", ""):
        return "json"
    if name.endswith(("/xml", "+xml")):
        return "xml"
    if name == "application/x-www-form-urlencoded":
        return "form"
    if name.startswith("multipart/"):
        return "multipart"
    if name == "text/event-stream":
        return "events"
    if name.startswith("text/") or name in ("application/yaml", "application/x-yaml", "application/javascript"):
        return "text"
    return "binary"


def accepted(header: str) -> tuple[Wanted, ...]:
    """The types of an `Accept` header, those that are wanted most first."""
    found: list[Wanted] = []
    for part in header.split(","):
        name, _, parameters = part.partition(";")
        quality = 1.0
        for parameter in parameters.split(";"):
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    quality = float(value.strip())
                except ValueError:
                    quality = 0.0
        if name.strip():
            found.append(Wanted(name.strip().lower(), quality))
    return tuple(sorted(found, key=lambda one: -one.quality))


def choose(offered: Sequence[str], header: str) -> int | None:
    """Which of the offered types a caller takes, by number: the first of those it wants most; None for none."""
    if not header:
        return 0 if offered else None
    best: tuple[float, int, int] | None = None
    wanted = accepted(header)
    for number, each in enumerate(offered):
        rated = [(one.quality, _closeness(each, one.type)) for one in wanted if _closeness(each, one.type)]
        if not rated:
            continue
        quality, closeness = max(rated, key=lambda pair: pair[1])
        if quality > 0 and (best is None or (-quality, -closeness) < best[:2]):
            best = (-quality, -closeness, number)
    return best[2] if best is not None else None


def _closeness(offered: str, wanted: str) -> int:
    """0 if a type is not what was wanted; the more, the more exactly it is."""
    name = bare(offered)
    if name == wanted:
        return 3
    major = wanted.partition("/")[0]
    if wanted.endswith("/*") and major != "*" and name.partition("/")[0] in (major, "*"):
        return 2
    if name.endswith("/*") and name.partition("/")[0] in (major, "*"):
        return 2
    return 1 if wanted in ("*/*", "*") else 0


def fits(given: str, declared: str) -> bool:
    """Whether a content type that came is one that is declared; `*` in the declared one takes all."""
    name, pattern = bare(given), bare(declared)
    if pattern in ("*/*", "*", name):
        return True
    major, _, minor = pattern.partition("/")
    return minor == "*" and name.partition("/")[0] == major


def sent(declared: str, structured: bool) -> str:
    """The content type that is sent for a declared one: a range becomes one of its types."""
    name = bare(declared)
    if name in ("*/*", "*", "application/*", ""):
        return "application/json" if structured or name == "application/*" else "text/plain"
    return {"text/*": "text/plain", "image/*": "image/png"}.get(name, declared)
