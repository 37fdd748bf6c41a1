"""`mistakes/*.txt`: one bad file each, and exactly what its author is told.

A case is the path (and, if it is not UTF-8, the encoding), the file, and the text printed, parted by lines of `~~~`.
To add one, write the first two parts and leave the third empty: the failing test shows what to put there, if it is
what a good colleague would say.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import msgspec
import pytest

from keymock import document, problems, saved, spec, units

CASES = sorted((Path(__file__).parent / "mistakes").glob("*.txt"))

KINDS: dict[str, type[msgspec.Struct]] = {
    "keymock.toml": spec.Workspace,
    "project.toml": spec.Project,
    "_defaults.toml": spec.Defaults,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_author_is_told(case: Path) -> None:
    heading, content, expected = case.read_bytes().decode().split("~~~\n")
    path, _, encoding = heading.strip().partition(" ")
    kind = KINDS.get(PurePosixPath(path).name, saved.Request if "/requests/" in path else spec.Mock)
    parsed = document.parse(content.encode(encoding or "utf-8"), path, kind, dec_hook=units.dec_hook)
    printed = "".join(f"{problems.render(problem)}\n" for problem in parsed.problems)
    assert printed == expected
    assert printed, "a mistake is no mistake if nobody is told"
    assert parsed.value is None


def test_there_are_cases() -> None:
    assert len(CASES) >= 25
