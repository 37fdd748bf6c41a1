"""One command line, run: finds the command, and turns whatever happens into sentences and an exit code.

0 fine, 1 the answer is no, 2 wrong command or unusable input, 3 a bug in keymock, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click
import msgspec
from click.shell_completion import shell_complete

from keymock import __version__
from keymock.commands import ALIASES, COMPLETE, names
from keymock.commands.asked import Up
from keymock.commands.group import group
from keymock.commands.interrupting import INTERRUPTED
from keymock.commands.invocation import Invocation
from keymock.commands.printing import lenient, problem_json, put_json, wants_color
from keymock.problems import Problem, Stop, error, render

BUG = 3
READER_GONE = 141
"""What a shell shows for a program that SIGPIPE ended."""


def run(
    arguments: Sequence[str], environ: Mapping[str, str], folder: Path, serve: Callable[[Up], int] | None = None
) -> int:
    """Runs one command line in a folder, printing as it goes; returns the exit code. `serve` as in `Invocation`."""
    lenient()
    invocation = Invocation(
        folder=folder,
        environ=environ,
        color=wants_color(sys.stdout, environ),
        interactive=sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty(),
        serve=serve,
    )
    try:
        code = _invoke(arguments, invocation)
        sys.stdout.flush()
        return code
    except BaseException as end:  # noqa: BLE001  (what it is not for is raised again)
        return ended(end, arguments, invocation)


def ended(end: BaseException, arguments: Sequence[str], invocation: Invocation) -> int:
    """The exit code of a command line that was ended by an exception, which is told to whoever typed it."""
    if isinstance(end, Stop):
        return _stopped(end, arguments, invocation)
    if isinstance(end, click.UsageError):
        return _stopped(Stop(_usage(end)), arguments, invocation)
    if isinstance(end, click.Abort | KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(end, BrokenPipeError):
        _forget_output()
        return READER_GONE
    if not isinstance(end, Exception):
        raise end
    print(hidden(bug_report(end, arguments), invocation), file=sys.stderr)  # whatever gets here is a bug
    return BUG


def _invoke(arguments: Sequence[str], invocation: Invocation) -> int:
    asked_by_shell = invocation.environ.get(COMPLETE)
    if asked_by_shell:
        return shell_complete(group, {}, "keymock", COMPLETE, asked_by_shell)
    try:
        # Not group.main: it takes a reader that is gone for a failure, and its own words for mistakes.
        with group.make_context("keymock", list(arguments), obj=invocation) as context:
            return group.invoke(context) or 0
    except click.exceptions.Exit as end:
        return end.exit_code


def hidden(text: str, invocation: Invocation) -> str:
    """The text without the secrets that the command has read."""
    for hide in invocation.hiding:
        text = hide(text)
    return text


def _stopped(stop: Stop, arguments: Sequence[str], invocation: Invocation) -> int:
    problems = [without_secrets(problem, invocation) for problem in stop.problems]
    if "--json" in arguments:
        put_json({"problems": [problem_json(problem) for problem in problems]})
    else:
        color = wants_color(sys.stderr, invocation.environ) and "--no-color" not in arguments
        for problem in problems:
            print(render(problem, color=color), file=sys.stderr)
    return stop.exit_code


def without_secrets(problem: Problem, invocation: Invocation) -> Problem:
    """The problem without the secrets that the command has read."""
    if not invocation.hiding:
        return problem
    message, hint = hidden(problem.message, invocation), hidden(problem.hint, invocation)
    return msgspec.structs.replace(problem, message=message, hint=hint)


def _usage(fault: click.UsageError) -> Problem:
    """What click found wrong with a command line, as one of our own sentences."""
    command = fault.ctx.command_path if fault.ctx else "keymock"
    hint = f"see {command} --help"
    message = fault.format_message()
    if isinstance(fault, click.NoSuchOption):
        message = f"there is no option `{fault.option_name}`"
        if fault.possibilities:
            hint = f"did you mean `{fault.possibilities[0]}`?"
    elif isinstance(fault, click.MissingParameter) and fault.param is not None and fault.ctx is not None:
        message = f"{fault.param.make_metavar(fault.ctx)} is missing"
    elif isinstance(fault, click.BadParameter):
        message, _, guess = fault.message.partition("; ")
        hint = guess or hint
        option = fault.param.opts[0] if isinstance(fault.param, click.Option) else ""
        if option and option not in message:
            return error(command, "usage", f"`{option}`: {message.removesuffix('.')}", hint=hint)
    if message[1:2].islower():
        message = message[:1].lower() + message[1:]
    return error(command, "usage", message.removesuffix("."), hint=hint)


def _forget_output() -> None:
    """Python flushes standard output once more when it ends; nobody reads it any longer."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def bug_report(bug: BaseException, arguments: Sequence[str]) -> str:
    """A report ready to paste. Of the command line it holds the names alone: values may be secrets."""
    import platform  # noqa: PLC0415  (a bug may take its time)
    import traceback  # noqa: PLC0415

    command = next((word for word in arguments if word in (*names(), *ALIASES)), "")
    options = [word.partition("=")[0] for word in arguments if word.startswith("--")]
    lines = [
        "This is a bug in keymock. Please open an issue with the lines below.",
        "",
        f"keymock {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"command: {' '.join(filter(None, ['keymock', command, *options]))}",
        "".join(traceback.format_tb(bug.__traceback__)).rstrip(),
        f"{type(bug).__name__}: {bug}",
    ]
    return "\n".join(lines)
