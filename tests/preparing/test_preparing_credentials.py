"""keymock/preparing/credentials: who a request is from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from prepared_requests import prepared, refused, variables

from keymock import saved
from keymock.preparing import Tokens, authorized
from keymock.sending import Incoming, Outgoing, Unsent
from keymock.variables import Mask

START = 'url = "{{ base_url }}/a"\n'


def headers(text: str) -> dict[str, str]:
    return dict(prepared(START + text).outgoing.headers)


def test_basic() -> None:
    assert headers('auth.basic = { user = "{{ user }}", password = "x" }')["Authorization"] == "Basic YWRhOng="


def test_bearer() -> None:
    assert headers('auth.bearer = "t-{{ n }}"')["Authorization"] == "Bearer t-3"


def test_an_api_key_in_each_of_its_places() -> None:
    assert headers('auth.api_key = { header = "X-Key", value = "k" }')["X-Key"] == "k"
    assert headers('cookies.a = "1"\nauth.api_key = { cookie = "key", value = "k" }')["Cookie"] == "a=1; key=k"
    url = prepared(START + 'query.a = 1\nauth.api_key = { query = "key", value = "k/" }').outgoing.url
    assert url == "http://shop.example/a?a=1&key=k%2F"


def test_a_secret_in_basic_is_masked_as_it_is_sent() -> None:
    from prepared_requests import place, read

    from keymock.preparing import prepare

    at, request = place(START + 'auth.basic = { user = "ada", password = "{{ secret.PASSWORD }}" }')
    known = variables()
    made = prepare(request, at, known, read)
    assert made.secret
    assert known.mask.text(dict(made.outgoing.headers)["Authorization"]) == "Basic •••"


OAUTH = """[auth.oauth2]
token_url = "{{ base_url }}/token"
client_id = "{{ user }}"
client_secret = "s3cret&"
scope = "read write"
"""


def client(text: str = OAUTH) -> saved.OAuth2:
    found = prepared(START + text).client
    assert found is not None
    return found


class Server:
    """Grants tokens that are numbered."""

    def __init__(self, *answers: dict[str, Any] | int) -> None:
        self.asked: list[Outgoing] = []
        self.answers = list(answers)

    def __call__(self, outgoing: Outgoing) -> Incoming:
        self.asked.append(outgoing)
        given = self.answers.pop(0)
        if isinstance(given, int):
            return Incoming(given, "", (), b'{"error": "invalid_client"}', outgoing.url)
        return Incoming(200, "OK", (), json.dumps(given).encode(), outgoing.url)


TO = Outgoing(url="http://shop.example/a", headers=(("Accept", "*/*"),))


def test_a_token_is_asked_for_once_and_again_before_it_ends() -> None:
    server, tokens, mask = Server({"access_token": "t-1", "expires_in": 60}, {"access_token": "t-2"}), Tokens(), Mask()
    asked = [authorized(TO, client(), server, tokens, mask, now).headers[-1] for now in (0.0, 49.0, 51.0, 3000.0)]
    assert asked == [("Authorization", f"Bearer {token}") for token in ("t-1", "t-1", "t-2", "t-2")]
    (first, _) = server.asked
    assert (first.method, first.url) == ("POST", "http://shop.example/token")
    assert first.body == b"grant_type=client_credentials&scope=read+write"
    assert dict(first.headers)["Authorization"] == "Basic YWRhOnMzY3JldCUyNg=="
    assert mask.text("t-1 t-2 s3cret& YWRhOnMzY3JldCUyNg==") == "••• ••• ••• •••"


def test_the_credentials_may_go_into_the_form() -> None:
    server = Server({"access_token": "t-1"})
    authorized(TO, client(OAUTH + 'credentials = "body"\n'), server, Tokens(), Mask(), 0.0)
    assert server.asked[0].body.endswith(b"&client_id=ada&client_secret=s3cret%26")
    assert "Authorization" not in dict(server.asked[0].headers)


@pytest.mark.parametrize(("answer", "told"), [(401, "401: invalid_client"), ({"token": "x"}, "200")])
def test_no_token_is_a_sentence(answer: Any, told: str) -> None:
    with pytest.raises(Unsent) as caught:
        authorized(TO, client(), Server(answer), Tokens(), Mask(), 0.0)
    assert caught.value.message == f"http://shop.example/token gave no token, but {told}"


def test_where_tokens_are_asked_for_is_an_address() -> None:
    problem = refused(START + '[auth.oauth2]\ntoken_url = "/token"\nclient_id = "a"\nclient_secret = "b"\n')
    assert (problem.code, problem.line) == ("bad-url", 3)
