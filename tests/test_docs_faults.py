"""docs/faults.md: every snippet is right, and what it says of each fault is what there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from recorded import exchange, har
from tree_answers import ask, load, mock, plant, world

from keymock import checks, faults, recordings, spec, units
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
    breaking = PAGE.partition("## Breaking\n")[2]
    assert re.findall(r"^\| `(\w+)` \|", breaking, re.MULTILINE)[1:] == list(faults.KINDS)


RECORDED = [snippet for snippet in SNIPPETS if "recorded" in snippet]


@pytest.mark.parametrize("snippet", RECORDED)
def test_every_snippet_with_a_recording_waits_as_it_says(snippet: str, tmp_path: Path) -> None:
    """Served, with the files that it names: their times are those of 7 ms, and of a body that took 30 ms."""
    day = har(exchange("GET", "https://api.example.com/v2/orders/1", 7, 30), exchange("POST", "https://a/login", 900))
    files = {
        "projects/shop/project.toml": '[upstream]\nurls.real = "https://api.example.com/v2"\n',
        "projects/shop/data/orders.har": day,
        "workspace/data/monday.har": day,
        "projects/shop/data/run.csv": "label,elapsed\nsearch,7\n",
        "projects/shop/mocks/m.toml": mock("/orders/:id"),
    }
    is_mock = "[response]" in snippet
    path = "projects/shop/mocks/m.toml" if is_mock else "keymock.toml"
    files[path] = ('[request]\npath = "/orders/:id"\n' if is_mock else "") + snippet
    catalog = load(plant(tmp_path, files))
    assert checks.run(catalog) == catalog.problems == ()
    here = msgspec.structs.replace(world(catalog), profiles=catalog.settings.faults, profiled=catalog.profiled)
    reply = ask(here, "/orders/1", headers={} if is_mock else {"x-keymock-faults": "monday"})
    assert reply.delay == 0.007
    assert sum(wait for wait, _ in reply.stream) == pytest.approx(0.03 if "over" in snippet else 0)


def test_the_bounds_of_a_recording_are_as_told() -> None:
    assert (recordings.MOST_BYTES, recordings.MOST_TIMES) == (20 * 1024 * 1024, 50_000)
    assert (recordings.MOST_SAMPLES, recordings.LONGEST) == (1_000, 3600)
    assert "at most 20 MiB and 50 000 times; of more than 1 000 for one mock, a thousand quantiles are kept" in PAGE
    keys = re.findall(r"^\| `(\w+)` \|", PAGE.partition("| key | what it says |")[2].partition("## ")[0], re.MULTILINE)
    assert keys == [name for name in recordings.Recorded.__struct_fields__ if name != "file"]


def test_the_limits_of_a_spread_are_as_told() -> None:
    waits = faults.wait(faults.Spread(lognormal=faults.LogNormal(median=units.Duration(1), sigma=0.4)))
    assert waits == faults.Wait("lognormal", 1.0, 0.4)
    assert [round(2.718281828 ** (0.4 * z), 1) for z in (1.2816, 2.3263)] == [1.7, 2.5]


def test_the_headers_of_a_429_are_as_told() -> None:
    bucket = faults.bucket(faults.RateLimit(requests=10, per=units.Duration(1), key="header:Authorization"))
    reply = faults.limited(bucket, 0.1)
    for name, value in reply.headers:
        assert name.startswith(b"x-") or f"{name.decode()}: {value.decode()}\n" in PAGE
