"""`keymock use`: mock or real, mocks off or pinned to an answer, a preset on; while keymock serves or before."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

import click
import msgspec

from keymock.commands.invocation import Invocation, root_of
from keymock.commands.mock_name import MockName
from keymock.commands.printing import columns, put_json, remark
from keymock.commands.seen import look
from keymock.commands.servers import client_of, server_option
from keymock.commands.verb import verb
from keymock.exchange import Malformed
from keymock.index.switch import Pinned
from keymock.problems import Stop, did_you_mean, error
from keymock.serve import runfiles
from keymock.spec import Mode
from keymock.toggle_file import ToggleFile
from keymock.toggles import Setting, Toggles, rows

MODES: tuple[Mode, ...] = ("real", "mock", "fallback")
WORDS = (*MODES, "off", "answer", "preset")

T = TypeVar("T")
Change = Callable[[Toggles], Toggles]


@verb(
    "use",
    examples=(
        "keymock use                                    what is switched",
        "keymock use real                               everything from the real API, where there is one",
        "keymock use fallback --project shop            mocks as far as there are any, else the real API",
        "keymock use mock --mock payments/pay           this one alone from its mock, whatever else is real",
        "keymock use real --flow checkout               for the requests of one flow",
        "keymock use off --mock payments/pay            as if it were not there",
        "keymock use answer declined --mock payments/pay",
        "keymock use answer 503 --mock cart/get --session ada",
        "keymock use preset payments-down",
        "keymock use --reset                            all of it as it was written",
    ),
)
@click.argument("words", nargs=-1, metavar="[real | mock | fallback | off | answer NAME|STATUS | preset NAME]")
@click.option("--mock", default="", type=MockName(), metavar="MOCK", help="Which mock is switched.")
@click.option("--session", default="", metavar="S", help="For the requests of one session only.")
@click.option("--reset", is_flag=True, help="Put it all back, or what is named.")
@click.option("--project", default="", metavar="P", help="One project is switched.")
@click.option("--flow", default="", metavar="F", help="The requests of one flow are switched.")
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
    """Choose mock or real, switch mocks off, pin an answer, put a preset on; without words, say what is switched.

    real, mock and fallback hold for the whole workspace, or for the project, the mock or the flow that is named; the
    nearest word counts: session, flow, mock, project, workspace, project.toml. Nobody has to change an address. A
    running server follows at once. It is kept in .keymock/, never committed, and holds at the next start too;
    what is set for a session ends with the server.
    """
    change = _change(words, What(mock, project, flow), reset)
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


class What(NamedTuple):
    """What is switched, by name: at most one of them."""

    mock: str
    project: str
    flow: str

    @property
    def option(self) -> str:
        """The option that names it; empty for the whole workspace."""
        named = [f"--{kind} {name}" for kind, name in self._asdict().items() if name]
        if len(named) > 1:
            raise _wrong(f"{' and '.join(named)} are two things; switch one at a time")
        return named[0] if named else ""


def _change(words: tuple[str, ...], what: What, reset: bool) -> Change | None:
    """What the words do to the toggles; None if they only ask. Raises Stop."""
    first, rest = (words[0], words[1:]) if words else ("", ())
    if reset and words:
        raise _wrong(f"`--reset` puts all of it back, `{' '.join(words)}` does not")
    if reset:
        return (lambda toggles: _reset(toggles, what)) if what.option else (lambda _: Toggles())
    if not words:
        if what.option:
            raise _wrong("say what to do with it", f"keymock use {'off' if what.mock else 'real'} {what.option}")
        return None
    if first not in WORDS:
        raise _wrong(f"`{first}` is none of {', '.join(WORDS)}", did_you_mean(first, WORDS))
    if len(rest) != (1 if first in ("answer", "preset") else 0):
        raise _wrong(*_wrong_number(first, rest))
    named = what.option
    mode = next((each for each in MODES if each == first), None)
    return _pointed(first, rest, what, named) if mode is None else lambda toggles: _aimed(toggles, what, mode)


def _wrong_number(first: str, rest: tuple[str, ...]) -> tuple[str, ...]:
    """What to say of words that are too many or too few. Most people name a mock, or a project, by a word more."""
    if first == "preset" or not rest:
        return (f"`use {first}` takes one name",)
    meant, extra = (rest[:-1] if first == "answer" else ()), rest[-1]
    option = "--project" if first in MODES else "--mock"
    spelled = " ".join(("use", first, *meant))
    return f"`{extra}` is a word too many after `{spelled}`", f"keymock {spelled} {option} {extra}"


def _pointed(first: str, rest: tuple[str, ...], what: What, named: str) -> Change:
    """What `off`, `answer` and `preset` do."""
    if what.project or what.flow:
        raise _wrong(f"`use {first}` is not for a project or a flow, so it takes no {named.partition(' ')[0]}")
    if first == "preset":
        if what.mock:
            raise _wrong("a preset is for all mocks, so it takes no --mock")
        return lambda toggles: msgspec.structs.replace(toggles, preset=rest[0])
    if not what.mock:
        raise _wrong("say which mock", f"keymock use {' '.join((first, *rest))} --mock MOCK")
    switch: Setting = "off" if first == "off" else Pinned(rest[0])
    return lambda toggles: _switched(toggles, what.mock, switch)


def _aimed(toggles: Toggles, what: What, mode: Mode) -> Toggles:
    if what.mock:
        return _switched(toggles, what.mock, mode)
    if what.project:
        return msgspec.structs.replace(toggles, projects={**toggles.projects, what.project: mode})
    if what.flow:
        return msgspec.structs.replace(toggles, flows={**_without(toggles.flows, what.flow), what.flow: mode})
    return msgspec.structs.replace(toggles, default=mode)


def _reset(toggles: Toggles, what: What) -> Toggles:
    if what.mock:
        return _switched(toggles, what.mock, None)
    if what.project:
        return msgspec.structs.replace(toggles, projects=_without(toggles.projects, what.project))
    return msgspec.structs.replace(toggles, flows=_without(toggles.flows, what.flow))


def _switched(toggles: Toggles, mock: str, switch: Setting | None) -> Toggles:
    """With one mock switched, or with None no longer so; the end of its id is enough for one that was switched."""
    mocks = _without(toggles.mocks, mock)
    return msgspec.structs.replace(toggles, mocks=mocks if switch is None else {**mocks, mock: switch})


def _without(switched: Mapping[str, T], name: str) -> dict[str, T]:
    known = next((each for each in switched if each == name or each.endswith(f"/{name}")), name)
    return {each: setting for each, setting in switched.items() if each != known}


def _wrong(message: str, hint: str = "") -> Stop:
    return Stop(error("keymock use", "usage", message, hint=hint or "see keymock use --help"))


# ---- where it is kept --------------------------------------------------------------------------------------------


class _Place(msgspec.Struct, frozen=True):
    """Where toggles are: in a running server, or in the file that the next one reads."""

    live: bool
    now: Callable[[], Toggles]
    switch: Change


def _place(invocation: Invocation, server: str, session: str) -> _Place:
    named = runfiles.named_server(server, invocation.environ)
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
    found = rows(toggles)
    for line in columns(found):
        print(line)
    if not found:
        remark(invocation, "nothing is switched: every mock answers as it is written")
