"""Branches that must not be merged, each refused for its reason, and honest ones that pass. Real git, all of it."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from clone import ENVIRON, Clone, needs_git

from keymock.commands.invocation import Actor, Invocation
from keymock.commands.reviewing import Wanted, review
from keymock.review import Verdict
from keymock.review.as_json import as_json
from keymock.review.markdown import markdown
from keymock.review.text import text

pytestmark = needs_git

ADA, BOB, PAT, LEAD, OPS, EVE = (f"{name}@example.com" for name in ("ada", "bob", "pat", "lead", "ops", "eve"))

ROLES = """\
@shop: ada@example.com bob@example.com
*                        admin:ops@example.com
/workspace/              member:*
/projects/shop/          viewer:* editor:@shop admin:lead@example.com
/projects/shop/mocks/payments/   viewer:* editor:lead@example.com
/projects/pay/           viewer:* editor:pat@example.com
"""

USER, PAY, HEALTH = "projects/shop/mocks/users/get.toml", "projects/pay/mocks/pay.toml", "workspace/mocks/health.toml"

BASE = {
    "keymock.toml": 'name = "acme"\n[policy]\nrequire_variants = { DELETE = [404] }\nmax_inline_body = "1KiB"\n',
    "ROLES": ROLES,
    ".gitignore": "private/\n.keymock/\n",
    HEALTH: '[request]\npath = "/health"\n[response]\nbody = "ok"\n',
    USER: '[request]\npath = "/users/:id"\n[response]\nheaders.A = "1"\nheaders.B = "1"\njson = { id = 1 }\n',
    "projects/shop/mocks/users/list.toml": '[request]\npath = "/users"\n[response]\njson = []\n',
    "projects/shop/mocks/payments/card.toml": '[request]\nmethod = "POST"\npath = "/card"\n',
    "projects/shop/project.toml": 'mount = "/shop"\n',
    PAY: '[request]\nmethod = "POST"\npath = "/pay"\n[response]\nstatus = 201\n',
    "projects/pay/project.toml": 'mount = "/pay"\n',
    "services/code/main.py": "",
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository that every case begins with, made once."""
    clone = Clone(tmp_path_factory.mktemp("base"))
    clone.commit("base", BASE, who=OPS)
    return clone.folder


@pytest.fixture
def clone(base: Path, tmp_path: Path) -> Clone:
    """A copy of it, on a branch of its own."""
    folder = tmp_path / "clone"
    shutil.copytree(base, folder, symlinks=True)
    made = Clone.__new__(Clone)
    made.folder, made.minute = folder, 10
    made.git("checkout", "-q", "-b", "topic")
    return made


def judged(clone: Clone, who: str | None = ADA, **wanted: object) -> Verdict:
    """The review of main..topic, as CI runs it for somebody."""
    invocation = Invocation(folder=clone.folder, environ=ENVIRON)
    asked = Wanted(wanted.pop("identity", "actor"), Actor(who, "--actor"), **wanted)  # type: ignore[arg-type]
    return review(invocation, clone.folder, ["main..topic"], asked)[1]


def why(verdict: Verdict) -> str:
    return "\n".join([*(one.reason for one in verdict.refused), *(one.message for one in verdict.errors)])


class Case(NamedTuple):
    """What somebody does on a branch, and what of the refusal must be said. No words: it passes."""

    name: str
    do: Callable[[Clone], object]
    says: str = ""
    who: str | None = ADA
    wanted: dict[str, object] = {}  # noqa: RUF012  (nobody changes it)


def commits(*steps: Mapping[str, str | None], who: str = ADA) -> Callable[[Clone], None]:
    """One commit a step: files with their text, None for one that goes."""

    def do(clone: Clone) -> None:
        for number, step in enumerate(steps):
            for file, content in step.items():
                if content is None:
                    (clone.folder / file).unlink()
            files = {file: content for file, content in step.items() if content is not None}
            clone.commit(f"step {number}", files, who=who)

    return do


