from __future__ import annotations

import telling
from telling import told

from keymock.changes.mocks import is_reached_otherwise, outline, paired


def routes(**texts: str) -> dict[str, str]:
    return {f"workspace/mocks/{name}.toml": text for name, text in texts.items()}


def test_a_file_of_another_name_is_the_same_mock() -> None:
    before = telling.catalog(routes(a='request.path = "/a"\n', b='request.path = "/b"\nresponse.body = "b"\n')).routes
    after = telling.catalog(routes(a='request.path = "/a"\n', c='request.path = "/c"\nresponse.body = "c"\n')).routes
    pairing = paired(before, after)
    assert [(one.id, other.id) for one, other in pairing.same] == [("workspace/mocks/a", "workspace/mocks/a")]
    assert [route.id for route in pairing.gone] == ["workspace/mocks/b"]
    moved = paired(before, telling.catalog(routes(x='request.path = "/a"\n')).routes)
    assert moved.moved == {"workspace/mocks/a": "workspace/mocks/x"}


def test_two_that_could_be_it_are_none() -> None:
    before = telling.catalog(routes(a='request.path = "/a"\n')).routes
    after = telling.catalog(routes(b='request.path = "/a"\n', c='request.path = "/a"\n')).routes
    assert paired(before, after).same == []


def test_only_what_ranks_or_matches_changes_who_is_reached() -> None:
    plain = telling.route('request.path = "/a"\n')
    assert not is_reached_otherwise(plain, telling.route('request.path = "/a"\nresponse.status = 404\n'))
    assert is_reached_otherwise(plain, telling.route('priority = 1\nrequest.path = "/a"\n'))


def test_a_mock_in_a_few_words() -> None:
    assert outline(telling.route('request.path = "/a"\nresponse.status = 204\n')) == "204"
    assert outline(telling.route('request.path = "/a"\nresponse.json = { a = 1 }\n')) == '200 with `{"a":1}`'
    two = 'request.path = "/a"\n[[responses]]\nname = "ok"\n[[responses]]\nname = "no"\nstatus = 404\n'
    assert outline(telling.route(two)) == "in 2 ways: 200 `ok` and 404 `no`"
    assert (
        outline(telling.route('request.path = "/a"\n[websocket]\non_connect = [{ text = "hi" }]\n'))
        == "with a WebSocket"
    )


def test_what_was_switched_off_is_missed_by_nobody() -> None:
    off = 'enabled = false\nrequest.path = "/a"\n'
    assert told(routes(a=off), {"keymock.toml": ""}) == ["note: it was switched off already"]
    assert told({"keymock.toml": ""}, routes(a=off)) == ["note: it is switched off"]
