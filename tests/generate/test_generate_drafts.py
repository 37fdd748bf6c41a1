from __future__ import annotations

import pytest

from keymock.generate.drafts import modern


@pytest.mark.parametrize(
    ("old", "draft", "new"),
    [
        ({"minimum": 3, "exclusiveMinimum": True}, 4, {"exclusiveMinimum": 3}),
        ({"minimum": 3, "exclusiveMinimum": False}, 4, {"minimum": 3}),
        ({"id": "#here", "type": "null"}, 4, {"$anchor": "here", "type": "null"}),
        ({"items": [{"type": "null"}], "additionalItems": False}, 7,
         {"prefixItems": [{"type": "null"}], "items": False}),
        ({"items": {"type": "null"}, "additionalItems": False}, 7, {"items": {"type": "null"}}),
        ({"dependencies": {"a": ["b"], "c": {"minimum": 1}}}, 7,
         {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"minimum": 1}}}),
        ({"$ref": "#/items/0", "minimum": 3}, 7, {"$ref": "#/prefixItems/0"}),
        ({"properties": {"$ref": {"type": "string"}}}, 7, {"properties": {"$ref": {"type": "string"}}}),
        ({"allOf": [{"maximum": 1, "exclusiveMaximum": True}]}, 4, {"allOf": [{"exclusiveMaximum": 1}]}),
        (True, 7, True),
    ],
)  # fmt: skip
def test_old_words_are_said_anew(old: object, draft: int, new: object) -> None:
    assert modern(old, draft) == new
