"""`keymock url`: an address that reaches the mock."""

from __future__ import annotations

from prompt import Shell


def test_the_address(shop: Shell) -> None:
    assert shop("url", "health").out == "http://127.0.0.1:8787/health\n"
    assert shop("url", "get-user").out == "http://127.0.0.1:8787/shop/api/users/1?expand=profile\n"
    assert shop("url", "get-user", "--json").json["url"] == "http://127.0.0.1:8787/shop/api/users/1?expand=profile"


def test_the_port_is_that_of_the_settings(shop: Shell) -> None:
    shop.put("keymock.toml", "port = 9000\n")
    assert shop("url", "health").out == "http://127.0.0.1:9000/health\n"


def test_what_an_address_alone_does_not_say(shop: Shell) -> None:
    shop.put("workspace/mocks/pay.toml", '[request]\nmethod = "POST"\npath = "/pay"\nheaders.X-Tenant = "t1"\n')
    done = shop("url", "pay")
    assert done.out == "http://127.0.0.1:8787/pay\n"
    assert done.err == "with what it asks for: curl -i -X POST http://127.0.0.1:8787/pay -H 'x-tenant: t1'\n"


def test_one_that_is_off_or_not_for_this_actor(shop: Shell) -> None:
    shop.put("workspace/mocks/off.toml", 'enabled = false\n\n[request]\npath = "/off"\n')
    assert shop("url", "off").err == "it is switched off: enabled = false\n"
    assert shop("url", "get-user", "--as", "vic@example.com").err.startswith("403 for you: you are a viewer")


def test_one_that_another_goes_before(shop: Shell) -> None:
    shop.put("workspace/mocks/loud.toml", 'priority = 9\n\n[request]\npath = "/health"\n')
    assert "something goes before it" in shop("url", "health").err
