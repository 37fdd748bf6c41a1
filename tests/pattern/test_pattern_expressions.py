from __future__ import annotations

import pytest

from keymock.pattern import PatternError
from keymock.pattern.expressions import INT, UUID, check_regex, compiled


@pytest.mark.parametrize(
    ("source", "message", "offset"),
    [
        ("a(?=b)", "re2 cannot look around: `(?=`", 6),
        ("(?<!a)b", "re2 cannot look around: `(?<!`", 5),
        ("(a)\\1", "re2 has no back-references: `\\1`", 8),
        ("a[", "not a regular expression of re2: missing ]: [", 6),
    ],
)
def test_what_re2_has_not_is_refused_where_it_stands(source: str, message: str, offset: int) -> None:
    with pytest.raises(PatternError) as refused:
        check_regex(source, 5)
    assert (refused.value.message, refused.value.offset) == (message, offset)


def test_what_is_not_refused_compiles() -> None:
    check_regex("(?i)x{2}", 0)
    assert compiled("(?i)x{2}").fullmatch("xX")


def test_a_number_is_of_ascii_digits_and_an_id_of_five_groups() -> None:
    assert [text for text in ("7", "-07", "+7", "7.0", "\u0661", "") if INT.fullmatch(text)] == ["7", "-07"]
    assert UUID.fullmatch("3f2504e0-4f89-11d3-9a0c-0305e82c3301")
    assert not UUID.fullmatch("3f2504e04f8911d39a0c0305e82c3301")
