"""Schemathesis against what keymock makes of documents that nobody here wrote, with validation enforced.

    python -m bench.schemathesis node_modules/@readme/oas-examples --program /path/to/schemathesis

Examples, coverage and fuzzing, with a seed and a bound. Schemathesis runs in an environment of its own, as the program
`schemathesis` (`uv tool install schemathesis`, `pipx install schemathesis`); keymock does not need it.

It is shown the document with one addition. Where an operation declares no answer to a request that is wrong, keymock
answers with a problem (RFC 9457), and the copy declares just that: so an answer that is neither the document's nor such
a problem is a failure. `docs/decisions/2026-11-23-answers-to-wrong-requests.md` says why.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from bench.run import free_port, running
from keymock.contract.model import METHODS
from keymock.contract.reading import read

TEN = (
    "2.0/json/petstore.json",
    "3.0/json/callbacks.json",
    "3.0/json/complex-nesting.json",
    "3.0/json/link-example.json",
    "3.0/json/parameters-style.json",
    "3.0/json/petstore.json",
    "3.0/json/polymorphism.json",
    "3.0/json/response-schemas.json",
    "3.1/json/security.json",
    "3.1/json/train-travel.json",
)
"""Old and new: callbacks, links, every style, XML, forms, uploads, discriminators, readOnly and writeOnly, security."""

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "missing_required_header", "ignored_auth",
    "positive_data_acceptance",
)  # fmt: skip
SETTINGS = 'validate = "enforce"\ncontract = "{name}"\n'

STAND_IN = {401: {"401", "403"}, 415: {"415", "422", "400"}, 422: {"422", "400"}, 400: {"400", "422"}}
"""keymock's own answers to a request that is wrong, and the declared ones that go before each."""

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "violations"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": ["invalid-request"]},
        "detail": {"type": "string"},
        "violations": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["in", "where"]}},
    },
}


class Explained(NamedTuple):
    """Failures that are none of keymock: of which document, check and operations, and what they come from."""

    document: str
    check: str
    operation: str
    why: str


STYLES = "3.0/json/parameters-style.json"
UNESCAPED = "the tool writes lists and tables inside of a value as Python prints them, commas and all"
EXPLAINED = (
    Explained("*", "ST401 API accepts invalid*", "*", "a mock has no list of credentials: what has their form will do"),
    Explained("2.0/*", "ST104*", "*", "in 2.0 an answer without a schema has no content, so no content type either"),
    Explained(STYLES, "ST202*", "* /anything/headers/*", UNESCAPED),
    Explained(STYLES, "ST202*", "* /anything/query/*Delimited", "the tool writes no tables in this style"),
    Explained(STYLES, "ST202*", "* /anything/path/*", UNESCAPED),
    Explained(STYLES, "ST201*", "* /anything/path/*", "a text in this place is a list of one, a list of two a table"),
    Explained(STYLES, "ST201*", "* /anything/form-data*", "a part with text is a list of one text"),
    Explained(
        STYLES, "ST103*", "* /anything/path/label/*", "the client takes `/./` out of the path, and asks for another"
    ),
    Explained("3.0/json/polymorphism.json", "ST201*", "* /anything/any-of-primitive", "5.1e16 is an integer"),
)
NO_SUCCESS = "the operation declares no success, so the answer to a valid request is one of its errors"


class Failure(NamedTuple):
    """One check that failed for one operation."""

    check: str
    operation: str

    def explained(self, name: str, document: Mapping[str, Any]) -> str:
        """Why keymock is right all the same; empty if it is not."""
        if self.check.startswith("ST202") and not _succeeds(document, self.operation):
            return NO_SUCCESS
        for document_name, check, operation, why in EXPLAINED:
            given = zip((name, self.check, self.operation), (document_name, check, operation), strict=True)
            if all(fnmatchcase(one, pattern) for one, pattern in given):
                return why
        return ""


