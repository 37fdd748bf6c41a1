"""Coverage in the forms of others: JUnit for CI, a page for people."""

from __future__ import annotations

from html import escape
from xml.etree import ElementTree

from keymock.coverage import Coverage, MockUse


def junit(report: Coverage) -> str:
    """A suite with a case for each mock, failed if it was never used, and one for each request without a mock."""
    unused, misses = report.unused, report.misses
    total, failed = len(report.mocks) + len(misses), len(unused) + len(misses)
    suite = ElementTree.Element("testsuite", name="keymock coverage", tests=str(total), failures=str(failed))
    for mock in report.mocks:
        case = ElementTree.SubElement(suite, "testcase", classname="mocks", name=mock.mock, file=mock.file)
        if not mock.used:
            ElementTree.SubElement(case, "failure", message="never used").text = f"{mock.route}\n{mock.file}"
        elif _left(mock):
            ElementTree.SubElement(case, "system-out").text = "never given: " + ", ".join(_left(mock))
    for miss in misses:
        name = f"{miss.method} {_printable(miss.path)}"
        case = ElementTree.SubElement(suite, "testcase", classname="requests without a mock", name=name)
        ElementTree.SubElement(case, "failure", message=f"no mock answered, {miss.count}×")
    ElementTree.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suite, encoding="unicode") + "\n"


def _left(mock: MockUse) -> list[str]:
    return [answer.response or str(answer.status) for answer in mock.answers if answer.declared and not answer.used]


def _printable(text: str) -> str:
    """Text that XML can hold: paths come from whoever asked."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2128 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .3rem .6rem; vertical-align: top }
tr { border-bottom: 1px solid #d8dee4 } .no { color: #b42318 } .some { color: #9a6700 } .yes { color: #1a7f37 }
td:last-child { text-align: right } code { font: 13px ui-monospace, monospace }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3 } tr { border-color: #30363d } }
"""


def page(report: Coverage, title: str) -> str:
    """One HTML page that needs nothing else. Everything that came from outside is escaped."""
    used, declared = report.answers
    mocks = len(report.mocks)
    rows = "\n".join(_row(mock) for mock in sorted(report.mocks, key=lambda mock: (mock.used > 0, mock.mock)))
    misses = "\n".join(
        f"<tr><td><code>{escape(_printable(f'{miss.method} {miss.path}'))}</code></td><td>{miss.count}×</td></tr>"
        for miss in report.misses
    )
    missed = (
        f"<h2>{report.unmatched} requests without a mock</h2>\n<table>\n{misses}\n</table>" if report.unmatched else ""
    )
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
<h1>{escape(title)}</h1>
<p>{mocks - len(report.unused)} of {mocks} mocks used, {used} of {declared} answers; {report.runs} run(s)</p>
{missed}
<h2>Mocks</h2>
<table>
<tr><th>mock</th><th>answers</th><th>used</th></tr>
{rows}
</table>
</html>
"""


def _row(mock: MockUse) -> str:
    kind = "no" if not mock.used else "some" if _left(mock) else "yes"
    answers = ", ".join(f"{escape(answer.response or str(answer.status))} {answer.used}×" for answer in mock.answers)
    return (
        f'<tr class="{kind}"><td><code>{escape(mock.mock)}</code><br><code>{escape(mock.route)}</code></td>'
        f"<td>{answers}</td><td>{mock.used}</td></tr>"
    )
