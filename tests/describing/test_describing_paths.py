from __future__ import annotations

import pytest

from keymock.describing.paths import Untold, template
from keymock.pattern import from_regex, parse


@pytest.mark.parametrize(
    ("path", "told", "schemas"),
    [
        ("/", "/", []),
        ("/users/:id", "/users/{id}", [{"type": "string"}]),
        ("/users/:id<int>/", "/users/{id}/", [{"type": "integer"}]),
        ("/users/:id<uuid>", "/users/{id}", [{"type": "string", "format": "uuid"}]),
        ("/:lang<re:[a-z]+>/x", "/{lang}/x", [{"type": "string", "pattern": "^(?:[a-z]+)$"}]),
        ("/v{major}.{minor}", "/v{major}.{minor}", [{"type": "string"}, {"type": "string"}]),
        ("/a b/ä", "/a%20b/%C3%A4", []),
    ],
)
def test_patterns_as_templates(path: str, told: str, schemas: list[dict[str, str]]) -> None:
    found = template(parse(path)[0])
    assert (found.path, [each.schema for each in found.parameters]) == (told, schemas)


def test_below_a_mount() -> None:
    assert template(parse("/users")[0], "/shop/").path == "/shop/users"


def test_templates_that_match_the_same_paths_have_one_shape() -> None:
    assert template(parse("/users/:id")[0]).shape == template(parse("/users/{name}")[0]).shape == "/users/{}"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (from_regex("^/a+$"), "its path is a regular expression"),
        (parse("/files/*rest")[0], "ends at the next slash"),
        (parse("/a{{b")[0], "a brace"),
    ],
)
def test_what_openapi_has_no_words_for(pattern: object, why: str) -> None:
    with pytest.raises(Untold, match=why):
        template(pattern)  # type: ignore[arg-type]
