"""docs/data.md: its files are read, its requests asked in their order, its table of queries run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from keymock.exchange import Reply, Request
from keymock.pattern import match, parse
from keymock.spec import Data
from keymock.store import Record, Store, answer, seed

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(kind, name, text) for kind, name, text in BLOCK.findall(PAGE)]
FILES = {name: text.encode() for _, name, text in BLOCKS if name}


class Resource(NamedTuple):
    definition: Data
    store: Store

    @classmethod
    def of(cls, table: str) -> Resource:
        definition = msgspec.convert(tomllib.loads(table)["data"], Data)
        records: tuple[Record, ...] = ()
        schema = msgspec.json.decode(FILES[definition.schema]) if isinstance(definition.schema, str) else None
        if isinstance(definition.seed, str):
            records = seed(FILES[definition.seed], definition.seed, definition, schema)
        return cls(definition, Store(definition, records, schema))


def ask(request: Request, resources: Mapping[str, Resource]) -> Reply:
    others = {name: resource.store for name, resource in resources.items()}
    for definition, store in resources.values():
        path = definition.path if isinstance(definition.path, str) else f"/{definition.resource}"
        for spelled in (path, f"{path}/:id"):
            said = match(parse(spelled)[0])(request.segments)
            if said is not None:
                item = said.pop("id", None)
                base = request.path.rpartition("/")[0] if item is not None else request.path
                return answer(store, request, item, str, base, others=others, upsert=definition.upsert, said=said)
    raise AssertionError(f"the page has no resource at {request.path}")


def exchanges(text: str) -> list[tuple[Request, str]]:
    found = []
    for part in re.split(r"^>>> ", text, flags=re.MULTILINE)[1:]:
        said, _, expected = part.partition("\n<<< ")
        head, _, body = said.partition("\n\n")
        first, *lines = head.split("\n")
        method, _, target = first.partition(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        found.append((Request.of(method, target, headers, body), expected.strip()))
    return found


def test_the_requests_are_answered_as_the_page_says() -> None:
    resources: dict[str, Resource] = {}
    asked = 0
    for kind, name, text in BLOCKS:
        if kind == "toml" and not name:
            resource = Resource.of(text)
            resources[resource.definition.resource] = resource
        elif kind == "http":
            for request, expected in exchanges(text):
                reply = ask(request, resources)
                head, _, body = expected.partition("\n\n")
                status, *lines = head.split("\n")
                said = {f"{key.decode()}: {value.decode()}" for key, value in reply.headers}
                assert (reply.status, set(lines) - said) == (int(status), set()), (request.path, reply)
                assert not body or reply.body.decode().strip() == body, request.path
                asked += 1
    assert asked == 21


ROWS = re.findall(r"^\| `([^`]+=[^`]*)` \|[^|]*\| ([\d, ]*)\|$", PAGE, re.MULTILINE)


def test_every_row_is_found() -> None:
    assert len(ROWS) == 23


@pytest.mark.parametrize(("query", "ids"), ROWS)
def test_a_row_of_the_table_of_queries(query: str, ids: str) -> None:
    orders = Resource.of(BLOCKS[0][2]).store
    reply = answer(orders, Request.of("GET", f"/orders?{query}"), None, str, "/orders")
    assert [record["id"] for record in msgspec.json.decode(reply.body)] == [
        int(one) for one in ids.split(", ") if one.strip()
    ]


def test_the_other_seed_files_are_read() -> None:
    orders = Data(resource="orders")
    assert seed(FILES["orders.toml"], "orders.toml", orders) == ({"id": 1, "due": "2026-06-01"},)
    schema = {"properties": {"total": {"type": "number"}}}
    assert seed(FILES["orders.csv"], "orders.csv", orders, schema) == (
        {"id": 1, "zip": "08001", "total": 19.5},
        {"id": 2, "zip": "00501"},
    )
