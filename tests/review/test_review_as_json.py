from __future__ import annotations

import msgspec
from verdicts import PROBLEMS, allowed, refused, verdict

from keymock.review.as_json import as_json
from keymock.review.verdict import Deed, Judged


def test_the_promised_shape() -> None:
    written = as_json(verdict(refused(), allowed("x"), problems=PROBLEMS))
    assert {"allowed", "decisions", "needs", "problems", "changes"} <= written.keys()
    assert [one["by"] for one in written["decisions"]] == ["actor", "approver"]
    assert written["decisions"][0].keys() >= {"commit", "actor", "verb", "path", "allowed", "by", "reason", "rule"}
    assert written["needs"] == [{"path": "projects/pay/mocks/pay.toml", "who": ["pat@example.com"]}]


def test_a_name_that_is_no_text_is_still_json() -> None:
    odd = Judged(Deed("", None, "create", "a\udcff", "a\udcff"), False, "actor", None, "no")
    assert b"\\\\udcff" in msgspec.json.encode(as_json(verdict(odd)))
