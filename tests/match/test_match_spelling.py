"""How conditions are written: what `msgspec.convert` takes and refuses, and what editors complete."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from keymock import match


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"querry": {}}, "unknown field `querry`"),
        ({"query": {"a": None}}, "got `null`"),
        ({"query_only": "yes"}, "Expected `bool`"),
        ({"auth": {"digest": {}}}, "unknown field `digest`"),
        ({"body": {"jsonn": {}}}, "unknown field `jsonn`"),
        ({"body": {"parts": {"a": {"file": "x"}}}}, "unknown field `file`"),
        ({"body": {"graphql": {"operations": "x"}}}, "unknown field `operations`"),
        ({"headers": {"a": {"engine": "perl"}}}, "Invalid enum value 'perl'"),
    ],
)
def test_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(table, match.Conditions)
    assert message in str(caught.value)


def test_every_key_is_in_the_schema() -> None:
    definitions = msgspec.json.schema(match.Conditions)["$defs"]
    for struct in (match.Conditions, match.Body, match.Auth, match.GraphQL, match.JsonRpc, match.Part):
        assert set(definitions[struct.__name__]["properties"]) == set(struct.__struct_fields__)
        assert definitions[struct.__name__]["additionalProperties"] is False


def test_other_structs_can_add_to_conditions() -> None:
    class When(match.Conditions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        state: str = ""

    when = msgspec.convert({"state": "x", "query": {"a": {"not": 1}}}, When)
    conditions, faults = match.read(when)
    assert (len(conditions), faults) == (1, ())
    assert msgspec.to_builtins(when) == {"query": {"a": {"not": 1}}, "state": "x"}
