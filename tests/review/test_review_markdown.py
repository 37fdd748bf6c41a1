from __future__ import annotations

from verdicts import PROBLEMS, refused, verdict

from keymock.problems import error
from keymock.review.markdown import markdown


def test_a_comment_says_whether_why_and_what() -> None:
    page = markdown(verdict(refused(), problems=PROBLEMS))
    assert page.startswith("### keymock: ❌ refused")
    assert "- `ada@example.com` is a viewer of projects/pay by ROLES:6" in page
    assert "  - **can be approved by** `pat@example.com`" in page
    assert "- ❌ `a.toml:3` this looks like a token — take it out" in page
    assert "What callers will see: 1 breaking" in page
    assert markdown(verdict()).startswith("### keymock: ✅ allowed")


def test_nothing_out_of_a_file_is_acted_on() -> None:
    hostile = error("<img src=x>", "x", "`a` <b>*x*</b> @everyone [l](http://x) ` #1")
    page = markdown(verdict(problems=(hostile, *PROBLEMS)))
    outside = "".join(page.split("`")[::2])
    assert "@" not in outside
    assert "](" not in outside.replace("\\](", "").replace("\\[", "")
    for line in page.splitlines():
        assert "<b>" not in "".join(line.replace("\\<b", "").split("`")[::2])


def test_a_comment_has_an_end() -> None:
    many = tuple(error(f"{number}.toml", "x", "wrong") for number in range(80))
    assert "… and 30 more" in markdown(verdict(problems=many))
    assert "… and 18 more" in markdown(verdict(*(refused(f"{number}") for number in range(30))))
