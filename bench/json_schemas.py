"""How many schemas of the JSON Schema Test Suite a valid value is made up for.

    python bench/json_schemas.py JSON-Schema-Test-Suite

Counted are the schemas that have a valid instance. What is made is held against the schema as it is written, of its own
draft, by jsonschema-rs; the suite's remote documents are handed in. Misses are printed.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema_rs

from keymock import generate
from keymock.chance import Chance
from keymock.generate.drafts import modern

DRAFTS = {
    "draft4": (4, jsonschema_rs.Draft4Validator),
    "draft7": (7, jsonschema_rs.Draft7Validator),
    "draft2020-12": (2020, jsonschema_rs.Draft202012Validator),
}
REMOTE = "http://localhost:1234/"


def remotes(suite: Path, draft: str) -> dict[str, Any]:
    """The documents that schemas of a draft refer to, by address."""
    found: dict[str, Any] = {}
    for file in (suite / "remotes").rglob("*.json"):
        name = file.relative_to(suite / "remotes").as_posix()
        if not name.startswith(("draft", "v1", "latest")) or name.startswith(f"{draft}/"):
            found[REMOTE + name] = json.loads(file.read_text())
    return found


def miss(schema: Any, number: int, validator: Any, others: dict[str, Any], name: str) -> str:
    """Why no valid value was made; empty if one was."""
    try:
        new = modern(schema, number) if number < 2020 else schema
        known = {uri: modern(each, number) if number < 2020 else each for uri, each in others.items()}
        made = generate.sample(new, Chance(1, "", name).stream, others=known if REMOTE in json.dumps(schema) else None)
    except generate.Refused as refused:
        return str(refused)
    return "" if validator(schema, retriever=others.__getitem__).is_valid(made) else f"invalid: {json.dumps(made)}"


def main() -> int:
    suite = Path(sys.argv[1])
    worst = 100.0
    for draft, (number, validator) in DRAFTS.items():
        others = remotes(suite, draft)
        groups = [
            (file.name, group)
            for file in sorted((suite / "tests" / draft).glob("*.json"))
            for group in json.loads(file.read_text())
            if any(test["valid"] for test in group["tests"])
        ]
        good, slowest = 0, 0.0
        for name, group in groups:
            began = time.perf_counter()
            wrong = miss(group["schema"], number, validator, others, group["description"])
            slowest = max(slowest, time.perf_counter() - began)
            good += not wrong
            if wrong:
                print(f"{draft}: {name}: {group['description']}: {wrong[:120]}")
        share = 100 * good / len(groups)
        worst = min(worst, share)
        print(f"{draft}: {good} of {len(groups)}: {share:.1f} %, the slowest in {slowest * 1000:.0f} ms")
    return 0 if worst >= 95 else 1


if __name__ == "__main__":
    sys.exit(main())
