"""Traps in a repository: every setting that makes some command of git run a program."""

from __future__ import annotations

import shutil
from pathlib import Path

from clone import Clone


def set_traps(clone: Clone, script: Path) -> None:
    """Every setting that makes some git command run a program, and every way to hand it one."""
    run = str(script)
    for name in (
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy",
        "core.alternateRefsCommand", "diff.external", "diff.evil.command", "diff.evil.textconv", "filter.evil.clean",
        "filter.evil.smudge", "filter.evil.process", "merge.evil.driver", "gpg.program", "gpg.ssh.program",
        "gpg.ssh.defaultKeyCommand", "credential.helper", "interactive.diffFilter", "sequence.editor",
        "trailer.evil.command", "trailer.evil.cmd", "uploadpack.packObjectsHook", "remote.origin.uploadpack",
    ):  # fmt: skip
        clone.configure(name, run)
    for command in ("rev-parse", "ls-tree", "cat-file", "diff-tree", "log", "blame", "merge-tree", "config"):
        clone.configure(f"alias.{command}", f"!{run}")
        clone.configure(f"pager.{command}", run)
    hooks = clone.folder / "hooks"
    hooks.mkdir()
    for hook in ("reference-transaction", "post-index-change", "fsmonitor-watchman", "post-checkout"):
        shutil.copy(script, hooks / hook)
        shutil.copy(script, clone.folder / ".git/hooks" / hook)
    clone.configure("core.hooksPath", str(hooks))
    clone.configure("log.showSignature", "true")
    clone.configure("remote.origin.url", f"ext::{run}")
    clone.configure("remote.origin.promisor", "true")
    clone.configure("protocol.ext.allow", "always")
    (clone.folder / ".git/more").write_text(f"[core]\n\tfsmonitor = {run}\n\tpager = {run}\n")
    clone.configure("includeIf.gitdir:/.path", str(clone.folder / ".git/more"))
    clone.configure("core.attributesFile", str(clone.folder / ".gitattributes"))
    (clone.folder / ".gitattributes").write_text("* diff=evil filter=evil merge=evil\n")
    shutil.copy(clone.folder / ".gitattributes", clone.folder / ".git/info/attributes")
