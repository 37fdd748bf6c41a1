from __future__ import annotations

import pytest

from keymock.contract.paths import as_mock, as_they_came, bases_of, by_name, names, patterns
from keymock.pattern import match, normal


@pytest.mark.parametrize(
    ("path", "spelled"),
    [
        ("/users/{id}", "/users/{id}"), ("/a:b/*", "/a::b/**"), ("/x/{user id}/{user-id}", "/x/{user_id}/{user_id_}"),
        ("/a{?q}", "/a"), ("/a?b=c", "/a"), ("/a#b", "/a"), ("/{1}", "/{p_1}"), ("/f/{name}.{ext}", "/f/{name}.{ext}"),
    ],
)  # fmt: skip
def test_templates_as_a_mock_has_them(path: str, spelled: str) -> None:
    assert as_mock(path) == spelled
    assert patterns(path, [""])


def test_every_base_and_none() -> None:
    assert [normal(one) for one in patterns("/a/{b}", ["/v1", ""])] == ["/v1/a/:b", "/a/:b"]
    assert bases_of(["/v1", ""], "/api/") == ("/api", "/v1", "")


@pytest.mark.parametrize("path", ["/a/{x}-{y}-{z}", "/a/{x}.{y}:{z}"])
def test_what_a_pattern_cannot_say_is_a_regex(path: str) -> None:
    (found,) = patterns(path, [""])
    assert found.regex
    assert match(found)(("a", "1-2-3" if "-" in path else "1.2:3")) is not None


def test_parameters_have_the_documents_names() -> None:
    assert names("/a/{user id}/{b}") == ("user id", "b")
    assert by_name("/a/{user id}/{b}", {"user_id": "1", "b": "2"}) == {"user id": "1", "b": "2"}


def test_parameters_as_they_came() -> None:
    assert as_they_came("/a/{x y}/b.{z}/{w}?q={v}", b"/v1/a/1%2C2/b.3/%25") == {"x y": "1%2C2", "w": "%25"}
