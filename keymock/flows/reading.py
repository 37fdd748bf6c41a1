"""A flow's file → a plot that can run, and all that is wrong with it at once: ids, requests, captures, circles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from keymock import document, units
from keymock.document import KeyPath, Parsed, Part
from keymock.flows.aliases import understood
from keymock.flows.capture import fault_of
from keymock.flows.expect import compiled
from keymock.flows.scene import Ask, Plot, Scene
from keymock.layout import resolve_id
from keymock.learned import learned
from keymock.preparing import Place, ReadFile
from keymock.problems import Problem, did_you_mean
from keymock.saved import Sent
from keymock.steps import Expect, Flow, Step
from keymock.variables import RESERVED


class SavedFlow(NamedTuple):
    """A flow's file as it was read. `parsed.value` is None if it cannot be used."""

    id: str
    space: str
    parsed: Parsed[Flow]
    read: ReadFile


class Shelf(NamedTuple):
    """What flows can name: saved requests (by id, with how to ask them, None for a broken one), flows, projects."""

    requests: Mapping[str, Callable[[], Ask | None]]
    flows: Mapping[str, SavedFlow]
    projects: Iterable[str]


def parse(data: bytes, file: str) -> Parsed[Flow]:
    """A flow's file, `[[node.body.x]]` understood. Problems are in it; it never raises for them."""
    raw = document.parse(data, file, dict[str, Any])
    if raw.problems:
        return Parsed(raw.path, raw.text, raw.tables, None, raw.problems)
    return document.convert(raw, understood(raw.tables), Flow, dec_hook=units.dec_hook)


def plotted(flow: SavedFlow, shelf: Shelf) -> tuple[Plot | None, tuple[Problem, ...]]:
    """The flow as it can run; None with an error among its problems."""
    if flow.parsed.value is None:
        return None, flow.parsed.problems
    reading = _Reading(shelf)
    plot = reading.plot(flow)
    problems = tuple(dict.fromkeys((*flow.parsed.problems, *reading.problems)))
    return (None if any(problem.severity == "error" for problem in problems) else plot), problems


