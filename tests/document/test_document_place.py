import pytest

from keymock.document.place import find, locate, place, repeated
from keymock.document.scan import KeyPath, scan

SOURCE = """\
name = "é" # top
[response]
headers.X-A = "1"
json = { é = 1, list = [1, { "a.b" = 2 }] }
[[responses]]
name = "one"
[responses.when.query]
a = '''
two
lines'''
[[responses]]
name = "a\\tb\\u00e9c"
""".replace("é =", '"é" =')
NODES = locate(scan(SOURCE))


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("name",), (1, 1), (1, 8)),
        (("response",), (2, 2), (2, 2)),
        (("response", "headers"), (3, 1), (3, 1)),
        (("response", "headers", "X-A"), (3, 9), (3, 15)),
        (("response", "json", "é"), (4, 10), (4, 16)),
        (("response", "json", "list", 1), (4, 30), (4, 30)),
        (("response", "json", "list", 1, "a.b"), (4, 32), (4, 40)),
        (("responses", 0, "name"), (6, 1), (6, 8)),
        (("responses", 0, "when"), (7, 12), (7, 12)),
        (("responses", 0, "when", "query", "a"), (8, 1), (8, 5)),
        (("responses", 1), (11, 3), (11, 3)),
        (("responses", 1, "status"), (11, 3), (11, 3)),
        (("nowhere",), (0, 0), (0, 0)),
    ],
)
def test_places(path: KeyPath, key: tuple[int, int], value: tuple[int, int]) -> None:
    assert place(SOURCE, NODES, path)[:2] == key
    assert place(SOURCE, NODES, path, "value")[:2] == value


@pytest.mark.parametrize(
    ("path", "character", "expected"),
    [
        (("responses", 1, "name"), 1, (12, 10)),
        (("responses", 1, "name"), 2, (12, 12)),
        (("responses", 1, "name"), 4, (12, 19)),
        (("responses", 1, "name"), 99, (12, 20)),
        (("responses", 0, "when", "query", "a"), 4, (10, 1)),
    ],
)
def test_a_character_of_a_text(path: KeyPath, character: int, expected: tuple[int, int]) -> None:
    assert place(SOURCE, NODES, path, "value", character)[:2] == expected


def test_the_excerpt_is_the_line() -> None:
    assert place(SOURCE, NODES, ("name",)).excerpt == 'name = "é" # top'


def test_an_item_that_is_not_there_is_not_found() -> None:
    assert find(NODES, ("response", "json", "list", 7)) is None


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("a = 1\na = 2\n", "`a` is set twice"),
        ("[a]\n[b]\n[a]\n", "[a] stands twice"),
        ("a = 1\na.b = 2\n", "`a` has a value already and cannot hold more keys"),
        ("a = 1\n[a.b]\n", "`a` has a value already and cannot hold more keys"),
        ("a.b = 1\n[a]\n", "`a` is set twice"),
        ("[a.b]\n[a]\nb.c = 1\n", "`b` is a table of its own already"),
        ("[a]\n[[a]]\n", "`a` is no list of tables"),
        ("[[a]]\n[a]\n", "`a` is a list of tables already: [[a]]"),
        ("x = { a = 1, a = 2 }\n", "`a` is set twice"),
    ],
)
def test_what_is_written_twice(source: str, says: str) -> None:
    fault = repeated(scan(source))
    assert fault is not None
    assert fault.message == says


def test_what_toml_allows_is_not_repeated() -> None:
    assert repeated(scan("[a.b]\n[a]\nc.d = 1\nc.e = 2\n[[l]]\nx = 1\n[l.t]\n[[l]]\nx = 1\n[l.t]\n")) is None