def rename(old: str, new: str) -> Callable[[Clone], None]:
    def do(clone: Clone) -> None:
        (clone.folder / new).parent.mkdir(parents=True, exist_ok=True)
        clone.git("mv", old, new)
        clone.commit("move")

    return do


def link(file: str, target: str) -> Callable[[Clone], None]:
    def do(clone: Clone) -> None:
        path = clone.folder / file
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
        clone.commit("link")

    return do


def index(file: str, text: str = "x", mode: str = "100644") -> Callable[[Clone], None]:
    """Puts a file into a commit, whatever the work tree's file system can hold, and .gitignore says."""

    def do(clone: Clone) -> None:
        name = clone.git("rev-parse", "HEAD") if mode == "160000" else clone.git(
            "hash-object", "-w", "--stdin", said=text.encode())  # fmt: skip
        clone.git("update-index", "--add", "--cacheinfo", f"{mode},{name},{file}")
        clone.git("commit", "-q", "-m", "odd")

    return do


def both(*deeds: Callable[[Clone], object]) -> Callable[[Clone], None]:
    def do(clone: Clone) -> None:
        for deed in deeds:
            deed(clone)

    return do


def merge_that_hides(clone: Clone) -> None:
    """main moves on; the merge of it into the branch changes somebody else's mock by the way."""
    clone.commit("mine", {HEALTH: BASE[HEALTH] + "# mine\n"})
    clone.git("checkout", "-q", "main")
    clone.commit("theirs", {"projects/pay/mocks/refund.toml": 'request.path = "/refund"\n'}, who=PAT)
    clone.git("checkout", "-q", "topic")
    clone.git("merge", "-q", "--no-commit", "--no-ff", "main")
    clone.put(PAY, BASE[PAY].replace("201", "500"))
    clone.commit("merge main")


def merge_that_reverts(clone: Clone) -> None:
    """The branch merges main and throws away what main brought, as if by accident."""
    clone.commit("mine", {HEALTH: BASE[HEALTH] + "# mine\n"})
    clone.git("checkout", "-q", "main")
    clone.commit("theirs", {PAY: BASE[PAY].replace("201", "202")}, who=PAT)
    clone.git("checkout", "-q", "topic")
    clone.git("merge", "-q", "--no-ff", "-s", "ours", "main", "-m", "merge main")


def honest_merge(clone: Clone) -> None:
    clone.commit("mine", {HEALTH: BASE[HEALTH] + "# mine\n"})
    clone.git("checkout", "-q", "main")
    clone.commit(
        "theirs",
        {PAY: BASE[PAY].replace("201", "202"), "projects/pay/mocks/new.toml": 'request.path = "/n"\n'},
        who=PAT,
    )
    clone.git("checkout", "-q", "topic")
    clone.git("merge", "-q", "--no-ff", "main", "-m", "merge main")


def same_route_on_both_sides(clone: Clone) -> None:
    clone.commit("mine", {"projects/shop/mocks/a/order.toml": 'request.path = "/orders/:id"\n'})
    clone.git("checkout", "-q", "main")
    clone.commit("theirs", {"projects/shop/mocks/b/order.toml": 'request.path = "/orders/:order"\n'}, who=BOB)
    clone.git("checkout", "-q", "topic")


def conflict(clone: Clone) -> None:
    clone.commit("mine", {USER: BASE[USER].replace("id = 1", "id = 2")})
    clone.git("checkout", "-q", "main")
    clone.commit("theirs", {USER: BASE[USER].replace("id = 1", "id = 3")}, who=BOB)
    clone.git("checkout", "-q", "topic")


SELF = ROLES + "/projects/pay/ editor:ada@example.com\n"
EDIT = BASE[USER].replace("id = 1", "id = 7")
NEW = {"projects/shop/mocks/orders.toml": 'request.path = "/orders"\n'}
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1"

