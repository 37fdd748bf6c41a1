"""Names of revisions, as somebody typed them, to commits and trees."""

from __future__ import annotations

from keymock.problems import Problem, Stop, did_you_mean, error, printable
from keymock.repo.glass import Glass
from keymock.repo.start import SECONDS, git


def commit_of(glass: Glass, revision: str) -> str:
    """The id of the commit that a revision names: `main`, `HEAD~3`, `v1.2`, `3f9a2c`.

    Raises Stop: no such revision, no commits yet, a name with two meanings, or one that could be an option.
    """
    if not revision or revision.startswith("-") or not revision.isprintable():
        message = f"`{printable(revision)}` is no revision"
        raise Stop(error("git", "no-such-revision", message, hint="a branch, a tag, or the id of a commit"))
    found = git(
        ("-C", str(glass.place.folder), "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}"),
        glass.environ,
        seconds=SECONDS,
    )
    said = found.stderr.decode("utf-8", "replace") if found is not None else ""
    if "is ambiguous" in said:
        raise Stop(_ambiguous(glass, revision))
    if found is None or found.returncode != 0:
        raise Stop(_unknown(glass, revision))
    return found.stdout.decode("ascii").strip()


def has_commits(glass: Glass) -> bool:
    """Whether the branch that is checked out has any commit."""
    asked = git(("-C", str(glass.place.folder), "rev-parse", "--verify", "--quiet", "HEAD^{commit}"), glass.environ)
    return asked is not None and asked.returncode == 0


def tree_of(glass: Glass, commit: str) -> str:
    """The id of the tree that the workspace's folder is at a commit, or in a whole tree of one. Raises Stop."""
    prefix = glass.place.prefix.rstrip("/")
    if not prefix:
        return glass.ask("rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}").decode("ascii").strip()
    listed = glass.ask("ls-tree", "-z", "--full-tree", commit, "--", prefix)
    mode, kind, rest = [*listed.partition(b"\0")[0].split(b" ", 2), b"", b""][:3]
    if kind != b"tree":
        what = {b"120000": "is a symbolic link", b"160000": "is a submodule"}.get(mode, "is not there")
        message = f"at {commit[:10]} the workspace's folder {printable(prefix)} {what}"
        raise Stop(error("git", "no-workspace", message, hint="name a revision that has it"))
    return rest.partition(b"\t")[0].decode("ascii")


def empty_tree(glass: Glass) -> str:
    """The id of a tree with nothing in it: what the first commit is compared with."""
    return glass.ask("mktree").decode("ascii").strip()


def _ambiguous(glass: Glass, revision: str) -> Problem:
    from keymock.repo.names import full_names  # noqa: PLC0415  (only a mistake needs it)

    meant = full_names(glass.place, revision)
    message = f"`{revision}` has more than one meaning" + (f": {', '.join(meant)}" if meant else "")
    return error("git", "ambiguous-revision", message, hint="write it out" + (f": {meant[0]}" if meant else ""))


def _unknown(glass: Glass, revision: str) -> Problem:
    from keymock.repo.names import names  # noqa: PLC0415  (only a mistake needs it)

    if not has_commits(glass) and not names(glass.place):
        return error("git", "no-commits", "this repository has no commit yet", hint="make one: git commit")
    message = f"there is no revision `{revision}` here"
    if glass.place.shallow:
        return error("git", "shallow", f"{message}, and this clone is shallow", hint=_fetch(revision))
    hint = did_you_mean(revision, names(glass.place)) or f"if another clone has it: {_fetch('')}"
    return error("git", "no-such-revision", message, hint=hint)


def _fetch(revision: str) -> str:
    return "git fetch --unshallow" + (f" origin {revision}" if revision.isalnum() else "") if revision else "git fetch"
