import pytest

from keymock.document.scan import MAX_DEPTH, characters, nested_too_deep, scan


def value_of(source: str) -> str:
    pair = scan(f"a = {source}\n").lines[0].pair
    assert pair
    return "".join(char for char, _ in characters(f"a = {source}\n", pair.value))


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('"a\\tb\\u00e9\\U0001F600"', "a\tbé😀"),
        ("'a\\b'", "a\\b"),
        ('"""\nx\\\n   y"""', "xy"),
        ('"""a""""', 'a"'),
        ('"""a\\""""', 'a"'),
        ('"""""a"" \\""""', '""a"" "'),
        ("'''\n''x'''", "''x"),
        ("'''a'''''", "a''"),
        ('""', ""),
    ],
)
def test_characters_of_a_text(source: str, value: str) -> None:
    assert value_of(source) == value


def test_every_character_of_the_source_belongs_to_one_statement() -> None:
    source = "# top\n\na . \"b c\" = { x = [1, # one\n2] } # end\n[[t]]\n  k='v'"
    tree = scan(source)
    assert tree.fault is None
    assert "\n".join(source[line.start : line.end] for line in tree.lines) == source
    assert [line.kind for line in tree.lines] == ["comment", "blank", "pair", "tables", "pair"]
    assert [key.name for key in tree.lines[2].keys] == ["a", "b c"]
    assert tree.lines[2].comment == "# end"


def test_a_fault_ends_the_tree_and_keeps_what_was_read() -> None:
    tree = scan("a = 1\nb = \nc = 3\n")
    assert tree.fault is not None
    assert tree.fault.offset == 10
    assert len(tree.lines) == 1


@pytest.mark.parametrize(
    "source",
    [
        "a=" + "[" * 200_000,
        "a=" + "{a=" * 20_000 + "1" + "}" * 20_000,
        "a=" + "{a.a.a.a=" * 100 + "1" + "}" * 100,
        ".".join("a" * 20_000) + "=1",
        "[" + ".".join("a" * 20_000) + "]",
    ],
    ids=lambda source: source[:8],
)
def test_depth_is_bounded(source: str) -> None:
    assert nested_too_deep(source) is not None


def test_brackets_in_texts_and_comments_and_side_by_side_are_not_deep() -> None:
    many = "[" * (MAX_DEPTH + 1)
    assert nested_too_deep(f"a = '{many}' # {many}\nb = [{'[],' * MAX_DEPTH}]\nc = [{'1.5,' * 100}]\n") is None


def test_an_open_quotation_is_told_apart() -> None:
    deep = nested_too_deep('a = "\nb = ' + "[" * 100)
    assert deep is not None
    assert deep < 0


@pytest.mark.parametrize("unit", ['"', "'", "\\", '\\"', '"a', '"" ', "''a", "\\a", '["', "a"])
@pytest.mark.parametrize("quote", ['"', "'", '"""', "'''"])
def test_a_text_that_is_not_closed_takes_no_time(quote: str, unit: str) -> None:
    """Each case is over in a moment; with two ways to read a character it would not end at all."""
    text = f"a = {quote}{unit * 50_000}"
    assert scan(text).lines == ()
    assert nested_too_deep(f"{text}\n{'[' * 100}") is not None
