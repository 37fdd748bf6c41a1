"""keymock/preparing/request: a saved request as it is sent."""

from __future__ import annotations

import pytest
from prepared_requests import place, prepared, read, refused, variables

from keymock.preparing import prepare
from keymock.sending import Outgoing


def test_the_smallest_request() -> None:
    assert prepared('url = "{{ base_url }}"').outgoing == Outgoing(
        url="http://shop.example/", headers=(("Accept", "*/*"),), redirects=10
    )


def test_all_of_it() -> None:
    outgoing = prepared(
        'method = "PUT"\nurl = "{{ base_url }}/users/:id/{user}"\nparams = { id = "{{ id }}", user = 7 }\n'
        'query = { page = 1, tag = ["a", "{{ user }}"], all = true }\ncookies = { s = "1", t = "{{ n }}" }\n'
        'headers = { Accept = "text/html", X-N = "{{ n }}", X-Two = ["a", "b"] }\n'
        'timeout = "{{ n }}s"\nredirects = 2\nverify = false\nproxy = "http://{{ user }}.localhost:3128"\n'
    ).outgoing
    assert outgoing == Outgoing(
        method="PUT",
        url="http://shop.example/users/a%2Fb%20c/7?page=1&tag=a&tag=ada&all=true",
        headers=(("Accept", "text/html"), ("X-N", "3"), ("X-Two", "a"), ("X-Two", "b"), ("Cookie", "s=1; t=3")),
        timeout=3.0,
        redirects=2,
        verify=False,
        proxy="http://ada.localhost:3128",
    )


@pytest.mark.parametrize(("text", "number"), [("true", 10), ("false", 0), ("0", 0), ("5", 5)])
def test_redirects_are_followed_or_not(text: str, number: int) -> None:
    assert prepared(f'url = "http://a"\nredirects = {text}').outgoing.redirects == number


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('json = { p = "{{ secret.PASSWORD }}" }', True),
        ('query.p = "{{ secret.PASSWORD }}"', True),
        ('headers.P = "x{{ secret.PASSWORD }}"', True),
        ('form = { p = "{{ secret.PASSWORD }}" }', True),
        ('json = { p = "{{ user }}" }', False),
    ],
)
def test_it_is_known_whether_a_secret_is_in_it(text: str, secret: bool) -> None:
    assert prepared(f'method = "POST"\nurl = "http://a"\n{text}').secret is secret


def test_a_secret_of_another_request_is_none_of_this_one() -> None:
    known = variables()
    at, request = place('url = "http://a"\nquery.p = "{{ secret.PASSWORD }}"')
    assert prepare(request, at, known, read).secret
    at, request = place('url = "http://a"\n')
    assert not prepare(request, at, known, read).secret


@pytest.mark.parametrize(
    ("text", "at", "code", "message", "hint"),
    [
        ('method = "GET"', "requests/a.toml", "no-url", "the request has no `url`", 'url = "{{ base_url }}/users/:id"'),
        ('url = "http://a/:id"', "requests/a.toml:1:7", "no-param", "the parameter `id` of the path has no value",
         'params.id = "1"'),
        ('url = "users"', "requests/a.toml:1:7", "bad-url",
         "`users` is no address: it begins with http:// or https:// and a host", 'url = "{{ base_url }}/users"'),
        ('url = "{{ bas_url }}/users"', "requests/a.toml:1:11", "unresolved-variable", "there is no variable `bas_url`",
         "did you mean `base_url`?"),
        ('url = "http://a"\ntimeout = "{{ user }}"', "requests/a.toml:2:11", "bad-value",
         '`ada` is not a duration: write it like "50ms", "2s", "1m"', ""),
        ('url = "http://a"\nheaders.X-A = "a\\nb"', "requests/a.toml:2:15", "bad-header",
         "the value of `X-A` contains the control character '\\n'", ""),
    ],
)  # fmt: skip
def test_mistakes_are_told_at_their_place(text: str, at: str, code: str, message: str, hint: str) -> None:
    problem = refused(text)
    assert (problem.place, problem.code, problem.message, problem.hint) == (at, code, message, hint)


def test_no_secret_in_what_is_told() -> None:
    problem = refused('url = "{{ secret.PASSWORD }}/x"')
    assert "hunter22" not in problem.message + problem.hint
