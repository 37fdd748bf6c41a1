"""The house rules hold: layers, no cycles, purity, a test file for each module, names, no shared state, no traces.

`docs/architecture.md` says why. The rules themselves are in `house.py`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import house
import pytest

ROOT = Path(__file__).parent.parent

LAYERS = {
    # 0: nouns. What is wrong; HTTP without a server; the names of content types; times and sizes.
    "keymock": 0, "problems": 0, "problem_codes": 0, "exchange": 0, "media": 0, "units": 0, "sending": 0,
    "learned": 0,
    # 1: small languages. Paths, conditions, templates, where a file lies; draws and failures that repeat; talks in
    # events and over WebSockets; what a request says of its session, and of the form it wants its answer in.
    "pattern": 1, "match": 1, "template": 1, "bare": 1, "layout": 1, "chance": 1, "faults": 1, "generate": 1,
    "events": 1, "websocket": 1, "carriers": 1, "negotiation": 1, "outbound": 1, "redaction": 1, "curl": 1,
    "reshaping": 1, "recordings": 1,
    # 2: documents. Their Structs, their text, one laid over another.
    "spec": 2, "document": 2, "overlay": 2, "saved": 2, "steps": 2,
    # 3: what documents become, how they begin, and what is remembered.
    "index": 3, "roles": 3, "reply": 3, "drafting": 3, "journal": 3, "tokens": 3, "state": 3, "store": 3, "toggles": 3,
    "variables": 3, "filling": 3, "folders": 3, "webhooks": 3,
    "merging": 3, "contract": 3, "preparing": 3, "distilling": 3, "request_drafting": 3,
    "upstream": 3, "direction": 3, "real_answer": 3,
    # 4: stories told with all of that: a tree loaded, a request answered, explained, checked.
    "catalog": 4, "checks": 4, "changes": 4, "review": 4, "explain": 4, "preference": 4, "cors": 4, "engine": 4,
    "lasting": 4, "refill": 4, "steady": 4,
    "verify": 4, "coverage": 4, "coverage_files": 4, "overriding": 4, "flows": 4,
    "contracted": 4, "syncing": 4, "describing": 4,
    # 5: the hands. The tree on disk, git.
    "workspace": 5, "lone": 5, "crew": 5, "repo": 5, "toggle_file": 5, "token_file": 5, "client": 5, "consent": 5,
    "unit_cache": 5, "ahead": 5, "copies": 5, "disk": 5, "secret_store": 5, "journal_file": 5,
    # 6: serving.
    "serve": 6,
    # 7: faces.
    "asgi": 7, "commands": 7, "cli": 7, "terminal": 7, "palette": 7, "__main__": 7,
    "testing": 7, "pytest_plugin": 7, "telling": 7,
}  # fmt: skip

HIGHEST_PURE_LAYER = 4
FACES = 7

EXCUSED = {
    "keymock.roles.policy": "its decisions are what the room is for, so tests/test_roles.py is about them",
}
"""Modules without a test file of their own, and why. Whoever adds a line argues for it in review."""

PARDONED = {
    "keymock.learned": "threads are what it is about: it has a lock, and nothing that is not the same in every run",
}
"""Modules of pure rooms that touch more than their arguments, and why."""

HOSTS = ("pypi" + ".org", "python" + "hosted.org", "registry.npmjs" + ".org", "proxy.golang" + ".org")


@pytest.fixture(scope="module")
def known() -> house.Modules:
    return house.modules(ROOT / "keymock")


def test_every_room_stands_in_a_layer(known: house.Modules) -> None:
    assert list(house.rooms_without_a_layer(known, LAYERS)) == []


def test_no_room_imports_a_higher_layer(known: house.Modules) -> None:
    assert list(house.upward_imports(known, LAYERS)) == []


def test_nothing_imports_itself_by_way_of_others(known: house.Modules) -> None:
    assert list(house.cycles(known)) == []


def test_pure_rooms_touch_nothing_but_their_arguments(known: house.Modules) -> None:
    others = {name: module for name, module in known.items() if name not in PARDONED}
    assert list(house.impurities(others, LAYERS, HIGHEST_PURE_LAYER)) == []


def test_what_threads_share_is_learned_before_it_is_read(known: house.Modules) -> None:
    assert list(house.unlearned(known, LAYERS, FACES)) == []


def test_every_module_has_its_test_file(known: house.Modules) -> None:
    assert list(house.without_tests(known, ROOT / "tests", EXCUSED)) == []


def test_names_say_something(known: house.Modules) -> None:
    assert list(house.empty_names(known)) == []


def test_no_module_keeps_state(known: house.Modules) -> None:
    assert list(house.shared_state(known)) == []


def test_no_pattern_means_something_else_to_an_earlier_python(known: house.Modules) -> None:
    assert list(house.unreliable_patterns(known)) == []


def test_no_tracked_file_tells_where_it_was_written() -> None:
    places = [ROOT, ROOT.parent, Path.home()]
    if sys.prefix != sys.base_prefix:  # else it is where everybody's Python is: /usr
        places.append(Path(sys.prefix))
    assert list(house.told_places(_tracked(), ROOT, places, HOSTS)) == []


def _tracked() -> Iterator[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return (Path(name) for name in listed.stdout.decode().split("\0") if name)


def test_the_layers_are_those_of_the_documentation() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ") and line[2].isdigit()]
    told = {room: int(row[1]) for row in rows for room in row[2].replace("`", "").replace("/", "").split(", ")}
    told = {room.strip(): layer for room, layer in told.items()}
    assert told == {room: layer for room, layer in LAYERS.items() if room not in ("keymock", "__main__")}


# ---- the rules bite ----------------------------------------------------------------------------------------------

SMALL_LAYERS = {"keymock": 0, "low": 0, "same": 0, "high": 6}


def _house(root: Path, **files: str) -> house.Modules:
    """A package of these modules; `__` in a name stands for a folder."""
    for name, text in {"__init__": "", **files}.items():
        path = name if name.startswith("__") else name.replace("__", "/", 1)
        file = root / "keymock" / f"{path}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return house.modules(root / "keymock")


def test_a_room_in_no_layer_is_found(tmp_path: Path) -> None:
    known = _house(tmp_path, low="", attic="")
    assert list(house.rooms_without_a_layer(known, {"keymock": 0, "low": 0, "cellar": 1})) == [
        "attic stands in no layer",
        "there is no room cellar",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import keymock.high",
        "from keymock import high",
        "from keymock.high import thing",
        "from . import high",
        "from .high import thing",
        "def later():\n    from keymock import high",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from keymock import high",
    ],
)
def test_an_import_upwards_is_found(tmp_path: Path, text: str) -> None:
    known = _house(tmp_path, low=text, high="")
    assert list(house.upward_imports(known, SMALL_LAYERS)) == ["keymock.low (layer 0) imports keymock.high (layer 6)"]


@pytest.mark.parametrize("text", ["from keymock import same", "import keymock.same as s", "import json"])
def test_an_import_of_the_same_layer_or_of_no_room_is_none(tmp_path: Path, text: str) -> None:
    assert list(house.upward_imports(_house(tmp_path, low=text, same=""), SMALL_LAYERS)) == []


def test_an_import_upwards_from_inside_a_folder_is_found(tmp_path: Path) -> None:
    known = _house(tmp_path, low____init__="", low__deep="from ..high import thing", high="")
    assert list(house.upward_imports(known, SMALL_LAYERS)) == [
        "keymock.low.deep (layer 0) imports keymock.high (layer 6)"
    ]


def test_a_cycle_of_modules_is_found(tmp_path: Path) -> None:
    known = _house(tmp_path, low="from keymock import same", same="def f():\n    from keymock.low import x")
    told = list(house.cycles(known))
    assert len(told) == 2  # once for the modules, once for the rooms
    assert "keymock.low imports keymock.same" in told[0] or "keymock.same imports keymock.low" in told[0]


def test_a_cycle_of_rooms_alone_is_found(tmp_path: Path) -> None:
    known = _house(tmp_path, low__a="from keymock.same import b", low__b="", same__a="from keymock.low import b",
                   same__b="", low____init__="", same____init__="")  # fmt: skip
    assert len(list(house.cycles(known))) == 1


def test_a_tree_of_imports_is_no_cycle(tmp_path: Path) -> None:
    known = _house(tmp_path, low="", same="from keymock import low", high="from keymock import low, same")
    assert list(house.cycles(known)) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import os", "keymock.low:1 imports os"),
        ("import os.path as p", "keymock.low:1 imports os"),
        ("from pathlib import Path", "keymock.low:1 imports pathlib"),
        ("def f():\n    import time", "keymock.low:2 imports time"),
        ("def f():\n    return open('x')", "keymock.low:2 calls open()"),
        ("import datetime\nx = datetime.datetime.now()", "keymock.low:2 looks at the clock by datetime.datetime.now()"),
        ("import random\nx = random.choice('ab')", "keymock.low:2 takes chances by random.choice"),
        ("import random\nx = random.Random()", "keymock.low:2 takes chances by a Random without a seed"),
        ("from random import choice", "keymock.low:1 imports chance"),
        ("from datetime import date\nx = date.today()", "keymock.low:2 looks at the clock by date.today()"),
    ],
)
def test_an_impure_room_is_found(tmp_path: Path, text: str, told: str) -> None:
    assert list(house.impurities(_house(tmp_path, low=text), SMALL_LAYERS, 4)) == [told]


def test_a_high_room_may_be_impure_and_a_pure_one_may_have_its_own_now(tmp_path: Path) -> None:
    pure = "import random\ndef f(clock, seed):\n    return clock.now(), clock.open(), random.Random(seed)"
    own = "from keymock import random\nx = random.TABLE"
    known = _house(tmp_path, high="import os\nopen('x')", low=pure, same=own)
    assert list(house.impurities(known, SMALL_LAYERS, 4)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("msgspec.convert(value, Mock)", 1),
        ("msgspec.convert(value, type=Mock)", 1),
        ("msgspec.json.Decoder(Mock)", 1),
        ("msgspec.msgpack.decode(data, type=Mock)", 1),
        ("msgspec.convert(value, learned(Mock))", 0),
        ("msgspec.json.decode(data)", 0),
        ("value.convert(Mock)", 0),
    ],
)
def test_what_is_read_without_being_learned_is_found(tmp_path: Path, text: str, found: int) -> None:
    known = _house(tmp_path, low=text, high=text)
    told = list(house.unlearned(known, SMALL_LAYERS, max(SMALL_LAYERS.values())))
    assert len(told) == found


def test_a_module_without_a_test_is_found_and_an_excuse_in_vain(tmp_path: Path) -> None:
    does = "def f(): ..."
    known = _house(tmp_path, low____init__="from keymock.low.a import f", low__a=does, low__b=does, low__c=does,
                   low__data="X = 1", same=does, high____init__="f = lambda: 1")  # fmt: skip
    tests = tmp_path / "tests"
    (tests / "low").mkdir(parents=True)
    (tests / "low/test_low_a.py").touch()
    (tests / "low/test_the_c.py").touch()
    (tests / "test_same.py").touch()
    assert list(house.without_tests(known, tests, ["keymock.same", "keymock.gone"])) == [
        "keymock.high has no test: write tests/test_high.py",
        "keymock.low.b has no test: write tests/low/test_low_b.py",
        "keymock.same is excused in vain",
        "keymock.gone is excused and is no module",
    ]


@pytest.mark.parametrize("name", ["utils", "helpers", "path_utils", "common", "low__manager"])
def test_a_module_named_after_nothing_is_found(tmp_path: Path, name: str) -> None:
    assert len(list(house.empty_names(_house(tmp_path, **{name: ""})))) == 1


@pytest.mark.parametrize("name", ["RouteManager", "MatchHelper", "HTTPUtils"])
def test_a_class_named_after_nothing_is_found(tmp_path: Path, name: str) -> None:
    assert len(list(house.empty_names(_house(tmp_path, low=f"class {name}: pass")))) == 1


def test_names_that_only_contain_such_a_word_are_none(tmp_path: Path) -> None:
    assert list(house.empty_names(_house(tmp_path, commonmark="class Uncommon: pass"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "seen = []",
        "seen: dict[str, int] = {}",
        "seen = {x for x in 'ab'}",
        "from collections import deque\nseen = deque()",
        "import collections\nseen = collections.defaultdict(list)",
        "seen = dict[str, int]()",
        "SEEN = []\ndef f():\n    SEEN.append(1)",
        "SEEN = {}\ndef f():\n    SEEN['a'] = 1",
        "SEEN = {}\nasync def f():\n    del SEEN['a']",
        "count = 0\ndef f():\n    global count\n    count += 1",
    ],
)
def test_state_in_a_module_is_found(tmp_path: Path, text: str) -> None:
    assert len(list(house.shared_state(_house(tmp_path, low=text)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "__all__ = ['a']",
        "NAMES = {'a': 1}",
        "_NAMES = ['a']",
        "one = 1",
        "def f():\n    seen = []\n    seen.append(1)",
        "NAMES = {}\ndef f(names):\n    names['a'] = NAMES.get('b')",
    ],
)
def test_a_table_is_no_state(tmp_path: Path, text: str) -> None:
    assert list(house.shared_state(_house(tmp_path, low=text))) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('re.compile(r\'"(?:[^"]|x)*+"\')', "*+"),
        ("re.compile(rb'a++b')", "++"),
        ("PATTERN = 'a?+'", "?+"),
        ("PATTERN = f'(?:{ONE}|b){{1,31}}+'", "}+"),
        ("def f(one):\n    return f'(?>{one})'", "(?>"),
        ("PATTERN = r'[]*]*+'", "*+"),
    ],
)
def test_a_pattern_that_keeps_what_it_took_is_found(tmp_path: Path, text: str, told: str) -> None:
    line = 2 + text.count("\n")
    known = _house(tmp_path, low=f"import re\n{text}")
    assert list(house.unreliable_patterns(known)) == [f"keymock.low:{line} has {told} in a pattern"]


@pytest.mark.parametrize(
    "text",
    [
        "import re\nre.compile(r'\\*+[*+]+[^]*+]\\++')",
        "import re\nMarks = \"!$&'()*+,;=\", 'application/*+json', f'{1}+1'",
        "Marks = '+++'",
    ],
)
def test_what_only_looks_like_it_is_no_such_pattern(tmp_path: Path, text: str) -> None:
    assert list(house.unreliable_patterns(_house(tmp_path, low=text))) == []


@pytest.mark.parametrize(
    "text",
    ["see {place}/notes.txt", "get it from example" + ".registry", "/home" + "/runner/code", "C:" + "\\Users\\ada"],
)
def test_a_trace_of_the_machine_is_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text.format(place=tmp_path))
    told = list(house.told_places([Path("a.md")], tmp_path, [tmp_path], ["example.registry"]))
    assert len(told) == 1


def test_text_and_images_without_traces_pass(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("/homepage /workspace/ ~/home/x https://example.com/home/ada/")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\xff")
    files = [Path("a.md"), Path("a.png"), Path("deleted")]
    assert list(house.told_places(files, tmp_path, [tmp_path, Path("/")], ["example.registry"])) == []
