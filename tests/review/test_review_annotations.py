from __future__ import annotations

from verdicts import FILE, PROBLEMS, refused, verdict

from keymock.problems import error
from keymock.review.annotations import github, gitlab, remarks


def test_refusals_problems_and_breaks_each_at_their_line() -> None:
    found = list(remarks(verdict(refused(), refused(), problems=PROBLEMS)))
    assert [(one.level, one.file, one.line) for one in found] == [
        ("error", FILE, 0),
        ("error", "a.toml", 3),
        ("warning", "b.toml", 0),
        ("warning", FILE, 4),
    ]
    assert [one.level for one in remarks(verdict(breaks=True))] == ["error"]


def test_a_runner_reads_no_command_of_a_file() -> None:
    hostile = error("a,b:c\n::error::x.toml", "x", "100%\n::stop-commands::x")
    (line,) = github(verdict(problems=(hostile,)), "services/").splitlines()[:1]
    assert line.startswith("::error file=services/a%2Cb%3Ac%0A%3A%3Aerror")
    assert line.endswith("::100%25%0A::stop-commands::x")


def test_a_code_quality_report() -> None:
    report = gitlab(verdict(problems=PROBLEMS), "mock/")
    assert [one["severity"] for one in report] == ["major", "minor", "minor"]
    assert report[0]["location"] == {"path": "mock/a.toml", "lines": {"begin": 3}}
    assert len({one["fingerprint"] for one in report}) == 3
    assert report == gitlab(verdict(problems=PROBLEMS), "mock/")
