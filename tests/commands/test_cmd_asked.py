from __future__ import annotations

import pickle
from pathlib import Path

from keymock.commands.asked import Up


def test_what_was_asked_for_can_be_handed_to_another_process_whatever_its_paths_are() -> None:
    asked = Up(root=Path("/tree-\udcff"), actor=None, source="", ready_file=Path("r"), frozen=1.5, allow_hosts=("a",))
    assert pickle.loads(pickle.dumps(asked)) == asked  # noqa: S301  (as it is done)
