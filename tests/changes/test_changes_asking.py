from __future__ import annotations

import pytest
import telling

from keymock.changes.asking import answered, requests_for, sample_path
from keymock.index import Table
from keymock.pattern import parse


@pytest.mark.parametrize(
    ("request_table", "spelled"),
    [
        ('path = "/users/:id"', "GET /users/x"),
        ('path = "/users/:id<int>"\nparams.id = { gte = 100 }', "GET /users/100"),
        ('method = ["PUT", "POST"]\npath = "/a/*rest"', "POST /a/"),
        ('path = "/a"\nheaders.X-T = "t1"\nquery.q = "a b"', "GET '/a?q=a+b' -H 'x-t: t1'"),
        (
            'method = "*"\npath = "/a"\nbody.json = { a = 1 }',
            "POST /a -H 'content-type: application/json' -d '{\"a\":1}'",
        ),
        ('path = "/a"\nhost = "a.test"', "GET http://a.test/a"),
    ],
)
def test_a_request_is_one_that_its_mock_answers(request_table: str, spelled: str) -> None:
    route = telling.route(f"[request]\n{request_table}\n")
    (asked,) = requests_for(route)
    assert asked.spelled.startswith(spelled)
    assert answered(Table([route]), asked) is route
    assert answered(Table([]), asked) is None


def test_each_path_has_a_request_of_its_own() -> None:
    route = telling.route('request.path = ["/a", "/b/:c"]\n')
    assert [asked.spelled for asked in requests_for(route)] == ["GET /a", "GET /b/x"]
    assert sample_path(parse("/x/:y/z")[0]) == ("x", "x", "z")