class _Reading:
    """One reading of a flow with all flows that are steps of it."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.problems: list[Problem] = []
        self.open: list[str] = []

    def plot(self, saved: SavedFlow) -> Plot:
        flow = saved.parsed.value
        if flow is None:
            raise AssertionError("a broken flow is not plotted")
        self.open.append(saved.id)
        bare = Plot(saved.id, flow, saved.space, saved.parsed, saved.read)
        parts: dict[str, tuple[Scene, ...]] = {}
        taken: set[str] = set()
        for name in ("setup", "steps", "teardown"):
            steps: list[Step] = getattr(flow, name)
            parts[name] = tuple(self._scene(bare, step, (name, number), taken) for number, step in enumerate(steps))
        self._clashes(bare, taken, parts)
        if not any(parts.values()):
            self._fault(
                bare, (), "no-steps", "the flow has no steps", "[[steps]] with a `request`, or `method` and `url`"
            )
        self.open.pop()
        return bare._replace(setup=parts["setup"], steps=parts["steps"], teardown=parts["teardown"])

    def _scene(self, plot: Plot, step: Step, where: KeyPath, taken: set[str]) -> Scene:
        own = self._id(plot, step, where, taken)
        taken.add(own)
        scene = Scene(own, step, where)
        kinds = [kind for kind, there in (
            ("request", step.request is not UNSET or step.url is not UNSET), ("flow", step.flow is not UNSET),
            ("parallel", bool(step.parallel)),
        ) if there]  # fmt: skip
        if len(kinds) != 1:
            said = (
                f"a step is one thing, and `{kinds[0]}` and `{kinds[1]}` are two" if kinds else "the step does nothing"
            )
            self._fault(plot, where, "bad-step", said, "`request`, or `method` and `url`, or `flow`, or `parallel`")
        if len(step.for_each) > 1:
            self._fault(
                plot, (*where, "for_each"), "bad-step", "`for_each` goes through one list", "for_each = { item = … }"
            )
        self._look(plot, step, where)
        if kinds == ["flow"]:
            return scene._replace(flow=self._inner(plot, str(step.flow), where))
        if kinds == ["parallel"]:
            return scene._replace(members=self._members(plot, step, where, taken))
        return scene._replace(ask=self._ask(plot, step, where)) if kinds == ["request"] else scene

    def _clashes(self, plot: Plot, ids: set[str], parts: Mapping[str, Iterable[Scene]]) -> None:
        """A value that is called as a step is: one would hide the other."""
        for scene in (scene for scenes in parts.values() for each in scenes for scene in (each, *each.members)):
            for name in ids & scene.step.capture.keys():
                message = f"`{name}` is captured here, and is the id of a step as well"
                at = (*scene.where, "capture", name)
                self._fault(plot, at, "duplicate-step", message, "give one of them another name", part="key")

    def _id(self, plot: Plot, step: Step, where: KeyPath, taken: set[str]) -> str:
        if isinstance(step.id, str):
            if step.id in taken:
                self._fault(
                    plot, (*where, "id"), "duplicate-step", f"two steps are called `{step.id}`", "give it another `id`"
                )
            elif step.id in RESERVED:
                self._fault(
                    plot, (*where, "id"), "reserved-name", f"`{step.id}` means something by itself in a template"
                )
            return step.id
        source = (
            step.request if isinstance(step.request, str) else step.flow if isinstance(step.flow, str) else step.name
        )
        base = re.sub(r"\W+", "_", source.rpartition("/")[2].lower()).strip("_") or "step"
        base = f"step_{base}" if base[0].isdigit() or base in RESERVED else base
        number = next(
            number for number in range(1, 10_000) if (base if number == 1 else f"{base}_{number}") not in taken
        )
        return base if number == 1 else f"{base}_{number}"

    def _members(self, plot: Plot, step: Step, where: KeyPath, taken: set[str]) -> tuple[Scene, ...]:
        found = []
        for number, table in enumerate(step.parallel):
            at = (*where, "parallel", number)
            try:
                member = msgspec.convert(table, learned(Step), dec_hook=units.dec_hook)
            except msgspec.ValidationError as fault:
                self._fault(plot, at, "bad-step", str(fault).replace("Object", "the step"))
                continue
            found.append(self._scene(plot, member, at, taken))
        return tuple(found)

    def _inner(self, plot: Plot, wanted: str, where: KeyPath) -> Plot | None:
        name = self._named(plot, wanted, self.shelf.flows, (*where, "flow"), "flow")
        if not name:
            return None
        if name in self.open:
            circle = " → ".join(each.rpartition("/flows/")[2] for each in (*self.open[self.open.index(name) :], name))
            self._fault(plot, (*where, "flow"), "flow-cycle", f"flows run one another in a circle: {circle}")
            return None
        inner = self.shelf.flows[name]
        if inner.parsed.value is None:
            self.problems += inner.parsed.problems
            return None
        return self.plot(inner)

    def _ask(self, plot: Plot, step: Step, where: KeyPath) -> Ask | None:
        space = self._space(plot, step, where)
        if not isinstance(step.request, str):
            return Ask(_only_sent(step), Place(plot.source, within=where, called=plot.id), space, plot.read)
        near = {name: make for name, make in self.shelf.requests.items() if name.startswith(f"{space}/")}
        known = near if resolve_id(step.request, near) else self.shelf.requests
        name = self._named(plot, step.request, known, (*where, "request"), "request")
        ask = known[name]() if name else None
        if name and ask is None:
            self._fault(plot, (*where, "request"), "broken-request", f"{name} cannot be read", "keymock check")
        return None if ask is None else _laid_over(ask, step, plot, where, space if step.project is not UNSET else "")

    def _space(self, plot: Plot, step: Step, where: KeyPath) -> str:
        if not isinstance(step.project, str):
            return plot.space
        if step.project not in self.shelf.projects:
            hint = did_you_mean(step.project, self.shelf.projects)
            self._fault(plot, (*where, "project"), "no-such-project", f"there is no project `{step.project}`", hint)
        return f"projects/{step.project}"

    def _named(self, plot: Plot, wanted: str, known: Mapping[str, Any], where: KeyPath, what: str) -> str:
        found = resolve_id(wanted, known)
        own = [name for name in found if name.startswith(plot.space + "/")]
        found = own if len(own) == 1 else found
        if len(found) == 1:
            return found[0]
        if found:
            self._fault(plot, where, "ambiguous-name", f"`{wanted}` is ambiguous: {', '.join(found[:5])}")
        else:
            tails = [name.partition(f"/{what}s/")[2] for name in known]
            hint = did_you_mean(wanted, [*tails, *known]) or f"what there is: keymock {what} ls"
            self._fault(plot, where, f"no-such-{what}", f"there is no {what} `{wanted}`", hint)
        return ""

    def _look(self, plot: Plot, step: Step, where: KeyPath) -> None:
        """What can be told of captures and expectations without running."""
        for name, given in step.capture.items():
            wrong = fault_of(given)
            if name in RESERVED:
                message, hint = f"`{name}` means something by itself", f"call it my_{name}, say"
                self._fault(plot, (*where, "capture", name), "reserved-name", message, hint, part="key")
            if wrong is not None:
                self._fault(plot, (*where, "capture", name), wrong.code, str(wrong), wrong.hint)
        expectations: list[tuple[KeyPath, Expect]] = [(("expect",), step.expect)]
        if step.repeat is not UNSET:
            expectations.append((("repeat", "until"), step.repeat.until))
        for path, expect in expectations:
            if "{{" in str(msgspec.to_builtins(expect)):
                continue  # what it comes to is known when it runs
            for fault in compiled(expect, plot.read).faults:
                self._fault(plot, (*where, *path, *fault.path), fault.code, fault.message, fault.hint)

    def _fault(
        self, plot: Plot, where: KeyPath, code: str, message: str, hint: str = "", *, part: Part = "value"
    ) -> None:
        self.problems.append(document.problem_at(plot.source, where, code, message, hint, part=part))


SENT = tuple(field.name for field in msgspec.structs.fields(Sent))


def _only_sent(step: Step) -> Sent:
    return Sent(**{name: getattr(step, name) for name in SENT})


def _laid_over(ask: Ask, step: Step, plot: Plot, where: KeyPath, space: str) -> Ask:
    """A saved request with what the step says over it: tables key by key, a body in the place of any other."""
    said = {name: getattr(step, name) for name in SENT if _is_said(getattr(step, name))}
    if not said:
        return ask._replace(space=space or ask.space)
    merged = {
        name: {**getattr(ask.sent, name), **value} if isinstance(value, dict) and name in _TABLES else value
        for name, value in said.items()
    }
    bodies = (
        dict.fromkeys((*Sent.BODY_KEYS, "content_type"), UNSET) if any(key in said for key in Sent.BODY_KEYS) else {}
    )
    sent = msgspec.structs.replace(ask.sent, **(bodies | merged))
    place = Place(ask.place.own, plot.source, ask.place.within, plot.id) if ask.place.own is not None else ask.place
    return ask._replace(sent=sent, place=_Laid(place, plot, where), space=space or ask.space)


_TABLES = ("params", "query", "headers", "cookies")


def _is_said(value: Any) -> bool:
    return value is not UNSET and value != {}


class _Laid(Place):
    """Where a saved request is written that a step lays something over: keys of the step stand in the flow's file."""

    where: KeyPath
    plot: Plot

    def __new__(cls, place: Place, plot: Plot, where: KeyPath) -> _Laid:
        made = super().__new__(cls, place.own, None, place.within, place.called)
        made.plot, made.where = plot, where
        return made

    def document(self, where: KeyPath) -> Parsed[Any] | None:
        return self.plot.source if self._steps(where) else super().document(where)

    def filled(self, variables: Any, value: Any, *where: str | int) -> Any:
        at = (*self.where, *where) if self._steps(where) else (*self.within, *where)
        return variables.fill(value, self.document(where), at, called=self.called)

    def _steps(self, where: KeyPath) -> bool:
        return (*self.where, *where) in self.plot.source.places
