"""`keymock whoami`."""

from __future__ import annotations

from prompt import Shell


def test_the_actor_its_source_and_its_roles(shop: Shell) -> None:
    found = shop("whoami", "--json").json
    assert found == {
        "actor": "ada@example.com",
        "source": "KEYMOCK_USER",
        "roles": {"workspace": "member", "projects/shop": "editor", "private/ada@example.com": "creator"},
    }


def test_for_people(shop: Shell) -> None:
    assert shop("whoami", "--as", "vic@example.com").out == (
        "vic@example.com  (--as)\n"
        "  workspace                member\n"
        "  projects/shop            viewer\n"
        "  private/vic@example.com  creator\n"
    )


def test_nobody_is_told_how_to_be_somebody(shop: Shell) -> None:
    done = shop("whoami", KEYMOCK_USER="")
    assert done.out.startswith("nobody  (nobody is named)\n")
    assert "KEYMOCK_USER" in done.err
    assert shop("whoami", "--json", KEYMOCK_USER="").json["actor"] is None
