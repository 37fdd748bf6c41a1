"""`jsonrpc`."""

from __future__ import annotations

from typing import Any

import pytest
from asking import ask, read_table, why, wrong

from keymock import match
from keymock.match.jsonrpc import MAX_BATCH

CALL = '{"jsonrpc": "2.0", "method": "eth_call", "params": [{"to": "0x1", "x": 1}, "latest"], "id": 1}'
BATCH = f'[{{"jsonrpc": "2.0", "method": "net_version"}}, {CALL}, 5]'


@pytest.mark.parametrize(
    ("jsonrpc", "body", "holds"),
    [
        ({"method": "eth_call"}, CALL, True),
        ({"method": {"starts_with": "eth_"}}, CALL, True),
        ({"method": "net_version"}, CALL, False),
        ({"params": [{"to": "0x1"}, {"$type": "string"}]}, CALL, True),
        ({"params": [{"to": "0x2"}, "latest"]}, CALL, False),
        ({"method": "eth_call"}, BATCH, True),
        ({"method": "net_version", "params": [{"to": "0x1"}, "latest"]}, BATCH, False),
        ({"method": "net_version", "params": {"$present": False}}, BATCH, True),
        ({}, CALL, True),
        ({}, "{}", False),
        ({}, "[]", False),
        ({}, "hello", False),
        ({"method": {"present": False}}, '{"method": 1}', False),
    ],
)
def test_calls(jsonrpc: dict[str, Any], body: str, holds: bool) -> None:
    assert ask({"body": {"jsonrpc": jsonrpc}}, body=body) is holds


def test_each_key_counts() -> None:
    assert match.count(read_table({"body": {"jsonrpc": {"method": "a", "params": [1, 2, 3]}}})) == 2


def test_reasons() -> None:
    assert why({"body": {"jsonrpc": {"method": "a"}}}, body=CALL) == 'method is "eth_call"'
    assert why({"body": {"jsonrpc": {"params": [1]}}}, body='{"method": "a"}') == "params is absent"
    assert why({"body": {"jsonrpc": {"params": [1]}}}, body='{"method": "a", "params": [2]}') == "params[0] is 2, not 1"
    assert why({"body": {"jsonrpc": {"method": "a"}}}, body=BATCH) == '2 calls, the first: method is "net_version"'


def test_a_batch_has_an_end() -> None:
    assert ask(
        {"body": {"jsonrpc": {"method": "a"}}}, body="[" + "5, " * (MAX_BATCH - 1) + CALL.replace("eth_call", "a") + "]"
    )
    assert not ask(
        {"body": {"jsonrpc": {"method": "a"}}}, body="[" + "5, " * MAX_BATCH + CALL.replace("eth_call", "a") + "]"
    )


def test_faults() -> None:
    assert wrong({"body": {"jsonrpc": {"params": [{"$gt": "x"}]}}}).path == ("body", "jsonrpc", "params", 0, "$gt")
