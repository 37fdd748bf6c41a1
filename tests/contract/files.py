"""Documents for the tests: written as text, read as from a workspace."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from keymock import contract

Files = dict[str, str | dict[str, Any]]


def reader(files: Files) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        if name not in files:
            raise ValueError(f"there is no file {name}")
        text = files[name]
        return (text if isinstance(text, str) else json.dumps(text, indent=2)).encode()

    return read


def opened(document: str | dict[str, Any], **others: str | dict[str, Any]) -> contract.Contract:
    """The contract of a document that has no fault."""
    files: Files = {"openapi.yaml": document, **others}
    made, faults = contract.load("openapi.yaml", reader(files))
    assert made is not None
    assert faults == []
    return made


def api(paths: dict[str, Any], version: str = "3.1.0", **more: Any) -> dict[str, Any]:
    return {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": paths, **more}


def operation(document: dict[str, Any], key: str, **others: str | dict[str, Any]) -> contract.Operation:
    return opened(document, **others).operation(key)


OK = {"200": {"description": "ok"}}
