"""What the next commit would hold: the index as a tree, without touching it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from keymock.problems import Stop, error
from keymock.repo.glass import Glass
from keymock.repo.revision import empty_tree


def staged_tree(glass: Glass, environ: Mapping[str, str]) -> str:
    """The id of the tree that a commit would have now; it lives as long as the glass. Raises Stop amid a merge.

    `environ` is that of the hook: `git commit FILE` hands it an index of its own in GIT_INDEX_FILE.
    """
    given = environ.get("GIT_INDEX_FILE", "")
    index = glass.place.top / given if given else glass.place.index
    copy = glass.folder / "index"
    try:
        shutil.copyfile(index, copy)
        for shared in glass.place.git_dir.glob("sharedindex.*"):  # a split index is two files
            shutil.copyfile(shared, glass.folder / shared.name)
    except FileNotFoundError:
        return empty_tree(glass)
    except OSError as fault:
        raise Stop(error("git", "git-failed", f"the index cannot be read: {fault.strerror}")) from None
    if glass.ask("ls-files", "--unmerged", "-z"):
        message = "a merge is not resolved yet, so there is nothing that could be committed"
        raise Stop(error("git", "unmerged", message, hint="resolve it, then: git add"))
    return glass.ask("write-tree").decode("ascii").strip()
