"""Coverage in the forms of others: JUnit for CI, a page for people."""

from __future__ import annotations

from html import escape
from xml.etree import ElementTree

from keymock.coverage import Coverage, MockUse, OperationUse


def junit(report: Coverage) -> str:
    """A suite with a case for each mock, failed if it was never used, one for each request without a mock, and one for
    each operation of a contract, skipped if it was never used: what is not tested yet is no dead weight.
    """
    unused, misses = report.unused, report.misses
    total, failed = len(report.mocks) + len(misses) + len(report.operations), len(unused) + len(misses)
    suite = ElementTree.Element(
        "testsuite", name="keymock coverage", tests=str(total), failures=str(failed),
        skipped=str(len(report.unused_operations)),
    )  # fmt: skip
    for mock in report.mocks:
        case = ElementTree.SubElement(suite, "testcase", classname="mocks", name=mock.mock, file=mock.file)
        if not mock.used:
            ElementTree.SubElement(case, "failure", message="never used").text = f"{mock.route}\n{mock.file}"
        elif _left(mock):
            ElementTree.SubElement(case, "system-out").text = "never given: " + ", ".join(_left(mock))
    for one in report.operations:
        case = ElementTree.SubElement(suite, "testcase", classname="operations", name=one.operation, file=one.file)
        if not one.used:
            ElementTree.SubElement(case, "skipped", message="never used")
        else:
            ElementTree.SubElement(case, "system-out").text = f"{one.route}\n{_statuses(one)}"
    for miss in misses:
        name = f"{miss.method} {_printable(miss.path)}"
        case = ElementTree.SubElement(suite, "testcase", classname="requests without a mock", name=name)
        ElementTree.SubElement(case, "failure", message=f"no mock answered, {miss.count}×")
    ElementTree.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suite, encoding="unicode") + "\n"


def _left(mock: MockUse) -> list[str]:
    return [answer.response or str(answer.status) for answer in mock.answers if answer.declared and not answer.used]


def _statuses(one: OperationUse) -> str:
    """`200 3×, 404 never, 500 1× (not declared)`."""
    return ", ".join(
        f"{status.status} {f'{status.used}×' if status.used else 'never'}"
        + ("" if status.declared else " (not declared)")
        for status in one.statuses
    )


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
    operations = _operations(report)
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
{operations}
</html>
"""


def _row(mock: MockUse) -> str:
    kind = "no" if not mock.used else "some" if _left(mock) else "yes"
    answers = ", ".join(f"{escape(answer.response or str(answer.status))} {answer.used}×" for answer in mock.answers)
    return (
        f'<tr class="{kind}"><td><code>{escape(mock.mock)}</code><br><code>{escape(mock.route)}</code></td>'
        f"<td>{answers}</td><td>{mock.used}</td></tr>"
    )


def _operations(report: Coverage) -> str:
    """The table of operations: their statuses, and which answers gave them; nothing where there are no contracts."""
    if not report.operations:
        return ""
    given, declared = report.statuses
    used = len(report.operations) - len(report.unused_operations)
    rows = "\n".join(
        _operation(one) for one in sorted(report.operations, key=lambda one: (one.used > 0, one.operation))
    )
    return f"""<h2>Operations of contracts</h2>
<p>{used} of {len(report.operations)} operations used, {given} of {declared} statuses</p>
<table>
<tr><th>operation</th><th>statuses</th><th>given by</th><th>used</th></tr>
{rows}
</table>"""


def _operation(one: OperationUse) -> str:
    whole = all(status.used and status.declared for status in one.statuses)
    kind = "no" if not one.used else "yes" if whole else "some"
    by = "<br>".join(
        f"<code>{escape(each.mock or 'keymock')}</code> {escape(each.response)} {each.status}, {each.used}×"
        for each in one.given
    )
    return (
        f'<tr class="{kind}"><td><code>{escape(one.operation)}</code><br><code>{escape(one.route)}</code></td>'
        f"<td>{escape(_statuses(one))}</td><td>{by}</td><td>{one.used}</td></tr>"
    )
