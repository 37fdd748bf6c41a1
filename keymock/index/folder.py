"""`folder = "public"`: a folder whose files a mock serves, listed and read when the mock is loaded.

A request only ever looks into that list, so there is no way out of the folder: not by `..`, not by a link.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec
from msgspec import UNSET

from keymock import media, spec
from keymock.exchange import BodyFile
from keymock.index.report import Bodies, BodyFault, KeyPath, Report
from keymock.index.route import File, Folder
from keymock.match import Condition
from keymock.match.moment import among_files
from keymock.negotiation import is_textual
from keymock.pattern import Pattern

PARAM = "path"
"""The path parameter that says which file; templates of the mock's headers may read it."""


def serves_folder(mock: spec.Mock) -> bool:
    """Whether any answer of a mock is a folder."""
    if isinstance(mock.response, spec.Response) and mock.response.folder is not UNSET:
        return True
    return bool(mock.responses) and any(variant.folder is not UNSET for variant in mock.responses)


def mounted(patterns: tuple[Pattern, ...], note: Report) -> tuple[Pattern, ...]:
    """The path where a folder lies, and every path beneath it."""
    found: dict[Pattern, None] = {}
    for pattern in patterns:
        if pattern.rest or pattern.regex:
            hint = "say where the folder lies; what is beneath it is its files"
            note(("request", "path"), "bad-path", "the path of a folder has no rest and no regex", hint)
            continue
        segments = pattern.segments
        if segments and segments[-1] == ("",):
            segments = segments[:-1]
        found[msgspec.structs.replace(pattern, segments=segments, rest=PARAM, rest_optional=True)] = None
        if segments:
            found[msgspec.structs.replace(pattern, segments=(*segments, ("",)))] = None
    return tuple(found)


def folder_of(given: str | spec.Folder, where: KeyPath, bodies: Bodies, note: Report, *, whole: bool) -> Folder | None:
    """The files of a folder; None after a report of an error. `whole` keeps all of it in memory."""
    name, index = (given, "index.html") if isinstance(given, str) else (given.path, given.index)
    try:
        contents, left_out = bodies.folder(name.rstrip("/"), whole=whole)
    except BodyFault as fault:
        note(where, fault.code, fault.message, fault.hint, part="value")
        return None
    for sentence in left_out:
        note(where, "left-out", f"a file of the folder is left out: {sentence}", severity="warning", part="value")
    files: dict[str, File] = {}
    for path, content in contents:
        file = files[path] = File(content, media.media_type(path), _tag(path, content))
        above, slash, last = path.rpartition("/")
        if last == index:
            files[above + slash] = file
    return Folder(files)


def of_files(folder: Folder | None) -> tuple[Condition, ...]:
    """The condition that what is asked for is there; a folder is there without its slash too."""
    if folder is None:
        return ()
    names = {name.removesuffix("/") for name in folder.files if name.endswith("/")}
    return (among_files("the folder", PARAM, names | folder.files.keys()),)


def _tag(path: str, content: bytes | BodyFile) -> str:
    """A strong ETag, by which ranges may go on; a weak one for what is sent compressed too."""
    if isinstance(content, BodyFile):
        return f'"{content.size:x}-{content.mtime_ns:x}"'
    weak = "W/" if is_textual(media.media_type(path)) else ""
    return f'{weak}"{sha256(content).hexdigest()[:16]}"'
