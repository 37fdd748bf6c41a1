from __future__ import annotations

from telling import of_mock, told


def of_text(before: str, after: str) -> list[str]:
    return of_mock(f'request.path = "/a"\nresponse.{before}\n', f'request.path = "/a"\nresponse.{after}\n')


def test_json_in_whatever_way_it_is_written() -> None:
    assert of_text("json = { a = 1 }", "json_text = '{\"a\": 2}'") == ["change: `$.a` is `2`, was `1`"]


def test_a_body_that_comes_or_goes() -> None:
    assert of_text("status = 200", 'body = "a"') == ["addition: there is a body now, where there was none"]
    assert of_text('body = "a"', "status = 200") == ["breaking: the body is empty now"]


def test_json_that_becomes_text() -> None:
    assert "breaking: the body is text now, was JSON" in of_text("json = { a = 1 }", 'body = "a"')


def test_text_by_the_line() -> None:
    assert of_text('body = "a\\nb\\nc"', 'body = "a\\nc"') == ["change: the body differs in 1 line: `b` is gone"]
    assert of_text('body = "a\\nb"', 'body = "a\\r\\nb"') == ["change: the body's line ends are others"]
    assert of_text('body = "a"', 'body = "{{ call }}"') == ["change: the body (a template) is `{{ call }}`, was `a`"]


def test_a_long_text_and_bytes_by_their_size() -> None:
    mock: dict[str, bytes | str] = {"workspace/mocks/a.toml": 'request.path = "/a"\n'}
    long = {**mock, "workspace/mocks/a.body.txt": "x\n" * 40_000}, {**mock, "workspace/mocks/a.body.txt": "y" * 9}
    assert told(*long) == ["change: the body is another text (78 KiB → 9 bytes)"]
    image = {**mock, "workspace/mocks/a.body.png": b"\x89\xff\x01"}, {**mock, "workspace/mocks/a.body.png": b"\xff\x02"}
    assert told(*image) == ["change: the body is another file (3 bytes → 2 bytes)"]


def test_events() -> None:
    events = '"/a"\n[response.events]\nlist = [{ data = "%s" }]\n'
    assert of_mock(f"request.path = {events % 'a'}", f"request.path = {events % 'b'}") == [
        "change: the events it sends are others, or come at other times"
    ]
