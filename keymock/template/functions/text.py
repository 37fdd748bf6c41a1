"""Filters of texts, and the tests and numbers that go with them."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from keymock.match.member import Wrong
from keymock.match.regex import SUBJECT, linear
from keymock.template.errors import Absent, Refused
from keymock.template.functions.function import filter_, text, whole
from keymock.template.operators import to_text
from keymock.template.run import Run

_WIDEST = 10_000


def _of_text(change: Callable[[str], str]) -> Callable[[Run, Any], str]:
    return lambda _run, value: change(to_text(value))


def _trim(_run: Run, value: Any, chars: Any = None) -> str:
    return text(value).strip(None if chars is None else text(chars, "`chars`"))


def _replace(run: Run, value: Any, old: Any, new: Any, count: Any = -1) -> str:
    given, before, after = to_text(value), text(old, "`old`"), to_text(new)
    if not before:
        raise Refused("nothing cannot be replaced", "`old` is empty")
    most = whole(count, "`count`")
    found = given.count(before)
    times = found if most < 0 else min(found, most)
    run.make(len(given) + times * (len(after) - len(before)))
    return given.replace(before, after, times)


def _split(run: Run, value: Any, separator: Any = None, count: Any = -1) -> list[str]:
    given = text(value)
    if separator == "":
        raise Refused("nothing separates nothing", "`separator` is empty")
    pieces = len(given) // 2 + 1 if separator is None else given.count(text(separator, "`separator`")) + 1
    run.make(64 * pieces)
    return given.split(separator, whole(count, "`count`"))


def _lines(run: Run, value: Any) -> list[str]:
    given = text(value)
    run.make(64 * (given.count("\n") + 1))
    return given.splitlines()


def _join(run: Run, value: Any, separator: Any = "") -> str:
    if not isinstance(value, list):
        raise Refused("only lists are joined")
    between = text(separator, "`separator`")
    pieces = []
    for item in value:
        piece = to_text(item)
        run.make(len(piece) + len(between))
        pieces.append(piece)
    return between.join(pieces)


def _slug(_run: Run, value: Any, separator: Any = "-") -> str:
    plain = unicodedata.normalize("NFKD", text(value)[:_WIDEST]).encode("ascii", "ignore").decode("ascii")
    return text(separator, "`separator`")[:8].join(re.findall(r"[a-z0-9]+", plain.lower()))


def _truncate(_run: Run, value: Any, length: Any = 255, end: Any = "…") -> str:
    given, size, mark = text(value), whole(length, "`length`", 0), text(end, "`end`")
    return given if len(given) <= size else given[: max(0, size - len(mark))] + mark


def _padded(change: Callable[[str, int, str], str]) -> Callable[..., str]:
    def pad(run: Run, value: Any, width: Any, fill: Any = " ") -> str:
        if len(text(fill, "`fill`")) != 1:
            raise Refused("`fill` has to be one character")
        size = whole(width, "`width`", 0, _WIDEST)
        run.make(size)
        return change(to_text(value), size, fill)

    return pad


def _check_pad(width: Any = 0, fill: Any = " ") -> None:
    whole(width, "`width`", 0, _WIDEST)
    if len(text(fill, "`fill`")) != 1:
        raise Refused("`fill` has to be one character")


def _camel(_run: Run, value: Any) -> str:
    words = re.findall(r"[^\W_]+", text(value)[:_WIDEST])
    return "".join(
        word.lower() if index == 0 else word[:1].upper() + word[1:].lower() for index, word in enumerate(words)
    )


def _repeat(run: Run, value: Any, count: Any) -> str:
    given, times = text(value), whole(count, "`count`", 0)
    run.make(len(given) * times)
    return given * times


@functools.lru_cache(maxsize=256)
def _pattern(pattern: str) -> Any:
    import re2  # noqa: PLC0415  (heavy: 17 ms)

    try:
        linear(pattern)
    except Wrong as fault:
        raise Refused(fault.args[0], "patterns are RE2: no look-around, no back-references") from None
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _check_pattern(pattern: Any = "", *_given: Any, **_named: Any) -> None:
    _pattern(text(pattern, "the pattern"))


def _subject(value: Any) -> str:
    if len(text(value)) > SUBJECT:
        raise Refused(f"patterns are looked for in texts of at most {SUBJECT:,} characters")
    return str(value)


def _regex_find(run: Run, value: Any, pattern: Any, group: Any = None) -> Any:
    """The first match: its first group if it has one, or the group asked for."""
    found = _pattern(text(pattern, "the pattern")).search(_subject(value))
    run.step(len(value) // 256)
    if found is None:
        raise Absent("the pattern is not found")
    if group is None:
        return found[1] if found.re.groups else found[0]
    try:
        return found[group]
    except (IndexError, KeyError, TypeError):
        raise Refused(f"the pattern has no group `{group}`") from None


def _regex_find_all(run: Run, value: Any, pattern: Any) -> list[Any]:
    subject = _subject(value)
    run.step(len(subject) // 64)
    matches = _pattern(text(pattern, "the pattern")).finditer(subject)
    return [found[1] if found.re.groups else found[0] for found in matches]


def _regex_replace(run: Run, value: Any, pattern: Any, replacement: Any = "") -> str:
    """Every match replaced; `\\1` and `\\g<name>` stand for groups."""
    subject, new = _subject(value), text(replacement, "the replacement")
    run.step(len(subject) // 64)
    pieces, end = [], 0
    for found in _pattern(text(pattern, "the pattern")).finditer(subject):
        piece = _expanded(found, new)
        run.make(len(piece) + found.start() - end)
        pieces += [subject[end : found.start()], piece]
        end = found.end()
    return "".join([*pieces, subject[end:]])


def _expanded(found: Any, template: str) -> str:
    def group(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        try:
            return found[int(name) if name.isdigit() else name] or ""
        except (IndexError, KeyError):
            raise Refused(f"the pattern has no group `{name}`") from None

    return _REFERENCE.sub(group, template)


_REFERENCE = re.compile(r"\\(?:([0-9])|g<(\w+)>)")


FILTERS = (
    filter_("string", _of_text(str)),
    filter_("upper", _of_text(str.upper)),
    filter_("lower", _of_text(str.lower)),
    filter_("capitalize", _of_text(str.capitalize)),
    filter_("title", _of_text(str.title)),
    filter_("camel", _camel),
    filter_("slug", _slug),
    filter_("trim", _trim),
    filter_("replace", _replace),
    filter_("split", _split),
    filter_("lines", _lines),
    filter_("join", _join),
    filter_("truncate", _truncate),
    filter_("ljust", _padded(str.ljust), _check_pad),
    filter_("rjust", _padded(str.rjust), _check_pad),
    filter_("center", _padded(str.center), _check_pad),
    filter_("repeat", _repeat),
    filter_("regex_find", _regex_find, _check_pattern),
    filter_("regex_find_all", _regex_find_all, _check_pattern),
    filter_("regex_replace", _regex_replace, _check_pattern),
)


def _starts(_run: Run, value: Any, start: Any) -> bool:
    return text(value).startswith(text(start))


def _ends(_run: Run, value: Any, end: Any) -> bool:
    return text(value).endswith(text(end))


def _matching(run: Run, value: Any, pattern: Any) -> bool:
    run.step(len(text(value)) // 256)
    return _pattern(text(pattern, "the pattern")).search(_subject(value)) is not None


TESTS = (
    filter_("startingwith", _starts),
    filter_("endingwith", _ends),
    filter_("matching", _matching, _check_pattern),
    filter_("upper", lambda _run, value: isinstance(value, str) and value.isupper()),
    filter_("lower", lambda _run, value: isinstance(value, str) and value.islower()),
)
