from __future__ import annotations

from telling import compared

from keymock.changes.grouping import names, nearest, sections, tally, title_of, where


def mocks(status: int, count: int, prefix: str = "m") -> dict[str, str]:
    return {
        f"projects/shop/mocks/{prefix}{at}.toml": f'request.path = "/{prefix}{at}"\nresponse.status = {status}\n'
        for at in range(count)
    }


def test_what_many_mocks_share_is_said_once() -> None:
    found = compared(mocks(200, 5), mocks(404, 5)).changes
    (section,) = sections(found)
    assert section.severity == "breaking"
    assert [len(shared.changes) for shared in section.shared] == [5]
    assert section.changes == ()
    assert names(found) == "m0, m1, m2 and 2 others"
    assert tally(found) == "5 breaking"


def test_two_are_not_many() -> None:
    (section,) = sections(compared(mocks(200, 2), mocks(404, 2)).changes)
    assert section.shared == ()
    assert len(section.changes) == 2


def test_every_change_is_in_exactly_one_section() -> None:
    before = {**mocks(200, 4), **mocks(200, 1, "x")}
    after = {**mocks(404, 4), **mocks(200, 1, "y"), "projects/shop/project.toml": 'mount = "/s"\n'}
    found = compared(before, after).changes
    told = [shared.detail.says for section in sections(found) for shared in section.shared]
    told += [detail.says for section in sections(found) for change in section.changes for detail in change.details]
    assert sorted(set(told)) == sorted({detail.says for change in found for detail in change.details})


def test_heads() -> None:
    found = compared(mocks(200, 1), mocks(404, 1, "n")).changes
    assert [title_of(change) for change in found] == ["GET /m0 is gone", "GET /n0 is new"]
    assert where(found[0]) == "shop"
    assert str(nearest(found[1])) == "projects/shop/mocks/n0.toml:1"
    assert tally([]) == "nothing that callers see is different"
