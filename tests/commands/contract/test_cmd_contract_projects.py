from __future__ import annotations

import pytest
from contracted_shop import OPENAPI
from prompt import Shell


@pytest.fixture
def two(shell: Shell) -> Shell:
    shell.put("keymock.toml", "")
    shell.put("projects/shop/openapi.yaml", OPENAPI)
    shell.put("projects/other/mocks/a.toml", '[request]\npath = "/a"\n')
    return shell


def test_the_project_that_is_named(two: Shell) -> None:
    assert two("contract", "check", "--project", "shop").code == 0
    done = two("contract", "check", "--project", "other")
    assert (done.code, "the project `other` has no contract" in done.err) == (2, True)
    assert "did you mean `shop`?" in two("contract", "check", "--project", "shopp").err


def test_a_document_that_cannot_be_read_says_why(two: Shell) -> None:
    two.put("projects/shop/openapi.yaml", "openapi: 3.1.0\npaths: [\n")
    done = two("contract", "check")
    assert (done.code, "projects/shop/openapi.yaml:" in done.err, "[contract-syntax]" in done.err) == (2, True, True)


def test_a_project_that_may_not_be_seen_is_not_there(two: Shell) -> None:
    two.put("ROLES", "* admin:ops@example.com\n/projects/other/ viewer:ada@example.com\n")
    done = two("contract", "check")
    assert (done.code, "shop" in done.out + done.err) == (2, False)
