"""A flow as a Mermaid diagram, for a page of documentation or a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from keymock.flows.scene import Plot, Scene


def mermaid(plot: Plot) -> str:
    """`flowchart TD` with a box a step; conditions, loops and groups are said in it."""
    lines = ["flowchart TD"]
    before = ""
    for scene in (*plot.setup, *plot.steps, *plot.teardown):
        lines += _box(scene, "  ")
        if before:
            label = f"|{_quoted(str(scene.step.when))}|" if scene.step.when is not UNSET else ""
            lines.append(f"  {before} -->{label} {_key(scene.id)}")
        before = _key(scene.id)
    return "\n".join(lines)


def _box(scene: Scene, indent: str) -> Iterator[str]:
    if scene.members:
        yield f'{indent}subgraph {_key(scene.id)}["{_text(scene)}"]'
        for member in scene.members:
            yield from _box(member, indent + "  ")
        yield f"{indent}end"
    elif scene.flow is not None:
        yield f'{indent}{_key(scene.id)}[["{_text(scene)}"]]'
    else:
        yield f'{indent}{_key(scene.id)}["{_text(scene)}"]'


def _key(name: str) -> str:
    return f"step_{name}" if name in ("end", "graph", "subgraph", "style", "class", "click") else name


def _text(scene: Scene) -> str:
    step = scene.step
    parts = [step.name or scene.id]
    if scene.ask is not None:
        method = "GET" if scene.ask.sent.method is UNSET else scene.ask.sent.method
        parts.append(f"{method} {'' if scene.ask.sent.url is UNSET else scene.ask.sent.url}")
    if scene.flow is not None:
        parts.append(scene.flow.id)
    parts += [f"for each {name}" for name in step.for_each]
    parts += [f"again within {step.repeat.within}"] if step.repeat is not UNSET else []
    parts += [f"retry {step.retry.times}"] if step.retry is not UNSET else []
    parts += [f"→ {', '.join(step.capture)}"] if step.capture else []
    return "<br/>".join(_quoted(part) for part in parts)


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;").replace("{", "#123;").replace("}", "#125;").replace("|", "#124;")
