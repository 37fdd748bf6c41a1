"""What names mean in a flow that has not run: its own variables, a row of its data, what its steps will capture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from keymock.flows.scene import Plot, Scene
from keymock.variables import Level

CAPTURED = "captured by a step"
"""What the level is called in which steps leave their values; as it is while the flow runs."""


def levels(
    plot: Plot, step: str = "", given: Mapping[str, Any] | None = None, row: Mapping[str, Any] | None = None
) -> list[Level]:
    """The levels between `--var` and the environments, the nearest first, as a step sees them before it is sent.

    Without a step, as one after the last would. `given` are values as if steps had captured them, `row` is one of the
    flow's data. Raises KeyError for a step that the flow does not have.
    """
    tried = [Level(CAPTURED, given, literal=True)] if given else []
    to_come = [_to_come(plot, scene, key) for scene, key in _before(plot, step)]
    rows = [Level(f"row 1 of {plot.flow.data}", row, literal=True)] if row else []
    own = Level("flow", plot.flow.variables, plot.source, ("variables",))
    return [*tried, *reversed([each for each in to_come if each.values]), *rows, own]


def scene_of(plot: Plot, step: str) -> Scene:
    """The step of that id, or of that number, counted from 1. Raises KeyError."""
    every = list(_all(plot))
    found = [scene for scene in every if scene.id == step]
    if not found and step.isdecimal() and 0 < int(step) <= len(every):
        found = [every[int(step) - 1]]
    if not found:
        raise KeyError(step)
    return found[0]


def ids(plot: Plot) -> list[str]:
    """The ids of its steps, in order, members of groups after their group."""
    return [scene.id for scene in _all(plot)]


def _all(plot: Plot) -> Iterator[Scene]:
    for scene in (*plot.setup, *plot.steps, *plot.teardown):
        yield scene
        yield from scene.members


def _before(plot: Plot, step: str) -> Iterator[tuple[Scene, str]]:
    """Where values come from before a step: what those in front of it capture, and what it is run for each of."""
    wanted = scene_of(plot, step) if step else None
    for scene in (*plot.setup, *plot.steps, *plot.teardown):
        if wanted is not None and (scene is wanted or wanted in scene.members):
            yield scene, "for_each"
            if scene is not wanted:
                yield wanted, "for_each"
            return
        for each in scene.members or (scene,):
            yield each, "capture"


def _to_come(plot: Plot, scene: Scene, key: str) -> Level:
    written: Mapping[str, Any] = scene.step.capture if key == "capture" else scene.step.for_each
    values = {name: msgspec.to_builtins(value) for name, value in written.items()}
    return Level(CAPTURED, values, plot.source, (*scene.where, key), literal=True, pending=True)
