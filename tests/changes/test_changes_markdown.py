from __future__ import annotations

from telling import compared

from keymock.changes.markdown import MOST_CHANGES, MOST_OPEN, markdown


def mocks(count: int) -> dict[str, str]:
    return {
        f"projects/shop/mocks/m{at}.toml": f'request.path = "/m{at}"\nresponse.body = "{at}"\n' for at in range(count)
    }


def test_additions_fold_where_there_are_many() -> None:
    few = markdown(compared({"keymock.toml": ""}, {**mocks(2), "keymock.toml": ""}))
    assert "#### Added" in few
    assert "<details>" not in few
    many = markdown(compared({"keymock.toml": ""}, mocks(MOST_OPEN + 1)))
    assert "<details><summary>Added (12 entries)</summary>" in many


def test_a_comment_has_an_end() -> None:
    page = markdown(compared({"keymock.toml": ""}, mocks(MOST_CHANGES + 20)))
    assert "`keymock diff` tells all of them" in page
    assert len(page) < 65_536


def test_nothing_out_of_a_file_stands_outside_of_backticks() -> None:
    hostile = "</details> @everyone #1 ![x](http://x.test) | `code`"
    before = {"workspace/mocks/a.toml": 'request.path = "/a"\nresponse.json = { a = 1 }\n'}
    after = {
        "workspace/mocks/a.toml": f"""name = '{hostile}'
request.path = "/a"
request.headers.X = '{hostile}'
response.headers.Y = '{hostile}'
response.json = {{ a = '{hostile}', '{hostile}' = 1 }}
"""
    }
    page = markdown(compared(before, after))
    outside = "".join(page.split("`")[::2])
    assert "everyone" in page
    for sign in ("@", "</details", "![", "#1", "|"):
        assert sign not in outside
