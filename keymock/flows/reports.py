"""Runs of flows for programs and for people who were not there: JSON, JUnit, one page of HTML. All of it masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any
from xml.sax.saxutils import quoteattr

import msgspec

from keymock import redaction
from keymock.exchange import NOT_JSON, read_json
from keymock.flows.compare import Difference
from keymock.flows.result import Check, FlowRun, StepRun
from keymock.problems import printable
from keymock.sending import Incoming, Outgoing
from keymock.variables import Mask

MOST_SHOWN = 20_000
"""Characters of a body in the HTML report."""


def as_json(run: FlowRun, mask: Mask) -> dict[str, Any]:
    """A run in the shape of `keymock flow run --json`."""
    found: dict[str, Any] = {
        "flow": run.flow, "name": run.name, "ok": run.ok, "target": run.target, "row": run.row or None,
        "stopped": run.stopped, "duration_ms": _ms(run.seconds),
        "steps": [_step_json(step, mask) for step in run.steps],
    }  # fmt: skip
    if run.problem is not None:
        found["problem"] = mask.tree(msgspec.to_builtins(run.problem))
    return found


def _step_json(step: StepRun, mask: Mask) -> dict[str, Any]:
    return {
        "id": step.id, "name": step.name, "state": step.state, "target": step.target or None, "place": step.place,
        "request": _sent(step.request, mask) if step.request is not None else None,
        "response": _came(step.response, mask) if step.response is not None else None,
        "expect": [mask.tree(msgspec.to_builtins(check)) for check in step.checks],
        "captured": mask.tree(redaction.json(step.captured, mask.names)),
        "problem": mask.tree(msgspec.to_builtins(step.problem)) if step.problem is not None else None,
        "attempts": step.attempts, "duration_ms": _ms(step.seconds),
        "steps": [_step_json(child, mask) for child in step.children],
    }  # fmt: skip


def _sent(outgoing: Outgoing, mask: Mask) -> dict[str, Any]:
    headers = [[name, _header(name, value, mask)] for name, value in outgoing.headers]
    return {"method": outgoing.method, "url": mask.text(outgoing.url), "headers": headers, **_body(outgoing.body, mask)}


def _came(incoming: Incoming, mask: Mask) -> dict[str, Any]:
    headers = [[name, _header(name, value, mask)] for name, value in incoming.headers]
    return {"status": incoming.status, "headers": headers, "duration_ms": _ms(incoming.seconds),
            **_body(incoming.body, mask)}  # fmt: skip


def _body(body: bytes, mask: Mask) -> dict[str, Any]:
    if not body:
        return {}
    value = read_json(body)
    if value is not NOT_JSON:
        return {"json": mask.tree(redaction.json(value, mask.names))}
    try:
        return {"body": mask.text(redaction.body(body, names=mask.names).decode())}
    except UnicodeDecodeError:
        return {"body_bytes": len(body)}


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


# ---- JUnit -------------------------------------------------------------------------------------------------------


def junit(runs: Sequence[FlowRun], differences: Sequence[Difference], mask: Mask) -> str:
    """JUnit's XML, as CI systems read it: a suite a run, a case a step; where mock and reality differ is one suite."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for run in runs:
        leaves = list(_named(run.steps))
        failed = sum(step.state == "failed" for _, step in leaves) + (run.problem is not None)
        skipped = sum(step.state in ("skipped", "not-run") for _, step in leaves)
        name = f"{run.flow} ({run.target})" + (f" row {run.row}" if run.row else "")
        lines.append(
            f'  <testsuite name={_attribute(name, mask)} tests="{len(leaves)}" failures="{failed}" '
            f'skipped="{skipped}" time="{run.seconds:.3f}">'
        )
        for trail, step in leaves:
            lines += _case(run.flow, trail, step, mask)
        lines.append("  </testsuite>")
    if differences:
        lines.append(f'  <testsuite name="mock and reality" tests="{len(differences)}" failures="{len(differences)}">')
        for one in differences:
            lines.append(f'    <testcase classname="fidelity" name={_attribute(f"{one.step} {one.where}", mask)}>')
            said = f"mock: {one.mock}, real: {one.real}"
            lines += [f"      <failure message={_attribute(said, mask)}/>", "    </testcase>"]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _named(steps: Iterable[StepRun], above: str = "") -> Iterator[tuple[str, StepRun]]:
    for step in steps:
        if step.children:
            yield from _named(step.children, f"{above}{step.id} > ")
        else:
            yield f"{above}{step.id}", step


def _case(flow: str, trail: str, step: StepRun, mask: Mask) -> Iterator[str]:
    head = f'    <testcase classname={_attribute(flow, mask)} name={_attribute(trail, mask)} time="{step.seconds:.3f}"'
    if step.state == "passed":
        yield head + "/>"
        return
    yield head + ">"
    if step.state == "failed":
        said = "; ".join(why(step))
        yield f"      <failure message={_attribute(said, mask)}>{escape(_clean(mask.text(step.place)))}</failure>"
    else:
        yield f"      <skipped message={_attribute(step.state, mask)}/>"
    yield "    </testcase>"


