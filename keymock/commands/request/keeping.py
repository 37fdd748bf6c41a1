"""An answer kept as an example of its request: a table in its file, the body beside it, no secrets in either."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from keymock import distilling, document, media, saved, units
from keymock.catalog.library import SavedRequest
from keymock.commands.seen import Seen
from keymock.document.write import write
from keymock.problems import Stop, error
from keymock.sending import Incoming
from keymock.variables import Mask


def check_name(found: SavedRequest, name: str) -> None:
    """Raises Stop for a name that an example cannot have, or that one has."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", name):
        raise Stop(error(found.file, "usage", f"`{name}` cannot name an example", hint="letters, digits, - and _"))
    if found.request is not None and any(example.name == name for example in found.request.examples):
        raise Stop(error(found.file, "exists", f"the request has an example `{name}`, which is not overwritten"))


def keep(seen: Seen, found: SavedRequest, name: str, came: Incoming, mask: Mask) -> list[str]:
    """Writes an answer into the file of its request; returns the files that were written. Raises Stop."""
    tree = seen.catalog.tree
    files: dict[str, tuple[bytes, Any]] = {}
    example: dict[str, Any] = {"name": name, "status": came.status}
    headers = distilling.kept_headers(_table(came, mask), mask.names)
    headers = {key: value for key, value in headers.items() if key.lower() != "content-type"}
    example |= {"headers": headers} if headers else {}
    body = distilling.body_without_secrets(mask.data(came.body), mask.names)
    if body:
        extension = media.extension(came.header("content-type"))
        file = f"{found.file.removesuffix('.toml')}.{name}.{extension}"
        example["body_file"] = file.rpartition("/")[2]
        if came.header("content-type").partition(";")[0].strip() != media.media_type(file).partition(";")[0]:
            example["content_type"] = came.header("content-type")
        files[file] = (_formatted(body), tree.files.get(file))
    text = _added(found, example)
    files[found.file] = (text.encode(), tree.files.get(found.file))
    for file, (data, before) in files.items():
        seen.workspace.save(file, data, policy=seen.rights.policy, layout=tree.layout, expect=before)
    return list(files)


def _table(came: Incoming, mask: Mask) -> dict[str, str | list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in came.headers:
        found.setdefault(name, []).append(mask.text(value))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _formatted(body: bytes) -> bytes:
    """JSON of one line gets a line a key, so that changes show in a diff."""
    if body.lstrip()[:1] in (b"{", b"[") and b"\n" not in body.strip():
        try:
            return msgspec.json.format(body.strip(), indent=2) + b"\n"
        except msgspec.DecodeError:
            return body
    return body


def _added(found: SavedRequest, example: dict[str, Any]) -> str:
    """The text of the request with one example more. Raises Stop where it cannot be put behind."""
    own = found.place.own
    before = own.text if own is not None else ""
    text = f"{before.rstrip()}\n\n{write({'examples': [example]}).lstrip()}"
    problems = document.parse(text.encode(), found.file, saved.Request, dec_hook=units.dec_hook).problems
    if problems:
        raise Stop(*problems)
    return text
