"""Flows drawn."""

from __future__ import annotations

from stageplay import plot

from keymock.flows.drawing import mermaid


def test_a_box_a_step_and_what_is_said_of_it() -> None:
    text = """
[[steps]]
id = "a"
method = "POST"
url = "{{ base_url }}/x"
capture.t = "$.t"
[[steps]]
id = "end"
flow = "in"
when = "{{ a.status == 200 }}"
[[steps]]
id = "g"
parallel = [{ id = "p", url = "http://x/\\"" }]
[[steps]]
id = "l"
url = "http://x/"
for_each = { i = [1] }
retry = { times = 2 }
repeat = { until = { status = 200 } }
"""
    drawn = mermaid(plot(text, flows={"in": '[[steps]]\nurl = "http://x"\n'}))
    assert drawn.split("\n") == [
        "flowchart TD",
        '  a["a<br/>POST #123;#123; base_url #125;#125;/x<br/>→ t"]',
        '  step_end[["end<br/>projects/shop/flows/in"]]',
        "  a -->|#123;#123; a.status == 200 #125;#125;| step_end",
        '  subgraph g["g"]',
        '    p["p<br/>GET http://x/#quot;"]',
        "  end",
        "  step_end --> g",
        '  l["l<br/>GET http://x/<br/>for each i<br/>again within 30s<br/>retry 2"]',
        "  g --> l",
    ]
