"""How well documents that nobody here wrote are answered from: each operation asked once, validly.

    python bench/contracts.py node_modules/@readme/oas-examples [--operations 12] [--enforce]

Every document must start; an answer counts if its status and content type are declared and its body is valid. Misses
are printed, each with the reason. In process, without a socket: what is measured is the contract, not the server.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keymock import contract, engine
from keymock.contract.asking import asked
from keymock.contract.replying import wrong_with
from keymock.exchange import NOT_JSON, Reply, read_json
from keymock.serve.options import Options
from keymock.serve.service import Service

SETTINGS = 'validate = "{mode}"\ncontract = "{name}"\n'


def documents(folder: Path) -> list[Path]:
    """The documents below a folder, one of each name: where there are both, JSON."""
    found: dict[str, Path] = {}
    for suffix in (".json", ".yaml", ".yml"):
        for file in sorted(folder.rglob(f"*{suffix}")):
            relative = file.relative_to(folder)
            if file.name.startswith(("package", "tsconfig", ".")) or "node_modules" in relative.parts:
                continue
            found.setdefault(f"{relative.parts[0]}/{file.stem}", file)
    return list(found.values())


def served(document: Path, workspace: Path, mode: str) -> Service:
    """A workspace with this document as the contract of its only project."""
    project = workspace / "projects" / "api"
    project.mkdir(parents=True)
    (workspace / "keymock.toml").write_text('name = "bench"\n')
    (project / "project.toml").write_text(SETTINGS.format(mode=mode, name=document.name))
    shutil.copy(document, project / document.name)
    return Service(Options(workspace=str(workspace)), time.time_ns)


def misses(service: Service, most: int) -> Iterator[tuple[str, str]]:
    """Every operation that was asked, and what was wrong with its answer; empty for nothing."""
    (held,) = {one[0] for one in service.world.contracts.values()}
    for stub in list(held.contract.outline.stubs)[:most]:
        operation = held.contract.operation(stub.key)
        try:
            request = asked(held.contract, operation)
        except ValueError as fault:
            yield stub.key, f"no valid request: {fault}"
            continue
        request.session = service.session("")
        reply = engine.answer(request, service.world)
        yield stub.key, judged(held.contract, operation, reply) if isinstance(reply, Reply) else "it waits for a body"


def judged(document: contract.Contract, operation: contract.Operation, reply: Reply) -> str:
    """What is wrong with an answer; empty for nothing."""
    if reply.error:
        return f"{reply.status} {reply.error}: {reply.body.decode('utf-8', 'replace')[:300]}"
    if not operation.responses:
        return "" if reply.status == 200 else f"{reply.status} is not declared"
    wrong = wrong_with(document, operation, reply.status, reply.headers, reply.body)
    if wrong:
        shown: Any = read_json(reply.body)
        return f"{wrong[0].text} in {str(reply.body[:120] if shown is NOT_JSON else shown)[:160]}"
    told = [value.decode() for name, value in reply.headers if name == b"x-keymock-violations"]
    return f"the request was no valid one: {told[0]}" if told else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--operations", type=int, default=12)
    parser.add_argument("--enforce", action="store_true", help="refuse requests that the contract does not allow")
    options = parser.parse_args()
    started = asked_in_all = good = 0
    found = documents(options.folder)
    for document in found:
        name = document.relative_to(options.folder).as_posix()
        with tempfile.TemporaryDirectory() as folder:
            service = served(document, Path(folder), "enforce" if options.enforce else "warn")
            if not service.world.contracts:
                print(f"{name}: does not start: {service.problems[0].message if service.problems else '?'}")
                continue
            started += 1
            for key, wrong in misses(service, options.operations):
                asked_in_all += 1
                good += not wrong
                if wrong:
                    print(f"{name}: {key}: {wrong}")
    share = 100 * good / asked_in_all if asked_in_all else 0
    print(f"{started} of {len(found)} documents start; {good} of {asked_in_all} operations answer well: {share:.1f} %")
    return 0 if started == len(found) and share >= 97 else 1


if __name__ == "__main__":
    sys.exit(main())
