"""`keymock token`, and a server that knows its callers by them."""

from __future__ import annotations

from pathlib import Path

import pytest
from live_server import Serve
from prompt import ADA, Shell
from tree_answers import mock

from keymock.token_file import TokenFile

OPS = "ops@example.com"


def issued(shop: Shell, *words: str) -> str:
    told = shop("token", "issue", *words, KEYMOCK_USER=OPS)
    assert told.code == 0, told.err
    return told.out.strip()


def test_issue_list_revoke(shop: Shell) -> None:
    text = issued(shop, ADA)
    assert text.startswith("kmt_")
    file = TokenFile(Path(shop.environ["XDG_STATE_HOME"]) / "keymock", shop.folder)
    assert text not in file.path.read_text()
    (kept,) = shop("token", "ls", "--json", KEYMOCK_USER=OPS).json
    assert (kept["id"], kept["actor"], kept["by"]) == (text[4:12], ADA, OPS)
    line = shop("token", "ls", KEYMOCK_USER=OPS).out
    assert line.split()[:3] == [text[4:12], ADA, "until"]
    assert shop("token", "revoke", text[4:12], KEYMOCK_USER=OPS).out == f"revoked {text[4:12]} of {ADA}\n"
    assert shop("token", "ls", KEYMOCK_USER=OPS).err == "no token is issued\n"


def test_all_tokens_of_somebody_go_at_once(shop: Shell) -> None:
    for _ in range(2):
        issued(shop, ADA)
    kept = issued(shop, "una@example.com")
    gone = shop("token", "revoke", ADA, "--json", KEYMOCK_USER=OPS).json
    assert [each["actor"] for each in gone] == [ADA, ADA]
    assert [each["id"] for each in shop("token", "ls", "--json", KEYMOCK_USER=OPS).json] == [kept[4:12]]


def test_as_json_it_says_until_when(shop: Shell) -> None:
    told = shop("token", "issue", "ci-bot", "--days", "1", "--json", KEYMOCK_USER=OPS).json
    assert set(told) == {"id", "token", "actor", "expires"}
    assert told["token"].startswith(f"kmt_{told['id']}_")


@pytest.mark.parametrize("words", [["issue", ADA], ["revoke", ADA], ["ls"]])
@pytest.mark.parametrize("settings", ["", 'roles = "review"\n'])
def test_only_workspace_admins(shop: Shell, words: list[str], settings: str) -> None:
    shop.put("keymock.toml", settings)
    told = shop("token", *words)
    assert told.code == 1
    assert "tokens are for workspace admins: " in told.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["issue"], "say whose"),
        (["issue", "a b"], "`a b` cannot name a person"),
        (["issue", ADA, "--days", "0"], "0 is not in the range"),
        (["revoke", "nobody"], "there is no token `nobody`"),
        (["isue", ADA], "did you mean `issue`?"),
    ],
)
def test_what_is_typed_wrong(shop: Shell, words: list[str], said: str) -> None:
    told = shop("token", *words, KEYMOCK_USER=OPS)
    assert (told.code, said in told.err) == (2, True), told.err


def test_somebody_whom_roles_does_not_name(shop: Shell) -> None:
    assert "ROLES names no eve: they have what `anyone` has" in shop("token", "issue", "eve", KEYMOCK_USER=OPS).err
    assert "ROLES names no" not in shop("token", "issue", ADA, KEYMOCK_USER=OPS).err


@pytest.mark.live
def test_a_server_knows_its_callers(shop: Shell, serve: Serve) -> None:
    hers, his = issued(shop, ADA), issued(shop, "bob@example.com")
    state = shop.environ["XDG_STATE_HOME"]
    server = serve(shop.folder, "--tokens", environ={"KEYMOCK_USER": OPS, "XDG_STATE_HOME": state})
    assert server.ask("/mine", x_keymock_token=hers)[0] == 200
    assert server.ask("/mine", x_keymock_token=his)[0] == 404
    assert server.ask("/mine")[0] == 404
    assert server.ask("/his", x_keymock_token=his)[0] == 200
    server.write("private/ada@example.com/mocks/new.toml", mock("/new"))
    server.until(lambda: server.ask("/new", x_keymock_token=hers)[0] == 200, 20)
    assert server.ask("/new", x_keymock_token=his)[0] == 404
    shop("token", "revoke", ADA, KEYMOCK_USER=OPS)
    assert server.ask("/mine", x_keymock_token=hers)[0] == 401
    assert server.stop() == 0
    assert server.process.stdout is not None
    assert "each caller by their token, 2 tokens" in server.process.stdout.read()
