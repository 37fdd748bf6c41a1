"""A flow made ready to run: each step with its request, its sub-flow or its group, and the place it is written at."""

from __future__ import annotations

from typing import Any, NamedTuple

from keymock.document import KeyPath, Parsed, problem_at
from keymock.preparing import Place, ReadFile
from keymock.problems import Problem
from keymock.saved import Sent
from keymock.steps import Flow, Step


class Ask(NamedTuple):
    """The request of a step, variables not yet filled in: `space` is whose they are, `read` reads files beside it."""

    sent: Sent
    place: Place
    space: str
    read: ReadFile
    id: str = ""
    """The saved request, if it is one."""


class Scene(NamedTuple):
    """One step. It has a request, or a flow, or members that run together. `where` are the keys that lead to it."""

    id: str
    step: Step
    where: KeyPath
    ask: Ask | None = None
    flow: Plot | None = None
    members: tuple[Scene, ...] = ()


class Plot(NamedTuple):
    """A flow that can run. `read` reads files beside it."""

    id: str
    flow: Flow
    space: str
    source: Parsed[Any]
    read: ReadFile
    setup: tuple[Scene, ...] = ()
    steps: tuple[Scene, ...] = ()
    teardown: tuple[Scene, ...] = ()

    def problem(self, where: KeyPath, code: str, message: str, hint: str = "") -> Problem:
        """What is wrong at a key of the flow's file."""
        return problem_at(self.source, where, code, message, hint, part="value")

    def place(self, scene: Scene) -> str:
        """`projects/shop/flows/checkout.toml:12`."""
        found = problem_at(self.source, scene.where, "", "")
        return f"{found.path}:{found.line}" if found.line else found.path
