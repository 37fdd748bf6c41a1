"""`keymock flow ls`: the flows that the actor may see."""

from __future__ import annotations

from keymock.commands.flow.playing import seen_flows
from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, counted, put_json, remark
from keymock.commands.seen import look
from keymock.commands.verb import verb
from keymock.flows.reading import SavedFlow
from keymock.layout import project_of, scope_of


@verb("flow ls", examples=("keymock flow ls", "keymock flow ls --json"))
def command(invocation: Invocation) -> int:
    """List the flows: id, how many steps, target, name."""
    flows = seen_flows(look(invocation))
    if invocation.json:
        put_json([_json(each) for each in flows])
        return 0
    for line in columns([_row(each) for each in flows if each.parsed.value is not None]):
        print(line)
    broken = sum(each.parsed.value is None for each in flows)
    if broken:
        remark(invocation, f"{counted(broken, 'flow')} cannot be read: keymock flow show ID says why")
    if not flows:
        remark(invocation, "no flows yet: keymock flow new NAME REQUEST…")
    return 0


def _row(saved: SavedFlow) -> tuple[str, ...]:
    flow = saved.parsed.value
    if flow is None:
        raise AssertionError("broken flows are not listed")
    return saved.id, counted(len(flow.setup) + len(flow.steps) + len(flow.teardown), "step"), flow.target, flow.name


def _json(saved: SavedFlow) -> dict[str, object]:
    flow = saved.parsed.value
    known = (
        {} if flow is None else {"name": flow.name, "target": flow.target, "steps": len(flow.steps), "tags": flow.tags}
    )
    where = {"scope": scope_of(saved.space), "project": project_of(saved.space) or None, "file": saved.parsed.path}
    return {"flow": saved.id, **known, **where, "broken": flow is None}
