"""The group of commands: loads each when it is called, and refuses a wrong word in one line.

The exit status of every command is one of these: 0 (done), `FAILED`, `WRONG_WORDS`, `INTERRUPTED`.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from autograder.characters import printable
from autograder.names import meant

FAILED = 1
"""Refused, with the reason; or done but for what the messages name."""
WRONG_WORDS = 2
"""The command line itself is wrong: no such command or option, a value that cannot be, something is missing."""
INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group that imports ``autograder.cli.<name>`` when that command is called.

    Parameters
    ----------
    names : sequence of str
        The commands, in the order in which help lists them.
    """

    def __init__(self, *args: Any, names: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.names = tuple(names)

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names, in the order of the work."""
        return list(self.names)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command, None if there is none of that name."""
        if name not in self.names:
            return None
        module = importlib.import_module(f"autograder.cli.{name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the words call, or say which was meant."""
        if args and args[0] not in self.names and not args[0].startswith("-"):
            suggestion = meant(args[0], self.names)
            raise click.UsageError(f"there is no command {args[0]!r}{suggestion}", context)
        return super().resolve_command(context, args)

    def main(self, args: Sequence[str] | None = None, *more: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run the command line, and end the process with the status that the documentation lists."""
        words = list(sys.argv[1:] if args is None else args) or ["--help"]
        run: Any = super().main
        if not standalone_mode:
            return run(words, *more, standalone_mode=False, **extra)
        try:
            status = run(words, *more, standalone_mode=False, **extra)
        except click.ClickException as error:
            _end(_sentence(error), error.exit_code, as_json="--json" in words)
        except click.Abort:
            _end("interrupted; call the same command again to go on", INTERRUPTED, as_json="--json" in words)
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            # whoever read the output, such as `head`, has had enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(FAILED)
        sys.exit(status if isinstance(status, int) else 0)


def _end(message: str, status: int, *, as_json: bool) -> NoReturn:
    """Print what is wrong, as the command was asked to print its results, and end the process."""
    if as_json:
        click.echo(json.dumps({"error": {"message": message, "status": status}}, indent=2).replace("\x7f", "\\u007f"))
    else:
        click.echo(f"Error: {message}", err=True)
    sys.exit(status)


def _sentence(error: click.ClickException) -> str:
    """Return what was wrong, what arrived and what to do: one line for a wrong word."""
    if not isinstance(error, click.UsageError):
        return error.format_message()
    context = error.ctx
    path = context.command_path if context else "autograder"
    if isinstance(error, click.NoSuchOption):
        options = [name for one in (context.command.params if context else ()) for name in one.opts]
        said = f"{path} has no option {error.option_name}{meant(error.option_name, [*options, '--help'])}"
    elif isinstance(error, click.MissingParameter) and error.param is not None and context is not None:
        usage = " ".join(context.command.collect_usage_pieces(context)).removeprefix("[OPTIONS] ")
        wanted = error.param.make_metavar(context).rstrip(".")
        if isinstance(error.param, click.Option):
            wanted = f"{error.param.opts[0]} {wanted}"
            usage = f"{usage} {wanted}"
        return printable(f"{path} needs {wanted}: {path} {usage}")
    else:
        said = error.format_message().rstrip(".")
    return printable(f"{said} ({path} --help lists what there is)").replace("\n", " ")
