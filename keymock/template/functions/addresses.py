"""Where projects are reached: for requests and flows, which a switch sends to the real API or to the mocks."""

from __future__ import annotations

from typing import Any

from keymock.template.functions.function import function, text
from keymock.template.run import Run


def _target_url(run: Run, project: Any = "") -> str:
    return run.values.target_url(text(project, "the project"))


FUNCTIONS = (function("target_url", _target_url),)
