"""`keymock export openapi`: what goes out, what does not, and that others can read it."""

from __future__ import annotations

import json

import yaml  # type: ignore[import-untyped]
from openapi_spec_validator import validate
from prompt import Shell, served, shell, shop

__all__ = ["served", "shell", "shop"]


def test_every_shared_mock_beneath_its_mount(shop: Shell) -> None:
    shop.put("environments/local.toml", "")
    done = shop("export", "openapi")
    document = yaml.safe_load(done.out)
    validate(document)
    assert done.code == 0
    assert list(document["paths"]) == ["/health", "/shop/api/users/{id}"]
    assert document["info"]["title"] == "acme"
    assert document["servers"] == [{"url": "http://localhost:8787", "description": "mocks"}]
    assert "2 operations of 2 paths" in done.err


def test_one_project_with_its_real_api(shop: Shell) -> None:
    shop.put(
        "projects/shop/project.toml", 'name = "Shop"\nmount = "/shop"\n[upstream]\nurls.local = "http://a.example/"\n'
    )
    document = json.loads(shop("export", "openapi", "--project", "shop", "--format", "json").out)
    assert (document["info"]["title"], list(document["paths"])) == ("Shop", ["/users/{id}"])
    assert document["servers"] == [
        {"url": "http://localhost:8787/shop", "description": "mocks"},
        {"url": "http://a.example", "description": "local"},
    ]
    own = shop("export", "openapi", "--project", "shop", "--server", "https://b.example", "--title", "T", "--json").json
    assert (own["document"]["servers"], own["document"]["info"]["title"]) == ([{"url": "https://b.example"}], "T")
    assert (own["files"], own["notes"]) == ([], [])


def test_private_mocks_overlays_and_forbidden_ones_stay_at_home(shop: Shell) -> None:
    overlay = 'response.status = 203\nresponse.headers.X-Mine = "1"\n'
    shop.put("private/ada@example.com/projects/shop/mocks/users/get-user.toml", overlay)
    text = shop("export", "openapi").out
    assert "mine" not in text.lower()
    assert "203" not in text
    assert "plans" not in text
    viewer = shop("export", "openapi", KEYMOCK_USER="vic@example.com")
    assert "users" not in viewer.out
    assert "/health" in viewer.out
    assert "/plans" in shop("export", "openapi", KEYMOCK_USER="ops@example.com").out


def test_what_cannot_be_told_is_named_and_nothing_at_all_is_an_error(shop: Shell) -> None:
    shop.put("workspace/mocks/odd.toml", '[request]\npath = { regex = "^/a+$" }\n')
    assert "note  workspace/mocks/odd: its path is a regular expression" in shop("export", "openapi").err
    shop.put("projects/empty/project.toml", "")
    shop.put("ROLES", "* admin:ada@example.com\n")
    done = shop("export", "openapi", "--project", "empty")
    assert (done.code, "[nothing-to-export]" in done.err) == (2, True)
    assert "did you mean `shop`?" in shop("export", "openapi", "--project", "shpo").err


def test_with_what_a_running_server_has_seen(served: Shell) -> None:
    assert served.get("/shop/api/users/7?expand=profile&page=2")[0] == 200
    document = yaml.safe_load(served("export", "openapi", "--from", "journal").out)
    validate(document)
    names = [each["name"] for each in document["paths"]["/shop/api/users/{id}"]["get"]["parameters"]]
    assert names == ["id", "expand", "page"]
    project = yaml.safe_load(served("export", "openapi", "--from", "journal", "--project", "shop").out)
    assert [each["name"] for each in project["paths"]["/api/users/{id}"]["get"]["parameters"]] == names


def test_without_a_server_there_is_no_journal(shop: Shell) -> None:
    assert shop("export", "openapi", "--from", "journal").code == 2
