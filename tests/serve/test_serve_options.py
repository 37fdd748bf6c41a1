"""What a server is told before it starts."""

from __future__ import annotations

import msgspec
import pytest

from keymock.serve.options import Options
from keymock.serve.sessions import IDLE_SECONDS
from keymock.toggles import Toggles


def test_a_workspace_is_all_that_must_be_said() -> None:
    told = Options(workspace="/mocks")
    assert (told.actor, told.journal, told.private, told.toggles) == (None, True, True, Toggles())
    assert told.session_idle == IDLE_SECONDS
    assert msgspec.structs.replace(told, actor="ada@example.com").workspace == "/mocks"
    with pytest.raises(TypeError):
        Options("/mocks")  # type: ignore[call-arg]
