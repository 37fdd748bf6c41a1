"""git, started: with a clean environment, for one question, and never for longer than it may take."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

KEPT = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"})
"""Variables that say where the user's own configuration lies. All others could lead git to another repository."""

OVERRIDES = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.pager", "cat"),
    ("core.warnAmbiguousRefs", "true"),  # a tag named like a branch must not pass for it in silence
    ("protocol.allow", "never"),
)
"""What the configuration of a repository may not say, even to commands that would not ask it today."""

SECONDS = 5.0
"""For a setting or a version."""
LONG = 120.0
"""For a question about the whole of a large repository."""


def git(
    arguments: Sequence[str], environ: Mapping[str, str], *, said: bytes = b"", seconds: float = SECONDS
) -> subprocess.CompletedProcess[bytes] | None:
    """Runs git to its end; `said` is what it reads. None if there is no git, or if it takes longer than `seconds`."""
    try:
        return subprocess.run(
            ("git", *arguments), env=environ, input=said, capture_output=True, check=False, timeout=seconds
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def cleaned(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what a hook, or another tool, tells git by it; messages in English, nothing fetched."""
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_") or name in KEPT}
    return {
        **kept,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ALLOW_PROTOCOL": "none",  # an object that is missing is missing: no transport, no program of one
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",  # refs/replace would show other commits than those that were made
        **configured(OVERRIDES),
    }


def configured(settings: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Variables that set these settings, over all that files of configuration say."""
    found = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings):
        found |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return found
