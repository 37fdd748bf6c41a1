"""Mocks made of a flow that ran."""

from __future__ import annotations

from typing import Any

from stageplay import answer, play

from keymock.drafting import Draft, problems_of
from keymock.flows.mocking import mocks_of
from keymock.sending import Incoming, Outgoing
from keymock.variables import Mask

TEXT = """
[[steps]]
id = "login"
method = "POST"
url = "{{ base_url }}/v1/login"
json = { password = "hunter2hunter2" }
capture.token = "$.access_token"
[[steps]]
id = "order"
method = "POST"
url = "{{ base_url }}/v1/orders"
headers.Authorization = "Bearer {{ token }}"
[[steps]]
id = "get"
url = "{{ base_url }}/v1/orders/{{ order.body.id }}/note"
headers.Authorization = "Bearer {{ token }}"
[[steps]]
id = "away"
url = "http://elsewhere/x"
"""


def says(outgoing: Outgoing) -> Any:
    if outgoing.url.endswith("/login"):
        return answer({"access_token": "s3cr3t-of-today", "echo": "hunter2hunter2"}, ("Date", "now"), ("X-Page", "1"))
    if outgoing.url.endswith("/orders"):
        return Incoming(201, "", (("Location", "http://api/v1/orders/ab-77"),), b'{"id": "ab-77"}', "")
    return Incoming(200, "", (("Content-Type", "text/plain"),), b"a note, s3cr3t-of-today, {{ no template }}", "")


def made(base_path: str = "") -> tuple[dict[str, Draft], tuple[str, ...]]:
    found, _ = play(TEXT, says)
    assert found.ok
    drafts, notes = mocks_of(found, {"http://api": ("projects/shop", base_path)}, Mask(["hunter2hunter2"]))
    return {draft.id.removeprefix("projects/shop/mocks/main/"): draft for draft in drafts}, notes


def text(draft: Draft) -> str:
    return draft.files[f"{draft.id}.toml"].decode()


def test_a_mock_for_each_route_in_the_order_of_the_flow() -> None:
    drafts, notes = made()
    assert list(drafts) == ["v1/login/post", "v1/orders/post", "v1/orders/get-by-id-note"]
    assert text(drafts["v1/login/post"]) == (
        '[request]\nmethod = "POST"\npath = "/v1/login"\n\n[scenario]\nname = "main"\n\n[[responses]]\nname = "login"\n'
        'sets = "login"\nstatus = 200\nheaders.X-Page = "1"\n'
        'json = { access_token = "access-token-1", echo = "redacted" }\n'
    )
    assert notes == ("away: http://elsewhere/x lies beneath no upstream, so it becomes no mock",)


def test_what_one_answer_gave_the_next_request_must_bring() -> None:
    order, get = made()[0]["v1/orders/post"], made()[0]["v1/orders/get-by-id-note"]
    assert 'headers.Authorization = "Bearer access-token-1"' in text(order)
    assert 'when.state = "login"' in text(order)
    assert 'headers.Location = "/v1/orders/ab-77"' in text(order)
    assert 'path = "/v1/orders/:id/note"\nparams.id = "ab-77"' in text(get)
    assert 'when.state = "order"' in text(get)


def test_bodies_that_are_no_small_json_lie_in_files_and_nothing_secret_is_in_them() -> None:
    get = made()[0]["v1/orders/get-by-id-note"]
    (body,) = [content for name, content in get.files.items() if not name.endswith(".toml")]
    assert body == b"a note, access-token-1, {{ no template }}"
    assert 'body_file = "get-by-id-note.get.body.txt"' in text(get)
    everything = b"".join(content for draft in made()[0].values() for content in draft.files.values())
    assert b"hunter2" not in everything
    assert b"s3cr3t" not in everything


def test_mocks_are_right_as_they_are_written() -> None:
    for name in ("v1/login/post", "v1/orders/post"):
        assert problems_of(made()[0][name]) == ()


def test_the_base_path_of_the_project_is_not_written() -> None:
    assert 'path = "/login"' in text(made("/v1")[0]["login/post"])


def test_answers_of_one_route_stand_side_by_side_and_repeat() -> None:
    loop = '[[steps]]\nid = "a"\nmethod = "POST"\nurl = "{{ base_url }}/n"\nfor_each = { x = ["p", "q"] }\nbody = "{{ x }}"\n'  # noqa: E501
    found, _ = play(loop, lambda outgoing: {"n": outgoing.body.decode()})
    (draft,) = mocks_of(found, {"http://api": ("workspace", "")}, Mask()).drafts
    written = text(draft)
    assert written.count("[[responses]]") == 3
    assert 'name = "a-0"\nsets = "a[0]"\nstatus = 200\njson = { n = "p" }' in written
    assert 'name = "a-1"\nsets = "a[1]"\nwhen.state = "a[0]"' in written
    assert 'name = "a-1-again"\nwhen.state = "a[1]"' in written


def test_members_of_a_group_come_in_any_order() -> None:
    group = '[[steps]]\nid = "g"\nparallel = [{ id = "a", url = "{{ base_url }}/a" }, { id = "b", url = "{{ base_url }}/b" }]\n'  # noqa: E501
    after = '[[steps]]\nid = "c"\nurl = "{{ base_url }}/c"\n'
    found, _ = play('[[steps]]\nid = "s"\nurl = "{{ base_url }}/s"\n' + group + after, lambda _: {"x": 1})
    drafts = [text(draft) for draft in mocks_of(found, {"http://api": ("workspace", "")}, Mask()).drafts]
    assert 'when.state = "s"' in drafts[1]
    assert 'when.state = "s"' in drafts[2]
    assert "sets" not in drafts[1] + drafts[2]
    assert 'when.state = "s"' in drafts[3]