def _succeeds(document: Mapping[str, Any], operation: str) -> bool:
    method, _, path = operation.partition(" ")
    declared = document["paths"].get(path, {}).get(method.lower(), {}).get("responses", {})
    return any(str(status)[0] in "23" or status == "default" for status in declared)


def shown(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with keymock's answers to wrong requests, where it declares none of its own."""
    told = copy.deepcopy(dict(document))
    old = "swagger" in told
    for item in told.get("paths", {}).values():
        for method, operation in item.items():
            if method not in METHODS:
                continue
            responses = operation.setdefault("responses", {})
            declared = {str(status).upper() for status in responses}
            if declared & {"4XX", "DEFAULT"}:
                continue
            for status, instead in STAND_IN.items():
                if declared & instead:
                    continue
                body = {"schema": PROBLEM} if old else {"content": {"application/problem+json": {"schema": PROBLEM}}}
                responses[str(status)] = {"description": "keymock's own", **body}
                if old:
                    kinds = operation.get("produces") or told.get("produces") or ["application/json"]
                    operation["produces"] = list(dict.fromkeys([*kinds, "application/problem+json"]))
    return told


def failures(report: Mapping[str, Any]) -> Iterator[Failure]:
    """What a report of Schemathesis says."""
    for each in report["failures"]:
        for operation in each["operations"]:
            yield Failure(f"{each['code']} {each['title']}", str(operation))
    for each in report["errors"]:
        yield Failure("error", json.dumps(each)[:300])


def tried(document: Path, program: str, seed: int, examples: int) -> tuple[int, list[Failure], str]:
    """How many requests Schemathesis sent, what failed, and what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        project = workspace / "projects" / "api"
        project.mkdir(parents=True)
        (workspace / "keymock.toml").write_text('name = "bench"\n')
        (project / "project.toml").write_text(SETTINGS.format(name=document.name))
        shutil.copy(document, project / document.name)
        (workspace / "shown.json").write_text(json.dumps(shown(read(document.read_bytes(), document.name))))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "keymock", "up", str(workspace), "--port", str(port), "--seed", str(seed)]
        with running(command, f"{url}/__keymock/health", pin=False):
            run = subprocess.run(
                [program, "run", "shown.json", "--url", url, "--phases", "examples,coverage,fuzzing",
                 "--checks", ",".join(CHECKS), "--seed", str(seed), "--max-examples", str(examples),
                 "--generation-database", "none", "--continue-on-failure", "--suppress-health-check", "all",
                 "--request-timeout", "180", "--no-color", "--report", "json", "--report-json-path", "report.json"],
                cwd=workspace, env=os.environ | {"PYTHONPATH": ""}, capture_output=True, text=True, check=False,
                timeout=900,
            )  # fmt: skip
        report = workspace / "report.json"
        if not report.exists():
            return 0, [Failure("error", "it made no report")], run.stdout + run.stderr
        told = json.loads(report.read_text())
        return told["test_cases"]["generated"], list(failures(told)), run.stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("documents", nargs="*", default=TEN, help="paths beneath the folder; ten are known")
    parser.add_argument("--program", default="schemathesis")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=20, help="of fuzzing, for each operation")
    parser.add_argument("--show", action="store_true", help="what Schemathesis prints, with the requests to repeat")
    options = parser.parse_args()
    ours = 0
    for name in options.documents:
        file = options.folder / name
        document = read(file.read_bytes(), name)
        sent, found, printed = tried(file, options.program, options.seed, options.examples)
        reasons = [each.explained(name, document) for each in found]
        wrong = reasons.count("")
        ours += wrong
        print(f"{name:<34} {sent:>6} requests {wrong:>4} failures {len(found) - wrong:>4} explained")
        for each, why in sorted(zip(found, reasons, strict=True), key=lambda pair: (pair[1], pair[0])):
            print(f"    {each.check}: {each.operation}{f' ({why})' if why else ''}")
        if options.show:
            print(printed)
    print(f"{ours} failures in {len(options.documents)} documents")
    return 1 if ours else 0


if __name__ == "__main__":
    sys.exit(main())
