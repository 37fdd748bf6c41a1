"""The file of tokens: private, followed at once, and of one workspace alone."""

from __future__ import annotations

from pathlib import Path

from keymock.token_file import TokenFile
from keymock.tokens import Token, text_of, token

ADA = token(text_of(bytes(36)), "ada", now=0, seconds=60)
BOB = token(text_of(bytes(range(36))), "bob", now=0, seconds=60)


def names(tokens: dict[str, Token]) -> list[str]:
    return sorted(each.actor for each in tokens.values())


def test_what_was_written_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    file = TokenFile(tmp_path, tmp_path / "work")
    assert file.read() == ()
    file.write([ADA, BOB])
    assert file.read() == (ADA, BOB)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert text_of(bytes(36)) not in file.path.read_text()
    file.path.chmod(0o644)
    assert file.read() == (), "others could have seen it"


def test_a_running_server_knows_at_once(tmp_path: Path) -> None:
    served, typed = (TokenFile(tmp_path, tmp_path / "work") for _ in range(2))
    assert served.known() == {}
    typed.write([ADA, BOB])
    assert names(served.known()) == ["ada", "bob"]
    typed.write([BOB])
    assert names(served.known()) == ["bob"]
    assert served.known() is served.known(), "an unchanged file is not read again"
    typed.path.unlink()
    assert served.known() == {}


def test_each_workspace_has_its_own(tmp_path: Path) -> None:
    one, other = (TokenFile(tmp_path, tmp_path / name) for name in ("one", "other"))
    one.write([ADA])
    assert other.read() == ()
    other.path.write_bytes(one.path.read_bytes())
    other.path.chmod(0o600)
    assert other.read() == (), "a file in the wrong place opens nothing"


def test_nonsense_and_links_are_no_tokens(tmp_path: Path) -> None:
    file = TokenFile(tmp_path, tmp_path / "work")
    file.write([ADA])
    moved = file.path.rename(tmp_path / "elsewhere")
    file.path.symlink_to(moved)
    assert file.read() == ()
    file.path.unlink()
    file.path.write_bytes(b"\xff{")
    file.path.chmod(0o600)
    assert file.read() == ()
