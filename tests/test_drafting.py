"""Anything → a mock worth keeping."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from keymock import document, spec, units
from keymock.drafting import MOST_IN_PATH, RESERVED, Another, Draft, Wish, draft, json_fault, name_of, problems_of
from keymock.pattern import PatternError


def made(**wish: Any) -> Draft:
    return draft(Wish(**{"path": "/users/:id", **wish}), "workspace")


def toml(draft: Draft) -> dict[str, Any]:
    parsed = document.parse(draft.files[f"{draft.id}.toml"], "a.toml", spec.Mock, dec_hook=units.dec_hook)
    assert parsed.problems == ()
    return parsed.tables


def body_files(draft: Draft) -> dict[str, bytes]:
    return {name.rpartition("/")[2]: data for name, data in draft.files.items() if ".body." in name}


# ---- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("methods", "path", "name"),
    [
        (("GET",), "/users", "users/get"),
        (("GET",), "/users/:id", "users/get-by-id"),
        (("POST",), "/users/{id}/orders", "users/post-by-id-orders"),
        (("GET",), "/api/v1/users/:id<int>", "api/v1/users/get-by-id"),
        (("GET",), "/", "get"),
        (("*",), "/files/*rest", "files/any-any"),
        (("PUT", "PATCH"), "/a", "a/put-patch"),
        (("GET",), "/files/{name}.json", "files/get-by-name-json"),
        (("GET",), "/.well-known/openid-configuration", "well-known/openid-configuration/get"),
        (("GET",), "/con/NUL/:id", "con_/nul_/get-by-id"),
        (("GET",), "/Größe/日本", "größe/日本/get"),
        (("GET",), "/a b/c?d", "a-b/c-d/get"),
        (("GET",), "/users/", "users/get"),
        (("GET",), "/users/?", "users/get"),
        (("GET",), "/x.body.y/:z", "x-body-y/get-by-z"),
    ],
)
def test_a_route_gives_a_name(methods: tuple[str, ...], path: str, name: str) -> None:
    assert name_of(methods, path) == name


@given(st.text(st.characters(codec="utf-8", exclude_characters=":*{}\0"), min_size=1, max_size=400))
def test_every_system_can_hold_the_name(text: str) -> None:
    assume(not {".", ".."} & set(text.split("/")))  # no path has these, so no mock needs a name for them
    name = name_of(("GET",), "/" + text)
    assert len(name) <= MOST_IN_PATH
    for part in name.split("/"):
        assert part
        assert part not in RESERVED
        assert not set(part) & set('<>:"\\|?*.\0')
        assert not part.startswith((".", "-"))
        assert not part.endswith((".", " "))
        assert len(part.encode()) <= 200


def test_long_paths_differ_by_what_was_cut_off() -> None:
    one, other = (name_of(("GET",), "/" + "/".join(["very-long-segment"] * 20) + tail) for tail in ("/a", "/b"))
    assert one != other
    assert max(len(one), len(other)) <= MOST_IN_PATH


def test_made_names_keep_clear_of_those_taken() -> None:
    taken = ["workspace/mocks/users/get-by-id"]
    wish = Wish(path="/users/:id", status=404)
    assert draft(wish, "workspace", taken).id == "workspace/mocks/users/get-by-id-404"
    taken.append("workspace/mocks/Users/GET-by-id-404")
    assert draft(wish, "workspace", taken).id == "workspace/mocks/users/get-by-id-2"
    assert draft(wish, "projects/shop", taken).id == "projects/shop/mocks/users/get-by-id"


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("users/get-user", "users/get-user"),
        ("Get a user", "get-a-user"),
        ("a/b.toml", "a/b"),
        ("_x", "x"),
        ("../..", ""),
    ],
)
def test_a_name_that_was_asked_for(asked: str, name: str) -> None:
    if not name:
        with pytest.raises(ValueError, match="nothing of the name"):
            made(name=asked)
    else:
        assert made(name=asked).id == f"workspace/mocks/{name}"


def test_a_path_that_cannot_be_read() -> None:
    with pytest.raises(PatternError):
        made(path="users")


# ---- bodies ------------------------------------------------------------------------------------------------------


def test_small_json_stands_in_the_mock() -> None:
    one = made(body=b'{"id": 1, "name": "Ada", "tags": ["a"], "ok": true, "at": {"x": 1.5}}')
    assert toml(one)["response"] == {
        "status": 200, "json": {"id": 1, "name": "Ada", "tags": ["a"], "ok": True, "at": {"x": 1.5}},
    }  # fmt: skip
    assert body_files(one) == {}


@pytest.mark.parametrize(
    "value",
    [
        {"note": None},
        {"n": 2**70},
        [{"n": number, "text": "x" * 90} for number in range(10)],
        {"a": {"deep": "x" * 60, "deeper": {"b": "y" * 60}}, "z": 1},
    ],
)
def test_json_that_toml_cannot_show_well_gets_a_file(value: object) -> None:
    one = made(body=json.dumps(value).encode())
    (written,) = body_files(one).values()
    assert json.loads(written) == value
    assert list(body_files(one)) == ["get-by-id.body.json"]
    assert b"\n  " in written or len(written) < 20
    assert toml(one)["response"] == {"status": 200}


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    )
)
def test_what_is_drafted_is_what_was_meant(value: object) -> None:
    body = json.dumps(value).encode()
    one = made(body=body, content_type="application/json", literal=True)
    assert [problem for problem in problems_of(one) if problem.severity == "error"] == []
    files = body_files(one)
    kept = json.loads(next(iter(files.values()))) if files else toml(one)["response"]["json"]
    assert json.dumps(kept) == json.dumps(value)


@pytest.mark.parametrize(
    ("body", "response"),
    [
        (b"Hello", {"status": 200, "body": "Hello"}),
        (b"<p>Hi</p>", {"status": 200, "body": "<p>Hi</p>", "content_type": "application/xml"}),
        (
            b"<!doctype html><p>",
            {"status": 200, "body": "<!doctype html><p>", "content_type": "text/html; charset=utf-8"},
        ),
        (b"42", {"status": 200, "body": "42"}),
        (b"two\nlines\n", {"status": 200, "body": "two\nlines\n"}),
    ],
)
def test_short_text_stands_in_the_mock(body: bytes, response: dict[str, Any]) -> None:
    assert toml(made(body=body))["response"] == response


def test_long_text_and_bytes_get_a_file() -> None:
    assert body_files(made(body=b"line\n" * 40)) == {"get-by-id.body.txt": b"line\n" * 40}
    assert body_files(made(body=b"\x89PNG\0")) == {"get-by-id.body.bin": b"\x89PNG\0"}
    assert body_files(made(body=b"<?xml version='1.0'?>" + b"<a>\n</a>" * 99)).keys() == {"get-by-id.body.xml"}


def test_a_file_stays_what_it_was() -> None:
    one = made(body=b'{"a":1}', body_name="user.JSON")
    assert body_files(one) == {"get-by-id.body.json": b'{"a":1}'}
    assert body_files(made(body=b"a,b", body_name="users.csv")) == {"get-by-id.body.csv": b"a,b"}
    odd = made(body=b"x", body_name="x.p%n", headers={"Content-Type": "image/png"})
    assert body_files(odd) == {"get-by-id.body.png": b"x"}
    assert toml(odd)["response"] == {"status": 200, "headers": {"Content-Type": "image/png"}}


def test_a_type_that_the_extension_does_not_say_is_written_down() -> None:
    one = made(body=b'{"a": null}', content_type="application/hal+json")
    assert toml(one)["response"] == {"status": 200, "content_type": "application/hal+json"}
    assert toml(made(body=b'{"a": 1}', content_type="application/hal+json"))["response"] == {
        "status": 200, "json": {"a": 1}, "content_type": "application/hal+json",
    }  # fmt: skip


def test_what_is_literal_never_becomes_a_template() -> None:
    assert body_files(made(body=b"{{ name }}", literal=True)) == {"get-by-id.body.txt": b"{{ name }}"}
    assert toml(made(body=b"{{ name }}"))["response"]["body"] == "{{ name }}"


def test_json_with_templates_outside_of_quotes_is_json() -> None:
    for text in ('{"n": {{ call }}}', "[{% for i in [1, 2] %}{{ i }}{% if not loop.last %},{% endif %}{% endfor %}]"):
        one = made(body=text.encode())
        assert toml(one)["response"] == {"status": 200, "json_text": text}
        assert problems_of(one) == ()
    for text in ('{"n": {{ call }}', "[{{ call }}] done", "{{ call }}", "{% if call == 1 %}[]{% endif %}"):
        assert toml(made(body=text.encode()))["response"] == {"status": 200, "body": text}
    assert toml(made(body=b'{"n": 1', headers={"Content-Type": "application/json"}))["response"].keys() == {
        "status", "headers",
    }  # fmt: skip


def test_templates_of_a_body_that_gets_a_file_are_filled_in_too() -> None:
    for body in (b"{{ call }} " * 99, b"[" + b"{{ call }}, " * 99 + b"0]", json.dumps(["{{ call }}"] * 99).encode()):
        one = made(body=body)
        assert toml(one)["response"] == {"status": 200, "template": True}
        assert problems_of(one) == ()
        assert "template" not in toml(made(body=body, body_name="x.txt"))["response"]
    several = made(body=b"{{ call }}" * 99, answer="a", more=(Another(name="b", body=b"b" * 999),))
    assert [response.get("template") for response in toml(several)["responses"]] == [True, None]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"a": 1', "expecting ',' delimiter, line 1, column 8"),
        ('{\n  "a": {{ call }},\n}', "expecting property name enclosed in double quotes, line 3, column 1"),
        ('{"a": {{ call }}}', ""),
        ('{"a": {{ no such }}}', ""),
        ("[1]", ""),
    ],
)
def test_why_a_text_is_no_json(text: str, fault: str) -> None:
    assert json_fault(text) == fault


def test_the_body_comes_before_the_mock() -> None:
    assert list(made(body=b"\0").files) == [
        "workspace/mocks/users/get-by-id.body.bin",
        "workspace/mocks/users/get-by-id.toml",
    ]


# ---- the whole ---------------------------------------------------------------------------------------------------


def test_how_a_mock_looks() -> None:
    one = made(
        methods=("POST",), path="/orders", query={"dry": "1"}, status=201, headers={"Location": "/orders/1"},
        title="Place an order", body=b'{"id": 1}',
    )  # fmt: skip
    assert one.files["workspace/mocks/orders/post.toml"].decode() == (
        'name = "Place an order"\n'
        "\n"
        "[request]\n"
        'method = "POST"\n'
        'path = "/orders"\n'
        'query.dry = "1"\n'
        "\n"
        "[response]\n"
        "status = 201\n"
        'headers.Location = "/orders/1"\n'
        "json = { id = 1 }\n"
    )


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"headers": {"Content-Length": "5"}}, "framing-header"),
        ({"headers": {"X-Keymock-Mock": "a"}}, "own-header"),
        ({"headers": {"X": "a\nb"}}, "bad-header"),
        ({"status": 99}, "bad-value"),
        ({"methods": ("get",)}, "bad-value"),
    ],
)
def test_problems_are_told_before_anything_is_written(wish: dict[str, Any], code: str) -> None:
    assert code in [problem.code for problem in problems_of(made(**wish))]


def test_a_mock_that_is_too_large_says_so() -> None:
    one = made(headers={"X": "a" * 300_000})
    assert "too-large" in [problem.code for problem in problems_of(one)]
