"""`keymock init`: makes a folder a workspace."""

from __future__ import annotations

from pathlib import Path

from prompt import Shell

from keymock.asgi import create_app
from keymock.roles import parse


def tree(folder: Path) -> dict[str, str]:
    return {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_an_empty_folder(shell: Shell) -> None:
    done = shell("init")
    assert done.code == 0
    assert done.out.splitlines() == [
        "wrote  keymock.toml",
        "wrote  workspace/mocks/.gitkeep",
        "wrote  projects/.gitkeep",
        "wrote  .gitignore",
    ]
    assert done.err == "next   keymock new GET /hello 200 'Hello'\n"
    assert 'name = "work"' in (shell.folder / "keymock.toml").read_text()
    assert (shell.folder / ".gitignore").read_text() == "/private/\n/.keymock/\n"
    assert shell("check").code == 0


def test_again_it_changes_nothing(shell: Shell) -> None:
    shell("init", "--roles")
    before = tree(shell.folder)
    done = shell("init", "--roles")
    assert (done.code, tree(shell.folder)) == (0, before)
    assert "is a workspace already: nothing to do" in done.out
    assert done.err == ""


def test_roles_for_a_workspace_that_is_there(shell: Shell) -> None:
    shell("init")
    assert shell("init", "--roles").err == "next   keymock roles; keymock whoami\n"


def test_another_folder(shell: Shell) -> None:
    done = shell("init", "api/mocks")
    assert done.out.splitlines()[0] == "wrote  api/mocks/keymock.toml"
    assert done.err.endswith("cd api/mocks, then keymock new GET /hello 200 'Hello'\n")


def test_json_is_that_of_the_interface(shell: Shell) -> None:
    created = shell("init", "--json").json["created"]
    assert created == ["keymock.toml", "workspace/mocks/.gitkeep", "projects/.gitkeep", ".gitignore"]
    assert shell("init", "--json").json == {"created": []}


def test_what_git_ignores_already_is_not_said_twice(shell: Shell) -> None:
    shell.put(".gitignore", "node_modules\nprivate/")
    shell("init")
    assert (shell.folder / ".gitignore").read_text() == "node_modules\nprivate/\n/.keymock/\n"


def test_the_example_works_and_is_clean(shell: Shell) -> None:
    done = shell("init", "--example")
    assert done.err == "next   keymock up\n"
    checked = shell("check")
    assert (checked.code, checked.out) == (0, "no problems in 3 mocks\n")
    assert shell("fmt", "--check").code == 0
    world = create_app(shell.folder).service.world
    assert set(world.views.routes) == {
        "projects/shop/mocks/products/get", "projects/shop/mocks/products/get-by-id", "workspace/mocks/health/get",
    }  # fmt: skip
    assert shell("explain", "GET", "/products/0").out.startswith(
        "404  projects/shop/mocks/products/get-by-id (not-found)"
    )


def test_roles_keep_their_author_in(shell: Shell) -> None:
    assert "ROLES" in shell("init", "--roles", "--json").json["created"]
    assert shell("whoami", "--json").json["roles"]["workspace"] == "workspace admin"
    assert shell("check").code == 0
    assert shell("can", "anyone", "use", "projects/shop/").code == 0
    assert shell("can", "anyone", "update", "projects/shop/mocks/a.toml").code == 1


def test_roles_need_somebody(shell: Shell) -> None:
    done = shell("init", "--roles", KEYMOCK_USER="")
    assert done.code == 2
    assert "ROLES needs an admin, and nobody is named" in done.err
    assert tree(shell.folder) == {}


def test_roles_begin_from_codeowners(shell: Shell) -> None:
    (shell.folder / ".git").mkdir()
    shell.put(
        ".github/CODEOWNERS",
        "# owners\n*  @acme/platform\n/api/projects/shop/  @ada-l bob@example.com\n/web/  @acme/web\n",
    )
    done = shell("init", "api", "--roles")
    assert "from   .github/CODEOWNERS" in done.err
    text = (shell.folder / "api/ROLES").read_text()
    roles, problems = parse(text)
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert not roles.broken
    assert [rule.pattern for rule in roles.rules] == ["*", "/workspace/", "/projects/", "/projects/shop/"]
    assert "user:anyone editor:@ada-l,bob@example.com" in text
    assert shell("can", "bob@example.com", "update", "projects/shop/mocks/a.toml", at=shell.folder / "api").code == 0
    assert shell("can", "@ada-l", "update", "projects/shop/mocks/a.toml", at=shell.folder / "api").code == 0
    assert shell("can", "me", "administer", "ROLES", at=shell.folder / "api").code == 0


def test_no_workspace_inside_another(shell: Shell) -> None:
    shell("init")
    (shell.folder / "projects/shop").mkdir(parents=True)
    done = shell("init", at=shell.folder / "projects/shop")
    assert done.code == 2
    assert "lies in the workspace" in done.err
    outer = shell("init", at=shell.folder.parent)
    assert outer.code == 2
    assert "is a workspace already" in outer.err


def test_a_file_is_no_folder(shell: Shell) -> None:
    shell.put("README.md", "")
    done = shell("init", "README.md")
    assert done.code == 2
    assert "is a file" in done.err


def test_who_may_not_add_settings_adds_nothing(shop: Shell) -> None:
    (shop.folder / "keymock.toml").unlink()
    before = tree(shop.folder)
    done = shop("init", "--as", "vic@example.com")
    assert done.code == 1
    assert tree(shop.folder) == before
