"""The command line: one thin file a command, which parses, calls and prints."""

from autograder.cli.main import main

__all__ = ["main"]
