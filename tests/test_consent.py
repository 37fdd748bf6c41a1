"""Consent lies with the user, outside of the repository, and nothing but the user's own file counts."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from keymock.consent import Consent, ConsentFile, for_this_run, variables
from keymock.outbound import Allowed, Host

API = Host("api.example.com", 443)


def test_what_is_allowed_is_kept_and_can_be_taken_back(tmp_path: Path) -> None:
    file = ConsentFile(tmp_path / "state", tmp_path / "repository")
    assert file.read().allowed == ()
    file.allow([API, Host("127.0.0.1", 9000)])
    file.allow([API], secrets=True)
    assert file.read().allowed == (Allowed(API, secrets=True), Allowed(Host("127.0.0.1", 9000)))
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert file.forget([API]) == Consent(str(tmp_path / "repository"), ("127.0.0.1:9000",))
    assert not file.path.is_relative_to(tmp_path / "repository")


def test_each_workspace_has_its_own(tmp_path: Path) -> None:
    ConsentFile(tmp_path, tmp_path / "a").allow([API])
    assert ConsentFile(tmp_path, tmp_path / "b").read().allowed == ()
    assert ConsentFile(tmp_path, tmp_path / "x/../a").read().allowed == (Allowed(API),)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"workspace": 1}', b"\xff"])
def test_a_broken_file_allows_nothing(tmp_path: Path, text: bytes) -> None:
    file = ConsentFile(tmp_path, tmp_path / "a")
    file.allow([API])
    file.path.write_bytes(text)
    assert file.read() == Consent(str(tmp_path / "a"))


def test_a_file_of_another_workspace_or_that_others_can_write_allows_nothing(tmp_path: Path) -> None:
    mine, other = ConsentFile(tmp_path, tmp_path / "a"), ConsentFile(tmp_path, tmp_path / "b")
    other.allow([API])
    mine.path.write_bytes(other.path.read_bytes())
    assert mine.read().allowed == ()
    other.path.chmod(0o622)
    assert other.read().allowed == ()
    other.path.unlink()
    other.path.symlink_to(mine.path)
    assert other.read().allowed == ()


def test_flags_and_the_environment_hold_for_one_run() -> None:
    assert for_this_run(["a.example"], "b.example:80, [::1]:9,") == (
        Allowed(Host("a.example")), Allowed(Host("b.example", 80)), Allowed(Host("::1", 9)),
    )  # fmt: skip
    with pytest.raises(ValueError, match="is no host"):
        for_this_run(["http://a"], "")


def test_process_variables_and_names_of_the_server_are_allowed_too(tmp_path: Path) -> None:
    file = ConsentFile(tmp_path, tmp_path / "a")
    environ = {"CI": "1", "REGION": "eu", "SECRET": "s"}
    assert variables(file.read(), environ) == {"CI": "1"}
    assert variables(file.allow([], env=["REGION", "NOT_SET"]), environ) == {"CI": "1", "REGION": "eu"}
    assert [file.read().names(name) for name in ("localhost", "shop.localhost", "API.Example.com")] == [
        True,
        True,
        False,
    ]
    assert file.allow([Host("api.example.com", 443)]).names("API.Example.com")
    assert file.forget([], env=["REGION"]).env == ("NOT_SET",)
