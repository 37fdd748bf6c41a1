"""A tree of JSON as YAML that every reader takes for the same, those of YAML 1.1 too: `yes`, `on`, dates and times are
quoted where they are text.
"""

from __future__ import annotations

import json
import re
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_/$][A-Za-z0-9_./${}()\-+ ]*(?<! )")
_TAKEN = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"})
"""Words that some reader takes for something else than text."""


def dumps(tree: Any) -> str:
    """The text, with a line for each value, and its end."""
    return "\n".join(_lines(tree)) + "\n"


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict) and value:
        found: list[str] = []
        for key, inner in value.items():
            lines = _lines(inner)
            if isinstance(inner, dict | list) and inner:
                found += [f"{_scalar(str(key))}:", *(f"  {line}" for line in lines)]
            else:
                found.append(f"{_scalar(str(key))}: {lines[0]}")
        return found
    if isinstance(value, list) and value:
        items = [_lines(inner) for inner in value]
        return [f"{'  ' if number else '- '}{line}" for lines in items for number, line in enumerate(lines)]
    return [_scalar(value)]


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _TAKEN:
        return value
    return json.dumps(value, ensure_ascii=False)
