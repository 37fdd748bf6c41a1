"""How values, types, times and conditions are spelled in a sentence about a change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET

from keymock import match, recordings
from keymock.exchange import Request
from keymock.faults import AT_ONCE, NO_WAIT, Fault, Pace, Wait
from keymock.match import Condition
from keymock.problems import printable

QUOTE = "'"
LONGEST = 60
"""Characters of a value that a sentence shows."""

UNKNOWN = "computed"
"""The type of a value that a template makes: it may be any."""


def type_of(value: Any) -> str:
    """The type of a JSON value, as people call it; `computed` for one that a single template expression makes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return UNKNOWN if is_expression(value) else "text"
    return "list" if isinstance(value, list) else "object"


def is_expression(text: str) -> bool:
    """Whether a text in `json` is one expression, whose value keeps its type."""
    text = text.strip()
    return text.startswith("{{") and text.endswith("}}") and text.count("{{") == 1


def of_type(value: Any) -> str:
    """The type with its article, as in `was a number`."""
    kind = type_of(value)
    if kind in ("null", "true or false", "text", UNKNOWN):
        return kind
    return f"an {kind}" if kind == "object" else f"a {kind}"


def shown(value: Any) -> str:
    """A value as JSON, cut to what a sentence can hold."""
    return code(msgspec.json.encode(value).decode())


def code(text: object) -> str:
    """Whatever comes out of a file stands between backticks, which Markdown shows as it is and acts on in no way."""
    return f"`{cut(str(text)).replace('`', QUOTE)}`"


def codes(texts: Iterable[object]) -> str:
    """Several of these: `a`, `b` and `c`."""
    return listed(code(text) for text in texts)


def cut(text: str, most: int = LONGEST) -> str:
    """Text on one line, safe to print, cut where it gets long."""
    text = printable(" ".join(text.split()))
    return text if len(text) <= most else text[: most - 1] + "…"


def counted(number: int, what: str) -> str:
    """`1 mock`, `2 mocks`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def listed(words: Iterable[str], join: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} {join} {last}" if most else last


def size(number: int) -> str:
    """A number of bytes."""
    if number < 10_000:
        return counted(number, "byte")
    return f"{number / 1024:.0f} KiB" if number < 10 * 1024 * 1024 else f"{number / 1024 / 1024:.0f} MiB"


def seconds(number: float) -> str:
    """`50 ms`, `1.5 s`."""
    return f"{number * 1000:g} ms" if number < 1 else f"{number:g} s"


def wait(given: Wait) -> str:
    """A delay: `50 ms`, `10 ms to 80 ms`, `none`."""
    if given == NO_WAIT:
        return "none"
    if given.shape == "fixed":
        return seconds(given.first)
    if given.shape == "uniform":
        return f"{seconds(given.first)} to {seconds(given.second)}"
    if given.shape == "normal":
        return f"about {seconds(given.first)} (deviation {seconds(given.second)})"
    if given.shape == "recorded":
        return _recorded(given)
    return f"about {seconds(given.first)} (log-normal)"


def _recorded(given: Wait) -> str:
    """`12 ms to 380 ms, median 90 ms (37 times of data/day.har)`, from the samples themselves."""
    least, median, most = (seconds(recordings.drawn(given.samples, at)) for at in (0.0, 0.5, 0.999_999))
    times = counted(recordings.count(given.samples), "time")
    return f"{least} to {most}, median {median} ({times} of {cut(given.source)})"


def pace(given: Pace) -> str:
    """A throttle."""
    if given == AT_ONCE:
        return "at once"
    if given.rate:
        return f"at {size(given.rate)} a second"
    over = seconds(given.over) if given.spread == NO_WAIT else wait(given.spread)
    return f"in {given.parts} parts over {over}"


def fault(given: str | Fault) -> str:
    """A failure on purpose: its kind, and when it strikes."""
    if not given or given == "none":
        return "none"
    if isinstance(given, str):
        return code(given)
    when = [f"the first {given.first}"] if given.first is not UNSET else []
    when += [f"every {given.every} calls"] if given.every is not UNSET else []
    when += [f"{given.rate * 100:g} % of calls"] if isinstance(given.rate, int | float) else []
    return f"`{given.kind}` ({', '.join(when)})" if when else f"`{given.kind}`"


NAMES = {
    "query": "the query parameter",
    "headers": "the header",
    "cookies": "the cookie",
    "form": "the form field",
    "params": "the path parameter",
    "body.jsonpath": "the body at",
    "body.pointer": "the body at",
    "body.xpath": "the body at",
    "state": "the scenario",
}


def subject(condition: Condition) -> str:
    """What a condition looks at: `the header x-tenant`, `the body at $.kind`."""
    if condition.where == "body.json":
        return f"the body at {code(condition.name or '$')}"
    known = NAMES.get(condition.where)
    if known:
        return f"{known} {code(condition.name)}"
    return condition.where.replace("body.", "the body's ") + (f" {code(condition.name)}" if condition.name else "")


def expected(condition: Condition) -> str:
    """What a condition wants to see: `"t1"`, `more than 5`."""
    blank = Request("GET", b"/", b"", [], b"")
    return code(match.observe(condition, blank).expected)


def conditions(given: Iterable[Condition]) -> str:
    """Several conditions as one phrase: `the header x-tenant is "t1" and …`."""
    return listed(f"{subject(one)} is {expected(one)}" for one in given)
