"""Workspaces for the benches: generated, the same every time."""

from __future__ import annotations

import json
from pathlib import Path

import tomli_w


def settings(root: Path) -> None:
    """An empty workspace."""
    (root / "workspace" / "mocks").mkdir(parents=True, exist_ok=True)
    (root / "keymock.toml").write_text('name = "bench"\nformat = 1\n')


def write(root: Path, name: str, mock: dict[str, object]) -> Path:
    """One mock of the workspace scope."""
    file = root / "workspace" / "mocks" / f"{name}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(tomli_w.dumps(mock))
    return file


def many(root: Path, number: int) -> list[str]:
    """So many mocks, three in four with a path parameter, a hundred to a folder; returns a path for each."""
    settings(root)
    paths = []
    for item in range(number):
        group, last = item // 100, ":id" if item % 4 else "detail"
        mock = {
            "name": f"Mock {item}",
            "request": {"method": "GET", "path": f"/group-{group}/items-{item}/{last}"},
            "response": {
                "status": 200,
                "headers": {"Cache-Control": "no-store"},
                "json": {"id": item, "name": f"item {item}", "tags": ["a", "b"]},
            },
        }
        write(root, f"group-{group:03d}/item-{item:05d}", mock)
        paths.append(f"/group-{group}/items-{item}/{'7' if item % 4 else 'detail'}")
    return paths


def twenty_on_one_path(root: Path, number: int = 20) -> None:
    """Mocks of one POST path, told apart by a header, a query parameter and a JSON field."""
    settings(root)
    for item in range(number):
        request = {
            "method": "POST",
            "path": "/orders",
            "headers": {"X-Tenant": f"t{item % 2}"},
            "query": {"channel": f"c{item % 5}"},
            "body": {"json": {"kind": f"k{item}"}},
        }
        write(root, f"order-{item:02d}", {"request": request, "response": {"json": {"item": item}}})


def contract(root: Path, operations: int, validate: str) -> None:
    """A contract of so many operations, each with an example; the first answers at `/things-0/{id}`."""
    settings(root)
    paths = {
        f"/things-{number}/{{id}}": {
            "get": {
                "operationId": f"getThing{number}",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "description": "a thing",
                        "content": {
                            "application/json": {
                                "schema": {"type": "object", "required": ["id"]},
                                "example": {
                                    "id": number,
                                    "name": f"thing {number}",
                                    "tags": ["a", "b"],
                                    "more": "…" * 8,
                                },
                            }
                        },
                    }
                },
            }
        }
        for number in range(operations)
    }
    project = root / "projects" / "api"
    project.mkdir(parents=True)
    document = {"openapi": "3.1.0", "info": {"title": "bench", "version": "1"}, "paths": paths}
    (project / "openapi.json").write_text(json.dumps(document))
    (project / "project.toml").write_text(f'validate = "{validate}"\n')


def templates(root: Path) -> None:
    """Answers made from the path, by chance, from query and headers, and from a JSON body."""
    settings(root)
    write(root, "static", {"request": {"path": "/static/:id"}, "response": {"json": {"id": 7, "name": "item 7"}}})
    write(
        root,
        "short",
        {
            "request": {"path": "/short/:id"},
            "response": {"json": {"id": "{{ request.params.id | int }}", "name": "item {{ request.params.id }}"}},
        },
    )
    write(
        root,
        "drawn",
        {
            "request": {"path": "/drawn/:id"},
            "response": {"json": {"id": "{{ request.params.id | int }}", "token": "{{ uuid() }}"}},
        },
    )
    write(
        root,
        "asked",
        {
            "request": {"path": "/asked/:id"},
            "response": {"json": {"page": "{{ request.query.page | int(1) }}", "to": "{{ request.headers.host }}"}},
        },
    )
    made = {
        "kind": "{{ request.json.kind }}",
        "channel": "{{ request.query.channel }}",
        "tenant": "{{ request.headers['X-Tenant'] }}",
        "id": "{{ uuid() }}",
        "at": "{{ now() }}",
    }
    write(root, "made", {"request": {"method": "POST", "path": "/orders"}, "response": {"json": made}})


def scenario(root: Path) -> None:
    """Three steps that go round."""
    settings(root)
    for state, following in (("Started", "paid"), ("paid", "sent"), ("sent", "Started")):
        mock = {
            "request": {"path": "/order"},
            "scenario": {"name": "order", "requires": state, "sets": following},
            "response": {"body": state},
        }
        write(root, state.lower(), mock)


def large_body(root: Path, size: int) -> None:
    """One mock with a body file of so many bytes."""
    settings(root)
    write(root, "large", {"request": {"path": "/large"}, "response": {}})
    (root / "workspace" / "mocks" / "large.body.bin").write_bytes(bytes(range(256)) * (size // 256))


def delayed(root: Path) -> None:
    """One mock that waits 50 ms."""
    settings(root)
    write(root, "delay", {"request": {"path": "/delay"}, "response": {"delay": "50ms", "body": "late"}})
