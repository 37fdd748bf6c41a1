from __future__ import annotations

from keymock.palette import COLOR, PLAIN


def test_plain_is_nothing_and_each_colour_is_ended_by_the_same_code() -> None:
    fields = PLAIN.__struct_fields__
    assert {getattr(PLAIN, name) for name in fields} == {""}
    assert len({getattr(COLOR, name) for name in fields}) == len(fields)
    assert COLOR.plain == "\33[0m"
