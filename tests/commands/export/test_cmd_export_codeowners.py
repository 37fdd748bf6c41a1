"""`keymock export codeowners`, and whether the one that is there agrees."""

from __future__ import annotations

import pytest
from clone import Clone, needs_git
from prompt import Shell

OPS = "ops@example.com"
pytestmark = needs_git


@pytest.fixture
def owned(shop: Shell) -> Shell:
    """The shop with roles for mails alone, in a repository."""
    shop.put(
        "ROLES", "* admin:ops@example.com\n/workspace/ member:ada@example.com\n/projects/shop/ editor:ada@example.com\n"
    )
    Clone(shop.folder)
    return shop


def test_what_is_exported_agrees(owned: Shell) -> None:
    told = owned("export", "codeowners")
    assert "/projects/shop/                          ada@example.com ops@example.com\n" in told.out
    owned.put(".github/CODEOWNERS", told.out)
    checked = owned("export", "codeowners", "--check")
    assert (checked.code, checked.err) == (0, ".github/CODEOWNERS agrees with ROLES\n")
    assert "codeowners" not in owned("check").out


def test_what_differs_is_told_file_by_file(owned: Shell) -> None:
    owned.put("CODEOWNERS", "* ops@example.com\n/projects/shop/ ops@example.com\n/workspace/ bob@example.com\n")
    told = owned("export", "codeowners", "--check")
    assert told.code == 1
    assert "projects/shop/mocks/users/get-user.toml\n  CODEOWNERS: ops@example.com\n  ROLES: ada@" in told.out
    differ = owned("export", "codeowners", "--check", "--json").json
    assert not differ["agrees"]
    assert {"file", "codeowners", "roles"} == set(differ["differ"][0])
    checked = owned("check")
    assert checked.code == 0, "an owner too many is a warning"
    assert "CODEOWNERS:3: warning: bob@example.com owns workspace/mocks/health.toml here" in checked.out


def test_a_workspace_below_the_top(owned: Shell) -> None:
    Clone(owned.folder.parent)
    (owned.folder / ".git").rename(owned.folder.parent / "gone")
    told = owned("export", "codeowners")
    assert f"/{owned.folder.name}/projects/shop/ " in told.out
    (owned.folder.parent / "CODEOWNERS").write_text(told.out)
    assert owned("export", "codeowners", "--check").code == 0


def test_what_is_in_the_way(owned: Shell) -> None:
    assert owned("export", "codeowners", "--check").code == 1
    assert "did you mean `codeowners`?" in owned("export", "codeowner").err
    owned.put("ROLES", "# none\n")
    told = owned("export", "codeowners")
    assert (told.code, "keymock init --roles" in told.err) == (2, True)
    owned.put("ROLES", "* nonsense\n")
    assert owned("export", "codeowners").code == 1
