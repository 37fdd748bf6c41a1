"""`keymock request ls`: the saved requests that the actor may see."""

from __future__ import annotations

from keymock.catalog.library import Library, SavedRequest
from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, counted, put_json, remark
from keymock.commands.seen import look
from keymock.commands.verb import verb
from keymock.layout import project_of


@verb("request ls", examples=("keymock request ls", "keymock request ls --json"))
def command(invocation: Invocation) -> int:
    """List the saved requests: method, address, id, name."""
    seen = look(invocation)
    requests = Library(seen.catalog, seen.rights).requests
    if invocation.json:
        put_json([_json(each) for each in requests.values()])
        return 0
    for line in columns([_row(each) for each in requests.values() if each.request is not None]):
        print(line)
    broken = sum(each.request is None for each in requests.values())
    if broken:
        remark(invocation, f"{counted(broken, 'request')} cannot be read: keymock check")
    if not requests:
        remark(invocation, "no saved requests yet: keymock request new GET http://127.0.0.1:3000/users")
    return 0


def _row(saved: SavedRequest) -> tuple[str, ...]:
    request = saved.request
    if request is None:
        raise AssertionError("broken requests are not listed")
    examples = ", ".join(example.name for example in request.examples)
    return request.method or "GET", request.url or "", saved.id, request.name, f"[{examples}]" if examples else ""


def _json(saved: SavedRequest) -> dict[str, object]:
    request = saved.request
    known = {} if request is None else {
        "name": request.name,
        "method": request.method or "GET",
        "url": request.url or "",
        "examples": [example.name for example in request.examples],
    }  # fmt: skip
    where = {"scope": saved.item.scope, "project": project_of(saved.item.space) or None, "file": saved.file}
    return {"request": saved.id, **known, **where, "broken": request is None}
