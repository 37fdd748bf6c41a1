"""`[response.events]` of a mock, or the file it names → a script of events, with every fault of it named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from keymock import events
from keymock.events import BadEvents, Event, Events, Pause, Script
from keymock.exchange import BodyFile
from keymock.index.report import Bodies, BodyFault, KeyPath, Report
from keymock.index.waiting import Waiting
from keymock.template import Names, TemplateError, compile_json


class Wanted(NamedTuple):
    """What the mock says of templates (whether there are any in its TOML, in its files; their names), and its waits."""

    in_toml: bool
    in_files: bool
    names: Names
    waiting: Waiting


def script_of(given: Events, where: KeyPath, wanted: Wanted, bodies: Bodies, note: Report) -> Script | None:
    """The script of the events at `where` in the file; None after at least one report of an error."""
    names = msgspec.structs.replace(wanted.names, more=wanted.names.more | events.MORE)
    pause: Pause = lambda delay, key: wanted.waiting.wait(delay, (*where, *key))  # noqa: E731  (it has a type so)
    if isinstance(given.file, str):
        return _of_file(given, given.file, (*where, "file"), wanted.in_files, names, bodies, note, pause)
    place = (*where, "list")
    broken = False
    for number, event in enumerate(given.events if wanted.in_toml else ()):
        try:
            compile_json(events.fields(event), names)
        except TemplateError as fault:
            broken = True
            at = (*place, number, *fault.path)
            note(at, fault.code, fault.message, fault.hint, part="value", character=fault.offset)
    return None if broken else _script(given, given.events, wanted.in_toml, place, note, pause)


def _of_file(
    given: Events,
    name: str,
    where: KeyPath,
    templates: bool,
    names: Names,
    bodies: Bodies,
    note: Report,
    pause: Pause,
) -> Script | None:
    try:
        listed = _read(name, bodies)
        for number, event in enumerate(listed if templates else (), 1):
            _check(event, number, name, names)
    except BodyFault as fault:
        note(where, fault.code, fault.message, fault.hint, part="value")
        return None
    return _script(given, listed, templates, where, note, pause)


def _read(name: str, bodies: Bodies) -> tuple[Event, ...]:
    """The events of a file. Raises BodyFault."""
    file = bodies.beside(name)
    content = bodies.load(file)
    if isinstance(content, BodyFile):
        raise BodyFault("too-large", f"{file} has {content.size} bytes, too many for a file of events")
    try:
        return events.parse(content.decode())
    except UnicodeDecodeError:
        raise BodyFault("not-utf8", f"{file} is not UTF-8") from None
    except BadEvents as fault:
        raise BodyFault("bad-events", f"{file}:{fault.line}: {fault.message}", fault.hint) from None


def _check(event: Event, number: int, name: str, names: Names) -> None:
    """Raises BodyFault for a template of a file that cannot be read."""
    try:
        compile_json(events.fields(event), names)
    except TemplateError as fault:
        raise BodyFault(fault.code, f"{name}, event {number}: {fault.message}", fault.hint) from None


def _script(
    given: Events, listed: Sequence[Event], templates: bool, where: KeyPath, note: Report, pause: Pause
) -> Script | None:
    try:
        return events.script(given, listed, templates=templates, pause=pause)
    except ValueError as fault:
        note(where, "bad-events", str(fault), part="value")
        return None