ATTACKS = (
    Case("gives herself rights", commits({"ROLES": SELF}), "ada@example.com"),
    Case(
        "gives herself rights with the edit they are for",
        commits({"ROLES": SELF, PAY: "# mine\n" + BASE[PAY]}),
        "is a viewer of projects/pay by ROLES:6",
    ),
    Case(
        "gives herself rights one commit before",
        commits({"ROLES": SELF}, {PAY: "# mine\n" + BASE[PAY]}),
        "is a viewer of projects/pay by ROLES:6",
    ),
    Case("edits another project", commits({PAY: "# mine\n" + BASE[PAY]}), "is a viewer of projects/pay by ROLES:6"),
    Case(
        "edits what a later line takes away", commits({"projects/shop/mocks/payments/card.toml": "# x\n"}), "by ROLES:5"
    ),
    Case(
        "edits and takes it back",
        commits({PAY: "# mine\n" + BASE[PAY]}, {PAY: BASE[PAY]}),
        "is a viewer of projects/pay by ROLES:6",
    ),
    Case(
        "moves another's mock into her own project",
        rename(PAY, "projects/shop/mocks/pay.toml"),
        "is a viewer of projects/pay by ROLES:6",
    ),
    Case(
        "moves her mock over another's",
        rename(USER, "projects/pay/mocks/users.toml"),
        "is a viewer of projects/pay by ROLES:6",
    ),
    Case("deletes another's mock", commits({PAY: None}), "is a viewer of projects/pay by ROLES:6"),
    Case("deletes ROLES", commits({"ROLES": None}), "admin on the pattern `*`"),
    Case("makes ROLES a link", link("ROLES", "workspace/roles.txt"), "a symbolic link"),
    Case("swaps her mock for a link", link(USER, "/etc/passwd"), "a symbolic link"),
    Case("links a folder", link("projects/shop/mocks/all", "../../pay/mocks"), "a symbolic link"),
    Case("writes roles in lower case", index("roles", SELF), "some systems take `roles` for `ROLES`", OPS),
    Case("writes ROLES in wide letters", index("ＲＯＬＥＳ", SELF), "which is keymock's", OPS),
    Case("writes ROLES with an invisible sign", index("RO\u200bLES", SELF), "invisible or control character", OPS),
    Case(
        "writes Projects/ beside projects/", index("Projects/pay/mocks/a.toml"), "looks like one of keymock's own names"
    ),
    Case("adds a twin in case", index("projects/shop/mocks/users/GET.toml", EDIT), "differ in case"),
    Case(
        "adds a twin in another form of its accents",
        both(
            index(unicodedata.normalize("NFC", "workspace/mocks/café.toml"), 'request.path = "/c"\n'),
            index(unicodedata.normalize("NFD", "workspace/mocks/café.toml"), 'request.path = "/d"\n'),
        ),
        "accents' form",
    ),
    Case(
        "adds a name in two alphabets", index("workspace/mocks/hеalth.toml", 'request.path = "/h"\n'), "mixes alphabets"
    ),
    Case("adds a name that reads backwards", index("workspace/mocks/a\u202etxt.toml"), "invisible or control"),
    Case("adds a device of Windows", index("workspace/mocks/aux.toml", 'request.path = "/h"\n'), "Windows cannot"),
    Case("adds a submodule", index("workspace/mocks/sub", mode="160000"), "a submodule"),
    Case("forces a private mock in", index(f"private/{ADA}/mocks/a.toml"), "a private file does not belong"),
    Case(
        "forces one in and takes it out",
        both(
            index(f"private/{ADA}/mocks/a.toml"),
            commits({"workspace/mocks/x.toml": 'request.path = "/x"\n'}),
        ),
        "a later commit does not help",
    ),
    Case("writes into another's private folder", index(f"private/{BOB}/mocks/a.toml"), "creator's alone"),
    Case("even as an admin", index(f"private/{BOB}/mocks/a.toml"), "creator's alone", OPS),
    Case("hides an edit in a merge", merge_that_hides, "is a viewer of projects/pay by ROLES:6"),
    Case("reverts others by a merge", merge_that_reverts, "is a viewer of projects/pay by ROLES:6"),
    Case(
        "changes settings as an editor",
        commits({"projects/shop/project.toml": 'mount = "/"\n'}),
        "changing its settings needs admin of the project",
    ),
    Case("changes keymock.toml", commits({"keymock.toml": 'roles = "review"\n'}), "admin on the pattern `*`"),
    Case(
        "adds defaults to a folder",
        commits({"projects/shop/mocks/_defaults.toml": 'response.delay = "9s"\n'}),
        "changing its settings needs admin of the project",
    ),
    Case("is unknown", commits({USER: EDIT}), "eve@example.com", EVE),
    Case("is nobody", commits({USER: EDIT}), "nobody", None),
    Case(
        "writes another's e-mail without a signature",
        commits({"ROLES": SELF}, who=OPS),
        "ROLES:2",
        wanted={"identity": "signed"},
    ),
    Case(
        "has one forged commit among her own, by e-mail",
        both(commits({USER: EDIT}), commits({PAY: "# x\n"}, who=EVE)),
        "eve@example.com",
        wanted={"identity": "email"},
    ),
    Case(
        "commits a token", commits({**NEW, "projects/shop/mocks/orders.body.txt": f"{TOKEN}\n"}), "looks like a token"
    ),
    Case(
        "commits a token and takes it out",
        commits(
            {**NEW, "projects/shop/mocks/orders.body.txt": f"{TOKEN}\n"}, {"projects/shop/mocks/orders.body.txt": "x\n"}
        ),
        ", in ",
    ),
    Case("breaks a file", commits({USER: "[request\n"}), "this header is not closed"),
    Case("adds a route that main has by now", same_route_on_both_sides, "both answer GET /shop/orders/x"),
    Case("cannot be merged", conflict, "both sides changed this"),
    Case(
        "breaks a rule of the team",
        commits({"projects/shop/mocks/d.toml": 'request.method = "DELETE"\nrequest.path = "/d"\n'}),
        "needs an answer 404",
    ),
    Case(
        "puts a large body into a file",
        commits({"projects/shop/mocks/d.toml": f'request.path = "/d"\nresponse.body = "{"x" * 2000}"\n'}),
        "`max_inline_body` is 1024",
    ),
    Case(
        "switches the team's rules off in the same change",
        commits({"keymock.toml": "", "projects/shop/mocks/d.toml": 'request.method = "DELETE"\nrequest.path = "/d"\n'}),
        "needs an answer 404",
        OPS,
    ),
    Case(
        "breaks callers where that is forbidden",
        commits({USER: BASE[USER].replace("id = 1", 'id = "1"')}),
        "",
        wanted={"fail_on_breaking": True},
    ),
    Case(
        "approves with somebody who may not either",
        commits({PAY: "# mine\n" + BASE[PAY]}),
        "is a viewer of projects/pay",
        wanted={"approvers": (BOB,)},
    ),
)

