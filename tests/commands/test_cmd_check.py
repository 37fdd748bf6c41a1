"""`keymock check`: every problem, and the exit code that CI reads."""

from __future__ import annotations

from prompt import Shell


def test_a_clean_workspace(shop: Shell) -> None:
    done = shop("check")
    assert (done.code, done.out) == (0, "no problems in 3 mocks\n")
    assert done.err == "not looked at: 1 mock withheld from ada@example.com by ROLES\n"


def test_a_broken_file_by_line_and_caret(shop: Shell) -> None:
    shop.put("workspace/mocks/broken.toml", '[request]\npath = "/a"\n\n[response]\nstaus = 200\n')
    done = shop("check")
    assert done.code == 1
    assert done.out == (
        "workspace/mocks/broken.toml:5:1: error: unknown key `staus` in [response] [unknown-key]\n"
        "  staus = 200\n"
        "  ^\n"
        "  did you mean `status`?\n"
        "\n"
        "1 error, 0 warnings in 4 mocks\n"
    )


def test_json_is_that_of_the_interface(shop: Shell) -> None:
    shop.put("workspace/mocks/broken.toml", "[request\n")
    found = shop("check", "--json").json
    assert found["mocks"] == 4
    (problem,) = found["problems"]
    assert list(problem) == ["code", "severity", "path", "line", "column", "message", "hint"]
    assert (problem["path"], problem["line"], problem["severity"]) == ("workspace/mocks/broken.toml", 1, "error")


def test_two_mocks_that_tie(shop: Shell) -> None:
    shop.put("workspace/mocks/again.toml", '[request]\npath = "/health"\n\n[response]\nstatus = 503\n')
    found = shop("check", "--json")
    assert found.code == 1
    assert [problem["code"] for problem in found.json["problems"]] == ["ambiguous"]


def test_warnings_alone_are_fine(shop: Shell) -> None:
    shop.put("private/ada@example.com/workspace/mocks/gone.toml", "[response]\nstatus = 500\n")
    done = shop("check")
    assert done.code == 0
    assert "overlay-without-base" in done.out
    assert done.out.endswith("0 errors, 1 warning in 3 mocks\n")


def test_problems_of_what_is_not_seen_are_not_told(shop: Shell) -> None:
    shop.put("projects/secret/mocks/broken.toml", "[request\n")
    shop.put("projects/secret/mocks/plans-2.toml", '[request]\npath = "/plans"\n')
    shop.put("private/bob@example.com/mocks/broken.toml", "[request\n")
    assert shop("check").code == 0
    assert "secret" not in shop("check", "--json").out
    assert "bob" not in shop("check", "--json").out
    assert shop("check", "--as", "ops@example.com").code == 1


def test_places_are_clickable_from_where_one_is(shop: Shell) -> None:
    shop.put("projects/shop/mocks/broken.toml", "[request\n")
    assert shop("check", at=shop.folder / "projects/shop").out.startswith("mocks/broken.toml:1:")
