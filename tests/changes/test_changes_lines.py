from __future__ import annotations

import pytest
import telling

from keymock.changes import Detail, Place
from keymock.changes.lines import Lines

TEXT = """\
name = "A"
[request]
path = "/a"
headers.X-T = "1"
[response]
headers.ETag = "e"
[[responses]]
name = "late"
status = 503
when.query.late = "1"
[[responses]]
name = "ok"
json = { a = 1 }
"""


@pytest.mark.parametrize(
    ("kind", "data", "line"),
    [
        ("title", {}, 1),
        ("path", {}, 3),
        ("condition", {"where": "headers.x-t"}, 4),
        ("header", {"name": "etag", "response": "ok"}, 6),
        ("status", {"response": "late"}, 9),
        ("when", {"response": "late"}, 10),
        ("body", {"response": "ok", "path": "$.a"}, 13),
        ("answer", {"after": {"name": "ok"}}, 11),
        ("fault", {"response": "ok"}, 2),
    ],
)
def test_a_detail_is_where_its_key_is(kind: str, data: dict[str, object], line: int) -> None:
    catalog = telling.catalog({telling.MOCK: TEXT})
    (route,) = catalog.routes.values()
    assert Lines(catalog).of_detail(route, Detail(kind, "note", "", data)) == Place(telling.MOCK, line)


def test_a_body_in_a_file_of_its_own() -> None:
    body = "workspace/mocks/a.body.json"
    catalog = telling.catalog({telling.MOCK: 'request.path = "/a"\n', body: "{}"})
    (route,) = catalog.routes.values()
    assert Lines(catalog).of_detail(route, Detail("body", "note", "")) == Place(body, 1)
    assert Lines(catalog).of_detail(None, Detail("body", "note", "")) is None


def test_a_mock_without_toml_is_its_file() -> None:
    file = "workspace/mocks/a.GET.json"
    catalog = telling.catalog({file: "{}", "workspace/mocks/a.GET.404.json": "{}"})
    (route,) = catalog.routes.values()
    assert Lines(catalog).of_detail(route, Detail("body", "note", "")) == Place(file, 1)
