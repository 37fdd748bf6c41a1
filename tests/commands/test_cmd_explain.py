"""`keymock explain`: which mock would answer, and why the others do not."""

from __future__ import annotations

from prompt import Shell


def test_the_winner_with_its_ticks(shop: Shell) -> None:
    done = shop("explain", "GET", "/shop/api/users/7?expand=profile")
    assert done.code == 0
    assert done.out == (
        "200  projects/shop/mocks/users/get-user\n"
        "\n"
        "GET /api/users/:id  projects/shop/mocks/users/get-user.toml:3\n"
        "  ✓ method  GET\n"
        "  ✓ path  /api/users/:id\n"
        '  ✓ query.expand  "profile"\n'
    )


def test_what_befalls_the_answer(shop: Shell) -> None:
    shop.put("workspace/mocks/slow.json", "[80]")
    shop.put(
        "workspace/mocks/slow.toml",
        '[request]\npath = "/slow"\n[response]\ndelay = { recorded = "slow.json" }\nfault = "reset"\n',
    )
    first = shop("explain", "/slow").out.splitlines()[0]
    assert first == "200  workspace/mocks/slow  after 80 ms, as recorded in workspace/mocks/slow.json  fault reset"


def test_a_websocket_is_asked_for_by_its_address_or_by_headers(shop: Shell) -> None:
    shop.put("workspace/mocks/talk.toml", '[request]\npath = "/talk"\n[websocket]\non_connect = "hi"\n')
    first = "101  workspace/mocks/talk"
    assert shop("explain", "ws://localhost:8787/talk").out.splitlines()[0] == first
    assert shop("explain", "GET", "/talk", "-H", "Upgrade: websocket").out.splitlines()[0] == first
    assert shop("explain", "/talk").out.splitlines()[0] == "426  workspace/mocks/talk"
    foreign = shop("explain", "wss://localhost/talk", "-H", "Origin: https://evil.example")
    assert foreign.code == 1
    assert foreign.out.splitlines()[0] == (
        "403  no mock answers GET wss://localhost/talk: a page of this origin may not open a WebSocket here, by `cors`"
    )


def test_a_miss_shows_what_came(shop: Shell) -> None:
    done = shop("explain", "/shop/api/users/7")
    assert done.code == 1
    assert done.out.startswith("404  no mock answers GET /shop/api/users/7\nnearest:\n")
    assert '  ✗ query.expand  "profile"  came: absent' in done.out


def test_another_method(shop: Shell) -> None:
    done = shop("explain", "DELETE", "/health")
    assert done.code == 1
    assert "405  no mock answers DELETE /health: there are mocks on this path, for other methods" in done.out


def test_headers_and_a_body(shop: Shell) -> None:
    shop.put(
        "workspace/mocks/order.toml",
        '[request]\nmethod = "POST"\npath = "/orders"\nheaders.X-Tenant = "t1"\n\n[request.body]\njson = { n = 1 }\n',
    )
    line = ("explain", "POST", "/orders", "-H", "X-Tenant: t1")
    assert shop(*line, "-d", '{"n": 1}').code == 0
    missed = shop(*line, "-d", '{"n": 2}')
    assert missed.code == 1
    assert "✓ headers.x-tenant" in missed.out
    shop.put("order.json", '{"n": 1}')
    assert shop(*line, "-d", "@order.json").code == 0
    form = shop.put("workspace/mocks/form.toml", '[request]\nmethod = "POST"\npath = "/form"\nform.a = "1"\n')
    assert form.exists()
    assert shop("explain", "POST", "/form", "-d", "a=1").code == 0


def test_json_is_that_of_the_interface(shop: Shell) -> None:
    found = shop("explain", "GET", "/health", "--json").json
    assert found["answer"] == {"mock": "workspace/mocks/health", "response": None, "status": 200}
    (one,) = found["candidates"]
    assert one["mock"] == "workspace/mocks/health"
    assert one["matched"] is True
    assert one["conditions"][0] == {"where": "method", "expected": "GET", "actual": "GET", "ok": True}
    assert shop("explain", "GET", "/nothing-like-it", "--json").json["answer"] is None


def test_a_viewer_is_told_why_and_whom_to_ask(shop: Shell) -> None:
    done = shop("explain", "GET", "/shop/api/users/7?expand=profile", "--as", "vic@example.com")
    assert done.code == 1
    assert done.out.startswith("403  no mock answers")
    assert "you are a viewer of projects/shop by ROLES:3" in done.out
    assert "ask ada@example.com" in done.out


def test_what_is_not_seen_is_as_if_it_were_not_there(shop: Shell) -> None:
    for url in ("/plans", "/his"):
        there = shop("explain", "GET", url)
        shop_without = shop("explain", "GET", f"{url}x")
        assert there.code == shop_without.code == 1
        assert there.out.replace(url, "") == shop_without.out.replace(f"{url}x", "")


def test_a_project_by_its_host(shop: Shell) -> None:
    assert shop("explain", "GET", "http://shop.localhost:8787/api/users/7?expand=profile").code == 0
    assert shop("explain", "GET", "http://shop.localhost:8787/shop/api/users/7?expand=profile").code == 1


def test_a_line_that_makes_no_sense(shop: Shell) -> None:
    for line in (("explain",), ("explain", "GET", "users"), ("explain", "GET", "/a", "-H", "nothing")):
        done = shop(*line)
        assert done.code == 2
        assert done.err.startswith("keymock explain: error: ")


def test_escapes_of_a_file_do_not_reach_the_terminal(shop: Shell) -> None:
    shop.put("workspace/mocks/evil.toml", '[request]\npath = "/evil"\nquery.a = "\\u001b[31mred"\n')
    assert "\33" not in shop("explain", "GET", "/evil").out
