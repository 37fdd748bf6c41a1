from keymock.document import text
from keymock.problems import Problem


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault() -> None:
    assert text.decode(b'\xef\xbb\xbfname = "a"\r\nx = 1\r\n', "a.toml") == 'name = "a"\nx = 1\n'


def test_a_file_over_the_limit_is_not_even_decoded() -> None:
    problem = text.decode(b"\xff" * (text.LIMIT + 1), "a.toml")
    assert isinstance(problem, Problem)
    assert problem.code == "too-large"


def test_the_column_of_a_bad_byte_is_in_characters() -> None:
    problem = text.decode('a = 1\nb = "éé'.encode() + b'\xff"', "a.toml")
    assert isinstance(problem, Problem)
    assert (problem.line, problem.column, problem.code) == (2, 8, "not-utf8")


def test_utf_16_is_named() -> None:
    problem = text.decode("name = 1".encode("utf-16"), "a.toml")
    assert isinstance(problem, Problem)
    assert "UTF-16" in problem.message


def test_a_conflict_names_both_sides_and_how_many_follow() -> None:
    conflict = "<<<<<<< ours\na\n||||||| base\nb\n=======\nc\n>>>>>>> theirs\n"
    problem = text.conflict(f"x = 1\n{conflict}{conflict}", "a.toml")
    assert problem is not None
    assert "`ours` and `theirs`" in problem.message
    assert problem.line == 2
    assert problem.hint == "keep what is right and delete the marker lines 2, 4, 6 and 8; 1 more conflict follows"


def test_a_ruler_in_a_text_is_no_conflict() -> None:
    assert text.conflict('body = """\nTitle\n=======\n"""\n', "a.toml") is None
