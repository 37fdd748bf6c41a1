"""docs/faults.md: every snippet is right, and what it says of each fault is what there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from keymock import faults, spec, units
from keymock.template import has_template

PAGE = (Path(__file__).parent.parent / "docs/faults.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


class Response(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    delay: spec.LiveDelay = "0ms"
    first_byte: spec.LiveDelay = "0ms"
    throttle: faults.Throttle | msgspec.UnsetType = msgspec.UNSET
    fault: faults.Kind | faults.Fault = "none"
    rate_limit: faults.RateLimit | msgspec.UnsetType = msgspec.UNSET


class Snippet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    response: Response = Response()
    faults: dict[str, faults.Profile] = {}


def test_there_are_snippets() -> None:
    assert len(SNIPPETS) > 10


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_snippet_is_right(snippet: str) -> None:
    said = msgspec.convert(tomllib.loads(snippet), Snippet, dec_hook=units.dec_hook)
    assert said != Snippet()
    waits = [said.response.delay, said.response.first_byte]
    waits += [profile.delay for profile in said.faults.values() if not isinstance(profile.delay, msgspec.UnsetType)]
    fixed = [wait for wait in waits if not (isinstance(wait, str) and has_template(wait))]
    assert all(faults.seconds(faults.wait(wait), lambda: 0.5) >= 0 for wait in fixed)


def test_every_kind_of_fault_is_told() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)[1:] == list(faults.KINDS)


def test_the_limits_of_a_spread_are_as_told() -> None:
    waits = faults.wait(faults.Spread(lognormal=faults.LogNormal(median=units.Duration(1), sigma=0.4)))
    assert waits == faults.Wait("lognormal", 1.0, 0.4)
    assert [round(2.718281828 ** (0.4 * z), 1) for z in (1.2816, 2.3263)] == [1.7, 2.5]


def test_the_headers_of_a_429_are_as_told() -> None:
    bucket = faults.bucket(faults.RateLimit(requests=10, per=units.Duration(1), key="header:Authorization"))
    reply = faults.limited(bucket, 0.1)
    for name, value in reply.headers:
        assert name.startswith(b"x-") or f"{name.decode()}: {value.decode()}\n" in PAGE
