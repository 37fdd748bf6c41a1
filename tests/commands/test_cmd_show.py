"""`keymock show`: one mock as it is served."""

from __future__ import annotations

from prompt import Shell


def test_defaults_and_base_path_are_written_out(shop: Shell) -> None:
    assert shop("show", "get-user").out == (
        "# projects/shop/mocks/users/get-user.toml\n"
        "# projects/shop/mocks/users/get-user.body.json\n"
        "\n"
        'name = "A user"\n'
        "\n"
        "[request]\n"
        'method = "GET"\n'
        'path = "/api/users/:id"\n'
        'query.expand = "profile"\n'
        "\n"
        "[response]\n"
        "status = 200\n"
        'headers.x-api = "1"\n'
    )


def test_json_is_the_mock(shop: Shell) -> None:
    found = shop("show", "get-user", "--json").json
    assert found["mock"] == "projects/shop/mocks/users/get-user"
    assert found["request"]["path"] == "/api/users/:id"
    assert found["response"] == {"status": 200, "headers": {"x-api": "1"}}
    assert found["files"] == ["projects/shop/mocks/users/get-user.toml", "projects/shop/mocks/users/get-user.body.json"]


def test_waits_and_guards_come_from_above_too(shop: Shell) -> None:
    shop.put(
        "projects/shop/mocks/_defaults.toml",
        '[response]\ndelay = "50ms"\nheaders.X-Api = ""\n\n[guard]\nauth.bearer = "t"\nelse = { status = 401 }\n',
    )
    shop.put("keymock.toml", '[defaults]\nheaders.X-API = "far"\nheaders.X-Far = "yes"\ndelay = "1s"\n')
    found = shop("show", "get-user", "--json").json
    assert found["response"] == {"status": 200, "headers": {"x-far": "yes"}, "delay": "50ms"}
    assert found["guard"] == {"auth": {"bearer": "t"}, "else": {"status": 401}}


def test_the_overlay_is_laid_on_for_its_owner_alone(shop: Shell) -> None:
    over = "private/ada@example.com/projects/shop/mocks/users/get-user.toml"
    shop.put(over, '[response]\nstatus = 503\njson = { down = true }\nheaders.X-API = "mine"\n')
    mine = shop("show", "get-user", "--json").json
    assert mine["response"] == {"status": 503, "json": {"down": True}, "headers": {"X-API": "mine"}}
    assert over in mine["files"]
    theirs = shop("show", "get-user", "--json", "--as", "una@example.com").json
    assert theirs["response"]["status"] == 200


def test_variants_get_the_defaults_too(shop: Shell) -> None:
    shop.put(
        "projects/shop/mocks/order.toml",
        '[request]\npath = "/orders/:id"\n\n[[responses]]\nname = "gone"\nwhen.params.id = "0"\nstatus = 404\n\n'
        '[[responses]]\nname = "ok"\njson = { a = 1 }\n',
    )
    gone, ok = shop("show", "order", "--json").json["responses"]
    assert gone == {"name": "gone", "status": 404, "when": {"params": {"id": "0"}}, "headers": {"x-api": "1"}}
    assert ok == {"name": "ok", "status": 200, "json": {"a": 1}, "headers": {"x-api": "1"}}
