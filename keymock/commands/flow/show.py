"""`keymock flow show ID`: the steps of one flow, or a drawing of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from msgspec import UNSET

from keymock.commands.calling import Calling, calling_options, wanted
from keymock.commands.flow.playing import plot_of
from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json
from keymock.commands.seen import look
from keymock.commands.verb import verb
from keymock.flows import Plot, Scene
from keymock.flows.drawing import mermaid
from keymock.problems import printable

EXAMPLES = ("keymock flow show checkout", "keymock flow show checkout --mermaid > checkout.mmd")


@verb("flow show", examples=EXAMPLES)
@click.argument("flow", metavar="ID")
@click.option("--mermaid", "drawn", is_flag=True, help="Print a Mermaid diagram.")
@calling_options
def command(invocation: Invocation, flow: str, drawn: bool, **options: Any) -> int:
    """Print the steps of a flow, with what they send and keep; or everything that is wrong with it."""
    calling = Calling(look(invocation), wanted("keymock flow show", options, invocation.environ))
    plot = plot_of(calling, flow)
    if drawn:
        print(mermaid(plot))
        return 0
    if invocation.json:
        put_json({"flow": plot.id, "name": plot.flow.name, "file": plot.source.path, "target": plot.flow.target,
                  "steps": [_json(plot, scene) for scene in (*plot.setup, *plot.steps, *plot.teardown)]})  # fmt: skip
        return 0
    for line in _lines(plot):
        print(line)
    return 0


def _lines(plot: Plot) -> Iterator[str]:
    title = f"{plot.flow.name}  " if plot.flow.name else ""
    yield f"{printable(title)}{plot.id}  {plot.flow.target}"
    for part, scenes in (("setup", plot.setup), ("", plot.steps), ("teardown", plot.teardown)):
        for scene in scenes:
            yield from _scene(scene, 1, f"{part}: " if part else "")


def _scene(scene: Scene, depth: int, part: str = "") -> Iterator[str]:
    yield "  " * depth + "  ".join(filter(None, (f"{part}{scene.id}", _does(scene), *_more(scene))))
    inner = (*scene.flow.setup, *scene.flow.steps, *scene.flow.teardown) if scene.flow is not None else scene.members
    for each in inner:
        yield from _scene(each, depth + 1)


def _does(scene: Scene) -> str:
    if scene.ask is not None:
        method = "GET" if scene.ask.sent.method is UNSET else scene.ask.sent.method
        return f"{method} {'' if scene.ask.sent.url is UNSET else scene.ask.sent.url}"
    return f"flow {scene.flow.id}" if scene.flow is not None else "at the same time"


def _more(scene: Scene) -> Iterator[str]:
    step = scene.step
    if step.when is not UNSET:
        yield f"when {step.when}"
    yield from (f"for each {name}" for name in step.for_each)
    if step.repeat is not UNSET:
        yield f"again within {step.repeat.within}"
    if step.retry is not UNSET:
        yield f"retry {step.retry.times}"
    if step.capture:
        yield f"→ {', '.join(step.capture)}"


def _json(plot: Plot, scene: Scene) -> dict[str, Any]:
    inner = (*scene.flow.setup, *scene.flow.steps, *scene.flow.teardown) if scene.flow is not None else scene.members
    return {
        "id": scene.id, "does": _does(scene), "request": scene.ask.id or None if scene.ask is not None else None,
        "captures": list(scene.step.capture), "place": plot.place(scene),
        "steps": [_json(scene.flow or plot, each) for each in inner],
    }  # fmt: skip
