"""The files of a mock, and what is above them."""

from __future__ import annotations

from prompt import Shell
from tree_answers import mock

from keymock.commands.authors import answering, defaults_of, files_of
from keymock.commands.invocation import Invocation
from keymock.commands.seen import look


def test_the_files_of_the_mock_that_answers_and_the_defaults_above(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    for folder in ("workspace/mocks", "workspace/mocks/users/deep", "workspace/mocks/other"):
        shell.put(f"{folder}/_defaults.toml", "")
    shell.put("workspace/mocks/users/deep/get.toml", mock("/u"))
    shell.put("workspace/mocks/users/deep/get.body.txt", "")
    seen = look(Invocation(folder=shell.folder, environ=shell.environ))
    route, answer = answering(seen, ("/u",))
    assert answer["status"] == 200
    assert files_of(seen, route) == ["workspace/mocks/users/deep/get.toml", "workspace/mocks/users/deep/get.body.txt"]
    assert defaults_of(seen, route) == [
        "workspace/mocks/_defaults.toml", "workspace/mocks/users/deep/_defaults.toml",
    ]  # fmt: skip
