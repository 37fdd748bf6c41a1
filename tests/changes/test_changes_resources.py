from __future__ import annotations

from telling import told

MOCK = "workspace/mocks/orders.toml"


def data(more: str = "", seed: str = "[]") -> dict[str, bytes | str]:
    return {MOCK: f'[data]\nresource = "orders"\nseed = "o.json"\n{more}', "workspace/mocks/o.json": seed}


def test_records_are_told_once_and_not_for_each_route() -> None:
    assert told(data(seed='[{"id": 1}]'), data(seed='[{"id": 1}, {"id": 2}]')) == [
        "change: records: `$` has 2 items, had 1"
    ]


def test_how_records_are_named_and_made() -> None:
    assert told(data(), data('id = { field = "no", kind = "string" }\nupsert = true\n')) == [
        "breaking: records are named by `no` (string), were by `id` (integer)",
        "change: PUT makes records that are not there",
    ]


def test_a_mock_that_becomes_a_resource_or_a_talk() -> None:
    plain: dict[str, bytes | str] = {MOCK: 'request.path = "/orders"\n'}
    assert "breaking: it answers from the records `orders` now" in told(plain, data())
    assert "breaking: it answers from no records any more" in told(data(), plain)
    talk: dict[str, bytes | str] = {MOCK: 'request.path = "/orders"\n[websocket]\non_connect = [{ text = "hi" }]\n'}
    other: dict[str, bytes | str] = {MOCK: 'request.path = "/orders"\n[websocket]\non_connect = [{ text = "ho" }]\n'}
    assert "breaking: it is a WebSocket now" in told(plain, talk)
    assert "breaking: it is no WebSocket any more" in told(talk, plain)
    assert told(talk, other) == ["change: what is said over the WebSocket is different"]
