"""A workspace at a revision, as one actor has it: by its own ROLES, and by today's."""

from __future__ import annotations

import pytest
from clone import ENVIRON, Clone, needs_git
from tree_answers import mock

from keymock.problems import Stop
from keymock.repo.past import Past, found
from keymock.serve.options import Options
from keymock.serve.service import Service

pytestmark = needs_git

BOB = "bob@example.com"
A, B = "workspace/mocks/a", "projects/shop/mocks/b"


@pytest.fixture
def tagged(clone: Clone) -> Clone:
    """`v1`: bob may use everything. Today: the shop is none of his, and a mock is gone."""
    text = {f"{A}.toml": mock("/a"), f"{B}.toml": mock("/b")}
    clone.commit("one", {**text, "ROLES": f"* user:{BOB} admin:ada@example.com\n"})
    clone.git("tag", "v1")
    (clone.folder / f"{A}.toml").unlink()
    clone.commit("two", {"ROLES": f"* user:{BOB} admin:ada@example.com\n/projects/shop/\n"})
    return clone


def served(past: Past) -> set[str]:
    options = Options(workspace=str(past.folder), actor=past.actor, private=False, today=past.today())
    return set(Service(options, lambda: 0, past).world.views.routes)


def test_a_revision_has_the_mocks_it_had(tagged: Clone) -> None:
    past = Past(tagged.folder, ENVIRON, "v1", "ada@example.com")
    assert served(past) == {A, B}
    assert past.named("ROLES") == "v1:ROLES"
    assert past.commit == found(tagged.folder, ENVIRON, "main~1")


def test_a_right_that_was_lost_does_not_come_back_by_looking_at_the_past(tagged: Clone) -> None:
    past = Past(tagged.folder, ENVIRON, "v1", BOB)
    assert served(past) == {A}
    assert past.today().decide("use", f"{B}.toml").reason.startswith("today's ROLES:2 decides about")


def test_a_right_of_today_does_not_open_the_past(tagged: Clone) -> None:
    tagged.put("ROLES", "* user:eve@example.com\n")
    assert served(Past(tagged.folder, ENVIRON, "v1", "eve@example.com")) == set()


@pytest.mark.parametrize("text", ["* nonsense\n", b"\xff", b"#" * 2_000_000])
def test_where_today_cannot_be_read_nobody_may_look_back(tagged: Clone, text: str | bytes) -> None:
    tagged.put("ROLES", text)
    assert served(Past(tagged.folder, ENVIRON, "v1", "ada@example.com")) == set()


def test_only_local_use_is_open_where_roles_are_for_review(tagged: Clone) -> None:
    tagged.put("keymock.toml", 'roles = "review"\n')
    assert served(Past(tagged.folder, ENVIRON, "v1", BOB)) == {A, B}


def test_a_branch_that_is_not_there(tagged: Clone) -> None:
    with pytest.raises(Stop):
        Past(tagged.folder, ENVIRON, "v2", None)
