"""`keymock use`: switches mocks off, pins them to an answer, puts a preset on, while keymock serves or before."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from keymock import __version__
from keymock.commands.invocation import Invocation, root_of
from keymock.commands.mock_name import MockName
from keymock.commands.printing import columns, put_json, remark
from keymock.commands.seen import look
from keymock.commands.servers import client_of, server_option
from keymock.commands.verb import verb
from keymock.exchange import Malformed
from keymock.index.switch import Pinned, Switch
from keymock.problems import Stop, did_you_mean, error
from keymock.serve import runfiles
from keymock.toggle_file import ToggleFile
from keymock.toggles import Toggles, switch_text

WORDS = ("off", "answer", "preset")
LATER = ("real", "mock", "fallback")

Change = Callable[[Toggles], Toggles]


@verb(
    "use",
    examples=(
        "keymock use                                    what is switched",
        "keymock use off --mock payments/pay            as if it were not there",
        "keymock use answer declined --mock payments/pay",
        "keymock use answer 503 --mock cart/get --session ada",
        "keymock use preset payments-down",
        "keymock use --reset                            all of it as it was written",
    ),
)
@click.argument("words", nargs=-1, metavar="[off | answer NAME|STATUS | preset NAME]")
@click.option("--mock", default="", type=MockName(), metavar="MOCK", help="Which mock is switched.")
@click.option("--session", default="", metavar="S", help="For the requests of one session only.")
@click.option("--reset", is_flag=True, help="Put it all back, or with --mock that one.")
@click.option("--project", default="", metavar="P", hidden=True)
@click.option("--flow", default="", metavar="F", hidden=True)
@server_option
def command(
    invocation: Invocation,
    words: tuple[str, ...],
    mock: str,
    session: str,
    reset: bool,
    project: str,
    flow: str,
    server: str,
) -> int:
    """Switch mocks off, pin them to one of their answers, or put a preset on; without words, say what is switched.

    A running server follows at once. It is kept in .keymock/, never committed, and holds at the next start too;
    what is set for a session ends with the server.
    """
    change = _change(words, mock, reset, "--project" if project else "--flow" if flow else "")
    place = _place(invocation, server, session)
    toggles = place.now() if change is None else place.switch(change(place.now()))
    if invocation.json:
        put_json(toggles)
    else:
        _tell(invocation, toggles)
        if change is not None and not place.live:
            remark(invocation, "no server runs: it holds from the next `keymock up` on")
    return 0


# ---- what is asked for -------------------------------------------------------------------------------------------


def _change(words: tuple[str, ...], mock: str, reset: bool, later: str) -> Change | None:
    """What the words do to the toggles; None if they only ask. Raises Stop."""
    first, rest = (words[0], words[1:]) if words else ("", ())
    if first in LATER or later:
        message = f"`keymock use {later or first}` is planned, and not in keymock {__version__} yet"
        raise Stop(error("keymock use", "not-yet", message, hint="what there is: keymock use --help"))
    if reset and words:
        raise _wrong(f"`--reset` puts all of it back, `{' '.join(words)}` does not")
    if reset:
        return (lambda toggles: _switched(toggles, mock, None)) if mock else (lambda _: Toggles())
    if not words:
        if mock:
            raise _wrong("say what to do with it", f"keymock use off --mock {mock}")
        return None
    if first not in WORDS:
        raise _wrong(f"`{first}` is none of {', '.join(WORDS)}", did_you_mean(first, WORDS))
    if len(rest) != (0 if first == "off" else 1):
        raise _wrong(f"`use {first}` takes {'no more words' if first == 'off' else 'one name'}")
    if first == "preset":
        if mock:
            raise _wrong("a preset is for all mocks, so it takes no --mock")
        return lambda toggles: msgspec.structs.replace(toggles, preset=rest[0])
    if not mock:
        raise _wrong("say which mock", f"keymock use {' '.join(words)} --mock MOCK")
    switch: Switch = "off" if first == "off" else Pinned(rest[0])
    return lambda toggles: _switched(toggles, mock, switch)


def _switched(toggles: Toggles, mock: str, switch: Switch | None) -> Toggles:
    """With one mock switched, or with None no longer so; the end of its id is enough for one that was switched."""
    known = next((name for name in toggles.mocks if name == mock or name.endswith(f"/{mock}")), mock)
    mocks = {name: each for name, each in toggles.mocks.items() if name != known}
    if switch is not None:
        mocks[mock] = switch
    return msgspec.structs.replace(toggles, mocks=mocks)


def _wrong(message: str, hint: str = "") -> Stop:
    return Stop(error("keymock use", "usage", message, hint=hint or "see keymock use --help"))


# ---- where it is kept --------------------------------------------------------------------------------------------


class _Place(msgspec.Struct, frozen=True):
    """Where toggles are: in a running server, or in the file that the next one reads."""

    live: bool
    now: Callable[[], Toggles]
    switch: Change


def _place(invocation: Invocation, server: str, session: str) -> _Place:
    named = server or invocation.environ.get("KEYMOCK_SERVER", "")
    runtime = Path() if named else _runtime(invocation)
    if named or session or runfiles.live(runtime, os.getuid()):
        client = client_of(invocation, server)
        return _Place(True, lambda: client.toggles(session), lambda wanted: client.switch(wanted, session))
    service, file = look(invocation).service, ToggleFile(runtime)
    service.keep_toggles = file.write

    def switch(wanted: Toggles) -> Toggles:
        try:
            return service.switch(wanted)
        except Malformed as fault:
            raise Stop(error("keymock use", fault.code, fault.detail)) from None
        except OSError as fault:
            raise Stop(error(str(file.path), "not-writable", f"cannot be written: {fault.strerror}")) from None

    return _Place(False, lambda: service.toggles, switch)


def _runtime(invocation: Invocation) -> Path:
    return runfiles.runtime_folder(root_of(invocation), invocation.environ, os.getuid(), Path(tempfile.gettempdir()))


# ---- in words ----------------------------------------------------------------------------------------------------


def _tell(invocation: Invocation, toggles: Toggles) -> None:
    preset = [("preset", toggles.preset)] if toggles.preset else []
    mocks = [(name, switch_text(switch)) for name, switch in sorted(toggles.mocks.items())]
    for line in columns([*preset, *mocks]):
        print(line)
    if not preset and not mocks:
        remark(invocation, "nothing is switched: every mock answers as it is written")
