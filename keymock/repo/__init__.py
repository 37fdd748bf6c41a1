"""git, asked carefully: the only room that starts it. It reads; nothing in a repository is ever written or run.

What loads whole workspaces has to be asked for by name: `commit_tree`, `past`, `uncommitted`.
"""

from keymock.repo.authored import Authored, authored
from keymock.repo.blame import Written, blame
from keymock.repo.blobs import contents
from keymock.repo.changes import Change, Deed, changes
from keymock.repo.commits import Commit, Signature, commit, commits, merge_base
from keymock.repo.glass import Glass, behind_glass
from keymock.repo.history import Step, history, last_changes, with_moves
from keymock.repo.merging import Merged, merged
from keymock.repo.place import Place, place_of
from keymock.repo.revision import commit_of, empty_tree, has_commits, tree_of
from keymock.repo.settings import git_root, hooks_elsewhere, user_email, version
from keymock.repo.signing import SigningKey, signers
from keymock.repo.staged import staged_tree
from keymock.repo.tree import Entry, Nature, entries

__all__ = [
    "Authored",
    "Change",
    "Commit",
    "Deed",
    "Entry",
    "Glass",
    "Merged",
    "Nature",
    "Place",
    "Signature",
    "SigningKey",
    "Step",
    "Written",
    "authored",
    "behind_glass",
    "blame",
    "changes",
    "commit",
    "commit_of",
    "commits",
    "contents",
    "empty_tree",
    "entries",
    "git_root",
    "has_commits",
    "history",
    "hooks_elsewhere",
    "last_changes",
    "merge_base",
    "merged",
    "place_of",
    "signers",
    "staged_tree",
    "tree_of",
    "user_email",
    "version",
    "with_moves",
]
