import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keymock import spec
from keymock.document.format import format

UNTIDY = """\
#:schema x.json
priority=1
name = 'x'   #   trailing


[response]
# about headers
headers.A="1"
status=200 # fine
json = {a=[1,2],b={c=1}, d = []}
[ request ]
path="/a"
method=["GET",
 "POST"]

# free
# standing

# of the variants
[[responses]]
status = 404
name = "z"
[responses.when]
query.b = "1"
[[responses]]
name = "a"
# the end
"""

TIDY = """\
#:schema x.json

name = 'x'  #   trailing
priority = 1

[request]
method = [
    "GET",
    "POST",
]
path = "/a"

# free
# standing

[response]
status = 200  # fine
# about headers
headers.A = "1"
json = { a = [1, 2], b = { c = 1 }, d = [] }

# of the variants
[[responses]]
name = "z"
status = 404

[responses.when]
query.b = "1"

[[responses]]
name = "a"

# the end
"""


def test_the_canonical_form() -> None:
    assert format(UNTIDY, spec.Mock) == TIDY
    assert format("\ufeff" + UNTIDY.replace("\n", "\r\n"), spec.Mock) == TIDY


def test_pairs_around_a_free_standing_comment_stay_in_their_order() -> None:
    source = "[response]\nheaders.A = '1'\n\n# the rest\n\nstatus = 200\n"
    assert format(source, spec.Mock) == source


def test_a_list_with_comments_stays_as_it_is() -> None:
    source = 'tags = [ "a",  # one\n  "b" ]\n'
    assert format(source, spec.Mock) == source


@pytest.mark.parametrize("source", ["", "\n\n", "# only\n", "# one\n\n\n# two\n"])
def test_files_without_keys(source: str) -> None:
    formatted = format(source, spec.Mock)
    assert format(formatted, spec.Mock) == formatted
    assert formatted.count("#") == source.count("#")


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(ValueError, match="needs quotes"):
        format("name = x\n", spec.Mock)


LINES = st.sampled_from([
    "", "", "# c", "  # d", "priority = 1", "name='n' # t", "tags = [ 'a' , # x\n'b' ]", "tags=[1,\n 2]", "zzz = {b=1}",
    "headers.A=1", "headers . B = '''\nx\n\n'''", "status=2", "json = { b = 1, a=[ 1,2 ] }", "path = '/'",
    "method='GET'", "[request]", "[response] # r", "[response.json]", "[[responses]]", "[responses.when]", "[unknown]",
    "[unknown.a]", "#:schema",
])  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(LINES, max_size=12))
def test_formatting_twice_is_formatting_once_and_means_the_same(lines: list[str]) -> None:
    source = "\n".join(lines)
    try:
        tables = tomllib.loads(source)
    except ValueError:
        return
    formatted = format(source, spec.Mock)
    assert tomllib.loads(formatted) == tables
    assert format(formatted, spec.Mock) == formatted
    assert sorted(part.strip() for part in formatted.split("\n") if part.strip().startswith("#")) == sorted(
        part.strip() for part in source.split("\n") if part.strip().startswith("#")
    )