HONEST = (
    Case("edits her project", commits({USER: EDIT})),
    Case("adds a mock", commits(NEW)),
    Case("deletes a mock", commits({USER: None})),
    Case("moves a mock within her project", rename(USER, "projects/shop/mocks/user.toml")),
    Case("edits the shared workspace", commits({HEALTH: BASE[HEALTH].replace("ok", "fine")})),
    Case("moves a mock to the workspace", rename(USER, "workspace/mocks/user.toml")),
    Case("merges main", honest_merge),
    Case("works in several commits", commits({USER: EDIT}, NEW, {HEALTH: None})),
    Case(
        "edits another project, approved by its editor",
        commits({PAY: "# mine\n" + BASE[PAY]}),
        wanted={"approvers": (PAT,)},
    ),
    Case(
        "edits settings, approved by an admin",
        commits({"projects/shop/project.toml": 'mount = "/s"\n'}),
        wanted={"approvers": (BOB, LEAD)},
    ),
    Case("changes ROLES as workspace admin", commits({"ROLES": SELF}), who=OPS),
    Case(
        "changes her project's settings as its admin",
        commits({"projects/shop/project.toml": 'mount = "/s"\n'}),
        who=LEAD,
    ),
    Case(
        "edits a folder of her own line",
        commits({"projects/shop/mocks/payments/card.toml": BASE[PAY].replace("/pay", "/card")}),
        who=LEAD,
    ),
    Case(
        "changes code that is none of keymock's",
        commits({"services/code/main.py": "print()\n", "README.md": "hi\n"}),
        who=EVE,
    ),
    Case(
        "two by e-mail",
        both(commits({USER: EDIT}), commits({PAY: "# x\n" + BASE[PAY]}, who=PAT)),
        wanted={"identity": "email"},
    ),
    Case(
        "adds a body beside a mock",
        commits(
            {
                "projects/shop/mocks/users/list.body.json": "[1]",
                "projects/shop/mocks/users/list.toml": 'request.path = "/users"\n',
            }
        ),
    ),
    Case("adds a name with accents", index("workspace/mocks/café.toml", 'request.path = "/café"\n')),
    Case("adds a name in one foreign alphabet", index("workspace/mocks/здоровье.toml", 'request.path = "/z"\n')),
    Case(
        "shows a token of a login",
        commits(
            {
                "workspace/mocks/login.toml": 'request.path = "/login"\n[response]\n'
                'json = { token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln" }\n'
            }
        ),
    ),
    Case(
        "breaks callers, and says so",
        lambda clone: clone.commit(
            "less\n\nKeymock-Breaking: GET /users/:id text from now on",
            {USER: BASE[USER].replace("id = 1", 'id = "1"')},
        ),
        wanted={"fail_on_breaking": True},
    ),
    Case("has nothing to merge", commits()),
    Case("takes back her own", commits({USER: EDIT}, {USER: BASE[USER]})),
)


