"""The delays of a mock, compiled: those that were recorded are picked here, for here it is known whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from keymock import faults, pattern, recordings
from keymock.exchange import BodyFile
from keymock.faults import NO_WAIT, Delay, Pace, Throttle, Wait
from keymock.index.report import Bodies, BodyFault, KeyPath, Report
from keymock.index.route import ANY, Route
from keymock.pattern import Pattern
from keymock.problems import printable
from keymock.recordings import BadRecording, Part, Recorded, Recording, Takes

Prefixes = tuple[tuple[str, ...], ...]
"""What may stand in front of a mock's path where it was recorded: the mount, the paths of the real API's addresses."""


MOST_PICKED = 10_000
"""Of how many mocks and paths `Profiled` remembers what it picked."""


class Waiting(NamedTuple):
    """The making of a mock's waits. `known` are recordings that the defaults above it name, by their keys."""

    takes: Callable[[], Takes]
    bodies: Bodies
    note: Report
    known: Mapping[str, Recording] = {}

    def wait(self, delay: Delay, where: KeyPath, part: Part = "wait") -> Wait:
        """A delay that stands at `where` in the mock's own file."""
        made = faults.wait(delay)
        return made if made.of is None else self._own(made.of, where, part)

    def pace(self, throttle: Throttle, where: KeyPath) -> Pace:
        """A throttle that stands there."""
        made = faults.pace(throttle)
        if made.spread.of is None:
            return made
        return msgspec.structs.replace(made, spread=self._own(made.spread.of, (*where, "over"), "receive"))

    def handed_down(self, wait: Wait, part: Part = "wait") -> Wait:
        """A wait from the defaults: none, if what was recorded has nothing for this mock."""
        if wait.of is None:
            return wait
        recording = self.known.get(wait.of.key)
        return picked(recording, wait.of, part, self.takes(), wait.of.file) if recording is not None else NO_WAIT

    def pace_handed_down(self, pace: Pace) -> Pace:
        """The same of a throttle."""
        if pace.spread.of is None:
            return pace
        spread = self.handed_down(pace.spread, "receive")
        return msgspec.structs.replace(pace, spread=spread) if spread != NO_WAIT else faults.AT_ONCE

    def _own(self, recorded: Recorded, where: KeyPath, part: Part) -> Wait:
        try:
            file, recording = self._read(recorded)
            made = picked(recording, recorded, part, self.takes(), file)
        except BadRecording as fault:
            self.note(where, "bad-recording", fault.at(recorded.file), fault.hint, part="value")
            return NO_WAIT
        except BodyFault as fault:
            self.note(where, fault.code, fault.message, fault.hint, part="value")
            return NO_WAIT
        if made == NO_WAIT:
            self.note(where, "nothing-recorded", *nothing(recording, recorded), "warning", part="value")
        return made

    def _read(self, recorded: Recorded) -> tuple[str, Recording]:
        """The recording beside the mock, or else in the `data/` folder of its space. Raises BodyFault, BadRecording."""
        name = recorded.file
        try:
            file = self.bodies.beside(name)
            content = self.bodies.load(file, whole=True)
        except BodyFault as fault:
            if fault.code != "body-missing":
                raise
            try:
                file = self.bodies.beside(self.bodies.in_data(name))
                content = self.bodies.load(file, whole=True)
            except BodyFault as other:
                if other.code != "body-missing":
                    raise
                hint = "it is looked for beside the mock, and in data/"
                raise BodyFault(fault.code, f"there is no file {name}", hint) from None
        if isinstance(content, BodyFile):
            raise BodyFault("too-large", f"{file} has {content.size} bytes, too many for a recording")
        return file, recordings.read(content, recorded)


def takes(methods: Iterable[str], patterns: Iterable[Pattern], prefixes: Prefixes = ()) -> Takes:
    """Which exchanges of a recording are a mock's."""
    wanted = frozenset(methods)
    matches = [pattern.match(each) for each in patterns]

    def path(segments: tuple[str, ...]) -> bool:
        if any(match(segments) is not None for match in matches):
            return True
        beneath = [segments[len(each) :] or ("",) for each in prefixes if segments[: len(each)] == each]
        return any(match(rest) is not None for rest in beneath for match in matches)

    return Takes(lambda method: method in wanted or ANY in wanted, path)


def of_nobody() -> Takes:
    """Of whom no exchange is: there is no path."""
    return takes((), ())


def picked(recording: Recording, recorded: Recorded, part: Part, takes: Takes, file: str) -> Wait:
    """The wait that draws from what is a mock's of a recording; NO_WAIT if nothing is. `file` is where it lies."""
    samples = recordings.packed(recordings.times_of(recording, recorded, part, takes))
    return Wait("recorded", samples=samples, source=file) if samples else NO_WAIT


class Profiled:
    """What fault profiles draw from: for each mock its part of a recording, picked when it is first asked for.

    `known` are the recordings by their keys, `prefixes` those of each space.
    """

    def __init__(self, known: Mapping[str, Recording], prefixes: Mapping[str, Prefixes]) -> None:
        self.known = known
        self.prefixes = prefixes
        self._picked: dict[tuple[Recorded, str], Wait] = {}

    def of_mock(self, wait: Wait, route: Route) -> Wait:
        """A profile's wait as it is for a mock."""
        return self._of(
            wait, route.id, lambda: takes(route.methods, route.patterns, self.prefixes.get(route.space, ()))
        )

    def of_path(self, wait: Wait, method: str, path: tuple[str, ...]) -> Wait:
        """The same where no mock would answer: the exchanges of this very path."""
        mine = Takes(lambda asked: asked == method, lambda segments: segments == path)
        return self._of(wait, f"{method} {'/'.join(path)}", lambda: mine)

    def _of(self, wait: Wait, name: str, takes: Callable[[], Takes]) -> Wait:
        if wait.of is None:
            return wait
        found = self._picked.get((wait.of, name))
        if found is None:
            if len(self._picked) >= MOST_PICKED:
                self._picked.clear()
            recording = self.known.get(wait.of.key)
            found = picked(recording, wait.of, "wait", takes(), wait.of.file) if recording is not None else NO_WAIT
            self._picked[wait.of, name] = found
        return found


NOT_PROFILED = Profiled({}, {})


def nothing(recording: Recording, recorded: Recorded) -> tuple[str, str]:
    """What to say of a recording that has nothing for a mock, and what to do."""
    listed = dict.fromkeys(f"{each.method} /{'/'.join(each.path)}" for each in recording.exchanges)
    shown = ", ".join(printable(each[:60]) for each in list(listed)[:4])
    more = f" and {len(listed) - 4} more" if len(listed) > 4 else ""
    asked = "that `url`, `method` and `part` ask for" if recorded.is_har else "on a path of this mock"
    return (
        f"{recorded.file} has no exchange {asked}, so nothing waits",
        f'it has {shown}{more}; name others by {{ file = "{recorded.file}", url = "/…" }}',
    )
