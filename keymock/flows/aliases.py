"""`[[node.body.token]]`, as imported flows write it, means `{{ node.body.token }}`."""

from __future__ import annotations

import re
from typing import Any

_ALIAS = re.compile(r"\[\[\s*([A-Za-z_][\w-]*)((?:\.[A-Za-z_][\w-]*|\[\d+\])+)\s*\]\]")
"""A name and at least one step from it: `[[1, 2]]` is a list of lists, and stays one."""


def understood(value: Any) -> Any:
    """The tables of a flow with every such text in our own spelling; a `-` in the name of a node becomes `_`."""
    if isinstance(value, str):
        return _ALIAS.sub(_spelled, value) if "[[" in value else value
    if isinstance(value, dict):
        return {key: understood(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [understood(inner) for inner in value]
    return value


def _spelled(found: re.Match[str]) -> str:
    return f"{{{{ {found[1].replace('-', '_')}{found[2]} }}}}"
