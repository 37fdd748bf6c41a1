"""Schemathesis against the control plane, by the description that it gives of itself: `python -m bench.control_plane`.

    python -m bench.control_plane --program /path/to/schemathesis [--examples 20] [--seed 1] [--operation /verify]

A copy of the example workspace is served, and asked what its own OpenAPI document allows and what it does not, with a
seed and a bound. What must hold: no crash, no answer of 500, no status that is not declared, no answer against its
schema, nothing answered without the token. Schemathesis lives in an environment of its own (see `bench.schemathesis`).

The schema of an override is that of a whole mock: `--phases coverage` takes long over it (`--without`).

`/events` never ends, so it is left out. That names of mocks and sessions may mean nothing is no fault of a request's
form: `positive_data_acceptance` is left out too.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
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
            report, printed = told(mocks, asked, Path(folder))
            alive = mocks.client.status()["generation"] >= 1
    found = list(failures(report))
    if found:
        print(printed)
    print(f"{report['test_cases']['generated']} requests, {len(found)} failures, {'alive' if alive else 'gone'}")
    return 1 if found or not alive else 0


def told(mocks: Mocks, asked: argparse.Namespace, folder: Path) -> tuple[dict[str, Any], str]:
    """What Schemathesis reports, and what it prints: each failure with the command line that shows it."""
    (folder / "schemathesis.toml").write_text(SETTINGS)
    only = [word for path in asked.operation for word in ("--include-path", path)]
    less = [word for path in ("/events", *asked.without) for word in ("--exclude-path", path)]
    command = [
        asked.program, "--config-file", str(folder / "schemathesis.toml"), "run", f"{mocks.ready.control}/openapi.json",
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
