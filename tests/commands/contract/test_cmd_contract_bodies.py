from __future__ import annotations

from typing import Any

import pytest
from prompt import Shell

from keymock.commands.contract.bodies import body_file, in_body
from keymock.commands.invocation import Invocation
from keymock.commands.seen import Seen, look

MOCK = "workspace/mocks/a.toml"


@pytest.fixture
def seen(shell: Shell) -> Seen:
    shell.put("keymock.toml", "")
    shell.put(
        MOCK, '[request]\npath = "/a"\n[[responses]]\nname = "b"\n[[responses]]\nname = "c"\nbody_file = "c.json"\n'
    )
    shell.put("workspace/mocks/a.b.body.json", '{\n  "x": [\n    1\n  ]\n}\n')
    shell.put("workspace/mocks/c.json", "{}")
    return look(Invocation(folder=shell.folder, environ=shell.environ))


@pytest.mark.parametrize(
    ("variant", "response", "file"),
    [
        ("b", {}, "workspace/mocks/a.b.body.json"),
        ("c", {"body_file": "c.json"}, "workspace/mocks/c.json"),
        ("c", {"body_file": "../../../x"}, ""),
        ("c", {"body_file": "none.json"}, ""),
        ("b", {"json": {}}, ""),
        ("b", {"from": "contract"}, ""),
        ("", {}, ""),
    ],
)
def test_the_file_of_a_body(seen: Seen, variant: str, response: dict[str, Any], file: str) -> None:
    assert body_file(seen, seen.catalog.items[MOCK], variant, response) == file


def test_a_member_in_it(seen: Seen) -> None:
    problem = in_body(seen, "workspace/mocks/a.b.body.json", ("x",), "drift-body", "no", "there")
    assert (problem.line, problem.column, problem.excerpt) == (2, 3, '  "x": [')
