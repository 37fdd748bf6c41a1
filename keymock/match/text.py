"""`text`: the whole body as text, UTF-8. A request without a body has the empty text."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from keymock.match.condition import Condition, Fault
from keymock.match.place import Holds, ReadFile, cleaned, literal, of_values
from keymock.match.spelling import Conditions


def _read(conditions: Conditions, _read_file: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.body is UNSET or conditions.body.text is UNSET:
        return
    found = cleaned("body.text", "", conditions.body.text, ("body", "text"))
    if isinstance(found, Condition) and found.matcher.keys() == {"present"}:
        empty = {"equals": ""}  # there always is a text; whether it is empty is what is asked
        found = Condition("body.text", "", {"not": empty} if found.matcher["present"] else empty)
    yield found


def _equals(condition: Condition) -> Holds | None:
    wanted = literal(condition)
    if not isinstance(wanted, str) or "\ufffd" in wanted:  # what is not UTF-8 reads as U+FFFD
        return None
    body = wanted.encode("utf-8", "replace")
    return lambda request: (request.body or b"") == body


TEXT = of_values(
    where="body.text",
    cost=45,
    read=_read,
    find=lambda _condition: lambda request: (request.text,),
    compile=_equals,
    body=True,
)
