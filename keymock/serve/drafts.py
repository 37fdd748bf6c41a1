"""What an exchange of the journal becomes: a mock that answers it, a request that asks it. Shown, or written.

Both come from the same rooms as `keymock new --from journal:N` and `keymock request new --from journal:N`, and take
what the journal shows: no secrets. The rights of whoever asks decide, for showing as for writing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from typing import Protocol

import msgspec

from keymock import drafting, request_drafting
from keymock.catalog import Catalog, owner_of
from keymock.drafting import Draft
from keymock.exchange import Malformed
from keymock.journal import answered
from keymock.journal.abroad import Shown
from keymock.journal.asked import body_is_missing, secrets_of, tables_of
from keymock.journal.whose import whose
from keymock.problems import Stop, did_you_mean
from keymock.roles import Rights
from keymock.serve.options import Options, Tree
from keymock.serve.shapes import DraftedFile, DraftedMock, DraftedRequest
from keymock.spec import Project
from keymock.workspace import Workspace

TALK = 101
NO_ANSWER = "a WebSocket is no answer that could be kept: write what is said over it as [websocket] of a mock"


class Hosting(Protocol):
    """Where drafts go: `serve.service.Service`."""

    options: Options
    tree: Tree
    catalog: Catalog

    @property
    def rights(self) -> Rights: ...
    def rescan(self, files: Collection[str] | None, /) -> bool: ...


class Drafts:
    """What the routes `/journal/{id}/mock` and `/journal/{id}/request` do. Every call raises Malformed."""

    def __init__(self, host: Hosting) -> None:
        self._host = host

    def mock(self, entry: Shown, scope: str, name: str, *, write: bool) -> DraftedMock:
        """The mock that answers an exchange, in a scope, under a name; both may be left open."""
        if entry["status"] == TALK:
            raise Malformed(NO_ANSWER, code="no-draft", status=409)
        whose_ = whose(entry, self._projects())
        space = self._space(scope) if scope else whose_.space or self._usual()
        names = self._host.catalog.settings.redact.names
        try:
            wish = answered.wish_of(entry, whose_.inner, names)
            made = drafting.draft(msgspec.structs.replace(wish, name=name), space, list(self._host.catalog.units))
        except answered.NotKept as fault:
            raise Malformed(str(fault), code="no-body", status=409) from None
        except ValueError as fault:  # a path or a name that cannot be written
            raise Malformed(str(fault), code="no-draft", status=409) from None
        errors = [each for each in drafting.problems_of(made) if each.severity == "error"]
        if errors:
            raise Malformed("; ".join(each.message for each in errors), code="no-draft", status=409)
        return DraftedMock(made.id, self._files(made, write=write), write)

    def request(self, entry: Shown, scope: str, name: str, *, write: bool) -> DraftedRequest:
        """The request that asks an exchange again, in a scope, under a name; both may be left open."""
        whose_ = whose(entry, self._projects())
        space = self._space(scope) if scope else whose_.space or self._usual()
        catalog = self._host.catalog
        base = "base_url" if "base_url" in catalog.names.variables(space) else "target_url"
        tables, body, extension = tables_of(entry, f"{{{{ {base} }}}}", whose_.path)
        taken = [item.id for item in catalog.items.values()]
        try:
            made = request_drafting.draft(tables, space, name=name, body=body, extension=extension, taken=taken)
        except ValueError as fault:
            raise Malformed(str(fault), code="no-draft", status=409) from None
        problems = request_drafting.problems_of(made)
        if problems:
            raise Malformed("; ".join(each.message for each in problems), code="no-draft", status=409)
        needs = sorted(set(secrets_of(tables)))
        files = self._files(made, write=write)
        return DraftedRequest(made.id, files, write, secrets=needs, whole=not body_is_missing(entry))

    # ---- where it goes -------------------------------------------------------------------------------------------

    def _projects(self) -> dict[str, Project]:
        """The projects that whoever asks may know of."""
        host = self._host
        found = host.catalog.projects.items()
        return {name: one for name, one in found if host.rights.may("see", f"projects/{name}/project.toml")}

    def _space(self, scope: str) -> str:
        """`private`, `workspace`, `project:shop` → the space."""
        if scope == "workspace":
            return "workspace"
        if scope == "private":
            owner = owner_of(self._host.options.actor)
            if not owner:
                raise Malformed("nobody is named, and nobody has no private folder", code="no-identity")
            return f"private/{owner}"
        name = scope.removeprefix("project:")
        known = sorted(self._projects())
        if name == scope or name not in known:
            words = ["private", "workspace", *(f"project:{each}" for each in known)]
            hint = did_you_mean(scope, words) or f"one of {', '.join(words)}"
            raise Malformed(f"`{scope[:100]}` is no scope: {hint}", code="no-such-scope")
        return f"projects/{name}"

    def _usual(self) -> str:
        """Where nothing else tells: the only project, else the workspace."""
        projects = list(self._projects())
        return f"projects/{projects[0]}" if len(projects) == 1 else "workspace"

    def _files(self, made: Draft, *, write: bool) -> list[DraftedFile]:
        """The files of a draft, written if that is asked for; refused the same way if not."""
        host, tree = self._host, self._host.tree
        layout, policy = host.catalog.tree.layout, host.rights.policy
        if write and not isinstance(tree, Workspace):
            said = "this server serves a revision, or a document alone: there is no workspace to write into"
            raise Malformed(said, code="nothing-to-write-to", status=409)
        try:
            if write and isinstance(tree, Workspace):
                host.rescan(tree.add(made.files, policy=policy, layout=layout))
            elif isinstance(tree, Workspace):
                tree.may_add(made.files, policy=policy, layout=layout)
        except Stop as stop:
            (problem, *_) = stop.problems
            said = ": ".join(filter(None, (problem.message, problem.hint)))
            status = 403 if problem.code == "forbidden" else 409
            raise Malformed(said, code=problem.code, status=status) from None
        return [_shown(layout.file_of(path), data) for path, data in made.files.items()]


def _shown(path: str, data: bytes) -> DraftedFile:
    try:
        return DraftedFile(path, text=data.decode())
    except UnicodeDecodeError:
        return DraftedFile(path, base64=b64encode(data).decode())
