from __future__ import annotations

import telling

from keymock.changes.order import Side, Took, short, taken
from keymock.index import Views

USER = {"workspace/mocks/user.toml": 'request.path = "/users/:id"\n'}
ME = {"workspace/mocks/me.toml": 'request.path = "/users/me"\n'}


def sides(before: dict[str, str], after: dict[str, str]) -> tuple[Side, Side]:
    first, second = telling.catalog(before), telling.catalog(after)
    return (
        Side(first.routes, Views(first.routes, first.addresses)),
        Side(second.routes, Views(second.routes, second.addresses)),
    )


def test_a_new_mock_takes_requests_of_another() -> None:
    before, after = sides(USER, USER | ME)
    found = taken(before, after, {"workspace/mocks/me"}, {})
    took = Took("GET /users/me", before.routes["workspace/mocks/user"], after.routes["workspace/mocks/me"])
    assert found == {"workspace/mocks/me": [took]}


def test_what_a_mock_that_goes_leaves_behind() -> None:
    before, after = sides(USER | ME, USER)
    found = taken(before, after, {"workspace/mocks/me"}, {})
    assert [one.after for one in found["workspace/mocks/me"]] == [after.routes["workspace/mocks/user"]]


def test_mocks_that_nobody_touched_are_asked_only_on_touched_paths() -> None:
    wide = {"workspace/mocks/wide.toml": 'priority = 1\nrequest.path = "/users/*rest"\n'}
    other = {"workspace/mocks/orders.toml": 'request.path = "/orders/:id"\n'}
    before, after = sides(USER | ME | other, USER | ME | other | wide)
    found = taken(before, after, {"workspace/mocks/wide"}, {})
    assert {"workspace/mocks/me", "workspace/mocks/user"} <= found.keys()
    assert "workspace/mocks/orders" not in found


def test_a_mock_that_was_only_renamed_has_kept_its_requests() -> None:
    moved = {"workspace/mocks/one.toml": USER["workspace/mocks/user.toml"]}
    before, after = sides(USER, moved)
    names = {"workspace/mocks/user": "workspace/mocks/one"}
    assert taken(before, after, {*names, *names.values()}, names) == {}


def test_a_mock_is_called_by_the_end_of_its_id() -> None:
    assert short(telling.route('request.path = "/a"\n', "projects/shop/mocks/x/a.toml")) == "x/a"
