import json

import jsonschema_rs
import pytest

from keymock import spec, units
from keymock.document.schema import json_schema


@pytest.mark.parametrize("kind", [spec.Mock, spec.Workspace, spec.Project, spec.Defaults])
def test_a_schema_is_valid_for_its_dialect(kind: type) -> None:
    schema = json_schema(kind, units.schema_hook)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert "discriminator" not in json.dumps(schema)
    jsonschema_rs.meta.validate(schema)


def test_an_editor_tells_what_parse_tells() -> None:
    check = jsonschema_rs.validator_for(json_schema(spec.Mock, units.schema_hook))
    assert check.is_valid({"name": "a", "request": {"path": "/a"}, "response": {"status": 200, "delay": "5ms"}})
    assert not check.is_valid({"response": {"status": 99}})
    assert not check.is_valid({"response": {"staus": 200}})
    assert not check.is_valid({"response": {"delay": "5"}})
