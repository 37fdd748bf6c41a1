"""What the compiling of a mock is given, and how it tells of faults: each at its key, all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Literal, NamedTuple, Protocol

import msgspec

from keymock import match
from keymock.exchange import BodyFile
from keymock.faults import AT_ONCE, NO_WAIT, Fault, Pace, Wait
from keymock.index.route import Cors
from keymock.problems import Severity
from keymock.recordings import Recording
from keymock.spec import Guard

KeyPath = tuple[str | int, ...]


class Context(msgspec.Struct, frozen=True, array_like=True):
    """What a mock starts from where it lies: the defaults of its folders, project and workspace, nearest laid on."""

    base_path: str = ""
    headers: Mapping[str, str | list[str]] = {}
    wait: Wait = NO_WAIT
    first_byte: Wait = NO_WAIT
    pace: Pace = AT_ONCE
    fault: str | Fault = ""
    guard: Guard | None = None
    cors: Cors = Cors()
    env: tuple[str, ...] = ()
    """The process variables that templates may read."""
    vars: tuple[str, ...] | None = None
    """The variables that they may name; None: any."""
    validate: str = ""
    """How strictly the contract is kept, as JSON, nearest first; empty: as the project has it."""
    upstream: bool = False
    """Whether there is a real API that an answer can start from."""
    prefixes: tuple[tuple[str, ...], ...] = ()
    """What may stand in front of a path where it was recorded: the mount, the paths of the real API's addresses."""
    recordings: Mapping[str, Recording] = {}
    """The recordings that the defaults draw from, by their keys."""


class Listed(NamedTuple):
    """The files of a folder, each by its path there; and what was left out, a sentence each."""

    files: list[tuple[str, bytes | BodyFile]]
    left_out: list[str]


class Bodies(Protocol):
    """The files that a mock may send: its siblings, and whatever `body_file` names beneath its space."""

    def sibling(self, variant: str) -> list[str]:
        """The files that are the body of this mock (or of this variant of it) by their name."""

    def load(self, file: str, *, whole: bool = False) -> bytes | BodyFile:
        """The content, or a reference if it is large, unless `whole` asks for it all. Raises BodyFault."""

    def named(self, name: str) -> bytes:
        """The content of a file that the mock names. Raises ValueError with a sentence."""

    def folder(self, name: str, *, whole: bool = False) -> Listed:
        """The files beneath a folder that the mock names: beside it, else in its space. Hidden ones are not there.

        Raises BodyFault.
        """

    def in_data(self, name: str) -> str:
        """The same name as a file of the space's `data/` folder, relative to the mock's own folder."""

    def beside(self, name: str) -> str:
        """The file that `body_file = name` means: relative to the mock's own folder. Raises BodyFault."""


class BodyFault(Exception):
    """A body that cannot be had: missing, outside, a link, not a file, too large."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Unfiled:
    """The files of a mock, or a pattern, that came over the wire: it has none."""

    def sibling(self, variant: str) -> list[str]:  # noqa: ARG002  (as `Bodies` has it)
        return []

    def load(self, file: str, *, whole: bool = False) -> bytes | BodyFile:  # noqa: ARG002
        raise _unfiled(file)

    def named(self, name: str) -> bytes:
        raise ValueError(f"there is no file {name}, for this came over the wire: write its content")

    def folder(self, name: str, *, whole: bool = False) -> Listed:  # noqa: ARG002
        raise _unfiled(name)

    def in_data(self, name: str) -> str:
        return name

    def beside(self, name: str) -> str:
        raise _unfiled(name)


def _unfiled(name: str) -> BodyFault:
    return BodyFault("no-file", f"there is no file {name}, for this came over the wire", "send the body itself")


class Report(Protocol):
    """Takes a fault: at a key or in its value, counted in characters from 0."""

    def __call__(
        self,
        where: KeyPath,
        code: str,
        message: str,
        hint: str = "",
        severity: Severity = "error",
        *,
        part: Literal["key", "value"] = "key",
        character: int = 0,
    ) -> None: ...


class Sentences:
    """Gathers errors as sentences, for what came over the wire. The first `below` keys are left out."""

    def __init__(self, below: int = 0) -> None:
        self.below = below
        self.faults: list[str] = []

    def __call__(
        self,
        where: KeyPath,
        code: str,  # noqa: ARG002  (as `Report` has it)
        message: str,
        hint: str = "",
        severity: Severity = "error",
        *,
        part: Literal["key", "value"] = "key",  # noqa: ARG002
        character: int = 0,  # noqa: ARG002
    ) -> None:
        if severity == "error":
            key = ".".join(map(str, where[self.below :]))
            self.faults.append(": ".join(filter(None, (key, message, hint))))


class Noting:
    """Passes faults on, and counts the errors among them."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.errors = 0

    def failed(self) -> bool:
        """Whether an error was reported."""
        return self.errors > 0

    def __call__(
        self,
        where: KeyPath,
        code: str,
        message: str,
        hint: str = "",
        severity: Severity = "error",
        *,
        part: Literal["key", "value"] = "key",
        character: int = 0,
    ) -> None:
        self.errors += severity == "error"
        self.report(where, code, message, hint, severity, part=part, character=character)


_ASKED = attrgetter(*match.Conditions.__struct_fields__)


def conditions_of(
    tables: match.Conditions, where: KeyPath, bodies: Bodies, note: Report
) -> tuple[match.Condition, ...]:
    """The conditions of `[request]` or of a `when`, cleaned; their faults are reported beneath `where`."""
    if not any(_ASKED(tables)):
        return ()  # most mocks ask for a path and nothing else
    conditions, faults = match.read(tables, bodies.named)
    for fault in faults:
        note((*where, *fault.path), fault.code, fault.message, fault.hint, fault.severity)
    return conditions
