"""The story of one flow: step after step, with conditions, loops, repeats and retries, over the stage it is handed.

A step that fails ends the flow, unless it says `keep_going`; the teardown runs whatever came before. What a step leaves
behind is read by the steps after it: captured values by their names, its whole answer by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from keymock import units
from keymock.exchange import NOT_JSON, read_json
from keymock.flows.capture import NotFound, readable, taken
from keymock.flows.expect import Compiled, checked, compiled
from keymock.flows.result import Check, FlowRun, StepRun
from keymock.flows.scene import Ask, Plot, Scene
from keymock.flows.stage import Stage
from keymock.learned import learned
from keymock.preparing import prepare
from keymock.preparing.addresses import as_text
from keymock.problems import Problem, Stop
from keymock.sending import Incoming, Outgoing, Unsent
from keymock.spec import Mode
from keymock.steps import Expect
from keymock.variables import Level, Variables

MOST_ROUNDS = 1_000
"""Runs of one `for_each`, and tries of one `repeat`."""


def run(plot: Plot, stage: Stage, *, row: Mapping[str, Any] | None = None, number: int = 0) -> FlowRun:
    """Runs a flow, with the values of one row of its data. Never raises for what goes wrong in it."""
    began = stage.clock()
    story = _Story(plot, stage, dict(row or {}))
    steps = story.told()
    return FlowRun(
        flow=plot.id, name=plot.flow.name, target=stage.choose(plot.id, None, plot.flow.target), row=number,
        steps=tuple(steps), seconds=stage.clock() - began, stopped=stage.stopped(),
    )  # fmt: skip


class _Failed(Exception):
    """A step that cannot go on, and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Story:
    """One run of one flow. `known` is what steps have left behind, by name."""

    def __init__(
        self, plot: Plot, stage: Stage, known: dict[str, Any], trail: tuple[str, ...] = (), above: Mode | None = None
    ) -> None:
        self.plot = plot
        self.stage = stage
        self.known = known
        self.captured: dict[str, Any] = {}
        self.trail = trail
        self.above = above
        """The target that a flow was given as a step of another one."""

    def told(self) -> list[StepRun]:
        """Every step, in order."""
        found = self._all(self.plot.setup)
        ok = all(step.state in ("passed", "skipped") for step in found)
        found += self._all(self.plot.steps) if ok else [self._not_run(scene) for scene in self.plot.steps]
        return found + self._all(self.plot.teardown, always=True)

    def _all(self, scenes: Sequence[Scene], *, always: bool = False) -> list[StepRun]:
        found: list[StepRun] = []
        over = False
        for scene in scenes:
            if self.stage.stopped() or (over and not always):
                found.append(self._not_run(scene))
                continue
            step = self._step(scene)
            found.append(step)
            over = over or (step.state == "failed" and not scene.step.keep_going)
        return found

    def _not_run(self, scene: Scene) -> StepRun:
        return StepRun(id=scene.id, name=scene.step.name, state="not-run", place=self.plot.place(scene))

    # ---- one step --------------------------------------------------------------------------------------------------

    def _step(self, scene: Scene) -> StepRun:
        return self._told_of(scene, self._made)

    def _told_of(self, scene: Scene, making: Callable[[Scene], StepRun]) -> StepRun:
        """A step, or a round of one: whoever listens hears of its beginning and of its end."""
        trail = (*self.trail, scene.id)
        self.stage.began(trail)
        began = self.stage.clock()
        try:
            made = making(scene)
        except Stop as stop:
            made = self._broken(scene, stop.problems[0])
        except _Failed as fault:
            made = self._broken(scene, fault.problem)
        made = msgspec.structs.replace(made, seconds=self.stage.clock() - began)
        self.stage.ended(trail, made)
        return made

    def _broken(self, scene: Scene, problem: Problem) -> StepRun:
        return StepRun(
            id=scene.id, name=scene.step.name, state="failed", target=self._target(scene), problem=problem,
            place=self.plot.place(scene),
        )  # fmt: skip

    def _made(self, scene: Scene) -> StepRun:
        step = scene.step
        if step.when is not UNSET and not _true(self._filled(scene, step.when, "when")):
            return StepRun(id=scene.id, name=step.name, state="skipped", place=self.plot.place(scene))
        if step.pause is not UNSET:
            self.stage.sleep(self._seconds(scene, step.pause, "pause"))
        if step.for_each:
            return self._loop(scene)
        return self._once(scene)

    def _once(self, scene: Scene) -> StepRun:
        if scene.members:
            return self._group(scene)
        if scene.flow is not None:
            return self._flow(scene, scene.flow)
        if scene.ask is None:
            raise AssertionError("a step without a request is refused when its flow is read")
        return self._asked(scene, scene.ask)

    def _loop(self, scene: Scene) -> StepRun:
        """The step once for each value of a list; all answers are a list under its id."""
        ((name, given),) = scene.step.for_each.items()
        values = self._filled(scene, given, "for_each", name)
        if isinstance(values, str):
            value = read_json(values.encode())
            values = None if value is NOT_JSON else value
        if not isinstance(values, list):
            raise _Failed(
                self._problem(scene, "not-a-list", f"`{name}` of `for_each` comes to no list", "for_each", name)
            )
        if len(values) > MOST_ROUNDS:
            message = f"`for_each` has {len(values)} values; {MOST_ROUNDS} are run at most"
            raise _Failed(self._problem(scene, "too-many-rounds", message, "for_each", name))
        rounds: list[StepRun] = []
        answers: list[Any] = []
        outer, self.trail = self.trail, (*self.trail, scene.id)
        for number, value in enumerate(values):
            if self.stage.stopped() or (rounds and rounds[-1].state == "failed"):
                break
            self.known |= {name: value, "index": number}
            each = scene._replace(id=f"{scene.id}[{number}]", step=msgspec.structs.replace(scene.step, for_each={}))
            self.stage.tried(self.trail, number + 1, len(values))
            rounds.append(self._told_of(each, self._once))
            answers.append(self.known.get(each.id))
        self.trail = outer
        self.known[scene.id] = answers
        return self._parent(scene, rounds)

    def _group(self, scene: Scene) -> StepRun:
        """Members at the same time: none of them sees what another one leaves behind, the steps after see all."""
        stories = [_Story(self.plot, self.stage, dict(self.known), (*self.trail, scene.id), self.above)
                   for _ in scene.members]  # fmt: skip
        jobs = [_Job(story, member) for story, member in zip(stories, scene.members, strict=True)]
        found: list[StepRun] = self.stage.together(jobs)
        for story in stories:
            self.known |= {name: value for name, value in story.known.items() if self.known.get(name) is not value}
            self.captured |= story.captured
        return self._parent(scene, found)

    def _flow(self, scene: Scene, plot: Plot) -> StepRun:
        """A flow as a step: what it captures is read by the name of the step."""
        given = self._filled(scene, dict(scene.step.given), "with")
        target = scene.step.target if scene.step.target is not UNSET else self.above
        inner = _Story(plot, self.stage, dict(given), (*self.trail, scene.id), target)
        steps = inner.told()
        self.known[scene.id] = inner.captured
        return self._parent(scene, steps)

    def _parent(self, scene: Scene, children: Sequence[StepRun]) -> StepRun:
        failed = any(child.state == "failed" for child in children)
        unfinished = any(child.state == "not-run" for child in children)
        return StepRun(
            id=scene.id, name=scene.step.name, state="failed" if failed or (unfinished and children) else "passed",
            children=tuple(children), place=self.plot.place(scene),
        )  # fmt: skip

    # ---- asking ----------------------------------------------------------------------------------------------------

    def _asked(self, scene: Scene, ask: Ask) -> StepRun:
        step, attempts = scene.step, 0
        times = step.retry.times if step.retry is not UNSET else 0
        made = None
        for number, pause in enumerate((0.0, *self._pauses(scene, times))):
            if pause:
                self.stage.sleep(pause)
                self.stage.tried((*self.trail, scene.id), number + 1, times + 1)
            if made is not None and self.stage.stopped():
                break
            made = self._repeated(scene, ask)
            attempts += made.attempts
            if made.state == "passed" or (made.problem is not None and made.response is None and not _passing(made)):
                break
        if made is None:
            raise AssertionError("a step is tried at least once")
        return msgspec.structs.replace(made, attempts=attempts)

    def _pauses(self, scene: Scene, times: int) -> Iterator[float]:
        """The pauses between tries: each twice as long as the one before, and up to half of it more by chance."""
        retry = scene.step.retry
        if retry is UNSET:
            return
        wait, most = self._seconds(scene, retry.backoff, "retry"), self._seconds(scene, retry.most, "retry")
        for _ in range(times):
            yield max(1e-9, min(most, wait) * (1 + self.stage.spread() / 2))
            wait *= 2

    def _repeated(self, scene: Scene, ask: Ask) -> StepRun:
        repeat = scene.step.repeat
        if repeat is UNSET:
            return self._tried(scene, ask, scene.step.expect, "expect")
        every, within = self._seconds(scene, repeat.every, "repeat"), self._seconds(scene, repeat.within, "repeat")
        end = self.stage.clock() + within
        number = 0
        while True:
            number += 1
            if number > 1:
                self.stage.tried((*self.trail, scene.id), number, 0)
            made = self._tried(scene, ask, repeat.until, "repeat", "until")
            over = number >= MOST_ROUNDS or self.stage.clock() + every > end
            if made.state == "passed" or over or self.stage.stopped():
                break
            self.stage.sleep(every)
        if made.state == "passed":
            return self._judged(scene, ask, made, number)
        stopped = not over and self.stage.stopped()
        said = "it was ended by hand before it came" if stopped else "it did not come"
        said += " to be as `until` says" + ("" if stopped else f" within {repeat.within}")
        problem = made.problem or self._problem(scene, "not-in-time", said, "repeat")
        return msgspec.structs.replace(made, attempts=number, problem=problem)

    def _judged(self, scene: Scene, ask: Ask, made: StepRun, number: int) -> StepRun:
        """The last answer of a repeat, held against what is expected besides."""
        if made.response is None:
            raise AssertionError("what passed has an answer")
        variables = self._variables(scene, ask)
        if made.request is None:
            raise AssertionError("what has an answer was asked")
        more = checked(self._expected(scene, scene.step.expect, variables, "expect"), made.response)
        hold = self._contract(scene, ask, scene.step.expect, "expect")
        checks = (*made.checks, *more, *hold(made.request, made.response))
        state = "passed" if all(check.ok for check in checks) else "failed"
        return msgspec.structs.replace(made, checks=checks, state=state, attempts=number)

    def _tried(self, scene: Scene, ask: Ask, expect: Expect, *where: str) -> StepRun:
        """The request once, and its answer held against what is expected of it."""
        target, place = self._target(scene), self.plot.place(scene)
        variables = self._variables(scene, ask)
        prepared = prepare(ask.sent, ask.place, variables, ask.read)
        wanted = self._expected(scene, expect, variables, *where)
        hold = self._contract(scene, ask, expect, *where)
        outgoing = prepared.outgoing
        if not any(name.lower() == "x-keymock-flow" for name, _ in outgoing.headers) and target != "real":
            header = ("x-keymock-flow", f"{self.plot.id}; target={target}")
            prepared = prepared._replace(
                outgoing=msgspec.structs.replace(outgoing, headers=(*outgoing.headers, header))
            )
        try:
            came = self.stage.send(prepared, target, ask.id)
        except Unsent as fault:
            at = "request" if scene.step.url is UNSET else "url"
            problem = self._problem(scene, fault.code, fault.message, at, hint=fault.hint)
            return StepRun(
                id=scene.id, name=scene.step.name, state="failed", target=target, request=outgoing, problem=problem,
                place=place,
            )  # fmt: skip
        checks = (*checked(wanted, came), *hold(outgoing, came))
        captured, missing = self._captured(scene, came)
        self._keep(scene, came, captured)
        problem_or_none = missing if missing is not None and all(check.ok for check in checks) else None
        ok = all(check.ok for check in checks) and problem_or_none is None
        return StepRun(
            id=scene.id, name=scene.step.name, state="passed" if ok else "failed", target=target, request=outgoing,
            response=came, checks=checks, captured=captured, problem=problem_or_none, place=place,
        )  # fmt: skip

    def _captured(self, scene: Scene, came: Incoming) -> tuple[dict[str, Any], Problem | None]:
        found: dict[str, Any] = {}
        missing = None
        for name, given in scene.step.capture.items():
            try:
                found[name] = taken(given, came)
            except NotFound as fault:
                missing = missing or self._problem(scene, "nothing-captured", str(fault), "capture", name)
        return found, missing

    def _keep(self, scene: Scene, came: Incoming, captured: Mapping[str, Any]) -> None:
        self.known |= captured
        self.captured |= captured
        self.known[scene.id] = readable(came)

    # ---- values ----------------------------------------------------------------------------------------------------

    def _target(self, scene: Scene) -> Mode:
        own = scene.step.target if scene.step.target is not UNSET else self.above
        return self.stage.choose(self.plot.id, own, self.plot.flow.target)

    def _levels(self) -> list[Level]:
        own = Level("flow", self.plot.flow.variables, self.plot.source, ("variables",))
        return [Level("captured by a step", self.known, literal=True), own]

    def _variables(self, scene: Scene, ask: Ask | None = None) -> Variables:
        space = ask.space if ask is not None else self.plot.space
        return self.stage.variables(space, self._target(scene), self._levels())

    def _filled(self, scene: Scene, value: Any, *where: str) -> Any:
        variables = self._variables(scene, scene.ask)
        return variables.fill(value, self.plot.source, (*scene.where, *where), called=self.plot.id)

    def _seconds(self, scene: Scene, text: str, *where: str) -> float:
        filled = as_text(self._filled(scene, text, *where))
        try:
            return float(units.duration(filled))
        except ValueError as fault:
            raise _Failed(self._problem(scene, "bad-value", str(fault), *where)) from None

    def _expected(self, scene: Scene, expect: Expect, variables: Variables, *where: str) -> Compiled:
        tables = msgspec.to_builtins(expect)
        filled = variables.fill(tables, self.plot.source, (*scene.where, *where), called=self.plot.id)
        try:
            wanted = compiled(msgspec.convert(filled, learned(Expect), dec_hook=units.dec_hook), self.plot.read)
        except (msgspec.ValidationError, ValueError) as fault:
            raise _Failed(self._problem(scene, "bad-value", str(fault), *where)) from None
        for wrong in wanted.faults:
            if wrong.severity == "error":
                at = (*where, *map(str, wrong.path))
                raise _Failed(self._problem(scene, wrong.code, wrong.message, *at, hint=wrong.hint))
        return wanted

    def _contract(
        self, scene: Scene, ask: Ask, expect: Expect, *where: str
    ) -> Callable[[Outgoing, Incoming], tuple[Check, ...]]:
        """What holds an answer against its contract, if that is wanted."""
        if expect.contract is False or expect.contract is UNSET:
            return lambda _sent, _came: ()
        given = expect.contract
        name = as_text(self._filled(scene, given, *where, "contract")) if isinstance(given, str) else ""
        try:
            hold = self.stage.contract(ask.space, name)
        except LookupError as fault:
            message, hint = (*map(str, fault.args), "")[:2]
            raise _Failed(self._problem(scene, "no-such-operation", message, *where, "contract", hint=hint)) from None
        at = self._problem(scene, "", "", *where, "contract")
        return lambda sent, came: hold(sent, came, f"{at.path}:{at.line}")

    def _problem(self, scene: Scene, code: str, message: str, *where: str, hint: str = "") -> Problem:
        return self.plot.problem((*scene.where, *where), code, message, hint)


class _Job:
    """One member of a group, to be run by whoever runs several at the same time."""

    def __init__(self, story: _Story, scene: Scene) -> None:
        self.story = story
        self.scene = scene

    def __call__(self) -> StepRun:
        return self.story._step(self.scene)


def _passing(made: StepRun) -> bool:
    """Whether a failure may pass by itself: no answer came, or a broken one. What cannot even be sent stays so."""
    return made.problem is not None and made.problem.code in (
        "no-answer", "no-server", "broken-answer", "unresolved", "upstream-down", "upstream-timeout",
    )  # fmt: skip


def _true(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().lower() not in ("", "false", "0", "no", "none", "null")
    return bool(value)


def failures(step: StepRun) -> Iterator[Check]:
    """What of a step was not as expected."""
    return (check for check in step.checks if not check.ok)


def shown_request(outgoing: Outgoing) -> str:
    """`GET http://…`."""
    return f"{outgoing.method} {outgoing.url}"
