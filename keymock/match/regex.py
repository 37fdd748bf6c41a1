"""`regex` and `glob`: patterns, by RE2, whose time is linear in the text whatever the pattern.

A regex is searched for: anchor it with `^` and `$` where the whole text is meant. A glob fits the whole text.
Look-around and back-references do not exist in RE2; `engine = "python"` takes Python's own engine, which has them,
and can take exponential time.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

from keymock.match.member import Member, One, Samples, Style, Wrong, show

SUBJECT = 64 * 1024
"""Characters of the longest text that a pattern is tried on. A longer text does not match."""


def _options(*, ignore_case: bool = False) -> Any:
    import re2  # noqa: PLC0415  (20 ms, and most workspaces have no regex)

    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.case_sensitive = not ignore_case
    return options


def linear(pattern: str, *, ignore_case: bool = False) -> Any:
    """A compiled RE2 pattern over bytes: re2's wrapper spends most of its time on offsets in text. Raises Wrong."""
    import re2  # noqa: PLC0415  (as in _options)

    try:
        return re2.compile(pattern.encode("utf-8", "replace"), _options(ignore_case=ignore_case))
    except re2.error as fault:
        reason = fault.args[0] if fault.args else "it does not compile"
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        hint = "patterns are RE2: no look-around, no back-references"
        if _is_python(pattern):
            hint += '; `engine = "python"` beside `regex` takes Python\'s engine instead, which may be slow'
        raise Wrong(f"the regex {show(pattern)} cannot be used: {text}", hint, code="invalid-regex") from None


def _by_python(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """A pattern of Python's engine. Raises Wrong."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "possible nested set": what a later Python may do is no news for a user
            return re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except (re.error, RecursionError, OverflowError) as fault:
        raise Wrong(f"the regex {show(pattern)} cannot be used: {fault}", code="invalid-regex") from None


def _is_python(pattern: str) -> bool:
    try:
        _by_python(pattern)
    except Wrong:
        return False
    return True


def _clean_regex(argument: str, style: Style) -> str:
    if style.engine == "python":
        _by_python(argument)
    else:
        linear(argument)
    return argument


def _regex(argument: str, style: Style) -> One:
    if style.engine == "python":
        search = _by_python(argument, ignore_case=style.ignore_case).search
        return lambda value, _now: isinstance(value, str) and len(value) <= SUBJECT and search(value) is not None
    find = linear(argument, ignore_case=style.ignore_case).search

    def regex(value: Any, _now: float) -> bool:
        return isinstance(value, str) and len(value) <= SUBJECT and find(value.encode("utf-8", "replace")) is not None

    return regex


def glob_pattern(glob: str) -> str:
    """The RE2 pattern of a glob: `*` any text, `?` one character, `[a-z]` `[!a-z]` one of a set."""
    pattern, position = "", 0
    while position < len(glob):
        char = glob[position]
        position += 1
        if char == "*":
            pattern += ".*"
        elif char == "?":
            pattern += "."
        elif char == "[" and (end := glob.find("]", position + 1 + (glob[position : position + 1] == "!"))) > 0:
            members = glob[position:end].replace("\\", r"\\").replace("[", r"\[").replace("^", r"\^")
            pattern += "[" + ("^" + members[1:] if members.startswith("!") else members) + "]"
            position = end + 1
        else:
            pattern += re.escape(char)
    return f"(?s)^{pattern}$"


def _clean_glob(argument: str, _style: Style) -> str:
    try:
        linear(glob_pattern(argument))
    except Wrong:
        raise Wrong(
            f"the glob {show(argument)} cannot be used", "`*`, `?` and `[a-z]` are special", code="invalid-glob"
        ) from None
    return argument


def _glob(argument: str, style: Style) -> One:
    find = linear(glob_pattern(argument), ignore_case=style.ignore_case).search

    def glob(value: Any, _now: float) -> bool:
        return isinstance(value, str) and len(value) <= SUBJECT and find(value.encode("utf-8", "replace")) is not None

    return glob


def _samples_regex(argument: str, _style: Style) -> Samples:
    """A pattern without its anchors is, surprisingly often, a text that it matches."""
    plain = re.sub(r"\\(.)", r"\1", argument.removeprefix("^").removesuffix("$"))
    return Samples((plain, "a", "1", "x" * 32, "0" * 32, "", "00000000-0000-0000-0000-000000000000", "a@example.com"))


def _samples_glob(argument: str, _style: Style) -> Samples:
    return Samples((argument.replace("*", "").replace("?", "x"), argument.replace("*", "x").replace("?", "x")))


REGEX = Member(
    name="regex",
    spelling=str,
    says="a text in which this pattern (RE2) is found; anchor it with ^ and $",
    compile=_regex,
    words=lambda argument, _style: f"matches /{argument}/",
    clean=_clean_regex,
    samples=_samples_regex,
)
GLOB = Member(
    name="glob",
    spelling=str,
    says="a whole text: * any characters, ? one, [a-z] one of a set",
    compile=_glob,
    words=lambda argument, _style: f"like {argument}",
    clean=_clean_glob,
    samples=_samples_glob,
)
