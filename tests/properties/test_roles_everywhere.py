"""Role × verb × scope: one answer in function, command line, serving, writing, review and hook.

The table is that of `docs/roles.md`, written out: who may do what where, and nothing else.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from clone import Clone, needs_git
from prompt import Shell
from tree_answers import mock

from keymock.catalog import policy_of
from keymock.engine import World, answer
from keymock.exchange import Reply, Request
from keymock.problems import Stop
from keymock.roles import VERBS, Verb
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.workspace import Workspace, WorkTree

VIC, UNA, ADA, PAM, MEM, OPS, EVE = (
    f"{name}@example.com" for name in ("vic", "una", "ada", "pam", "mem", "ops", "eve")
)
PEOPLE = (VIC, UNA, ADA, PAM, MEM, OPS, EVE)

ROLES = f"""\
*                admin:{OPS}
/workspace/      member:{MEM} viewer:{VIC} user:{UNA}
/projects/shop/  viewer:{VIC} user:{UNA} editor:{ADA} admin:{PAM}
"""

SEE, USE = ("see",), ("see", "use")
WORK = (*USE, "create", "update", "delete")
ALL = VERBS

PRIVATE, SHARED, PROJECT = (
    f"private/{ADA}/mocks/item.toml",
    "workspace/mocks/shared.toml",
    "projects/shop/mocks/item.toml",
)
SETTINGS, RULES = "projects/shop/project.toml", "ROLES"

TABLE: dict[str, dict[str, tuple[str, ...]]] = {
    PRIVATE: {ADA: WORK},
    SHARED: {VIC: SEE, UNA: USE, MEM: WORK, OPS: ALL},
    PROJECT: {VIC: SEE, UNA: USE, ADA: WORK, PAM: ALL, OPS: ALL},
    SETTINGS: {VIC: SEE, UNA: USE, ADA: USE, PAM: ALL, OPS: ALL},
    RULES: {OPS: ALL},
}
MOCKS = {PRIVATE: "/private", SHARED: "/shared", PROJECT: "/item"}
"""Those of the paths that are mocks, and where they answer."""

CELLS = [(path, person) for path in TABLE for person in PEOPLE]

everywhere = pytest.mark.parametrize(("path", "person"), CELLS)


def expected(path: str, person: str) -> tuple[str, ...]:
    return TABLE[path].get(person, ())


@pytest.fixture
def shop(shell: Shell) -> Shell:
    """A workspace with a file at each path of the table, and beside each mock one to be deleted."""
    shell.put("keymock.toml", "")
    shell.put(RULES, ROLES)
    shell.put(SETTINGS, 'name = "Shop"\n')
    for path, route in MOCKS.items():
        shell.put(path, mock(route))
        shell.put(path.replace(".toml", "-old.toml"), mock(f"{route}/old"))
    return shell


@everywhere
def test_the_function(shop: Shell, path: str, person: str) -> None:
    policy = policy_of(WorkTree(shop.folder))
    assert tuple(verb for verb in VERBS if policy.decide(person, verb, path).allowed) == expected(path, person)


def test_the_command_line(shop: Shell) -> None:
    for path, person in CELLS:
        for verb in VERBS:
            told = shop("can", person, verb, path, "--json", KEYMOCK_USER=OPS)
            assert told.json["allowed"] is (verb in expected(path, person)), (person, verb, path)
            assert told.code == (0 if verb in expected(path, person) else 1)


@pytest.mark.parametrize(("path", "person"), [(path, person) for path, person in CELLS if path in MOCKS])
def test_serving(shop: Shell, path: str, person: str) -> None:
    world = Service(Options(workspace=str(shop.folder), actor=person), lambda: 0).world
    verbs = expected(path, person)
    assert status(world, MOCKS[path]) == (200 if "use" in verbs else 403 if "see" in verbs else 404)


def status(world: World, path: str) -> int:
    reply = answer(Request("GET", path.encode(), b"", [], b""), world)
    assert isinstance(reply, Reply)
    return reply.status


def test_what_is_listed(shop: Shell) -> None:
    for person in PEOPLE:
        seen = {one["file"] for one in shop("ls", "--json", KEYMOCK_USER=person).json}
        assert {path for path in MOCKS if path in seen} == {path for path in MOCKS if "see" in expected(path, person)}


@everywhere
def test_writing(shop: Shell, path: str, person: str) -> None:
    assert {verb for verb in ("create", "update", "delete") if written(shop.folder, path, person, verb)} == {
        verb for verb in ("create", "update", "delete") if verb in expected(path, person)
    }


def written(root: Path, path: str, person: str, verb: str) -> bool:
    """Whether the only way to write lets somebody do it."""
    workspace = Workspace(root, person)
    catalog = workspace.load()
    policy, layout = policy_of(workspace.tree), catalog.tree.layout
    try:
        if verb == "delete":
            stamp = workspace.tree.stamp(path)
            assert stamp is not None
            workspace.remove(path, policy=policy, layout=layout, expect=stamp)
        else:
            content = (root / path).read_bytes()
            if verb == "create":
                (root / path).unlink()
            workspace.save(path, content, policy=policy, layout=layout, expect=workspace.tree.stamp(path))
    except Stop:
        if verb == "create":
            (root / path).write_bytes(content)
        return False
    return True


# ---- in git: one change that does everything, judged as each person's ------------------------------------------------


def change(clone: Clone) -> dict[str, tuple[str, Verb]]:
    """Makes the change, and says of each file that it touches which cell of the table that is."""
    touched: dict[str, tuple[str, Verb]] = {}
    for path in (SHARED, PROJECT):
        clone.put(path, mock(MOCKS[path], response="status = 201"))
        clone.put(new := path.replace(".toml", "-new.toml"), mock(f"{MOCKS[path]}/new"))
        (clone.folder / (old := path.replace(".toml", "-old.toml"))).unlink()
        touched |= {path: (path, "update"), new: (path, "create"), old: (path, "delete")}
    clone.put(SETTINGS, 'name = "Shop 2"\n')
    clone.put(RULES, ROLES + "# more\n")
    return {**touched, SETTINGS: (SETTINGS, "update"), RULES: (RULES, "update")}


@pytest.fixture
def based(shop: Shell) -> Clone:
    clone = Clone(shop.folder)
    shop.put(".gitignore", "private/\n.keymock/\n")
    clone.commit("base")
    return clone


@needs_git
@pytest.mark.parametrize("face", ["review", "hook"])
def test_git(shop: Shell, based: Clone, face: str) -> None:
    if face == "review":
        based.git("checkout", "-q", "-b", "topic")
    touched = change(based)
    based.git("add", "-A")
    if face == "review":
        based.commit("everything at once")
    for person in PEOPLE:
        if face == "review":
            told = shop("review", "main..topic", "--actor", person, "--json")
        else:
            told = shop("hook", "run", "--json", KEYMOCK_USER=person)
        decisions = {one["path"]: one["allowed"] for one in told.json["decisions"]}
        assert decisions.keys() == touched.keys(), (person, told.out)
        for file, (path, verb) in touched.items():
            assert decisions[file] is (verb in expected(path, person)), (face, person, verb, path)
        assert told.json["allowed"] is all(verb in expected(path, person) for path, verb in touched.values())
