"""`keymock request curl`."""

from __future__ import annotations

from prompt import Shell
from requests_of_a_shop import requests

__all__ = ["requests"]


def test_a_secret_is_the_variable_of_its_name(requests: Shell) -> None:
    assert requests("request", "curl", "auth/login").out == (
        "curl -i -L -H 'Accept: application/json' -H 'Content-Type: application/json' --data-binary "
        """'{"user":"ada","password":"'"${SHOP_PASSWORD}"'"}' http://shop.localhost:8787/login\n"""
    )


def test_it_needs_no_secret_to_be_there(requests: Shell) -> None:
    del requests.environ["SHOP_PASSWORD"]
    assert requests("request", "curl", "auth/login", "--json").json["secrets"] == ["SHOP_PASSWORD"]


def test_a_token_that_is_asked_for_is_a_variable_too(requests: Shell) -> None:
    requests.put("projects/shop/requests/o.toml", 'url = "{{ base_url }}/"\n[auth.oauth2]\n'
                 'token_url = "{{ base_url }}/token"\nclient_id = "a"\n'
                 'client_secret = "{{ secret.SHOP_PASSWORD }}"\n')  # fmt: skip
    done = requests("request", "curl", "requests/o")
    assert """-H 'Authorization: Bearer '"${ACCESS_TOKEN}" """ in done.out
    assert "ACCESS_TOKEN comes from http://shop.localhost:8787/token" in done.err
