"""What a mock says besides a plain answer, before and after: records behind a resource, a talk over a WebSocket."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from keymock.changes.bodies import of_json
from keymock.changes.change import Detail
from keymock.changes.json_paths import differences
from keymock.exchange import NOT_JSON, read_json
from keymock.index import Route
from keymock.index.route import Resource


def compare(before: Route, after: Route) -> Iterator[Detail]:
    """What is different about records and talk; a mock that is one of these no longer breaks its callers."""
    was, now = before.resource, after.resource
    if was is None and now is not None:
        yield Detail("data", "breaking", f"it answers from the records `{now.definition.resource}` now")
    elif was is not None and now is None:
        yield Detail("data", "breaking", "it answers from no records any more")
    elif was is not None and now is not None:
        yield from _records(was, now)
    if (before.websocket is None) != (after.websocket is None):
        word = "is a WebSocket now" if after.websocket is not None else "is no WebSocket any more"
        yield Detail("websocket", "breaking", f"it {word}")
    elif before.websocket != after.websocket:
        yield Detail("websocket", "change", "what is said over the WebSocket is different")


def _records(before: Resource, after: Resource) -> Iterator[Detail]:
    if before.item:
        return  # the list says it, for both
    if before.seed != after.seed:
        was, now = read_json(before.seed), read_json(after.seed)
        if was is NOT_JSON or now is NOT_JSON:
            yield Detail("data", "change", "the records it starts with are others")
        else:
            yield from (msgspec.structs.replace(of_json(one, "records"), kind="data") for one in differences(was, now))
    if before.schema != after.schema:
        yield Detail("data", "breaking", "the schema that new records must fulfil is another")
    was_id, now_id = before.definition.id, after.definition.id
    if was_id != now_id:
        says = f"records are named by `{now_id.field}` ({now_id.kind}), were by `{was_id.field}` ({was_id.kind})"
        yield Detail("data", "breaking", says)
    if before.definition.upsert != after.definition.upsert:
        word = "makes" if after.definition.upsert else "no longer makes"
        yield Detail("data", "change", f"PUT {word} records that are not there")
