"""`example-workspace/` is what people try first: it must be whole, tidy, and as its README says."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from keymock import document, problems, saved, spec, steps, units
from keymock.document.format import format as format_text
from keymock.workspace import Workspace

ROOT = Path(__file__).parent.parent / "example-workspace"
KINDS: dict[str, type[msgspec.Struct]] = {
    "keymock.toml": spec.Workspace,
    "project.toml": spec.Project,
    "_defaults.toml": spec.Defaults,
}
DOCUMENTS = sorted(file for file in ROOT.rglob("*.toml") if not {".keymock", "broken"} & set(file.parts))


@pytest.mark.parametrize("actor", [None, "ada@example.com", "cy@example.com"])
def test_it_has_no_problem(actor: str | None) -> None:
    assert [problems.render(problem) for problem in Workspace(ROOT, actor).load().problems] == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_its_files_are_in_canonical_form(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    folders = {"requests": saved.Request, "environments": saved.Environment, "flows": steps.Flow}
    within = next((folders[part] for part in file.parts if part in folders), spec.Mock)
    assert format_text(text, KINDS.get(file.name, within)) == text


def test_it_has_bodies_of_every_kind() -> None:
    kinds = {file.suffix for file in ROOT.rglob("mocks/**/*") if file.is_file()}
    assert {".toml", ".json", ".xml", ".txt", ".png"} <= kinds


def test_its_image_is_a_small_png() -> None:
    image = (ROOT / "projects/shop/mocks/users/avatar.body.png").read_bytes()
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    assert image.endswith(b"IEND\xaeB`\x82")
    assert len(image) < 1024


def test_its_broken_file_has_four_mistakes_and_all_are_named_at_once() -> None:
    data = (ROOT / "broken/get-user.toml").read_bytes()
    parsed = document.parse(data, "projects/shop/mocks/users/get-user.toml", spec.Mock, dec_hook=units.dec_hook)
    told = "\n".join(problems.render(problem) for problem in parsed.problems) + "\n"
    page = (ROOT.parent / "docs/getting-started.md").read_text(encoding="utf-8")
    assert told.count(": error: ") == 4
    assert told in page
