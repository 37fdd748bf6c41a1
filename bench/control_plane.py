"""Schemathesis against the control plane, by the description that it gives of itself: `python -m bench.control_plane`.

    python -m bench.control_plane --program /path/to/schemathesis [--examples 20] [--seed 1] [--operation /verify]

A copy of the example workspace is served, and asked what its own OpenAPI document allows and what it does not, with a
seed and a bound. What must hold: no crash, no answer of 500, no status that is not declared, no answer against its
schema, nothing answered without the token. Schemathesis lives in an environment of its own (see `bench.schemathesis`).

Schemathesis is shown a copy of the document, different in two things. Fields as rich as a whole mock (an override, what
is verified) may have any value there: its coverage phase tries every corner of every corner, which for the 38 000
places of an override takes hours and gigabytes; `tests/serve/test_control_document.py` looks into those. And names in
paths have an example that there is, so that no route is known by its 404 alone.

`/events` never ends, so it is left out. That names of mocks and sessions may mean nothing is no fault of a request's
form: `positive_data_acceptance` is left out too. Answers are waited for longer than a busy machine takes: a server that
stood still for a minute would look like one that hangs.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from bench.schemathesis import failures
from keymock.testing import Mocks, serve

HERE = Path(__file__).resolve().parent.parent
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "missing_required_header", "unsupported_method",
    "ignored_auth", "use_after_free", "ensure_resource_availability",
)  # fmt: skip
SETTINGS = """\
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", 503, 504, 507]
"""
"""Three that are declared, with what is to be done about them, are no crash."""
LONGEST = 900
PATIENCE = 180
"""Seconds until an answer, at most."""

RICHEST = 60
"""Places that a field may have, with all that it refers to, to be shown as it is."""

THERE = {"id": 1, "name": "there", "space": "shop", "scenario": "order", "resource": "products"}
"""A value for each name in a path that means something while this runs, if the workspace has nothing else."""


def main() -> int:
    """Prints each failure with the command line that shows it; 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="schemathesis")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=20, help="of fuzzing, for each operation")
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    parser.add_argument("--operation", action="append", default=[], help="only this path; repeatable")
    parser.add_argument("--without", action="append", default=[], help="not this path; repeatable")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        shutil.copytree(HERE / "example-workspace", workspace, ignore=shutil.ignore_patterns(".keymock"))
        with serve(workspace, seed=asked.seed) as mocks:
            with contextlib.suppress(HTTPError):
                urlopen(f"{mocks.url}/nowhere", timeout=10)  # so that the journal has something to explain
            document = shown(mocks.client.call("GET", "/openapi.json"), there(mocks))
            report, printed = told(mocks, asked, document, Path(folder))
            alive = mocks.client.status()["generation"] >= 1
    found, operations = list(failures(report)), report["operations"]
    if found:
        print(printed)
    left_out = operations["selected"] - operations["tested"]
    print(f"{operations['tested']} of {operations['total']} operations, {report['test_cases']['generated']} requests, "
          f"{len(found)} failures, {'alive' if alive else 'gone'}")  # fmt: skip
    return 1 if found or left_out or not alive else 0


def there(mocks: Mocks) -> dict[str, Any]:
    """Values for the names in paths that mean something in this workspace. Makes the session and the snapshot."""
    mocks.client.call("PUT", f"/sessions/{THERE['name']}", {})
    mocks.client.call("PUT", f"/snapshots/{THERE['name']}", {})
    state = mocks.client.call("GET", "/state")
    scenario, resource = (sorted(state[kind])[:1] for kind in ("scenarios", "data"))
    found = dict(THERE)
    if scenario:
        found["space"], found["scenario"] = scenario[0].split("/")
    return found | ({"resource": resource[0].split("/")[1]} if resource else {})


def shown(document: Mapping[str, Any], examples: Mapping[str, Any]) -> dict[str, Any]:
    """The document as Schemathesis sees it: no field richer than it can try, an example for each name in a path."""
    told = copy.deepcopy(dict(document))
    schemas = told["components"]["schemas"]
    for properties in [part["properties"] for part in inside(schemas) if isinstance(part.get("properties"), dict)]:
        for name, schema in properties.items():
            if places(schema, schemas, frozenset()) > RICHEST:
                properties[name] = {key: schema[key] for key in ("type", "minItems") if key in schema}
    for operation in (each for path in told["paths"].values() for each in path.values()):
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                parameter["example"] = examples[parameter["name"]]
    return told


def inside(schema: Any) -> Iterator[dict[str, Any]]:
    """Every table in a schema, and itself."""
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from inside(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from inside(inner)


def places(schema: Any, schemas: Mapping[str, Any], above: frozenset[str]) -> int:
    """How many places a schema has, with what it refers to; what refers to itself counts once."""
    if isinstance(schema, list):
        return sum(places(inner, schemas, above) for inner in schema)
    if not isinstance(schema, dict):
        return 0
    name = schema.get("$ref", "").rpartition("/")[2]
    if name and name not in above:
        return places(schemas[name], schemas, above | {name})
    return 1 + sum(places(inner, schemas, above) for inner in schema.values())


def told(
    mocks: Mocks, asked: argparse.Namespace, document: Mapping[str, Any], folder: Path
) -> tuple[dict[str, Any], str]:
    """What Schemathesis reports, and what it prints: each failure with the command line that shows it."""
    (folder / "schemathesis.toml").write_text(SETTINGS)
    (folder / "shown.json").write_text(json.dumps(document))
    only = [word for path in asked.operation for word in ("--include-path", path)]
    less = [word for path in ("/events", *asked.without) for word in ("--exclude-path", path)]
    command = [
        asked.program, "--config-file", str(folder / "schemathesis.toml"), "run", "shown.json",
        "--url", mocks.ready.control, "--request-timeout", str(PATIENCE),
        "--header", f"Authorization: Bearer {mocks.ready.token}", *(only or less),
        "--phases", asked.phases, "--checks", ",".join(CHECKS), "--seed", str(asked.seed),
        "--max-examples", str(asked.examples), "--generation-database", "none", "--continue-on-failure",
        "--suppress-health-check", "all", "--no-color",
        "--report", "json", "--report-json-path", str(folder / "report.json"),
    ]  # fmt: skip
    shutil.copy(HERE / "bench" / "schemathesis_waits.py", folder)  # beside it lies a module of Schemathesis' own name
    environ = os.environ | {"PYTHONPATH": str(folder), "SCHEMATHESIS_HOOKS": "schemathesis_waits"}
    ended = subprocess.run(
        command, cwd=folder, env=environ, check=False, capture_output=True, text=True, timeout=LONGEST
    )
    if not (folder / "report.json").exists():
        sys.exit((ended.stdout + ended.stderr)[-3000:])
    return json.loads((folder / "report.json").read_text()), ended.stdout


if __name__ == "__main__":
    sys.exit(main())
