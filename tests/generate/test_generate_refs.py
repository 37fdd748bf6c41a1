from __future__ import annotations

from typing import Any

import pytest

from keymock.generate.facts import Dead
from keymock.generate.refs import References


def test_pointers_anchors_and_ids_are_found() -> None:
    schema: dict[str, Any] = {
        "$defs": {
            "a/b": {"const": 1},
            "c": {"$anchor": "see", "const": 2},
            "d": {"$id": "https://example.com/d.json", "$defs": {"e": {"const": 3}}, "$ref": "#/$defs/e"},
        },
        "prefixItems": [{"const": 4}],
    }
    references = References(schema, {"urn:x": {"const": 5}})

    def found(reference: str) -> object:
        target = references.target({"$ref": reference})
        assert isinstance(target, dict)
        return target.get("const")

    assert [found(each) for each in ("#/$defs/a~1b", "#see", "#/prefixItems/0", "urn:x")] == [1, 2, 4, 5]
    assert references.target(schema["$defs"]["d"]) == {"const": 3}
    assert references.target({"$ref": "#/nowhere"}) is None
    assert references.target({"type": "string"}) is None


def test_what_refers_to_itself_is_dead() -> None:
    schema: dict[str, Any] = {"$ref": "#"}
    with pytest.raises(Dead):
        References(schema, {}).target(schema)


def test_constants_are_gathered() -> None:
    schema = {"properties": {"a": {"const": 1}, "b": {"enum": [2, 3]}, "c": {"default": 4}}}
    assert sorted(References(schema, {}).constants()) == [1, 2, 3, 4]
