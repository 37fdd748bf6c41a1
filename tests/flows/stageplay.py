"""A stage for stories: answers by a function, a clock that only moves when somebody sleeps, everything written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from keymock import document, saved
from keymock.flows import Ask, FlowRun, Plot, Stage, StepRun, run
from keymock.flows.reading import SavedFlow, Shelf, parse, plotted
from keymock.flows.result import Check
from keymock.flows.stage import Hold
from keymock.preparing import Place, Prepared
from keymock.problems import Problem
from keymock.sending import Incoming, Outgoing, Unsent
from keymock.spec import Mode
from keymock.variables import Level, Outside, Variables

T = TypeVar("T")
Says = Callable[[Outgoing], Any]
SPACE = "projects/shop"
BASE = "http://api"


class Play:
    """One run. `says` gives an Incoming, a status, a JSON value, or an exception to raise."""

    def __init__(self, says: Says) -> None:
        self.says = says
        self.sent: list[Outgoing] = []
        self.targets: list[Mode] = []
        self.slept: list[float] = []
        self.now = 0.0
        self.told: list[str] = []
        self.stop_after = 10_000
        self.forced: Mode | None = None

    @property
    def stage(self) -> Stage:
        return Stage(
            self.variables, self.send, self.choose, lambda: self.now, self.sleep, lambda: 0.0, self.together,
            lambda: len(self.sent) >= self.stop_after, lambda _: None, self.ended, self.contract,
        )  # fmt: skip

    def variables(self, space: str, target: Mode, nearer: Sequence[Level]) -> Variables:
        base = Level("environment", {"base_url": f"{BASE}-{target}" if target != "mock" else BASE, "space": space})
        return Variables([*nearer, base], Outside(now=0.0))

    def choose(self, _flow: str, step: Mode | None, own: Mode) -> Mode:
        return self.forced or step or own

    def send(self, prepared: Prepared, target: Mode, _request: str) -> Incoming:
        self.sent.append(prepared.outgoing)
        self.targets.append(target)
        said = self.says(prepared.outgoing)
        if isinstance(said, Unsent):
            raise said
        return said if isinstance(said, Incoming) else answer(said)

    def contract(self, space: str, name: str) -> Hold:
        """A contract that declares nothing but 200."""
        if name == "nobody":
            raise LookupError(f"no contract of {space} has an operation `nobody`", "there are: getUser")

        def held(sent: Outgoing, came: Incoming, place: str) -> tuple[Check, ...]:
            ok = came.status == 200
            return (Check("contract", name or sent.method, str(came.status), ok, place, "openapi.yaml:7"),)

        return held

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds

    def together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        return [job() for job in reversed(jobs)][::-1]

    def ended(self, trail: tuple[str, ...], step: StepRun) -> None:
        self.told.append(f"{' > '.join(trail)} {step.state}")


def answer(said: Any, *headers: tuple[str, str], seconds: float = 0.001) -> Incoming:
    """A status alone, or JSON with 200."""
    if isinstance(said, int) and not isinstance(said, bool):
        return Incoming(said, "", headers, b"", "", seconds=seconds)
    data = json.dumps(said).encode()
    return Incoming(200, "", (("Content-Type", "application/json"), *headers), data, "", seconds=seconds)


def read(_name: str) -> bytes:
    return b'{"type": "object"}'


def shelf(requests: Mapping[str, str] = {}, flows: Mapping[str, str] = {}) -> Shelf:
    """What flows can name, from the texts of files."""
    asks: dict[str, Callable[[], Ask | None]] = {}
    for name, text in requests.items():
        parsed = document.parse(text.encode(), f"{SPACE}/requests/{name}.toml", saved.Request)
        assert parsed.value is not None, parsed.problems
        full = f"{SPACE}/requests/{name}"
        ask = Ask(parsed.value, Place(parsed), SPACE, read, full)
        asks[full] = lambda ask=ask: ask  # type: ignore[misc]
    kept = {f"{SPACE}/flows/{name}": saved_flow(name, text) for name, text in flows.items()}
    return Shelf(asks, kept, ("shop", "auth"))


def saved_flow(name: str, text: str) -> SavedFlow:
    file = f"{SPACE}/flows/{name}.toml"
    return SavedFlow(f"{SPACE}/flows/{name}", SPACE, parse(text.encode(), file), read)


def plot(text: str, **there: Mapping[str, str]) -> Plot:
    """A flow that is right."""
    found, problems = plotted(saved_flow("main", text), shelf(**there))
    assert found is not None, problems
    return found


def wrong(text: str, **there: Mapping[str, str]) -> list[str]:
    """`line:code: message (hint)` of everything that is wrong with a flow."""
    flows = {"main": text, **there.get("flows", {})}
    there = {**there, "flows": flows}
    _, problems = plotted(saved_flow("main", text), shelf(**there))
    return list(map(shown, problems))


def shown(problem: Problem) -> str:
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{problem.line}:{problem.code}: {problem.message}{hint}"


def play(text: str, says: Says, **there: Mapping[str, str]) -> tuple[FlowRun, Play]:
    """A flow, run."""
    made = Play(says)
    return run(plot(text, **there), made.stage), made


def states(found: FlowRun) -> str:
    """`login passed, pay failed`."""
    return ", ".join(f"{step.id} {step.state}" for step in found.leaves)