@pytest.mark.parametrize("case", ATTACKS, ids=lambda case: case.name.replace(" ", "-"))
def test_who_must_not_is_refused(case: Case, clone: Clone) -> None:
    case.do(clone)
    verdict = judged(clone, case.who, **case.wanted)
    assert not verdict.allowed
    assert case.says in why(verdict)
    printed = text(verdict, "main → topic"), markdown(verdict)
    assert all("refused" in one for one in printed)
    assert as_json(verdict)["allowed"] is False


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case.name.replace(" ", "-"))
def test_who_may_passes(case: Case, clone: Clone) -> None:
    case.do(clone)
    verdict = judged(clone, case.who, **case.wanted)
    assert why(verdict) == ""
    assert verdict.allowed
    assert "allowed" in text(verdict, "main → topic")


@pytest.mark.parametrize(("who", "allowed"), [(ADA, False), (LEAD, True)])
def test_a_contract_that_a_project_names_is_its_admins(clone: Clone, who: str, allowed: bool) -> None:
    document = "openapi: 3.1.0\ninfo: {title: Shop, version: '1'}\npaths: {}\n"
    project, contract = "projects/shop/project.toml", "projects/shop/api/shop.yaml"
    clone.git("checkout", "-q", "main")
    clone.commit("contract", {project: 'mount = "/shop"\ncontract = "api/shop.yaml"\n', contract: document}, who=OPS)
    clone.git("checkout", "-q", "-B", "topic")
    clone.commit("another version", {contract: document.replace("'1'", "'2'")}, who=who)
    verdict = judged(clone, who)
    assert verdict.allowed is allowed, why(verdict)
    assert ("changing its settings needs admin" in why(verdict)) is not allowed


def test_there_are_enough_of_both() -> None:
    assert len(ATTACKS) >= 20
    assert len(HONEST) >= 20
