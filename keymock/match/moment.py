"""What is asked for outside of `[request]`: the state of a scenario, the number of the call, a file of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from keymock.exchange import Request
from keymock.match import values
from keymock.match.condition import Condition, Fault
from keymock.match.place import Found, Place, cleaned, literal, of_values
from keymock.match.values import Value

ELSEWHERE = frozenset({"state", "call", "file"})
"""The places here: no table of conditions spells them."""

STARTED = "Started"
"""The first state of every scenario."""


def in_state(space: str, scenario: str, state: str) -> Condition:
    """The condition that a scenario of a space is in a state."""
    return Condition("state", f"{space}/{scenario}", values.clean(state, json=False))


def at_call(mock: str, wanted: Value) -> Condition | Fault:
    """The condition on the number of this call of a mock, from 1; or what is wrong with the matcher."""
    return cleaned("call", mock, wanted, ("call",))


def among_files(folder: str, param: str, files: Iterable[str]) -> Condition:
    """The condition that a path parameter, which may be missing, is one of these files of a folder."""
    return Condition("file", param, {"folder": folder, "files": sorted(files)})


def _state(condition: Condition) -> Callable[[Request], Found]:
    space, _, name = condition.name.rpartition("/")

    def find(request: Request) -> Found:
        return (request.session.scenario(space, name) if request.session is not None else STARTED,)

    return find


def _call(condition: Condition) -> Callable[[Request], Found]:
    def find(request: Request) -> Found:
        return (str(request.session.call(condition.name)) if request.session is not None else "1",)

    return find


def _one_state(condition: Condition) -> Callable[[Request], bool] | None:
    """The usual test: whether a scenario is in one state."""
    space, _, name = condition.name.rpartition("/")
    wanted = literal(condition)
    if not isinstance(wanted, str):
        return None

    def holds(request: Request) -> bool:
        session = request.session
        return (STARTED if session is None else session.scenario(space, name)) == wanted

    return holds


STATE = of_values(where="state", cost=2, read=lambda *_: (), find=_state, compile=_one_state)
CALL = of_values(where="call", cost=2, read=lambda *_: (), find=_call)


def _file_test(condition: Condition) -> Callable[[Request], bool]:
    files, param = frozenset(condition.matcher["files"]), condition.name
    return lambda request: request.params.get(param, "") in files


def _file_seen(condition: Condition, request: Request) -> tuple[bool, str]:
    path = request.params.get(condition.name, "")
    return path in condition.matcher["files"], f"`{path}`" if path else "the folder itself"


FILE = Place(
    where="file",
    cost=1,
    read=lambda *_: (),
    compile=_file_test,
    observe=_file_seen,
    expected=lambda condition: f"a file of {condition.matcher['folder']}",
)
