"""`keymock fmt`: files in canonical form."""

from __future__ import annotations

import click

from keymock import document, saved, spec, steps
from keymock.catalog import MAX_DOCUMENT
from keymock.catalog.library import lies_in
from keymock.catalog.presets import is_preset
from keymock.catalog.source import content
from keymock.commands.invocation import Invocation
from keymock.commands.printing import counted, from_here, put_json, remark, shown
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.document.format import format as format_text
from keymock.index import BodyFault
from keymock.layout import Item
from keymock.problems import Problem, error

KINDS: dict[str, type] = {
    "settings": spec.Workspace,
    "project": spec.Project,
    "defaults": spec.Defaults,
    "mock": spec.Mock,
}


@verb("fmt", examples=("keymock fmt", "keymock fmt --check      # in CI: exits with 1 if a file would change"))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
def command(invocation: Invocation, check: bool) -> int:
    """Put files into canonical form: order of keys, spacing, line ends. Comments and values stay as they are."""
    seen = look(invocation)
    changed: list[str] = []
    broken: list[Problem] = []
    looked = kept = 0
    for item in seen.items():
        shape = _document_kind(item) if item.kind == "document" else KINDS.get(item.kind)
        if shape is None:
            continue
        looked += 1
        written = _formatted(seen, item, shape)
        if isinstance(written, Problem):
            broken.append(written)
        elif written is not None:
            if not check and not seen.rights.may("update", item.id_path if not item.overlay else item.file):
                kept += 1
                continue
            changed.append(item.file)
            if not check:
                _save(seen, item, written)
    if invocation.json:
        put_json({"changed": changed})
    for file in changed if not invocation.json else ():
        print(f"{'would change' if check else 'formatted'}  {from_here(invocation, seen.root, file)}")
    for problem in broken if not invocation.json else ():
        print(shown(invocation, seen.root, problem))
    if not (changed or broken or kept):
        remark(invocation, f"nothing to do: {counted(looked, 'file')} in canonical form")
    if kept:
        remark(invocation, f"left as they are: {counted(kept, 'file')} that you may not change")
    return 1 if broken or (check and changed) else 0


def _document_kind(item: Item) -> type | None:
    """What a document is, by where it lies."""
    if is_preset(item):
        return spec.Preset
    folders = {"requests": saved.Request, "environments": saved.Environment, "flows": steps.Flow}
    return next((kind for folder, kind in folders.items() if lies_in(item, folder)), None)


def _formatted(seen: Seen, item: Item, shape: type) -> bytes | Problem | None:
    """The canonical bytes of a file, None if they are what is there, or why it cannot be read."""
    tree = seen.catalog.tree
    try:
        data = content(tree.source, tree.files, item.file, MAX_DOCUMENT)
    except BodyFault as fault:
        return error(item.file, fault.code, fault.message, hint=fault.hint)
    parsed = document.parse(data, item.file, dict[str, object])
    if parsed.problems:
        return parsed.problems[0]
    written = format_text(parsed.text, shape).encode()
    return written if written != data else None


def _save(seen: Seen, item: Item, data: bytes) -> None:
    tree = seen.catalog.tree
    seen.workspace.save(
        item.file, data, policy=seen.rights.policy, layout=tree.layout, expect=tree.files[item.file]
    )  # fmt: skip
