"""A repository behind glass: all of it can be seen, nothing of it is touched, and it cannot tell git what to do.

Names of revisions are looked up in the repository itself, by `git rev-parse`, which runs nothing. Everything else
is asked of an empty repository of our own in a temporary folder, whose only link to the real one is where its
objects lie (`objects/info/alternates`). There git finds no configuration, no hooks, no attributes, no work tree and
no remotes of anybody else; what it writes (the tree of a merge, say) goes with the folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from keymock.problems import Problem, Stop, error
from keymock.repo.place import Place, first_line, place_of
from keymock.repo.start import LONG, cleaned, configured, git


class Glass(msgspec.Struct, frozen=True):
    """Where questions are asked: `place` is the repository, `folder` the temporary one in front of it."""

    place: Place
    folder: Path
    environ: Mapping[str, str]
    """For git in the real repository."""
    inside: Mapping[str, str]
    """For git behind the glass."""

    def ask(self, *arguments: str, said: bytes = b"", also: tuple[int, ...] = ()) -> bytes:
        """What git answers, asked behind the glass. Exit codes in `also` are fine too. Raises Stop."""
        done = git(arguments, self.inside, said=said, seconds=LONG)
        if done is None:
            raise Stop(error("git", "git-failed", f"git {arguments[0]} does not come to an end"))
        if done.returncode not in (0, *also):
            raise Stop(self.failure(arguments[0], done.stderr.decode("utf-8", "replace")))
        return done.stdout

    def failure(self, command: str, said: str) -> Problem:
        """What git complained of as a problem; in a clone that is cut off, that is probably why."""
        if self.place.shallow:
            message = f"this clone is shallow, and what is asked for lies before its first commit ({first_line(said)})"
            return error("git", "shallow", message, hint="fetch the rest: git fetch --unshallow")
        return error("git", "git-failed", f"git {command}: {first_line(said)}")


@contextmanager
def behind_glass(folder: Path | Place, environ: Mapping[str, str]) -> Iterator[Glass]:
    """The repository that `folder` is in, to be asked about until the block ends. Raises Stop."""
    import tempfile  # noqa: PLC0415  (10 ms that no other room needs)

    place = folder if isinstance(folder, Place) else place_of(folder, environ)
    with tempfile.TemporaryDirectory(prefix="keymock-git-") as made:
        _furnish(Path(made), place)
        yield Glass(place, Path(made), cleaned(environ), _inside(environ, Path(made)))


def _furnish(folder: Path, place: Place) -> None:
    """The least that git takes for a repository, with the objects of the real one."""
    (folder / "objects" / "info").mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/none\n", encoding="utf-8")
    named = "" if place.format == "sha1" else f"[extensions]\n\tobjectFormat = {place.format}\n"
    version = 0 if place.format == "sha1" else 1
    config = f"[core]\n\trepositoryFormatVersion = {version}\n\tbare = true\n{named}"
    (folder / "config").write_text(config, encoding="utf-8")
    objects = str(place.objects).encode("utf-8", "surrogateescape")
    (folder / "objects" / "info" / "alternates").write_bytes(objects + b"\n")
    if place.shallow:
        (folder / "shallow").write_bytes(place.shallow)


def _inside(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Nobody's configuration: neither the repository's nor the user's has a say in what a commit holds."""
    clean = {name: value for name, value in cleaned(environ).items() if not name.startswith("GIT_CONFIG_")}
    return {
        **clean,
        **configured(()),
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "GIT_DIR": str(folder),
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "keymock", "GIT_AUTHOR_EMAIL": "keymock@localhost",
        "GIT_COMMITTER_NAME": "keymock", "GIT_COMMITTER_EMAIL": "keymock@localhost",
    }  # fmt: skip
