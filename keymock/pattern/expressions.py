"""Regular expressions in a path: what `int` and `uuid` stand for, and what users write, by re2."""

from __future__ import annotations

import re
from typing import Any

from keymock.pattern.shape import PatternError

INT = re.compile(r"-?[0-9]+")  # not \d, which in Python takes the digits of every script
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")


def compiled(source: str) -> Any:
    """An expression of re2. Raises re2.error."""
    import re2  # noqa: PLC0415  (17 ms, and most trees hold no regex)

    options = re2.Options()
    options.log_errors = False  # it would write to standard error by itself
    return re2.compile(source, options)


def check_regex(source: str, offset: int) -> None:
    """Raises PatternError if re2 does not take the expression, which begins at `offset`."""
    import re2  # noqa: PLC0415  (as in compiled)

    try:
        compiled(source)
    except re2.error as wrong:
        reason = wrong.args[0]
        message = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    else:
        return
    culprit = message.rpartition(": ")[2]
    place = offset + max(0, source.find(culprit))
    if any(sign in culprit for sign in LOOK_AROUND):
        hint = "say what does match, or add a condition under `params`"
        raise PatternError(f"re2 cannot look around: `{culprit}`", place, hint)
    if re.fullmatch(r"\\[1-9]", culprit):
        raise PatternError(f"re2 has no back-references: `{culprit}`", place, "repeat the expression itself")
    raise PatternError(f"not a regular expression of re2: {message}", place)
