"""Recordings that settings name, for everything beneath them: where they lie, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from keymock import document, spec, units
from keymock.catalog.making import resolved
from keymock.catalog.source import MAX_DOCUMENT, Source, Stamp, content
from keymock.document import KeyPath
from keymock.faults import Delay, Spread, Throttle
from keymock.index import BodyFault
from keymock.problems import Problem, error
from keymock.recordings import MOST_BYTES, BadRecording, Recorded, Recording, read

Document = TypeVar("Document", spec.Workspace, spec.Project, spec.Defaults)
Response = TypeVar("Response", bound=spec.ResponseDefaults)

Place = Callable[[Recorded, KeyPath], Recorded | None]
"""What stands at a key → the same with the file as the workspace calls it; None if there is nothing to draw from."""


class Kept(NamedTuple):
    """A recording as its file was last good; `version` tells it from others."""

    recording: Recording
    version: str


class Reader:
    """Reads the recordings that the settings of one tree name. `before` are those from before, for files that broke.

    Afterwards `kept` are the recordings by key, `files` where they lie or would lie, `problems` what is wrong.
    """

    def __init__(self, source: Source, stamps: Mapping[str, Stamp], before: Mapping[str, Kept]) -> None:
        self.source = source
        self.stamps = stamps
        self.before = before
        self.kept: dict[str, Kept] = {}
        self.files: set[str] = set()
        self.problems: list[Problem] = []

    def placed(self, given: Document, owner: str, folder: str) -> Document:
        """The document of the file `owner`, with every recording by the name of its file in the tree.

        Those that cannot be read, and never could, are no delay.
        """
        return placed(given, lambda recorded, where: self._placed(recorded, where, type(given), owner, folder))

    def _placed(self, recorded: Recorded, where: KeyPath, kind: type[Any], owner: str, folder: str) -> Recorded | None:
        try:
            candidates = list(places(recorded.file, owner, folder))
            self.files.update(candidates)
            full = self._found(recorded, candidates)
            if full.key not in self.kept:
                self._read(full)
            return full if full.key in self.kept else None
        except BodyFault as fault:
            hint = f"it is looked for at {' and '.join(candidates)}" if fault.code == "body-missing" else fault.hint
            self._tell(kind, owner, where, fault.code, f"there is no file {recorded.file}", hint)
            return None

    def _found(self, recorded: Recorded, candidates: Sequence[str]) -> Recorded:
        """The first that is there, else the first that was, else the first."""
        fulls = [msgspec.structs.replace(recorded, file=file) for file in candidates]
        there = [full for full in fulls if full.file in self.stamps]
        return (there or [full for full in fulls if full.key in self.before] or fulls)[0]

    def _read(self, recorded: Recorded) -> None:
        """Keeps what the file says, or last said. Raises BodyFault if it is not there, and never was."""
        known = self.before.get(recorded.key)
        try:
            data = content(self.source, self.stamps, recorded.file, MOST_BYTES)
            self.kept[recorded.key] = Kept(read(data, recorded), blake2b(data, digest_size=12).hexdigest())
        except BadRecording as fault:
            place = {"line": fault.line, "column": fault.column}
            self.problems.append(error(recorded.file, "bad-recording", fault.message, hint=fault.hint, **place))
        except BodyFault as fault:
            if known is None:
                raise
            self.problems.append(error(recorded.file, fault.code, fault.message, hint=fault.hint))
        if known is not None:
            self.kept.setdefault(recorded.key, known)

    def _tell(self, kind: type[Any], owner: str, where: KeyPath, code: str, message: str, hint: str) -> None:
        """At the key; for that, the document is read again: it is kept as what it says alone."""
        data = content(self.source, self.stamps, owner, MAX_DOCUMENT)
        parsed = document.parse(data, owner, kind, dec_hook=units.dec_hook)
        self.problems.append(document.problem_at(parsed, where, code, message, hint, part="value"))


def placed(given: Document, place: Place) -> Document:
    """The document, with every recording that it hands down in its place."""
    change = msgspec.structs.replace
    if isinstance(given, spec.Defaults):
        return change(given, response=_response(given.response, place, ("response",)))
    defaults = _response(given.defaults, place, ("defaults",))
    if defaults.response is not UNSET:
        inner = _response(defaults.response, place, ("defaults", "response"))
        defaults = change(defaults, response=inner)
    made = change(given, defaults=defaults)
    if isinstance(made, spec.Workspace):
        profiles = {
            name: change(profile, delay=_delay(profile.delay, place, ("faults", name, "delay"), "0ms"))
            for name, profile in made.faults.items()
        }
        return change(made, faults=profiles)
    return made


def _response(response: Response, place: Place, where: KeyPath) -> Response:
    throttle = response.throttle
    if isinstance(throttle, Throttle) and not isinstance(throttle.over, UnsetType):
        over = _delay(throttle.over, place, (*where, "throttle", "over"), UNSET)
        throttle = msgspec.structs.replace(throttle, over=over) if over is not UNSET else UNSET
    return msgspec.structs.replace(
        response,
        delay=_delay(response.delay, place, (*where, "delay"), UNSET),
        first_byte=_delay(response.first_byte, place, (*where, "first_byte"), UNSET),
        throttle=throttle,
    )


def _delay(delay: Delay | UnsetType, place: Place, where: KeyPath, otherwise: str | UnsetType) -> Delay | UnsetType:
    if not isinstance(delay, Spread) or isinstance(delay.recorded, UnsetType):
        return delay
    given = delay.recorded if isinstance(delay.recorded, Recorded) else Recorded(file=delay.recorded)
    found = place(given, (*where, "recorded"))
    return Spread(recorded=found) if found is not None else otherwise


def places(name: str, owner: str, folder: str) -> Iterator[str]:
    """Where the file of that name may lie: beside the one that names it, else in `data/`. Raises BodyFault.

    `folder` is that of the space; keymock.toml speaks of `workspace/`.
    """
    if owner != "keymock.toml" or name.startswith(f"{folder}/"):
        yield resolved(name, owner, folder)
    yield resolved(name, f"{folder}/data/-", folder)