def why(step: StepRun) -> Iterator[str]:
    """Why a step failed, a sentence a reason."""
    if step.problem is not None:
        yield step.problem.message
    for check in step.checks:
        if not check.ok:
            yield check.said


def _attribute(text: str, mask: Mask) -> str:
    return quoteattr(_clean(mask.text(text)))


def _clean(text: str) -> str:
    """Without characters that XML does not have."""
    return printable(text)


# ---- HTML --------------------------------------------------------------------------------------------------------

_STYLE = """\
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
details { border-left: 3px solid #8888; margin: .3rem 0; padding: .1rem .8rem }
details.passed { border-color: #2a2 } details.failed { border-color: #d33 }
details.skipped, details.not-run { opacity: .6 }
summary { cursor: pointer } pre { overflow: auto; background: #8881; padding: .5rem; font-size: .85rem }
table { border-collapse: collapse } td, th { padding: .1rem .8rem .1rem 0; text-align: left; vertical-align: top }
.no { color: #d33 } .yes { color: #2a2 } .dim { opacity: .6 }
"""


def html(runs: Sequence[FlowRun], differences: Sequence[Difference], mask: Mask) -> str:
    """One page without scripts and without anything from elsewhere."""
    ok = all(run.ok for run in runs) and not differences
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>keymock flow report</title>',
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>{'<span class=yes>✓</span>' if ok else '<span class=no>✗</span>'} keymock flow report</h1>",
    ]
    for run in runs:
        row = f", row {run.row}" if run.row else ""
        mark = "<span class=yes>✓</span>" if run.ok else "<span class=no>✗</span>"
        title = _safe(run.name or run.flow, mask)
        said = f"{run.target}{row}, {_ms(run.seconds):g} ms{', stopped' if run.stopped else ''}"
        parts.append(f"<h2>{mark} {title} <span class=dim>{_safe(run.flow, mask)}, {said}</span></h2>")
        parts += [_step_html(step, mask) for step in run.steps]
    if differences:
        parts.append(
            "<h2><span class=no>✗</span> Where mock and reality differ</h2><table><tr><th>step<th>where<th>mock<th>real"
        )
        parts += ["<tr>" + "".join(f"<td>{_safe(cell, mask)}" for cell in one) for one in differences]
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>", ""])


def _step_html(step: StepRun, mask: Mask) -> str:
    head = f"{_safe(step.name or step.id, mask)} <span class=dim>{step.state}"
    if step.request is not None:
        head += f", {_safe(f'{step.request.method} {step.request.url}', mask)}"
    if step.response is not None:
        head += f" → {step.response.status}, {_ms(step.response.seconds):g} ms"
    head += f", {step.target}" if step.target else ""
    head += f", {step.attempts} attempts" if step.attempts > 1 else ""
    inner = [_step_html(child, mask) for child in step.children]
    if step.problem is not None:
        inner.append(f"<p class=no>{_safe(step.problem.place, mask)}: {_safe(step.problem.message, mask)}</p>")
    if step.checks:
        rows = "".join(_check_html(check, mask) for check in step.checks)
        inner.append(f"<table>{rows}</table>")
    if step.captured:
        captured = msgspec.json.encode(mask.tree(redaction.json(step.captured, mask.names))).decode()
        inner.append(f"<p>captured: {_safe(captured, mask)}</p>")
    if step.request is not None:
        inner.append(_message("request", step.request.headers, step.request.body, mask))
    if step.response is not None:
        inner.append(_message("response", step.response.headers, step.response.body, mask))
    opened = " open" if step.state == "failed" else ""
    return f'<details class="{step.state}"{opened}><summary>{head}</span></summary>{"".join(inner)}</details>'


def _check_html(check: Check, mask: Mask) -> str:
    mark = "<td class=yes>✓" if check.ok else "<td class=no>✗"
    came = "" if check.ok else "came " + _safe(check.actual or "nothing", mask)
    if check.declared and not check.ok:
        came += f"<br><span class=dim>{_safe(f'{check.place}, declared at {check.declared}', mask)}</span>"
    return f"<tr>{mark}<td>{_safe(check.what, mask)}<td>{_safe(check.expected, mask)}<td>{came}"


def _message(what: str, headers: tuple[tuple[str, str], ...], body: bytes, mask: Mask) -> str:
    lines = "\n".join(f"{name}: {_header(name, value, mask)}" for name, value in headers)
    shown = mask.text(redaction.body(body, names=mask.names).decode("utf-8", "replace"))
    text = _safe(shown[:MOST_SHOWN], mask, keep=True)
    return f"<details><summary>{what}</summary><pre>{_safe(lines, mask, keep=True)}\n\n{text}</pre></details>"


def _header(name: str, value: str, mask: Mask) -> str:
    """A header's value; of one that carries credentials, none."""
    shown = redaction.headers([(name.lower().encode("latin-1", "replace"), value.encode())], mask.names)
    return mask.text(shown[0][1])


def _safe(text: str, mask: Mask, *, keep: bool = False) -> str:
    shown = mask.text(text)
    return escape("\n".join(map(printable, shown.split("\n"))) if keep else printable(shown))
