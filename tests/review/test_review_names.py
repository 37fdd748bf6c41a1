from __future__ import annotations

import pytest

from keymock.review.names import check


def codes(new: str, *others: str) -> list[str]:
    return [problem.code for problem in check([new, *others], [new])]


@pytest.mark.parametrize(
    ("new", "others", "code"),
    [
        ("workspace/mocks/A.toml", ("workspace/mocks/a.toml",), "look-alike"),
        ("workspace/mocks/caf\u00e9.toml", ("workspace/mocks/cafe\u0301.toml",), "look-alike"),
        ("workspace/Mocks/b.toml", ("workspace/mocks/a.toml",), "look-alike"),
        ("workspace/mocks/a.toml.", ("workspace/mocks/a.toml",), "odd-name"),
        ("Roles", (), "look-alike"),
        ("PRIVATE/ada/mocks/a.toml", (), "look-alike"),
        ("R\u041eLES", (), "look-alike"),
        ("workspace/mocks/\u0430dmin.toml", (), "look-alike"),
        ("workspace/mocks/a\u200b.toml", (), "odd-name"),
        ("workspace/mocks/a\u202e.toml", (), "odd-name"),
        ("workspace/mocks/a\n.toml", (), "odd-name"),
        ("workspace/mocks/con.toml", (), "odd-name"),
        ("workspace/mocks/LPT1", (), "odd-name"),
        ("workspace/mocks/a:b.toml", (), "odd-name"),
        ("workspace/mocks/a\\b.toml", (), "odd-name"),
        ("workspace/mocks/\udcff.toml", (), "bad-name"),
    ],
)
def test_what_a_name_must_not_be(new: str, others: tuple[str, ...], code: str) -> None:
    assert code in codes(new, *others)


@pytest.mark.parametrize(
    "new",
    [
        "workspace/mocks/a.toml",
        "workspace/mocks/caf\u00e9.toml",
        "workspace/mocks/\u0437\u0434\u0440\u0430\u0432.toml",
        "workspace/mocks/users/{id}.GET.404.json",
        "workspace/mocks/contact.toml",
        "ROLES",
        "projects/shop/project.toml",
    ],
)
def test_what_it_may_be(new: str) -> None:
    assert codes(new, "workspace/mocks/b.toml", "keymock.toml") == []


def test_only_new_names_are_told_and_safely() -> None:
    assert list(check(["workspace/mocks/A.toml", "workspace/mocks/a.toml"], [])) == []
    (problem,) = check(["workspace/mocks/\x1b.toml"], ["workspace/mocks/\x1b.toml"])
    assert "\x1b" not in problem.path
