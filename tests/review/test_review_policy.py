from __future__ import annotations

import telling

from keymock.review.policy import check, inline
from keymock.spec import Policy
from keymock.units import Size

GET = telling.route('request.path = "/a"\n[[responses]]\nname = "ok"\n[[responses]]\nname = "no"\nstatus = 404\n')
BARE = telling.route('request.path = "/a"\n')
DATA = 'request.path = "/a"\n[websocket]\non_connect = [{ text = "hi" }]\n'


def test_the_answers_that_every_mock_must_have() -> None:
    policy = Policy(require_variants={"GET": [404, 500]})
    assert [problem.message for problem in check(policy, [GET, BARE], {})] == [
        "a mock for GET needs an answer 500, by `require_variants`",
        "a mock for GET needs an answer 404 and 500, by `require_variants`",
    ]
    assert list(check(Policy(require_variants={"POST": [404]}), [GET, BARE], {})) == []
    assert list(check(policy, [telling.route(DATA)], {})) == []


def test_bodies_that_are_too_large_to_stand_in_a_mock() -> None:
    policy = Policy(max_inline_body=Size(100))
    assert list(check(policy, [BARE], {BARE.id: 100})) == []
    (problem,) = check(policy, [BARE], {BARE.id: 101})
    assert problem.message == "a body of 101 bytes stands in the mock's file; `max_inline_body` is 100"
    assert list(check(Policy(), [BARE], {BARE.id: 10**9})) == []


def test_what_an_answer_has_written_down() -> None:
    assert inline(telling.route('request.path = "/a"\nresponse.body = "abc"\n').answers[0]) == 3
    assert inline(telling.route('request.path = "/a"\nresponse.body = "{{ call }}"\n').answers[0]) == 10
