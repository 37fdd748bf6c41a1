"""`keymock completion SHELL`: a script that completes keymock's words."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from keymock.commands import COMPLETE
from keymock.commands.group import group
from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json, remark
from keymock.commands.verb import Word, verb

SHELLS = {
    "bash": 'eval "$(keymock completion bash)"    # in ~/.bashrc',
    "zsh": 'eval "$(keymock completion zsh)"     # in ~/.zshrc, after compinit',
    "fish": "keymock completion fish > ~/.config/fish/completions/keymock.fish",
}

SCRIPTS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@verb("completion", examples=tuple(SHELLS.values()))
@click.argument("shell", type=Word(SHELLS))
def command(invocation: Invocation, shell: str) -> int:
    """Print a completion script for your shell: commands, options, and the mocks that you may see."""
    script = SCRIPTS[shell](group, {}, "keymock", COMPLETE).source()
    if invocation.json:
        put_json({"shell": shell, "script": script})
        return 0
    print(script)
    if invocation.interactive:
        remark(invocation, f"to have it always: {SHELLS[shell]}")
    return 0
