from __future__ import annotations

import time
from pathlib import Path

import pytest
from contracted_shop import OPENAPI, ask, json_of

from keymock.lone import LoneDocument, LoneTree
from keymock.serve.options import Options
from keymock.serve.service import Service


def _service(document: Path) -> Service:
    return Service(Options(workspace=str(document)), time.time_ns, LoneDocument(document))


def test_a_document_answers_without_a_workspace_and_is_followed(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(OPENAPI)
    service = _service(file)
    reply = ask(service, "GET", "/v1/users/1")
    assert (json_of(reply)["name"], reply.mock) == ("Ada", "projects/api/shop.yaml#getUser")
    file.write_text(OPENAPI.replace("name: Ada", "name: Kim"))
    service.rescan()
    assert json_of(ask(service, "GET", "/users/1"))["name"] == "Kim"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop.yaml"]


def test_what_lies_beside_it_is_reached_and_nothing_above(tmp_path: Path) -> None:
    inner = tmp_path / "api"
    (inner / "parts").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("{const: 1}")
    (inner / "parts/error.yaml").write_text("{const: {error: mine}}")
    reference = "$ref: '#/components/schemas/Error'"
    (inner / "a.yaml").write_text(OPENAPI.replace(reference, "$ref: parts/error.yaml", 1))
    service = _service(inner / "a.yaml")
    assert json_of(ask(service, "GET", "/users/1", headers={"Prefer": "code=404"})) == {"error": "mine"}
    (inner / "a.yaml").write_text(OPENAPI.replace(reference, "$ref: ../secret.yaml", 1))
    assert [problem.code for problem in _service(inner / "a.yaml").problems] == ["contract-ref"]
    with pytest.raises(OSError, match="beside"):
        LoneTree(inner / "a.yaml").read("projects/secret.yaml")
