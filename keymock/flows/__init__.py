"""Flows: requests one after the other, told as a story over whatever sends them. Pure: the world is handed in."""

from keymock.flows.result import Check, FlowRun, StepRun
from keymock.flows.scene import Ask, Plot, Scene
from keymock.flows.stage import Stage
from keymock.flows.story import run

__all__ = ["Ask", "Check", "FlowRun", "Plot", "Scene", "Stage", "StepRun", "run"]
